// kubectl drain: cordons nodes and moves their pods away.
// Called by: cli/commands/index.ts. Must not know: controllers. Upstream: kubectl pkg/cmd/drain/drain.go.
import { typedMapping } from '../../client/typed.ts';
import { parseLabelSelector } from '../../machinery/selectors.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { chunkSizeFlag, dryRunFlag, selectorFlag, timeoutFlag, type DryRun } from '../commandflags.ts';
import { Aggregate, throwAggregate } from '../errors.ts';
import { checkNodeArgs, markNodes, printOperation, selectNodes } from '../nodeselection.ts';
import { deleteOrEvict, type Eviction } from './drain.eviction.ts';
import { podsForDeletion, type DrainPods } from './drain.filters.ts';

const USE = 'drain NODE';

export const drain = defineCommand({
  use: USE,
  group: 'Cluster Management Commands:',
  short: 'Drain node in preparation for maintenance',
  long: `Mark a node unschedulable and evict its pods, then wait until they are gone. Pods of DaemonSets stay
(--ignore-daemonsets is needed if there are any), and so do mirror pods. Pods that no controller would replace
are only deleted with --force, pods with data in an emptyDir only with --delete-emptydir-data.

When the maintenance is over, use kubectl uncordon.`,
  example: `  # Drain a node, with pods that no controller manages
  kubectl drain foo --force

  # With 15 minutes for each pod to end
  kubectl drain foo --grace-period=900`,
  flags: [
    chunkSizeFlag(),
    {
      name: 'delete-emptydir-data',
      type: 'bool',
      default: 'false',
      usage: 'Go on even if there are pods with an emptyDir, whose data will be lost.',
    },
    {
      name: 'disable-eviction',
      type: 'bool',
      default: 'false',
      usage: 'Delete pods instead of evicting them: PodDisruptionBudgets are not asked.',
    },
    dryRunFlag(),
    {
      name: 'force',
      type: 'bool',
      default: 'false',
      usage: 'Go on even if there are pods that no controller manages.',
    },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      usage: 'Seconds that each pod gets to end. Negative: what the pod itself says.',
    },
    { name: 'ignore-daemonsets', type: 'bool', default: 'false', usage: 'Let the pods of DaemonSets be.' },
    { name: 'pod-selector', type: 'string', default: '', usage: 'Label query for the pods of the node.' },
    selectorFlag(),
    {
      name: 'skip-wait-for-delete-timeout',
      type: 'int',
      default: '0',
      usage: 'Do not wait for pods that have been terminating for more than so many seconds. 0: wait for all.',
    },
    timeoutFlag('Time after which to give up; zero means never.'),
  ],
  run: runDrain,
});

async function runDrain(context: CommandContext): Promise<void> {
  const { flags, streams } = context;
  const dryRun = checkNodeArgs(context, USE);
  checkPodSelector(flags.string('pod-selector'));
  const nodes = await selectNodes(context, flags.int('chunk-size'));
  await markNodes(context, nodes, { isCordon: true, dryRun });
  const fatal: Error[] = [];
  const remaining: string[] = [];
  for (const info of nodes) {
    try {
      await drainNode(context, info, dryRun);
      if (info.object) printOperation(context, info.object, { operation: 'drained', dryRun });
    } catch (error) {
      const { message } = error as Error;
      streams.err.write(
        `error: unable to drain node ${JSON.stringify(info.name)} due to error: ${message}, continuing command...\n`,
      );
      fatal.push(error as Error);
      remaining.push(info.name);
    }
  }
  if (remaining.length > 0)
    streams.err.write(`There are pending nodes to be drained:\n${remaining.map((name) => ` ${name}\n`).join('')}`);
  throwAggregate(fatal);
}

function checkPodSelector(selector: string): void {
  try {
    parseLabelSelector(selector);
  } catch (error) {
    throw new Error('--pod-selector=<pod_selector> must be a valid label selector', { cause: error });
  }
}

async function drainNode(context: CommandContext, { name }: Info, dryRun: DryRun): Promise<void> {
  const { factory, flags, streams } = context;
  const rest = await factory.rest();
  const search = {
    rest,
    mapper: await factory.mapper(),
    nodeName: name,
    podSelector: flags.string('pod-selector'),
    nowMs: factory.clock.nowMs(),
    force: flags.bool('force'),
    ignoresDaemonSets: flags.bool('ignore-daemonsets'),
    deletesEmptyDirData: flags.bool('delete-emptydir-data'),
    skipDeletedSeconds: flags.int('skip-wait-for-delete-timeout'),
  };
  const found = await podsForDeletion(search);
  throwAggregate(found.errors);
  if (found.warnings !== '') factory.warn(found.warnings);
  if (dryRun === 'client') {
    for (const { metadata } of found.pods)
      streams.out.write(`evicting pod ${metadata.namespace}/${metadata.name} (dry run)\n`);
    return;
  }
  const eviction: Eviction = {
    rest,
    podMapping: typedMapping('v1', 'Pod'),
    evicts: !flags.bool('disable-eviction') && canEvict(search.mapper.resources()),
    gracePeriodSeconds: flags.int('grace-period'),
    timeoutMs: flags.duration('timeout') || Number.POSITIVE_INFINITY,
    skipDeletedSeconds: search.skipDeletedSeconds,
    dryRun,
  };
  try {
    await deleteOrEvict(context, found.pods, eviction);
  } catch (error) {
    tellPending(context, name, { error: error as Error, pending: await podsForDeletion(search) });
    throw error;
  }
}

/** Upstream: drain.CheckEvictionSupport. */
function canEvict(resources: readonly { name: string; group: string; subresources: string[] }[]): boolean {
  return resources.some((r) => r.name === 'pods' && r.group === '' && r.subresources.includes('eviction'));
}

function tellPending(
  { streams }: CommandContext,
  node: string,
  { error, pending }: { error: Error; pending: DrainPods },
): void {
  if (pending.pods.length > 0) {
    const names = pending.pods.map(({ metadata }) => `pod/${metadata.name}\n`).join('');
    const head = `There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${error.message}\n`;
    streams.err.write(head + names);
  }
  if (pending.errors.length > 0)
    streams.err.write(
      `Following errors occurred while getting the list of pods to delete:\n${new Aggregate(pending.errors).message}`,
    );
}
