// Validation of ReplicaSets.
// Called by: replicaset.ts. Must not know: storage, HTTP.
import { type FieldErrors, Path, invalid } from '../machinery/field.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import { validateRequiredSelector, validateTemplateForReplicas } from './podtemplate.validation.ts';
import type { ReplicaSet } from './replicaset.ts';
import { validateCounts } from './rollingupdate.validation.ts';

const SPEC = Path.of('spec');

/** Upstream: kubernetes pkg/apis/apps/validation ValidateReplicaSetSpec. */
export function validateReplicaSet({ spec }: ReplicaSet): FieldErrors {
  const { replicas, minReadySeconds } = spec;
  return [
    ...validateCounts({ replicas, minReadySeconds }, SPEC),
    ...validateRequiredSelector(spec.selector, SPEC.child('selector')),
    ...validateTemplateForReplicas(spec.selector, spec.template ?? {}, SPEC),
  ];
}

/** Upstream: ValidateReplicaSetUpdate. */
export function validateReplicaSetUpdate(replicaSet: ReplicaSet, old: ReplicaSet): FieldErrors {
  const immutable = validateImmutableField(replicaSet.spec.selector, old.spec.selector, SPEC.child('selector'));
  return [...validateReplicaSet(replicaSet), ...immutable];
}

/** Upstream: ValidateReplicaSetStatus. */
export function validateReplicaSetStatus({ status }: ReplicaSet): FieldErrors {
  const path = Path.of('status');
  const { replicas = 0, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const counts = { replicas, fullyLabeledReplicas, readyReplicas, availableReplicas };
  const errors = validateCounts({ ...counts, observedGeneration: status.observedGeneration }, path);
  for (const [name, count] of Object.entries({ fullyLabeledReplicas, readyReplicas, availableReplicas })) {
    if (count > replicas) errors.push(invalid(path.child(name), count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas) {
    const at = path.child('availableReplicas');
    errors.push(invalid(at, availableReplicas, 'cannot be greater than readyReplicas'));
  }
  return errors;
}
