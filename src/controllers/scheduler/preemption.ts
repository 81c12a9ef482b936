// Preemption: a pod that fits nowhere may take the place of less important ones. Finds the node and the victims, sends them away.
// Called by: scheduler.ts. Must not know: single plugins.
// Upstream: kubernetes pkg/scheduler/framework/preemption, plugins/defaultpreemption.
import { formatTime, parseTime } from '../../machinery/clock.ts';
import { clone, isDeleting } from '../../machinery/meta.ts';
import { labelSelectorAsSelector, matchesLabels } from '../../machinery/selectors.ts';
import { isNotFound } from '../../machinery/status.ts';
import { podDisruptionBudget, type PodDisruptionBudget } from '../../resources/poddisruptionbudget.ts';
import { pod as podResource, type Pod } from '../../resources/pod.ts';
import type { ControllerContext } from '../controller.ts';
import { podsOnNode } from '../nodepods.ts';
import { isPodFinished, podCondition } from '../podstate.ts';
import type { NodeInfo } from './cache.ts';
import { histogram, refusalOn, type Cycle, type Refusal, type SchedulerPlugin, type Verdict } from './framework.ts';
import { nominatedPods, priorityOf } from './nominated.ts';

const PREEMPTED = 'PreemptionByScheduler';
/** As many nodes are tried, or a tenth of them. */
const MIN_CANDIDATES = 100;
const PRIORITY_OFFSET = 2 ** 31;

/** What preemption comes to for one pod. */
export interface Preemption {
  /** What is said of it: '' when it is going to help. */
  message: string;
  /** The node that the pod is to get; '' for none, undefined: as before. */
  nominatedNodeName: string | undefined;
  victims: readonly Pod[];
}

interface Candidate {
  node: NodeInfo;
  /** The most important first. */
  victims: readonly Pod[];
  violations: number;
}

/** Returns where room can be made for a pod that no node takes. Changes nothing. */
export function findPreemption(plugins: readonly SchedulerPlugin[], cycle: Cycle, verdict: Verdict): Preemption {
  const { pod, nodes } = cycle;
  const why = whyNotEligible(cycle, verdict);
  if (why !== undefined) return { message: `preemption: ${why}`, nominatedNodeName: undefined, victims: [] };
  const potential = nodes.filter(({ name }) => verdict.refusals.get(name)?.isUnresolvable === false);
  const budgets = potential.some((node) => hasLess(node, pod)) ? cycle.context.client.list(podDisruptionBudget) : [];
  const most = Math.min(potential.length, Math.max(MIN_CANDIDATES, Math.floor(potential.length / 10)));
  const candidates: Candidate[] = [];
  const reasons: string[] = [];
  for (const node of potential) {
    const found = selectVictims(plugins, cycle, node, budgets);
    if ('victims' in found) candidates.push(found);
    else reasons.push(...found.reasons);
    if (candidates.length >= most && candidates.some(({ violations }) => violations === 0)) break;
  }
  const best = pickOne(cycle, candidates);
  if (best) return { message: '', nominatedNodeName: best.node.name, victims: best.victims };
  const others = nodes.length - potential.length;
  for (let i = 0; i < others; i++) reasons.push('Preemption is not helpful for scheduling');
  const message = `preemption: 0/${nodes.length} nodes are available: ${histogram(reasons)}`;
  return { message, nominatedNodeName: '', victims: [] };
}

/** Upstream: PodEligibleToPreemptOthers. */
function whyNotEligible({ context, pod }: Cycle, { refusals }: Verdict): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const { nominatedNodeName } = pod.status;
  if (!nominatedNodeName || refusals.get(nominatedNodeName)?.isUnresolvable) return undefined;
  const isWaited = podsOnNode(context.client, nominatedNodeName).some(
    (other) =>
      priorityOf(other) < priorityOf(pod) &&
      isDeleting(other) &&
      podCondition(other, 'DisruptionTarget')?.reason === PREEMPTED,
  );
  return isWaited ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

function hasLess(node: NodeInfo, pod: Pod): boolean {
  for (const priority of node.priorities.keys()) if (priority < priorityOf(pod)) return true;
  return false;
}

/** Returns the fewest and least important pods of a node whose going makes room. Upstream: SelectVictimsOnNode. */
function selectVictims(
  plugins: readonly SchedulerPlugin[],
  cycle: Cycle,
  node: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
): Candidate | Refusal {
  const { context, pod } = cycle;
  const isLess = (other: Pod): boolean => priorityOf(other) < priorityOf(pod) && !isPodFinished(other);
  const potential = hasLess(node, pod) ? podsOnNode(context.client, node.name).filter(isLess) : [];
  if (potential.length === 0)
    return { reasons: ['No preemption victims found for incoming pod'], isUnresolvable: true };
  const trial = node.copy();
  for (const victim of potential) trial.remove(victim);
  for (const other of cycle.nominated(node.name)) trial.add(other);
  const refusal = refusalOn(plugins, cycle, trial);
  if (refusal) return refusal;
  const { violating, others } = splitByBudgets(potential.sort(byImportance(context.nowMs)), budgets);
  const victims: Pod[] = [];
  let violations = 0;
  for (const other of [...violating, ...others]) {
    trial.add(other);
    if (!refusalOn(plugins, cycle, trial)) continue;
    trial.remove(other);
    victims.push(other);
    if (violating.includes(other)) violations += 1;
  }
  if (victims.length === 0)
    return {
      reasons: [`expected at least one victim pod on node ${JSON.stringify(node.name)}`],
      isUnresolvable: false,
    };
  return { node, victims: victims.sort(byImportance(context.nowMs)), violations };
}

/** The most important first: by priority, then by how long it has run. Upstream: scheduler util MoreImportantPod. */
function byImportance(nowMs: number): (a: Pod, b: Pod) => number {
  return (a, b) => priorityOf(b) - priorityOf(a) || startMs(a, nowMs) - startMs(b, nowMs);
}

function startMs({ status }: Pod, nowMs: number): number {
  return parseTime(status.startTime) ?? nowMs;
}

/** Upstream: filterPodsWithPDBViolation. */
function splitByBudgets(pods: readonly Pod[], budgets: readonly PodDisruptionBudget[]) {
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const violating: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    let isViolated = false;
    for (const budget of budgets.filter((b) => isGuarded(pod, b))) {
      const allowed = (left.get(budget) ?? 0) - 1;
      left.set(budget, allowed);
      if (allowed < 0) isViolated = true;
    }
    (isViolated ? violating : others).push(pod);
  }
  return { violating, others };
}

function isGuarded({ metadata }: Pod, { metadata: { namespace }, spec, status }: PodDisruptionBudget): boolean {
  const labels = metadata.labels ?? {};
  const { selector } = spec ?? {};
  const isEmpty = !selector?.matchExpressions?.length && Object.keys(selector?.matchLabels ?? {}).length === 0;
  if (namespace !== metadata.namespace || isEmpty || Object.keys(labels).length === 0) return false;
  return (
    matchesLabels(labelSelectorAsSelector(selector), labels) &&
    !Object.hasOwn(status?.disruptedPods ?? {}, metadata.name)
  );
}

/** Upstream: pickOneNodeForPreemption; among equals, where it takes any, a hash of the pod chooses. */
function pickOne({ context, pod }: Cycle, candidates: readonly Candidate[]): Candidate | undefined {
  const scores: ((candidate: Candidate) => number)[] = [
    ({ violations }) => -violations,
    ({ victims }) => -Math.max(...victims.map(priorityOf)),
    ({ victims }) => -victims.reduce((sum, victim) => sum + priorityOf(victim) + PRIORITY_OFFSET, 0),
    ({ victims }) => -victims.length,
    ({ victims }) => earliestStartMs(victims, context.nowMs),
  ];
  let left = [...candidates];
  for (const score of scores) {
    const highest = Math.max(...left.map(score));
    left = left.filter((candidate) => score(candidate) === highest);
    if (left.length === 1) return left[0];
  }
  return left[context.random.int('preemption-tie', pod.metadata.uid ?? '', Math.max(1, left.length))];
}

/** Of the victims with the highest priority. Upstream: scheduler util GetEarliestPodStartTime. */
function earliestStartMs(victims: readonly Pod[], nowMs: number): number {
  const highest = Math.max(...victims.map(priorityOf));
  return Math.min(...victims.filter((v) => priorityOf(v) === highest).map((v) => startMs(v, nowMs)));
}

/** Sends the victims away, and takes the node from less important pods that were to get it. Upstream: prepareCandidate. */
export function preempt(context: ControllerContext, preemptor: Pod, { victims, nominatedNodeName }: Preemption): void {
  const { client, recorder, nowMs } = context;
  for (const waiting of nominatedPods(context, nominatedNodeName ?? ''))
    if (priorityOf(waiting) < priorityOf(preemptor)) {
      const { nominatedNodeName: _, ...status } = waiting.status;
      client.updateStatus(podResource, { ...waiting, status });
    }
  for (const victim of victims) {
    if (isDeleting(victim)) continue;
    const changed = clone(victim);
    const others = changed.status.conditions?.filter(({ type }) => type !== 'DisruptionTarget') ?? [];
    const { generation } = victim.metadata;
    const condition = {
      type: 'DisruptionTarget',
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status: 'True',
      lastTransitionTime: formatTime(nowMs),
      reason: PREEMPTED,
      message: `${preemptor.spec.schedulerName ?? ''}: preempting to accommodate a higher priority pod`,
    };
    changed.status.conditions = [...others, condition];
    try {
      client.updateStatus(podResource, changed);
      client.delete(podResource, victim.metadata);
    } catch (error) {
      if (isNotFound(error)) continue;
      throw error;
    }
    const message = `Preempted by pod ${preemptor.metadata.uid ?? ''} on node ${nominatedNodeName ?? ''}`;
    recorder.event(victim, 'Normal', 'Preempted', message, { action: 'Preempting', related: preemptor });
  }
}
