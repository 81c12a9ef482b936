// What nodes and pods use, as the metrics server tells it: measured at fixed instants, averaged over the time between two.
// Called by: nodemetrics.ts, podmetrics.ts. Must not know: kubelets, HTTP. Upstream: metrics-server pkg/storage, pkg/api.
import { formatTime } from '../machinery/clock.ts';
import { formatGoDuration } from '../machinery/duration.ts';
import { addQuantities, formatQuantity, newMilliQuantity, newQuantity, parseQuantity } from '../machinery/quantity.ts';
import type { ObjectKey } from '../machinery/types.ts';
import { nameColumn } from './columns.ts';
import type { Amounts, TableColumn } from './definition.ts';

/** How often the server measures. Upstream: --metric-resolution of its manifest. */
const RESOLUTION_MS = 15_000;
/** What runs for less time than this says too little. */
const YOUNGEST_MS = 10_000;

/** Amounts by resource: '250m', '12Mi'. */
export type Usage = Readonly<Record<'cpu' | 'memory', string>>;

export interface Sample {
  timestamp: string;
  /** '15s' */
  window: string;
}

/** Returns the last measurement of what runs since an instant; undefined while it is too young. */
export function sampleOf(startedAtMs: number, nowMs: number): Sample | undefined {
  const atMs = Math.floor(nowMs / RESOLUTION_MS) * RESOLUTION_MS;
  const ageMs = atMs - startedAtMs;
  if (ageMs < YOUNGEST_MS) return undefined;
  return { timestamp: formatTime(atMs), window: formatGoDuration(Math.min(ageMs, RESOLUTION_MS)) };
}

/** Memory is used by the page. */
const PAGE_BYTES = 4096;

/** Returns amounts as quantities. */
export function usageOf({ cpuMilli, memoryBytes }: Amounts): Usage {
  return {
    cpu: formatQuantity(newMilliQuantity(cpuMilli)),
    memory: formatQuantity(newQuantity(Math.ceil(memoryBytes / PAGE_BYTES) * PAGE_BYTES, 'BinarySI')),
  };
}

/** Returns the sum of some amounts. */
export function sumOf(amounts: readonly Amounts[]): Amounts {
  return amounts.reduce(
    (sum, { cpuMilli, memoryBytes }) => ({
      cpuMilli: sum.cpuMilli + cpuMilli,
      memoryBytes: sum.memoryBytes + memoryBytes,
    }),
    { cpuMilli: 0, memoryBytes: 0 },
  );
}

/** Returns the sum of some containers' amounts. */
export function totalOf(usages: readonly Usage[]): Usage {
  const total = (name: keyof Usage): string =>
    formatQuantity(usages.map((usage) => parseQuantity(usage[name])).reduce(addQuantities, parseQuantity('0')));
  return { cpu: total('cpu'), memory: total('memory') };
}

/** What a table of either kind shows. */
export const metricsColumns: readonly TableColumn[] = [
  nameColumn,
  { name: 'cpu', type: 'string', format: 'quantity' },
  { name: 'memory', type: 'string', format: 'quantity' },
  { name: 'Window', type: 'string', format: 'duration' },
];

/** 'default/web' */
export function pathOf({ namespace, name }: ObjectKey): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
