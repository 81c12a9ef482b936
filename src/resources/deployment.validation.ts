// Validation of Deployments.
// Called by: deployment.ts. Must not know: storage, HTTP.
import type { DeploymentStrategy } from 'kubernetes-types/apps/v1';
import { type FieldErrors, Path, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import type { Deployment } from './deployment.ts';
import { validateRequiredSelector, validateTemplateForReplicas } from './podtemplate.validation.ts';
import {
  intOrPercentValue,
  validateCounts,
  validateNotMoreThan100Percent,
  validatePositiveIntOrPercent,
} from './rollingupdate.validation.ts';

const SPEC = Path.of('spec');

/** Upstream: kubernetes pkg/apis/apps/validation ValidateDeploymentSpec. */
export function validateDeployment({ spec }: Deployment): FieldErrors {
  const { replicas, minReadySeconds = 0, revisionHistoryLimit, progressDeadlineSeconds: deadline } = spec;
  const errors = [
    ...validateCounts({ replicas }, SPEC),
    ...validateRequiredSelector(spec.selector, SPEC.child('selector')),
    ...validateTemplateForReplicas(spec.selector, spec.template, SPEC),
    ...validateStrategy(spec.strategy ?? {}, SPEC.child('strategy')),
    ...validateCounts({ minReadySeconds, revisionHistoryLimit, progressDeadlineSeconds: deadline }, SPEC),
  ];
  if (deadline !== undefined && deadline <= minReadySeconds)
    errors.push(invalid(SPEC.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds'));
  return errors;
}

/** Upstream: ValidateDeploymentUpdate. */
export function validateDeploymentUpdate(deployment: Deployment, old: Deployment): FieldErrors {
  const selectorPath = SPEC.child('selector');
  return [
    ...validateDeployment(deployment),
    ...validateImmutableField(deployment.spec.selector, old.spec.selector, selectorPath),
  ];
}

function validateStrategy({ type = '', rollingUpdate }: DeploymentStrategy, path: Path): FieldErrors {
  const at = path.child('rollingUpdate');
  if (type === 'Recreate')
    return rollingUpdate ? [forbidden(at, "may not be specified when strategy `type` is 'Recreate'")] : [];
  if (type !== 'RollingUpdate') {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    const internal = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null;
    return [notSupported(path, { Type: type, RollingUpdate: internal }, ['Recreate', 'RollingUpdate'])];
  }
  if (!rollingUpdate) return [required(at, 'this should be defaulted and never be nil')];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const unavailablePath = at.child('maxUnavailable');
  const errors = [
    ...validatePositiveIntOrPercent(maxUnavailable, unavailablePath),
    ...validatePositiveIntOrPercent(maxSurge, at.child('maxSurge')),
  ];
  if (intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0)
    errors.push(invalid(unavailablePath, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return [...errors, ...validateNotMoreThan100Percent(maxUnavailable, unavailablePath)];
}

/** Upstream: ValidateDeploymentStatusUpdate. */
export function validateDeploymentStatusUpdate({ status }: Deployment, old: Deployment): FieldErrors {
  const path = Path.of('status');
  const { observedGeneration, replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const { unavailableReplicas, collisionCount } = status;
  const counts = { observedGeneration, replicas, updatedReplicas, readyReplicas, availableReplicas };
  const errors = validateCounts({ ...counts, unavailableReplicas, collisionCount }, path);
  for (const [name, count] of Object.entries({ updatedReplicas, readyReplicas, availableReplicas })) {
    if (count > replicas) errors.push(invalid(path.child(name), count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas) {
    const at = path.child('availableReplicas');
    errors.push(invalid(at, availableReplicas, 'cannot be greater than readyReplicas'));
  }
  if ((collisionCount ?? 0) < (old.status.collisionCount ?? 0))
    errors.push(invalid(path.child('collisionCount'), collisionCount ?? 0, 'cannot be decremented'));
  return errors;
}
