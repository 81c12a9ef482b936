// Validation of Jobs.
// Called by: job.ts. Must not know: storage, HTTP.
import type { JobSpec } from 'kubernetes-types/batch/v1';
import { type FieldErrors, Path, invalid, notSupported, required, tooLong } from '../machinery/field.ts';
import { clone } from '../machinery/meta.ts';
import { semanticEqual, validateImmutableField, validateLabelSelector } from '../machinery/metavalidation.ts';
import { labelSelectorAsSelector, matchesLabels } from '../machinery/selectors.ts';
import { isDNS1123Label, isDomainPrefixedPath } from '../machinery/validation.ts';
import type { Job } from './job.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './job.validation.policies.ts';
import { internalForm } from './podspec.internal.ts';
import { invalidEach } from './podspec.validation.names.ts';
import { selectsTemplate, validatePodTemplateSpec } from './podtemplate.validation.ts';
import { validateCounts } from './rollingupdate.validation.ts';

const SPEC = Path.of('spec');
const MAX_PARALLELISM_INDEXED = 100000;
const MAX_FAILED_INDEXES = 100000;
const MANY_COMPLETIONS = 100000;
const MAX_WITH_MANY = 10000;

/** Upstream: kubernetes pkg/apis/batch/validation ValidateJob. */
export function validateJob(job: Job): FieldErrors {
  const errors = [...validateGeneratedSelector(job), ...validateJobSpecAndSelector(job.spec)];
  const { completionMode, completions = 0 } = job.spec;
  if (completionMode !== 'Indexed' || completions <= 0) return errors;
  const hostname = `${job.metadata.name}-${completions - 1}`;
  if (isDNS1123Label(hostname).length > 0) {
    const detail = `will not able to create pod with invalid DNS label: ${hostname}`;
    errors.push(invalid(Path.of('metadata', 'name'), job.metadata.name, detail));
  }
  return errors;
}

function validateGeneratedSelector({ metadata, spec }: Job): FieldErrors {
  if (spec.manualSelector || !spec.selector) return [];
  const uid = metadata.uid ?? '';
  const expected: Record<string, string> = {
    'controller-uid': uid,
    'job-name': metadata.name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata.name,
  };
  const labels = spec.template.metadata?.labels ?? {};
  const errors: FieldErrors = [];
  for (const [key, value] of Object.entries(expected)) {
    const at = SPEC.child('template', 'metadata', 'labels').key(key);
    if (labels[key] === undefined) errors.push(required(at, `must be '${value}'`));
    if (labels[key] !== value) errors.push(invalid(at, labels, `must be '${value}'`));
  }
  if (!selectsLabels(spec, expected))
    errors.push(invalid(SPEC.child('selector'), spec.selector, '`selector` not auto-generated'));
  return errors;
}

function selectsLabels({ selector }: JobSpec, labels: Record<string, string>): boolean {
  try {
    return matchesLabels(labelSelectorAsSelector(selector), labels);
  } catch {
    // A wrong selector has findings of its own.
    return true;
  }
}

/** Upstream: ValidateJobSpec. */
function validateJobSpecAndSelector(spec: JobSpec): FieldErrors {
  const errors = validateJobSpec(spec, SPEC);
  if (spec.selector) errors.push(...validateLabelSelector(spec.selector, SPEC.child('selector')));
  else errors.push(required(SPEC.child('selector')));
  if (selectsTemplate(spec.selector, spec.template) === false) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid(SPEC.child('template', 'metadata', 'labels'), spec.template.metadata?.labels, detail));
  }
  return errors;
}

/** What a Job and the template of one must be. Upstream: validateJobSpec. */
export function validateJobSpec(spec: JobSpec & { managedBy?: string }, path: Path): FieldErrors {
  const { parallelism, completions, activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished } = spec;
  const { backoffLimitPerIndex, maxFailedIndexes, managedBy } = spec;
  const counts = { parallelism, completions, activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished };
  const errors = validateCounts({ ...counts, backoffLimitPerIndex, maxFailedIndexes }, path);
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    errors.push(required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  if (managedBy !== undefined) {
    const at = path.child('managedBy');
    errors.push(...(managedBy === '' ? [required(at)] : invalidEach(at, managedBy, isDomainPrefixedPath(managedBy))));
    if (managedBy.length > 63) errors.push(tooLong(at, 63));
  }
  errors.push(...validateCompletionMode(spec, path));
  if (spec.podFailurePolicy) errors.push(...validatePodFailurePolicy(spec, path.child('podFailurePolicy')));
  errors.push(...validateSuccessPolicy(spec, path.child('successPolicy')));
  errors.push(...validateReplacementPolicy(spec, path.child('podReplacementPolicy')));
  errors.push(...validatePodTemplateSpec(spec.template, path.child('template')));
  return [...errors, ...validateRestartPolicy(spec, path.child('template', 'spec', 'restartPolicy'))];
}

function validateCompletionMode(spec: JobSpec, path: Path): FieldErrors {
  const { completionMode = 'NonIndexed', completions, parallelism = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const errors: FieldErrors = [];
  if (completionMode !== 'NonIndexed' && completionMode !== 'Indexed')
    errors.push(notSupported(path.child('completionMode'), completionMode, ['NonIndexed', 'Indexed']));
  const failedPath = path.child('maxFailedIndexes');
  if (completionMode === 'Indexed') {
    if (completions === undefined) errors.push(required(path.child('completions'), 'when completion mode is Indexed'));
    if (parallelism > MAX_PARALLELISM_INDEXED) {
      const detail = `must be less than or equal to ${MAX_PARALLELISM_INDEXED} when completion mode is Indexed`;
      errors.push(invalid(path.child('parallelism'), parallelism, detail));
    }
    if (maxFailedIndexes !== undefined && completions !== undefined && maxFailedIndexes > completions)
      errors.push(invalid(failedPath, maxFailedIndexes, 'must be less than or equal to completions'));
    if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_FAILED_INDEXES)
      errors.push(invalid(failedPath, maxFailedIndexes, `must be less than or equal to ${MAX_FAILED_INDEXES}`));
    if ((completions ?? 0) > MANY_COMPLETIONS && backoffLimitPerIndex !== undefined)
      errors.push(...validateManyCompletions(spec, path));
  }
  if (completionMode !== 'NonIndexed') return errors;
  for (const [name, value] of Object.entries({ backoffLimitPerIndex, maxFailedIndexes }))
    if (value !== undefined) errors.push(invalid(path.child(name), value, 'requires indexed completion mode'));
  return errors;
}

/** What a Job of very many indexes, each with a back-off limit, must say. */
function validateManyCompletions({ parallelism = 0, maxFailedIndexes }: JobSpec, path: Path): FieldErrors {
  const at = path.child('maxFailedIndexes');
  const limit = `must be less than or equal to ${MAX_WITH_MANY} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  const errors: FieldErrors = [];
  if (maxFailedIndexes === undefined)
    errors.push(required(at, `must be specified when completions is above ${MANY_COMPLETIONS}`));
  if (parallelism > MAX_WITH_MANY) errors.push(invalid(path.child('parallelism'), parallelism, limit));
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_WITH_MANY)
    errors.push(invalid(at, maxFailedIndexes, limit));
  return errors;
}

function validateReplacementPolicy(
  { podReplacementPolicy: policy, podFailurePolicy }: JobSpec,
  path: Path,
): FieldErrors {
  if (policy === undefined) return [];
  const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return supported.includes(policy) ? [] : [notSupported(path, policy, supported)];
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, path: Path): FieldErrors {
  const policy = template.spec?.restartPolicy ?? '';
  if (policy === 'Always' || policy === '') return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['OnFailure', 'Never'])];
  if (!podFailurePolicy || policy === 'Never') return [];
  return [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** Upstream: ValidateJobUpdate, after ValidateJob. */
export function validateJobUpdate(job: Job, old: Job): FieldErrors {
  const [spec, oldSpec] = [job.spec as JobSpec & { managedBy?: string }, old.spec as JobSpec & { managedBy?: string }];
  const errors = [...validateJob(job), ...validateCompletionsUpdate(spec, oldSpec)];
  errors.push(...validateImmutableField(spec.selector, oldSpec.selector, SPEC.child('selector')));
  const template = templateThatMayStay(job, old);
  if (!semanticEqual(spec.template, template)) {
    const shown = internalForm('PodTemplateSpec', spec.template);
    errors.push(invalid(SPEC.child('template'), shown, 'field is immutable'));
  }
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy'] as const)
    errors.push(...validateImmutableField(spec[field], oldSpec[field], SPEC.child(field)));
  const { successPolicy } = spec as { successPolicy?: unknown };
  const { successPolicy: oldPolicy } = oldSpec as { successPolicy?: unknown };
  return [...errors, ...validateImmutableField(successPolicy, oldPolicy, SPEC.child('successPolicy'))];
}

function validateCompletionsUpdate(spec: JobSpec, old: JobSpec): FieldErrors {
  const at = SPEC.child('completions');
  if (spec.completionMode !== 'Indexed') return validateImmutableField(spec.completions, old.completions, at);
  const { completions, parallelism } = spec;
  if (completions === old.completions || completions === undefined || completions === parallelism) return [];
  return [invalid(at, completions, 'can only be modified in tandem with spec.parallelism')];
}

/** A suspended Job that has not started may still change where its pods run. */
function templateThatMayStay(job: Job, old: Job): Job['spec']['template'] {
  if (!old.spec.suspend || old.status.startTime) return old.spec.template;
  const template = clone(old.spec.template);
  const { metadata, spec } = job.spec.template;
  template.metadata = { ...template.metadata };
  for (const field of ['labels', 'annotations'] as const) {
    delete template.metadata[field];
    if (metadata?.[field]) template.metadata[field] = metadata[field];
  }
  if (!template.spec || !spec) return template;
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates'] as const) {
    delete template.spec[field];
    if (spec[field]) Object.assign(template.spec, { [field]: spec[field] });
  }
  const affinity = { ...template.spec.affinity };
  delete affinity.nodeAffinity;
  if (spec.affinity?.nodeAffinity) affinity.nodeAffinity = spec.affinity.nodeAffinity;
  delete template.spec.affinity;
  if (Object.keys(affinity).length > 0 || spec.affinity) template.spec.affinity = affinity;
  return template;
}

/** Upstream: ValidateJobStatusUpdate, the rules that a client's status can break. */
export function validateJobStatusUpdate(job: Job, old: Job): FieldErrors {
  const path = Path.of('status');
  const { active = 0, succeeded = 0, failed = 0, ready, terminating } = job.status;
  const errors = validateCounts({ active, succeeded, failed, ready, terminating }, path);
  if (failed < (old.status.failed ?? 0))
    errors.push(invalid(path.child('failed'), failed, 'cannot decrease the failed counter'));
  if (succeeded < (old.status.succeeded ?? 0) && job.spec.completionMode !== 'Indexed')
    errors.push(invalid(path.child('succeeded'), succeeded, 'cannot decrease the succeeded counter'));
  if (ready !== undefined && ready > active)
    errors.push(invalid(path.child('ready'), ready, 'cannot set more ready pods than active'));
  const [now, before] = [job.status.completionTime, old.status.completionTime];
  if (now && before && now !== before) errors.push(invalid(path.child('completionTime'), now, 'field is immutable'));
  return errors;
}
