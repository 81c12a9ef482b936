// Validation of pods: on creation, and of what an update may change.
// Called by: pod.ts. Must not know: storage, HTTP.
import { type FieldErrors, Path, forbidden, invalid, required } from '../machinery/field.ts';
import { clone } from '../machinery/meta.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import { isDNS1123Subdomain, rangeMessage } from '../machinery/validation.ts';
import { validateIPLegacy } from './ip.validation.ts';
import type { Pod } from './pod.ts';
import { validatePodAnnotationUpdates, validatePodAnnotations } from './podspec.annotations.ts';
import { podSpecDiff } from './podspec.diff.ts';
import type { Container, PodSpec } from './podspec.types.ts';
import { validateImageSpaces } from './podspec.validation.containers.ts';
import { validateTolerations } from './podspec.validation.scheduling.ts';
import { invalidEach, validateQualifiedName } from './podspec.validation.names.ts';
import { validatePodSpec } from './podspec.validation.ts';

const METADATA = Path.of('metadata');
const SPEC = Path.of('spec');
const MAX_INT32 = 2147483647;

/** Upstream: validatePodMetadataAndSpec, without the metadata that the registry validates for every kind. */
function validatePod(pod: Pod): FieldErrors {
  const spec = pod.spec as PodSpec;
  const errors = [
    ...validatePodAnnotations(pod.metadata.annotations, spec, METADATA.child('annotations')),
    ...validatePodSpec(spec, SPEC, { isPod: true, podName: pod.metadata.name }),
  ];
  if (!spec.serviceAccountName) {
    for (const [i, { projected }] of (spec.volumes ?? []).entries()) {
      for (const [j, source] of (projected?.sources ?? []).entries()) {
        if (!source.serviceAccountToken) continue;
        const at = SPEC.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken');
        errors.push(forbidden(at, 'must not be specified when serviceAccountName is not set'));
      }
    }
  }
  for (const list of ['containers', 'initContainers'] as const)
    errors.push(...(spec[list] ?? []).flatMap((c, i) => validateImageSpaces(c, SPEC.child(list).index(i))));
  return errors;
}

/** Upstream: ValidatePodCreate. */
export function validatePodCreate(pod: Pod): FieldErrors {
  const errors = validatePod(pod);
  if ((pod.spec.ephemeralContainers ?? []).length > 0)
    errors.push(forbidden(SPEC.child('ephemeralContainers'), 'cannot be set on create'));
  if (pod.spec.nodeName && (pod.spec.schedulingGates ?? []).length > 0)
    errors.push(forbidden(SPEC.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];

/** Upstream: ValidatePodUpdate. */
export function validatePodUpdate(pod: Pod, old: Pod): FieldErrors {
  const [spec, oldSpec] = [pod.spec as PodSpec, old.spec as PodSpec];
  const errors = validatePod(pod);
  const annotationsPath = METADATA.child('annotations');
  errors.push(...validatePodAnnotationUpdates(pod.metadata.annotations, old.metadata.annotations, annotationsPath));
  for (const list of ['containers', 'initContainers'] as const) {
    const at = SPEC.child(list);
    const [containers, oldContainers] = [spec[list] ?? [], oldSpec[list] ?? []];
    if (containers.length !== oldContainers.length)
      return [...errors, forbidden(at, 'pod updates may not add or remove containers')];
    for (const [i, container] of containers.entries()) {
      if (!container.image) errors.push(required(at.index(i).child('image')));
      errors.push(...validateImageSpaces(container, at.index(i)));
    }
  }
  const deadline = validateDeadlineUpdate(spec, oldSpec);
  errors.push(...deadline.errors);
  if (deadline.stops) return errors;
  errors.push(...validateOnlyAddedTolerations(spec, oldSpec), ...validateOnlyDeletedGates(spec, oldSpec));
  if (semanticEqual(spec, oldSpec)) return errors;
  const munged = withAllowedChanges(spec, oldSpec);
  errors.push(...keepSchedulingOfGatedPod(munged, oldSpec));
  if (!semanticEqual(munged, oldSpec)) {
    const others = `pod updates may not change fields other than ${UPDATABLE.join(',')}`;
    errors.push(forbidden(SPEC, `${others}\n${podSpecDiff(oldSpec, munged)}`));
  }
  return errors;
}

function validateDeadlineUpdate(spec: PodSpec, old: PodSpec): { errors: FieldErrors; stops: boolean } {
  const path = SPEC.child('activeDeadlineSeconds');
  const [deadline, oldDeadline] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds];
  if (deadline === undefined) {
    const detail = 'must not update from a positive integer to nil value';
    return { errors: oldDeadline === undefined ? [] : [invalid(path, undefined, detail)], stops: false };
  }
  if (deadline < 0 || deadline > MAX_INT32)
    return { errors: [invalid(path, deadline, rangeMessage(0, MAX_INT32))], stops: true };
  if (oldDeadline === undefined || oldDeadline >= deadline) return { errors: [], stops: false };
  return { errors: [invalid(path, deadline, 'must be less than or equal to previous value')], stops: true };
}

function validateOnlyAddedTolerations({ tolerations = [] }: PodSpec, old: PodSpec): FieldErrors {
  const path = SPEC.child('tolerations');
  const isKept = (old.tolerations ?? []).every((before) =>
    tolerations.some((now) => semanticEqual({ ...before, tolerationSeconds: now.tolerationSeconds }, now)),
  );
  if (!isKept) return [forbidden(path, 'existing toleration can not be modified except its tolerationSeconds')];
  return validateTolerations(tolerations, path);
}

function validateOnlyDeletedGates({ schedulingGates = [] }: PodSpec, old: PodSpec): FieldErrors {
  const before = (old.schedulingGates ?? []).map((gate) => gate.name);
  return schedulingGates.flatMap(({ name }, i) => {
    if (before.includes(name)) return [];
    const at = SPEC.child('schedulingGates').index(i).child('name');
    return [forbidden(at, `only deletion is allowed, but found new scheduling gate '${name}'`)];
  });
}

function restoreImages(containers: Container[] | undefined, before: Container[] | undefined): void {
  for (const [i, container] of (containers ?? []).entries()) {
    const image = before?.[i]?.image;
    if (image === undefined) delete container.image;
    else container.image = image;
  }
}

/** Returns the new spec with everything put back that an update may change. */
function withAllowedChanges(spec: PodSpec, old: PodSpec): PodSpec {
  const munged = clone(spec);
  restoreImages(munged.containers, old.containers);
  restoreImages(munged.initContainers, old.initContainers);
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations'] as const) {
    delete munged[field];
    if (old[field] !== undefined) Object.assign(munged, { [field]: old[field] });
  }
  const { terminationGracePeriodSeconds: seconds } = old;
  if (seconds !== undefined && seconds < 0 && munged.terminationGracePeriodSeconds === 1)
    munged.terminationGracePeriodSeconds = seconds;
  return munged;
}

/** A gated pod may still be narrowed to fewer nodes; what was narrowed is put back in `munged`. */
function keepSchedulingOfGatedPod(munged: PodSpec, old: PodSpec): FieldErrors {
  if ((old.schedulingGates ?? []).length === 0) return [];
  const errors: FieldErrors = [];
  if (!semanticEqual(munged.nodeSelector ?? {}, old.nodeSelector ?? {})) {
    const isNarrower = Object.entries(old.nodeSelector ?? {}).every(([k, v]) => munged.nodeSelector?.[k] === v);
    const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    if (!isNarrower) errors.push(invalid(SPEC.child('nodeSelector'), munged.nodeSelector, detail));
    if (old.nodeSelector) munged.nodeSelector = old.nodeSelector;
    else delete munged.nodeSelector;
  }
  const oldAffinity = old.affinity?.nodeAffinity;
  if (semanticEqual(munged.affinity?.nodeAffinity, oldAffinity)) return errors;
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const oldTerms = oldAffinity?.[required]?.nodeSelectorTerms ?? [];
  const terms = munged.affinity?.nodeAffinity?.[required]?.nodeSelectorTerms ?? [];
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) {
    const at = SPEC.child('affinity', 'nodeAffinity', required, 'nodeSelectorTerms');
    const detail = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    errors.push(invalid(at, terms, detail));
  }
  munged.affinity = { ...munged.affinity };
  if (oldAffinity) munged.affinity.nodeAffinity = oldAffinity;
  else delete munged.affinity.nodeAffinity;
  if (Object.keys(munged.affinity).length === 0) delete munged.affinity;
  return errors;
}

const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized'];

/**
 * Upstream: ValidatePodStatusUpdate. Differs: that a container which ended for good stays ended is left to the kubelet.
 */
export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldErrors {
  const path = Path.of('status');
  const errors: FieldErrors = [];
  const { nominatedNodeName: nominated, podIPs = [], hostIPs = [], hostIP, conditions = [] } = pod.status;
  for (const [i, { type = '' }] of conditions.entries()) {
    if (SYSTEM_CONDITIONS.includes(type)) continue;
    errors.push(...validateQualifiedName(type, path.child('conditions').index(i).child('Type')));
  }
  if (nominated && nominated !== old.status.nominatedNodeName) {
    const at = path.child('nominatedNodeName');
    errors.push(...invalidEach(at, nominated, isDNS1123Subdomain(nominated)));
    if (old.spec.nodeName) errors.push(forbidden(at, 'may not be set on pods that are already bound to a node'));
  }
  errors.push(...validateImmutableField(pod.status.qosClass, old.status.qosClass, path.child('qosClass')));
  errors.push(...validateStatusIPs(podIPs, path.child('podIPs')));
  if (hostIPs.length > 0 && hostIPs[0]?.ip !== hostIP)
    errors.push(invalid(path.child('hostIPs').index(0).child('ip'), hostIPs[0]?.ip, 'must be equal to `hostIP`'));
  return [...errors, ...validateStatusIPs(hostIPs, path.child('hostIPs'))];
}

function validateStatusIPs(ips: readonly { ip?: string }[], path: Path): FieldErrors {
  return ips.flatMap(({ ip = '' }, i) => validateIPLegacy(ip, path.index(i)));
}
