// How fast an autoscaler may follow its metrics: stabilisation windows, policies, the bounds of its spec.
// Called by: horizontalpodautoscaler.ts. Must not know: metrics, the target.
import type { HorizontalPodAutoscalerSpec, HPAScalingRules } from 'kubernetes-types/autoscaling/v2';

const DOWNSCALE_WINDOW_SECONDS = 300;

/** A number with the instant (ms) it belongs to. */
export type Timed = [atMs: number, n: number];

/** What an autoscaler has seen and done, as far back as its windows reach. */
export interface ScaleHistory {
  /** Numbers that metrics asked for, within the longest window. */
  recommendations: Timed[];
  /** Replicas added and removed, within the longest policy's period. */
  ups: Timed[];
  downs: Timed[];
}

export interface Limits {
  spec: HorizontalPodAutoscalerSpec;
  history: ScaleHistory;
  nowMs: number;
  current: number;
  proposed: number;
  min: number;
}

interface Reason {
  reason: string;
  message: string;
}

export interface Normalized {
  desired: number;
  able: Reason;
  limited: Reason & { status: 'True' | 'False' };
  /** True when the next look may allow more. */
  isHeldBack: boolean;
}

const UP_STABILIZED = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const DOWN_STABILIZED = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const READY = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const WITHIN = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
const TOO_MANY = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const TOO_FEW = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const UP_LIMIT = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const DOWN_LIMIT = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};

/** Returns the size to scale to, and the conditions AbleToScale and ScalingLimited that say why. */
export function normalize(limits: Limits): Normalized {
  const { proposed, spec } = limits;
  const stabilized = spec.behavior ? stabilizeByBehavior(limits) : stabilizeDown(limits);
  const rated = spec.behavior ? rateByBehavior(limits, stabilized.replicas) : rateByRules(limits, stabilized.replicas);
  const isStabilized = stabilized.replicas !== proposed;
  return {
    desired: rated.desired,
    able: isStabilized ? stabilized.why : READY,
    limited: { ...rated.why, status: rated.desired === stabilized.replicas ? 'False' : 'True' },
    isHeldBack: isStabilized || rated.why === UP_LIMIT || rated.why === DOWN_LIMIT,
  };
}

function within(list: readonly Timed[], nowMs: number, seconds: number): number[] {
  return list.filter(([atMs]) => atMs > nowMs - seconds * 1000).map(([, n]) => n);
}

/** Upstream: horizontal.go stabilizeRecommendation. */
function stabilizeDown({ history, nowMs, proposed }: Limits): { replicas: number; why: Reason } {
  const recent = within(history.recommendations, nowMs, DOWNSCALE_WINDOW_SECONDS);
  return { replicas: Math.max(proposed, ...recent), why: DOWN_STABILIZED };
}

function downWindow(rules: HPAScalingRules | undefined): number {
  return rules?.stabilizationWindowSeconds ?? DOWNSCALE_WINDOW_SECONDS;
}

/** Upstream: horizontal.go stabilizeRecommendationWithBehaviors. */
function stabilizeByBehavior({ spec, history, nowMs, current, proposed }: Limits): { replicas: number; why: Reason } {
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  const lowest = Math.min(
    proposed,
    ...within(history.recommendations, nowMs, scaleUp?.stabilizationWindowSeconds ?? 0),
  );
  const highest = Math.max(proposed, ...within(history.recommendations, nowMs, downWindow(scaleDown)));
  const replicas = Math.min(Math.max(current, lowest), highest);
  return { replicas, why: proposed >= current ? UP_STABILIZED : DOWN_STABILIZED };
}

/** Upstream: horizontal.go convertDesiredReplicasWithRules. */
function rateByRules({ spec, current, min }: Limits, wanted: number): { desired: number; why: Reason } {
  const upLimit = Math.max(2 * current, 4);
  const max = Math.min(spec.maxReplicas, upLimit);
  if (wanted < min) return { desired: min, why: TOO_FEW };
  if (wanted > max) return { desired: max, why: spec.maxReplicas > upLimit ? UP_LIMIT : TOO_MANY };
  return { desired: wanted, why: WITHIN };
}

/** Upstream: horizontal.go convertDesiredReplicasWithBehaviorRate. */
function rateByBehavior(limits: Limits, wanted: number): { desired: number; why: Reason } {
  const { spec, current, min } = limits;
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  if (wanted > current) {
    const limit = Math.max(current, policyLimit(limits, scaleUp, 1));
    const max = Math.min(spec.maxReplicas, limit);
    if (wanted > max) return { desired: max, why: spec.maxReplicas > limit ? UP_LIMIT : TOO_MANY };
  } else if (wanted < current) {
    const limit = Math.min(current, policyLimit(limits, scaleDown, -1));
    const least = Math.max(min, limit);
    if (wanted < least) return { desired: least, why: min < limit ? DOWN_LIMIT : TOO_FEW };
  }
  return { desired: wanted, why: WITHIN };
}

/** Upstream: horizontal.go calculateScaleUpLimitWithScalingRules and calculateScaleDownLimitWithBehaviors. */
function policyLimit({ current, history, nowMs }: Limits, rules: HPAScalingRules | undefined, sign: 1 | -1): number {
  const { selectPolicy = 'Max', policies = [] } = rules ?? {};
  if (selectPolicy === 'Disabled') return current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const sum = (list: readonly Timed[]) => within(list, nowMs, periodSeconds).reduce((a, b) => a + b, 0);
    const atStart = current - sum(history.ups) + sum(history.downs);
    if (type === 'Pods') return atStart + sign * value;
    return sign > 0 ? Math.ceil(atStart * (1 + value / 100)) : Math.trunc(atStart * (1 - value / 100));
  });
  const isHighest = (selectPolicy === 'Max') === sign > 0;
  return isHighest ? Math.max(...proposals) : Math.min(...proposals);
}

/** Returns the history after one more look, without what no window reaches. */
export function remember({ spec, history, nowMs, current, proposed }: Limits, desired: number): ScaleHistory {
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  const window = spec.behavior
    ? Math.max(scaleUp?.stabilizationWindowSeconds ?? 0, downWindow(scaleDown))
    : DOWNSCALE_WINDOW_SECONDS;
  const policies = [...(scaleUp?.policies ?? []), ...(scaleDown?.policies ?? [])];
  const period = Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds));
  const keep = (list: readonly Timed[], seconds: number) => list.filter(([atMs]) => atMs > nowMs - seconds * 1000);
  const change = desired - current;
  return {
    recommendations: [...keep(history.recommendations, window), [nowMs, proposed]],
    ups: [...keep(history.ups, period), ...(change > 0 && period > 0 ? [[nowMs, change] as Timed] : [])],
    downs: [...keep(history.downs, period), ...(change < 0 && period > 0 ? [[nowMs, -change] as Timed] : [])],
  };
}
