// kubectl top node: what nodes use of what they have.
// Called by: commands/top.ts. Must not know: kubelets. Upstream: kubectl pkg/cmd/top/top_node.go.
import { typedMapping } from '../../client/typed.ts';
import { parseLabelSelector } from '../../machinery/selectors.ts';
import { goSort } from '../../machinery/gosort.ts';
import { getNewTabWriter } from '../../machinery/table.ts';
import type { Node } from '../../resources/node.ts';
import { defineCommand, type CommandContext, type Flags } from '../command.ts';
import { selectorFlag } from '../commandflags.ts';
import { UsageError } from '../errors.ts';
import { extractItems } from '../visitors.ts';
import {
  isMore,
  measuredResources,
  metricsMapping,
  noHeadersFlag,
  percentText,
  protocolFlag,
  requireMetricsApi,
  sortByFlag,
  swapFlag,
  usageText,
  validateSortBy,
  type NodeMetrics,
  type Resource,
} from './top.metrics.ts';

const USE = 'node [NAME | -l label]';
const UNKNOWN = '<unknown>';

export const topNode = defineCommand({
  use: USE,
  aliases: ['nodes', 'no'],
  short: 'Display resource (CPU/memory) usage of nodes',
  example: `  # All nodes
  kubectl top node

  # One node
  kubectl top node NODE_NAME`,
  flags: [
    noHeadersFlag(),
    selectorFlag(),
    {
      name: 'show-capacity',
      type: 'bool',
      default: 'false',
      usage: "Percentages of the nodes' capacity instead of what pods may use.",
    },
    swapFlag('Print the use of swap memory too.'),
    sortByFlag('nodes'),
    protocolFlag(),
  ],
  run: runTopNode,
});

async function runTopNode(context: CommandContext): Promise<void> {
  const { args, flags, factory, commandPath } = context;
  const [name = ''] = args;
  if (args.length > 1) throw new UsageError(USE, commandPath);
  validateSortBy(flags);
  const selector = flags.string('selector');
  if (name !== '' && selector !== '') throw new Error('only one of NAME or --selector can be provided');
  parseLabelSelector(selector);
  await requireMetricsApi(factory);
  const metrics = (await readAll(context, 'metrics', { name, selector })) as NodeMetrics[];
  if (metrics.length === 0) throw new Error('metrics not available yet');
  printNodes(context, metrics, (await readAll(context, 'nodes', { name, selector })) as unknown as Node[]);
}

async function readAll(
  { factory }: CommandContext,
  what: 'metrics' | 'nodes',
  { name, selector }: { name: string; selector: string },
): Promise<unknown[]> {
  const rest = await factory.rest();
  const mapping = what === 'metrics' ? metricsMapping('nodes') : typedMapping('v1', 'Node');
  if (name !== '') return [await rest.get(mapping, { name })];
  return extractItems(await rest.list(mapping, undefined, { labelSelector: selector || undefined }));
}

function printNodes({ flags, streams }: CommandContext, metrics: NodeMetrics[], nodes: readonly Node[]): void {
  const resources = measuredResources(flags);
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const sortBy = flags.string('sort-by');
  goSort(metrics, (a, b) => (sortBy === '' ? a.metadata.name < b.metadata.name : isMore(a.usage, b.usage, sortBy)));
  const writer = getNewTabWriter(streams.out);
  const row = (cells: readonly string[]): void => writer.write(`${cells.map((cell) => `${cell}\t`).join('')}\n`);
  if (!flags.bool('no-headers'))
    row(['NAME', ...resources.flatMap((r) => [`${r.heading}`, r.heading.replace(/\(.*/, '(%)')])]);
  for (const { metadata, usage } of metrics) {
    const node = byName.get(metadata.name);
    byName.delete(metadata.name);
    row([metadata.name, ...resources.flatMap((resource) => usageCells(node, { usage, resource, flags }))]);
  }
  for (const name of [...byName.keys()].sort()) row([name, ...resources.flatMap(() => [UNKNOWN, UNKNOWN])]);
  writer.flush();
}

function usageCells(
  node: Node | undefined,
  { usage, resource, flags }: { usage: Readonly<Record<string, string>>; resource: Resource; flags: Flags },
): string[] {
  const swap = (node?.status.nodeInfo as { swap?: { capacity?: number } } | undefined)?.swap?.capacity;
  if (resource.name === 'swap' && swap === undefined) return [UNKNOWN, UNKNOWN];
  const all = flags.bool('show-capacity') ? node?.status.capacity : node?.status.allocatable;
  const available = resource.name === 'swap' ? String(swap) : all?.[resource.name];
  const used = usage[resource.name] ?? '0';
  const percent = available === undefined ? [] : [percentText(used, available)];
  return [usageText(used, resource), ...percent];
}
