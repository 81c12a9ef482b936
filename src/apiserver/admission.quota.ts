// ResourceQuota: what is created counts, and is refused when that would be too much.
// Called by: the chain in admission.plugins.ts. Must not know: the controller that counts what goes.
import { clone, deepEqual } from '../machinery/meta.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  signOf,
  subtractQuantities,
} from '../machinery/quantity.ts';
import { groupResourceString } from '../machinery/types.ts';
import type { Amounts } from '../resources/pod.amounts.ts';
import type { Pod } from '../resources/pod.ts';
import type { ResourceQuota } from '../resources/resourcequota.ts';
import { matchesScopes, quotaUsage, whyIncomplete } from '../resources/resourcequota.usage.ts';
import { newAdmissionForbidden, type AdmissionAttributes, type AdmissionPlugin } from './admission.ts';

const QUOTAS = 'resourcequotas';
/** Kinds of which a change counts as well. */
const GROWING = ['services', 'persistentvolumeclaims'];

/** Upstream: apiserver pkg/admission/plugin/resourcequota. */
export const quota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(attributes, { reader, store }) {
    const { definition, operation, subresource, namespace, object, old } = attributes;
    if (operation === 'DELETE' || subresource !== '' || namespace === '' || !object) return;
    const quotas = reader.list(QUOTAS, namespace) as readonly ResourceQuota[];
    const resource = groupResourceString(definition.gvr);
    if (quotas.length === 0 || (operation === 'UPDATE' && !GROWING.includes(resource))) return;
    // A name that is taken is refused later, and must not have counted.
    if (operation === 'CREATE' && store.get(resource, { namespace, name: object.metadata.name })) return;
    const delta = increase(quotaUsage(resource, object), old && quotaUsage(resource, old));
    const concerned = quotas.flatMap((one) => {
      const limited = Object.keys(one.status.hard ?? {}).filter((name) => delta.has(name) || isCompulsory(one, name));
      return matchesScopes(one, resource, object) && limited.length > 0 ? [{ quota: one, limited }] : [];
    });
    if (resource === 'pods') checkCompleteness(attributes, concerned);
    const changed = concerned.flatMap(({ quota: one }) => charge(attributes, one, delta));
    if (!attributes.isDryRun) for (const one of changed) store.update(QUOTAS, one);
  },
};

/** A pod may have to name what it does not. */
function isCompulsory({ status }: ResourceQuota, name: string): boolean {
  return status.hard?.[name] !== undefined && /^(?:(?:requests|limits)\.)?(?:cpu|memory)$/.test(name);
}

/** Returns what counts more than before; nothing counts less here. */
function increase(usage: Amounts, before: Amounts | undefined): Amounts {
  if (!before) return usage;
  const delta: Amounts = new Map();
  for (const [name, quantity] of usage) {
    const old = before.get(name);
    const more = old ? subtractQuantities(quantity, old) : quantity;
    if (signOf(more) > 0) delta.set(name, more);
  }
  return delta;
}

function checkCompleteness(
  attributes: AdmissionAttributes,
  concerned: readonly { quota: ResourceQuota; limited: readonly string[] }[],
): void {
  for (const { quota: one, limited } of concerned) {
    const why = whyIncomplete(attributes.object as Pod, limited);
    if (why !== undefined) throw newAdmissionForbidden(attributes, `failed quota: ${one.metadata.name}: ${why}`);
  }
}

/** Returns the quota with what is asked for added, if it is anything. @throws StatusError Forbidden when it is too much. */
function charge(attributes: AdmissionAttributes, one: ResourceQuota, delta: Amounts): ResourceQuota[] {
  const { hard = {}, used = {} } = one.status;
  const asked: Record<string, string> = {};
  const sums: Record<string, string> = {};
  const exceeded: string[] = [];
  for (const [name, quantity] of delta) {
    const limit = hard[name];
    if (limit === undefined || signOf(quantity) === 0) continue;
    const sum = addQuantities(parseQuantity(used[name] ?? '0'), quantity);
    asked[name] = formatQuantity(quantity);
    sums[name] = formatQuantity(sum);
    if (compareQuantities(sum, parseQuantity(limit)) > 0) exceeded.push(name);
  }
  if (exceeded.length > 0) {
    const text = (amounts: Record<string, string>): string =>
      exceeded
        .sort()
        .map((name) => `${name}=${amounts[name] ?? '0'}`)
        .join(',');
    throw newAdmissionForbidden(
      attributes,
      `exceeded quota: ${one.metadata.name}, requested: ${text(asked)}, used: ${text(used)}, limited: ${text(hard)}`,
    );
  }
  const changed = clone(one);
  changed.status.used = { ...used, ...sums };
  return deepEqual(changed.status, one.status) ? [] : [changed];
}
