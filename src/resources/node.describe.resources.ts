// What the pods of a node ask for, each and together, as describe shows it in tables.
// Called by: node.describe.ts. Must not know: how the scheduler counts.
import { translateTimestampSince } from '../machinery/duration.ts';
import {
  type Quantity,
  ZERO_QUANTITY,
  formatQuantity,
  milliValue,
  parseQuantity,
  value as wholeValue,
} from '../machinery/quantity.ts';
import type { PrefixWriter } from './describe.writer.ts';
import type { Node } from './node.ts';
import { type Amounts, addAmounts, podLimits, podRequests } from './pod.amounts.ts';
import type { Pod } from './pod.ts';

/** What Go makes of dividing by nothing: the smallest integer. */
const NO_PERCENTAGE = '-9223372036854775808';
const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];

/** Upstream: describeNodeResource. */
export function writeNodeResources(
  w: PrefixWriter,
  { node, pods, nowMs }: { node: Node; pods: readonly Pod[]; nowMs: number },
): void {
  const { capacity = {}, allocatable = {} } = node.status;
  const available = Object.keys(allocatable).length > 0 ? allocatable : capacity;
  const total = { requests: new Map() as Amounts, limits: new Map() as Amounts };
  w.field(0, 'Non-terminated Pods', `(${pods.length} in total)`);
  w.row(1, 'Namespace', 'Name', '', 'CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age');
  w.row(1, '---------', '----', '', '------------', '----------', '---------------', '-------------', '---');
  for (const pod of pods) {
    const { namespace, name, creationTimestamp } = pod.metadata;
    const requests = podRequests(pod);
    const limits = podLimits(pod);
    const cells = ['cpu', 'memory'].flatMap((resource) =>
      [requests, limits].map((amounts) => share(resource, { amounts, available, none: NO_PERCENTAGE })),
    );
    w.row(1, namespace, name, '', ...cells, translateTimestampSince(creationTimestamp, nowMs));
    addAmounts(total.requests, requests);
    addAmounts(total.limits, limits);
  }
  w.write(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n');
  w.row(1, 'Resource', 'Requests', 'Limits');
  w.row(1, '--------', '--------', '------');
  writeTotals(w, total, available);
}

function writeTotals(
  w: PrefixWriter,
  { requests, limits }: { requests: Amounts; limits: Amounts },
  available: Readonly<Record<string, string>>,
): void {
  const names = Object.keys(available).sort();
  const hugePages = names.filter((name) => name.startsWith('hugepages-'));
  const others = names.filter((name) => ![...STANDARD, 'pods', ...hugePages].includes(name));
  for (const name of [...STANDARD, ...hugePages]) {
    w.row(1, name, ...[requests, limits].map((amounts) => share(name, { amounts, available, none: '0' })));
  }
  for (const name of others) w.row(1, name, amountText(requests, name), amountText(limits, name));
}

function amountText(amounts: Amounts, name: string): string {
  return formatQuantity(amounts.get(name) ?? ZERO_QUANTITY);
}

/** Returns an amount and how much of what is available it is: '100m (5%)'; `none` when nothing is available. */
function share(
  name: string,
  options: { amounts: Amounts; available: Readonly<Record<string, string>>; none: string },
): string {
  const { amounts, available, none } = options;
  const measure = (quantity: Quantity): number => (name === 'cpu' ? milliValue(quantity) : wholeValue(quantity));
  const whole = measure(parseQuantity(available[name] ?? '0'));
  const part = measure(amounts.get(name) ?? ZERO_QUANTITY);
  const percent = whole === 0 ? none : String(Math.trunc((part / whole) * 100));
  return `${amountText(amounts, name)} (${percent}%)`;
}
