// Validation of DaemonSets.
// Called by: daemonset.ts. Must not know: storage, HTTP.
import type { DaemonSetUpdateStrategy } from 'kubernetes-types/apps/v1';
import { type FieldErrors, Path, invalid, notSupported, required } from '../machinery/field.ts';
import { validateImmutableField, validateLabelSelector } from '../machinery/metavalidation.ts';
import type { DaemonSet } from './daemonset.ts';
import type { PodTemplateSpec } from './podspec.types.ts';
import { selectsTemplate, validatePodTemplateSpec, validateRunsForever } from './podtemplate.validation.ts';
import {
  intOrPercentValue,
  validateCounts,
  validateNotMoreThan100Percent,
  validatePositiveIntOrPercent,
} from './rollingupdate.validation.ts';

const SPEC = Path.of('spec');

/** Upstream: kubernetes pkg/apis/apps/validation ValidateDaemonSetSpec. */
export function validateDaemonSet({ spec }: DaemonSet): FieldErrors {
  const { selector, minReadySeconds, revisionHistoryLimit } = spec;
  const template = spec.template as PodTemplateSpec;
  const selectorPath = SPEC.child('selector');
  const templatePath = SPEC.child('template');
  const errors = validateLabelSelector(selector, selectorPath);
  if (selectsTemplate(selector, template) === false) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid(templatePath.child('metadata', 'labels'), template.metadata?.labels, detail));
  }
  if (selector && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0)
    errors.push(invalid(selectorPath, selector, 'empty selector is invalid for daemonset'));
  return [
    ...errors,
    ...validatePodTemplateSpec(template, templatePath),
    ...validateRunsForever(template.spec, templatePath, 'DaemonSet'),
    ...validateCounts({ minReadySeconds }, SPEC),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, SPEC.child('updateStrategy')),
    ...validateCounts({ revisionHistoryLimit }, SPEC),
  ];
}

/** Upstream: ValidateDaemonSetUpdate. */
export function validateDaemonSetUpdate(daemonSet: DaemonSet, old: DaemonSet): FieldErrors {
  const immutable = validateImmutableField(daemonSet.spec.selector, old.spec.selector, SPEC.child('selector'));
  return [...immutable, ...validateDaemonSet(daemonSet)];
}

function validateUpdateStrategy({ type = '', rollingUpdate }: DaemonSetUpdateStrategy, path: Path): FieldErrors {
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    const internal = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null;
    return [notSupported(path, { Type: type, RollingUpdate: internal }, ['RollingUpdate', 'OnDelete'])];
  }
  const at = path.child('rollingUpdate');
  if (!rollingUpdate) return [required(at)];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const [unavailablePath, surgePath] = [at.child('maxUnavailable'), at.child('maxSurge')];
  const errors = [
    ...validatePositiveIntOrPercent(maxUnavailable, unavailablePath),
    ...validatePositiveIntOrPercent(maxSurge, surgePath),
    ...validateNotMoreThan100Percent(maxUnavailable, unavailablePath),
    ...validateNotMoreThan100Percent(maxSurge, surgePath),
  ];
  const hasUnavailable = intOrPercentValue(maxUnavailable) !== 0;
  const hasSurge = intOrPercentValue(maxSurge) !== 0;
  if (hasUnavailable && hasSurge)
    errors.push(invalid(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!hasUnavailable && !hasSurge) errors.push(required(unavailablePath, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

/** Upstream: ValidateDaemonSetStatusUpdate. */
export function validateDaemonSetStatusUpdate({ status }: DaemonSet, old: DaemonSet): FieldErrors {
  const path = Path.of('status');
  const { currentNumberScheduled, numberMisscheduled, desiredNumberScheduled, numberReady } = status;
  const { observedGeneration, updatedNumberScheduled, numberAvailable, numberUnavailable, collisionCount } = status;
  const scheduled = { currentNumberScheduled, numberMisscheduled, desiredNumberScheduled, numberReady };
  const updated = { observedGeneration, updatedNumberScheduled, numberAvailable, numberUnavailable, collisionCount };
  const errors = validateCounts({ ...scheduled, ...updated }, path);
  if ((collisionCount ?? 0) < (old.status.collisionCount ?? 0))
    errors.push(invalid(path.child('collisionCount'), collisionCount ?? 0, 'cannot be decremented'));
  return errors;
}
