// Conditions of CustomResourceDefinitions.
// Called by: customresourcedefinition.ts, customresource.ts, the controllers of definitions. Must not know: storage.
// Upstream: apiextensions-apiserver pkg/apihelpers/helpers.go.
import { formatTime } from '../machinery/clock.ts';
import type { CustomResourceCondition, CustomResourceDefinition } from './customresourcedefinition.ts';

type ConditionType = 'Established' | 'NamesAccepted' | 'Terminating' | 'KubernetesAPIApprovalPolicyConformant';
export type NewCondition = Pick<CustomResourceCondition, 'status' | 'reason' | 'message'> & { type: ConditionType };

export function findCondition(
  { status }: CustomResourceDefinition,
  type: ConditionType,
): CustomResourceCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(crd: CustomResourceDefinition, type: ConditionType): boolean {
  return findCondition(crd, type)?.status === 'True';
}

/** Writes a condition; its time changes with its status only. Changes the definition. Upstream: SetCRDCondition. */
export function setCondition(crd: CustomResourceDefinition, nowMs: number, condition: NewCondition): void {
  const now = formatTime(nowMs);
  const conditions = crd.status.conditions ?? [];
  const old = findCondition(crd, condition.type);
  const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const { type, status, reason = '', message = '' } = condition;
  const changed: CustomResourceCondition = { lastTransitionTime, message, reason, status, type };
  crd.status.conditions = old ? conditions.map((other) => (other === old ? changed : other)) : [...conditions, changed];
}
