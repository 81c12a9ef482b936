// Numbers that may be percentages: '25%' of the replicas, or 3.
// Called by: deployment, daemonset, disruption. Must not know: kinds.

/** Returns the whole number that a count or percentage stands for. Upstream: apimachinery/pkg/util/intstr GetScaledValueFromIntOrPercent. */
export function resolveIntOrPercent(value: number | string, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = Number(value.replace(/%$/, ''));
  if (!Number.isFinite(percent)) return 0;
  return rounding === 'up' ? Math.ceil((percent * total) / 100) : Math.floor((percent * total) / 100);
}
