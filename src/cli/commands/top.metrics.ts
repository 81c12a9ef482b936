// What both forms of `kubectl top` share: flags, the metrics API, amounts.
// Called by: commands/top.node.ts, top.pod.ts. Must not know: tables. Upstream: kubectl pkg/metricsutil.
import type { RESTMapping } from '../../client/types.ts';
import { milliValue, parseQuantity, value } from '../../machinery/quantity.ts';
import type { KubeObject } from '../../machinery/types.ts';
import type { FlagSpec, Flags } from '../command.ts';
import type { Factory } from '../factory.ts';

const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';
const MEBIBYTE = 1024 * 1024;

/** Amounts by resource: '250m', '12Mi'. */
export type Usage = Readonly<Record<string, string>>;
export interface NodeMetrics extends KubeObject {
  usage: Usage;
}
export interface PodMetrics extends KubeObject {
  containers: { name: string; usage: Usage }[];
}

export interface Resource {
  name: 'cpu' | 'memory' | 'swap';
  /** 'CPU(cores)' */
  heading: string;
}

export function noHeadersFlag(): FlagSpec {
  return { name: 'no-headers', type: 'bool', default: 'false', usage: 'Leave the headings of the table out.' };
}
export function sortByFlag(what: string): FlagSpec {
  return { name: 'sort-by', type: 'string', default: '', usage: `Sort ${what} by 'cpu' or 'memory', most first.` };
}
export function swapFlag(usage: string): FlagSpec {
  return { name: 'show-swap', type: 'bool', default: 'false', usage };
}
export function protocolFlag(): FlagSpec {
  return {
    name: 'use-protocol-buffers',
    type: 'bool',
    default: 'true',
    usage: 'Accepted for compatibility: metrics are read as JSON.',
  };
}

export function validateSortBy(flags: Flags): void {
  if (!['', 'cpu', 'memory'].includes(flags.string('sort-by'))) throw new Error('--sort-by accepts only cpu or memory');
}

/** @throws Error `Metrics API not available`. */
export async function requireMetricsApi(factory: Factory): Promise<void> {
  const served = (await factory.mapper(0)).groupVersions();
  if (!served.includes(`${GROUP}/${VERSION}`)) throw new Error('Metrics API not available');
}

export function metricsMapping(resource: 'nodes' | 'pods'): RESTMapping {
  const kind = resource === 'nodes' ? 'NodeMetrics' : 'PodMetrics';
  return {
    gvr: { group: GROUP, version: VERSION, resource },
    gvk: { group: GROUP, version: VERSION, kind },
    namespaced: resource === 'pods',
  };
}

export function measuredResources(flags: Flags): Resource[] {
  const swap: Resource[] = flags.bool('show-swap') ? [{ name: 'swap', heading: 'SWAP(bytes)' }] : [];
  return [{ name: 'cpu', heading: 'CPU(cores)' }, { name: 'memory', heading: 'MEMORY(bytes)' }, ...swap];
}

/** Returns '12m' for CPU, '34Mi' for memory. */
export function usageText(amount: string, { name }: Resource): string {
  const quantity = parseQuantity(amount);
  return name === 'cpu' ? `${milliValue(quantity)}m` : `${Math.trunc(value(quantity) / MEBIBYTE)}Mi`;
}

/** Returns '7%', rounded down. */
export function percentText(used: string, available: string): string {
  const all = milliValue(parseQuantity(available));
  return `${all === 0 ? 0 : Math.trunc((milliValue(parseQuantity(used)) / all) * 100)}%`;
}

/** Whether the first uses more of it. */
export function isMore(a: Usage, b: Usage, resource: string): boolean {
  const amount = (usage: Usage): number => milliValue(parseQuantity(usage[resource] ?? '0'));
  return amount(a) > amount(b);
}
