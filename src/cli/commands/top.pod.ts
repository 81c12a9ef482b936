// kubectl top pod: what pods and their containers use.
// Called by: commands/top.ts. Must not know: kubelets. Upstream: kubectl pkg/cmd/top/top_pod.go.
import { typedMapping } from '../../client/typed.ts';
import { formatGoDuration } from '../../machinery/duration.ts';
import { parseFieldSelector } from '../../machinery/fieldselectors.ts';
import { goSort } from '../../machinery/gosort.ts';
import { addQuantities, formatQuantity, parseQuantity } from '../../machinery/quantity.ts';
import { parseLabelSelector } from '../../machinery/selectors.ts';
import { getNewTabWriter } from '../../machinery/table.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { allNamespacesFlag, fieldSelectorFlag, selectorFlag } from '../commandflags.ts';
import { UsageError } from '../errors.ts';
import { extractItems } from '../visitors.ts';
import {
  isMore,
  measuredResources,
  metricsMapping,
  noHeadersFlag,
  protocolFlag,
  requireMetricsApi,
  sortByFlag,
  swapFlag,
  usageText,
  validateSortBy,
  type PodMetrics,
  type Resource,
  type Usage,
} from './top.metrics.ts';

const USE = 'pod [NAME | -l label]';
/** Pods older than this should have metrics. */
const CREATION_DELAY_MS = 120_000;
const RULE = '________';

export const topPod = defineCommand({
  use: USE,
  aliases: ['pods', 'po'],
  short: 'Display resource (CPU/memory) usage of pods',
  long: 'Print how much CPU and memory pods use. There may be no numbers for a few minutes after a pod was created.',
  example: `  # The pods of the namespace
  kubectl top pod

  # A pod and its containers
  kubectl top pod POD_NAME --containers

  # Pods with a label
  kubectl top pod -l name=myLabel`,
  flags: [
    allNamespacesFlag(),
    { name: 'containers', type: 'bool', default: 'false', usage: 'Print the use of each container.' },
    fieldSelectorFlag(),
    noHeadersFlag(),
    selectorFlag(),
    swapFlag('Print the use of swap memory too.'),
    sortByFlag('pods'),
    { name: 'sum', type: 'bool', default: 'false', usage: 'Print the sum of all pods below them.' },
    protocolFlag(),
  ],
  run: runTopPod,
});

interface PodQuery {
  name: string;
  namespace: string;
  labelSelector: string | undefined;
  fieldSelector: string | undefined;
}

async function runTopPod(context: CommandContext): Promise<void> {
  const { args, flags, factory, streams, commandPath } = context;
  const [name = ''] = args;
  if (args.length > 1) throw new UsageError(USE, commandPath);
  const { namespace } = await factory.namespace();
  validateSortBy(flags);
  const labelSelector = flags.string('selector') || undefined;
  const fieldSelector = flags.string('field-selector') || undefined;
  if (name !== '' && (labelSelector ?? fieldSelector) !== undefined)
    throw new Error('only one of NAME or selector can be provided');
  parseLabelSelector(labelSelector ?? '');
  parseFieldSelector(fieldSelector ?? '');
  await requireMetricsApi(factory);
  const query: PodQuery = { name, namespace, labelSelector, fieldSelector };
  const metrics = await readMetrics(context, query);
  if (metrics.length > 0) return printPods(context, metrics);
  await checkPods(context, query);
  streams.err.write(
    flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`,
  );
}

async function readMetrics({ flags, factory }: CommandContext, query: PodQuery): Promise<PodMetrics[]> {
  const rest = await factory.rest();
  const mapping = metricsMapping('pods');
  const { name, namespace, labelSelector, fieldSelector } = query;
  const where = flags.bool('all-namespaces') ? undefined : namespace;
  if (name !== '') return [(await rest.get(mapping, { namespace: where, name })) as unknown as PodMetrics];
  return extractItems(await rest.list(mapping, where, { labelSelector, fieldSelector })) as unknown as PodMetrics[];
}

/** Tells why there are no numbers, unless there are no pods. Upstream: verifyEmptyMetrics. */
async function checkPods({ factory }: CommandContext, query: PodQuery): Promise<void> {
  const rest = await factory.rest();
  const mapping = typedMapping('v1', 'Pod');
  const { name, namespace, labelSelector, fieldSelector } = query;
  const pods =
    name === ''
      ? extractItems(await rest.list(mapping, namespace, { labelSelector, fieldSelector }))
      : [await rest.get(mapping, { namespace, name })];
  if (pods.length === 0) return;
  for (const { metadata } of pods) {
    const ageMs = factory.clock.nowMs() - Date.parse(metadata.creationTimestamp ?? '');
    if (ageMs > CREATION_DELAY_MS)
      throw new Error(
        `Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${formatGoDuration(ageMs)}`,
      );
  }
  throw new Error('metrics not available yet');
}

function printPods({ flags, streams }: CommandContext, metrics: PodMetrics[]): void {
  const resources = measuredResources(flags);
  const isAll = flags.bool('all-namespaces');
  const hasContainers = flags.bool('containers');
  const sortBy = flags.string('sort-by');
  const totals = new Map(metrics.map((m) => [m, totalOf([m], resources)]));
  goSort(metrics, (a, b) => {
    if (sortBy !== '') return isMore(totals.get(a) ?? {}, totals.get(b) ?? {}, sortBy);
    const [left, right] = [a.metadata, b.metadata];
    if (isAll && left.namespace !== right.namespace) return (left.namespace ?? '') < (right.namespace ?? '');
    return left.name < right.name;
  });
  const writer = getNewTabWriter(streams.out);
  const row = (cells: readonly string[]): void => writer.write(`${cells.map((cell) => `${cell}\t`).join('')}\n`);
  const places = [...(isAll ? ['NAMESPACE'] : []), ...(hasContainers ? ['POD'] : [])];
  if (!flags.bool('no-headers')) row([...places, 'NAME', ...resources.map((r) => r.heading)]);
  const amounts = (usage: Usage): string[] => resources.map((r) => usageText(usage[r.name] ?? '0', r));
  for (const m of metrics) {
    const { name, namespace = '' } = m.metadata;
    const where = isAll ? [namespace] : [];
    if (!hasContainers) row([...where, name, ...amounts(totals.get(m) ?? {})]);
    else for (const c of sortedContainers(m, sortBy)) row([...where, name, c.name, ...amounts(c.usage)]);
  }
  if (flags.bool('sum')) {
    const width = resources.length + 1 + (flags.bool('no-headers') ? 0 : places.length);
    row([...blanks(width - 2), RULE, RULE]);
    row([...blanks(width - 3), '', ...amounts(totalOf(metrics, resources))]);
  }
  writer.flush();
}

function blanks(count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => '');
}

function sortedContainers({ containers }: PodMetrics, sortBy: string): PodMetrics['containers'] {
  const sorted = [...containers];
  goSort(sorted, (a, b) => (sortBy === '' ? a.name < b.name : isMore(a.usage, b.usage, sortBy)));
  return sorted;
}

function totalOf(metrics: readonly PodMetrics[], resources: readonly Resource[]): Usage {
  const total: Record<string, string> = {};
  for (const { name } of resources) {
    const amounts = metrics.flatMap((m) => m.containers.map((c) => parseQuantity(c.usage[name] ?? '0')));
    total[name] = formatQuantity(amounts.reduce(addQuantities, parseQuantity('0')));
  }
  return total;
}
