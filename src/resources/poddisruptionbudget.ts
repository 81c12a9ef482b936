// PodDisruptionBudget: its names, strategy, validation and table.
// Called by: resources/index.ts; the disruption controller and evictions as a typed handle. Must not know: HTTP, storage.
import type { PodDisruptionBudget as UpstreamBudget } from 'kubernetes-types/policy/v1';
import { type FieldErrors, Path, invalid, notSupported } from '../machinery/field.ts';
import { validateLabelSelector } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, integerColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import {
  validateCounts,
  validateNotMoreThan100Percent,
  validatePositiveIntOrPercent,
} from './rollingupdate.validation.ts';
import { keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type PodDisruptionBudget = Kind<UpstreamBudget>;

const SPEC = Path.of('spec');

export const podDisruptionBudget = defineResource<PodDisruptionBudget>({
  gvr: { group: 'policy', version: 'v1', resource: 'poddisruptionbudgets' },
  kind: 'PodDisruptionBudget',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  strategy: {
    allowsUnconditionalUpdate: false,
    prepareForCreate(object) {
      object.status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateBudget,
    validateUpdate: validateBudget,
    validateStatusUpdate({ status }) {
      const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = status;
      const counts = { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods };
      return validateCounts(counts, Path.of('status'));
    },
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Min Available'),
      textColumn('Max Unavailable'),
      integerColumn('Allowed Disruptions'),
      ageColumn,
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      String(object.spec.minAvailable ?? 'N/A'),
      String(object.spec.maxUnavailable ?? 'N/A'),
      object.status.disruptionsAllowed ?? 0,
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) =>
    (await import('./poddisruptionbudget.describe.ts')).describePodDisruptionBudget(object, context),
});

/** Upstream: kubernetes pkg/apis/policy/validation ValidatePodDisruptionBudgetSpec. */
function validateBudget({ spec }: PodDisruptionBudget): FieldErrors {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldErrors = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const internal = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    errors.push(invalid(SPEC, internal, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const [name, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue;
    const at = SPEC.child(name);
    errors.push(...validatePositiveIntOrPercent(value, at), ...validateNotMoreThan100Percent(value, at));
  }
  if (selector) errors.push(...validateLabelSelector(selector, SPEC.child('selector')));
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  if (policy !== undefined && !policies.includes(policy))
    errors.push(notSupported(SPEC.child('unhealthyPodEvictionPolicy'), policy, policies));
  return errors;
}

/**
 * Returns the conditions with DisruptionAllowed as the status says; its time stays while its status does.
 * Upstream: component-helpers/apps/poddisruptionbudget UpdateDisruptionAllowedCondition.
 */
export function disruptionAllowedConditions(
  { status }: PodDisruptionBudget,
  now: string,
): NonNullable<PodDisruptionBudget['status']['conditions']> {
  const isAllowed = status.disruptionsAllowed > 0;
  return withCondition(status, now, {
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  });
}

/** Returns the conditions with another DisruptionAllowed. */
export function withCondition(
  { conditions = [], observedGeneration = 0 }: PodDisruptionBudget['status'],
  now: string,
  { status, reason, message }: { status: string; reason: string; message: string },
): NonNullable<PodDisruptionBudget['status']['conditions']> {
  const type = 'DisruptionAllowed';
  const old = conditions.find((condition) => condition.type === type);
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now;
  const generation = observedGeneration > 0 ? { observedGeneration } : {};
  const made = { type, status, ...generation, lastTransitionTime, reason, message };
  return old ? conditions.map((condition) => (condition === old ? made : condition)) : [...conditions, made];
}
