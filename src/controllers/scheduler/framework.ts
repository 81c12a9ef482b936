// What a scheduler plugin is, and how one pod goes through all of them: filter, score, choose.
// Called by: scheduler/scheduler.ts. Must not know: any single plugin, events.
import type { ControllerContext } from '../controller.ts';
import type { Pod } from '../../resources/pod.ts';
import type { NodeInfo } from './cache.ts';

export const MAX_SCORE = 100;

/** One pod on its way. */
export interface Cycle {
  context: ControllerContext;
  pod: Pod;
  /** All nodes, by name. */
  nodes: readonly NodeInfo[];
  /** Pods, as important as this one at least, that wait for a node which is being cleared for them. */
  nominated(nodeName: string): readonly Pod[];
}

/** Why a node is refused. */
export interface Refusal {
  reasons: readonly string[];
  /** True when no eviction of other pods would help. */
  isUnresolvable: boolean;
}

export interface SchedulerPlugin {
  /** Upstream's name. */
  name: string;
  /** Returns why no node whatever would do, or undefined. */
  preFilter?(cycle: Cycle): string | undefined;
  /** Returns the names of the only nodes that come into question, when the pod names them. */
  nodeNames?(cycle: Cycle): ReadonlySet<string> | undefined;
  /** Returns the test of single nodes, or undefined when the plugin has nothing to say about the pod. */
  filter?(cycle: Cycle): ((node: NodeInfo) => Refusal | undefined) | undefined;
  /** Weight of the scores; default 1. */
  weight?: number;
  /** Returns 0 to 100 for each of `nodes`, or undefined when the plugin has nothing to say. */
  score?(cycle: Cycle, nodes: readonly NodeInfo[]): number[] | undefined;
  /** Prepares the chosen node. Returns false when the pod must wait for what was begun. */
  preBind?(cycle: Cycle, node: NodeInfo): boolean;
}

export interface Verdict {
  node?: NodeInfo;
  refusals: Map<string, Refusal>;
  /** Why no node whatever would do. */
  preFilterMessage?: string;
}

/** With more than a hundred nodes only a share of them is scored. Upstream: schedule_one.go numFeasibleNodesToFind. */
function enoughFeasible(nodes: number): number {
  if (nodes <= 100) return nodes;
  const percentage = Math.max(5, 50 - Math.floor(nodes / 125));
  return Math.max(100, Math.floor((nodes * percentage) / 100));
}

/** Returns the node for a pod, or why each node was refused. */
export function schedulePod(plugins: readonly SchedulerPlugin[], cycle: Cycle): Verdict {
  const { nodes, pod, context } = cycle;
  const refusals = new Map<string, Refusal>();
  for (const plugin of plugins) {
    const preFilterMessage = plugin.preFilter?.(cycle);
    if (preFilterMessage === undefined) continue;
    for (const { name } of nodes) refusals.set(name, { reasons: [], isUnresolvable: true });
    return { refusals, preFilterMessage };
  }
  const named = namedNodes(plugins, cycle);
  const filters = filtersOf(plugins, cycle);
  const refuse = (node: NodeInfo): Refusal | undefined => {
    if (named && !named.names.has(node.name)) return named.refusal;
    const nominated = cycle.nominated(node.name);
    return (
      (nominated.length > 0 ? refusalWith(plugins, cycle, node, nominated) : undefined) ?? firstRefusal(filters, node)
    );
  };
  // Upstream: evaluateNominatedNode.
  const promised = nodes.find(({ name }) => name === pod.status.nominatedNodeName);
  if (promised && !refuse(promised)) return { node: promised, refusals };
  const enough = enoughFeasible(nodes.length);
  const start = enough < nodes.length ? context.random.int('scheduler-start', pod.metadata.uid ?? '', nodes.length) : 0;
  const feasible: NodeInfo[] = [];
  for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
    const node = nodes[(start + i) % nodes.length];
    if (!node) continue;
    const refusal = refuse(node);
    if (refusal) refusals.set(node.name, refusal);
    else feasible.push(node);
  }
  const [first] = feasible;
  if (!first) return { refusals };
  return { node: feasible.length === 1 ? first : best(plugins, cycle, feasible), refusals };
}

function namedNodes(
  plugins: readonly SchedulerPlugin[],
  cycle: Cycle,
): { names: ReadonlySet<string>; refusal: Refusal } | undefined {
  for (const plugin of plugins) {
    const names = plugin.nodeNames?.(cycle);
    if (!names) continue;
    const reasons = [`node(s) didn't satisfy plugin(s) [${plugin.name}]`];
    return { names, refusal: { reasons, isUnresolvable: true } };
  }
  return undefined;
}

type Filter = (node: NodeInfo) => Refusal | undefined;

function filtersOf(plugins: readonly SchedulerPlugin[], cycle: Cycle): Filter[] {
  return plugins.map((plugin) => plugin.filter?.(cycle)).filter((filter) => filter !== undefined);
}

/** Returns why a node refuses the pod when it is as `node` says, or undefined. */
export function refusalOn(plugins: readonly SchedulerPlugin[], cycle: Cycle, node: NodeInfo): Refusal | undefined {
  const nodes = cycle.nodes.map((other) => (other.name === node.name ? node : other));
  return firstRefusal(filtersOf(plugins, { ...cycle, nodes }), node);
}

function refusalWith(
  plugins: readonly SchedulerPlugin[],
  cycle: Cycle,
  node: NodeInfo,
  others: readonly Pod[],
): Refusal | undefined {
  const trial = node.copy();
  for (const other of others) trial.add(other);
  return refusalOn(plugins, cycle, trial);
}

function firstRefusal(filters: readonly Filter[], node: NodeInfo): Refusal | undefined {
  for (const filter of filters) {
    const refusal = filter(node);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Returns the node with the highest sum of scores; among equals a hash of the pod chooses. */
function best(plugins: readonly SchedulerPlugin[], cycle: Cycle, feasible: readonly NodeInfo[]): NodeInfo {
  const totals = feasible.map(() => 0);
  for (const plugin of plugins) {
    const scores = plugin.score?.(cycle, feasible);
    if (!scores) continue;
    for (const i of totals.keys()) totals[i] = (totals[i] ?? 0) + (scores[i] ?? 0) * (plugin.weight ?? 1);
  }
  const highest = Math.max(...totals);
  const equals = feasible.filter((_, i) => totals[i] === highest);
  const { metadata } = cycle.pod;
  const choice = equals.length === 1 ? 0 : cycle.context.random.int('scheduler-tie', metadata.uid ?? '', equals.length);
  return equals[choice] ?? (feasible[0] as NodeInfo);
}

/** Scales scores so that the highest is 100; `isReversed`: the lowest gets the most. Upstream: plugins/helper DefaultNormalizeScore. */
export function normalizeScores(scores: readonly number[], { isReversed }: { isReversed: boolean }): number[] {
  const max = Math.max(0, ...scores);
  if (max === 0) return scores.map(() => (isReversed ? MAX_SCORE : 0));
  return scores.map((score) => {
    const scaled = Math.floor((MAX_SCORE * score) / max);
    return isReversed ? MAX_SCORE - scaled : scaled;
  });
}

/**
 * Returns upstream's sentence on why no node took the pod, with what is said of preemption, '' when that is going to help.
 * Upstream: scheduler/framework/types.go FitError.
 */
export function fitErrorMessage(
  nodeCount: number,
  { refusals, preFilterMessage }: Verdict,
  preemption: string,
): string {
  const reasons = [...refusals.values()].flatMap((refusal) => [...refusal.reasons]);
  const why = preFilterMessage === undefined ? histogram(reasons) : `${preFilterMessage}.`;
  const head = `0/${nodeCount} nodes are available: ${why}`;
  return preemption === '' ? head : `${head} no new claims to deallocate, ${preemption}`;
}

/** Returns '1 Insufficient cpu, 2 Too many pods.' */
export function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`);
  return `${texts.sort().join(', ')}.`;
}
