// What `kubectl describe resourcequota` says, and what describing a namespace says of its quotas.
// Called by: resourcequota.ts, namespace.describe.ts. Must not know: HTTP, storage.
import { formatQuantity, newQuantity, parseQuantity, value } from '../machinery/quantity.ts';
import { tabbed } from './describe.writer.ts';
import type { ResourceQuota } from './resourcequota.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. ' +
    'These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. ' +
    'These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. ' +
    'These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. ' +
    'These pods have a burstable or guaranteed quality of service.',
};

/** Returns what a scope is for, or undefined. Upstream: helpTextForResourceQuotaScope. */
export function scopeMeaning(scope: string): string | undefined {
  return MEANINGS[scope];
}

/** Upstream: describeQuota. It tells no events. */
export async function describeResourceQuota({ metadata, spec, status }: ResourceQuota): Promise<string> {
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    const scopes = [...(spec.scopes ?? [])].sort();
    if (scopes.length > 0) w.field(0, 'Scopes', scopes.join(', '));
    for (const scope of scopes) {
      const meaning = scopeMeaning(scope);
      if (meaning !== undefined) w.write(0, ` * ${meaning}\n`);
    }
    w.row(0, 'Resource', 'Used', 'Hard');
    w.row(0, '--------', '----', '----');
    const { hard = {}, used = {} } = status;
    for (const name of Object.keys(hard).sort()) w.row(0, name, usedText(used[name], hard[name]), hard[name]);
  });
}

/** What is used is written in the form of the limit. */
function usedText(used = '0', hard = '0'): string {
  const [usedQuantity, { format }] = [parseQuantity(used), parseQuantity(hard)];
  return usedQuantity.format === format ? used : formatQuantity(newQuantity(value(usedQuantity), format));
}
