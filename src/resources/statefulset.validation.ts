// Validation of StatefulSets.
// Called by: statefulset.ts. Must not know: storage, HTTP.
import type { StatefulSetSpec, StatefulSetUpdateStrategy } from 'kubernetes-types/apps/v1';
import { type FieldErrors, Path, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { semanticEqual, validateLabelSelector } from '../machinery/metavalidation.ts';
import { isDNS1123Label } from '../machinery/validation.ts';
import type { PodTemplateSpec } from './podspec.types.ts';
import { invalidEach } from './podspec.validation.names.ts';
import { validateClaimSpec } from './podspec.validation.volumes.ts';
import { selectsTemplate, validatePodTemplateSpec, validateRunsForever } from './podtemplate.validation.ts';
import {
  intOrPercentValue,
  validateCounts,
  validateNotMoreThan100Percent,
  validatePositiveIntOrPercent,
} from './rollingupdate.validation.ts';
import type { StatefulSet } from './statefulset.ts';

const SPEC = Path.of('spec');
const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

/** Upstream: kubernetes pkg/apis/apps/validation ValidateStatefulSet. */
export function validateStatefulSet({ spec }: StatefulSet): FieldErrors {
  return validateSpec(spec, { checksTemplates: true });
}

/** Upstream: ValidateStatefulSetUpdate. What an older server let through may stay as long as it is not touched. */
export function validateStatefulSetUpdate({ spec }: StatefulSet, old: StatefulSet): FieldErrors {
  const errors = validateSpec(spec, { checksTemplates: !semanticEqual(spec.template, old.spec.template) });
  const unchanged: StatefulSetSpec = { ...spec };
  for (const field of CHANGEABLE) Object.assign(unchanged, { [field]: old.spec[field] });
  if (!semanticEqual(unchanged, old.spec)) {
    const detail =
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
      "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
    errors.push(forbidden(SPEC, detail));
  }
  return errors;
}

function validateSpec(spec: StatefulSetSpec, { checksTemplates }: { checksTemplates: boolean }): FieldErrors {
  const { replicas, minReadySeconds, ordinals, serviceName = '', selector, podManagementPolicy = '' } = spec;
  const errors: FieldErrors = [];
  if (podManagementPolicy !== 'OrderedReady' && podManagementPolicy !== 'Parallel')
    errors.push(
      invalid(SPEC.child('podManagementPolicy'), podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"),
    );
  errors.push(...validateUpdateStrategy(spec.updateStrategy ?? {}, SPEC.child('updateStrategy')));
  const retention = SPEC.child('persistentVolumeClaimRetentionPolicy');
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const policy = spec.persistentVolumeClaimRetentionPolicy?.[name] ?? '';
    if (policy !== 'Retain' && policy !== 'Delete')
      errors.push(notSupported(retention.child(name), policy, ['Retain', 'Delete']));
  }
  errors.push(...validateCounts({ replicas, minReadySeconds }, SPEC));
  if (ordinals) errors.push(...validateCounts({ 'ordinals.start': ordinals.start }, SPEC));
  if (checksTemplates && serviceName !== '')
    errors.push(...invalidEach(SPEC.child('serviceName'), serviceName, isDNS1123Label(serviceName)));
  const selectorPath = SPEC.child('selector');
  if (!selector) errors.push(required(selectorPath));
  else {
    errors.push(...validateLabelSelector(selector, selectorPath));
    if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0)
      errors.push(invalid(selectorPath, selector, 'empty selector is invalid for statefulset'));
  }
  return [...errors, ...validateTemplates(spec, checksTemplates)];
}

function validateTemplates(spec: StatefulSetSpec, checksTemplates: boolean): FieldErrors {
  const path = SPEC.child('template');
  const errors: FieldErrors = [];
  const selects = selectsTemplate(spec.selector, spec.template);
  if (selects === undefined) errors.push(invalid(SPEC.child('selector'), spec.selector, ''));
  else if (!selects && spec.selector) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid(path.child('metadata', 'labels'), spec.template.metadata?.labels, detail));
  }
  if (checksTemplates) {
    errors.push(...validatePodTemplateSpec(withClaims(spec), path));
    (spec.volumeClaimTemplates ?? []).forEach((claim, i) =>
      errors.push(...validateClaimSpec(claim.spec, SPEC.child('volumeClaimTemplates').index(i).child('spec'))),
    );
  }
  return [...errors, ...validateRunsForever(spec.template.spec as PodTemplateSpec['spec'], path, 'StatefulSet')];
}

/** Returns the template with the volumes that the claims will be. */
function withClaims({ template, volumeClaimTemplates = [] }: StatefulSetSpec): object {
  const names = volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? '');
  const others = (template.spec?.volumes ?? []).filter(({ name }) => !names.includes(name));
  const claims = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  if (claims.length === 0) return template;
  return { ...template, spec: { ...template.spec, volumes: [...others, ...claims] } };
}

function validateUpdateStrategy(strategy: StatefulSetUpdateStrategy, path: Path): FieldErrors {
  const { type = '', rollingUpdate } = strategy;
  const internal = rollingUpdate && {
    Partition: rollingUpdate.partition ?? 0,
    MaxUnavailable: rollingUpdate.maxUnavailable ?? null,
  };
  const at = path.child('rollingUpdate');
  if (type === 'OnDelete')
    return rollingUpdate ? [invalid(at, internal, "only allowed for updateStrategy 'RollingUpdate'")] : [];
  if (type !== 'RollingUpdate')
    return [invalid(path, { Type: type, RollingUpdate: internal ?? null }, "must be 'RollingUpdate' or 'OnDelete'")];
  if (!rollingUpdate) return [];
  const { partition, maxUnavailable } = rollingUpdate;
  const errors = validateCounts({ partition }, at);
  if (maxUnavailable === undefined) return errors;
  const maxPath = at.child('maxUnavailable');
  errors.push(...validatePositiveIntOrPercent(maxUnavailable, maxPath));
  if (intOrPercentValue(maxUnavailable) === 0) errors.push(invalid(maxPath, maxUnavailable, 'cannot be 0'));
  return [...errors, ...validateNotMoreThan100Percent(maxUnavailable, maxPath)];
}

/** Upstream: ValidateStatefulSetStatus. */
export function validateStatefulSetStatusUpdate({ status }: StatefulSet): FieldErrors {
  const path = Path.of('status');
  const { replicas, readyReplicas = 0, currentReplicas, updatedReplicas, availableReplicas = 0 } = status;
  const { observedGeneration, collisionCount } = status;
  const counts = { replicas, readyReplicas, currentReplicas, updatedReplicas, availableReplicas };
  const errors = validateCounts({ ...counts, observedGeneration, collisionCount }, path);
  for (const [name, count] of Object.entries({ readyReplicas, currentReplicas, updatedReplicas, availableReplicas })) {
    if ((count ?? 0) > replicas)
      errors.push(invalid(path.child(name), count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalid(path.child('availableReplicas'), availableReplicas, 'cannot be greater than readyReplicas'));
  return errors;
}
