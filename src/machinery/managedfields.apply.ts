// Server-side apply: merges a configuration into the live object, takes out what its applier gave up, and finds conflicts.
// Called by: apiserver's field manager. Must not know: HTTP, kinds.
// Upstream: structured-merge-diff merge/update.go Apply.
import { difference, intersection, isEmptySet, NO_FIELDS, recursiveDifference, union } from './fieldset.ts';
import type { FieldSet } from './fieldset.ts';
import { ConflictError, type Conflict } from './managedfields.conflicts.ts';
import { isSameManager, type ManagerEntry } from './managedfields.ts';
import { comparisonOf, comparisons, conflictOf, stripped, type Versions } from './managedfields.update.ts';
import { deepEqual } from './meta.ts';
import type { SchemaNode } from './schema.ts';
import { toFieldSet } from './typedvalue.ts';
import { mergeValues } from './typedvalue.merge.ts';
import { removeItems, withNamedFields } from './typedvalue.remove.ts';

export interface Application {
  /** The live object and the configuration in the request's version. */
  live: unknown;
  config: unknown;
  apiVersion: string;
  versions: Versions;
  manager: string;
  subresource?: string | undefined;
  /** Takes over what others manage. */
  isForced: boolean;
  /** RFC 3339. */
  time: string;
}

export interface Applied {
  /** undefined when the object stays as it is. */
  object: unknown;
  entries: readonly ManagerEntry[];
}

/** @throws ConflictError when others manage what would change. */
export function applyConfiguration(entries: readonly ManagerEntry[], application: Application): Applied {
  const { live, config, apiVersion, versions, manager, subresource } = application;
  const node = versions.node(apiVersion);
  if (!node) throw new Error(`no schema for ${apiVersion}`);
  const identity = { manager, operation: 'Apply' as const, apiVersion, subresource };
  const last = entries.find((entry) => isSameManager(entry, identity));
  const reset = versions.reset(apiVersion);
  const set = recursiveDifference(toFieldSet(config, node), reset);
  const own: ManagerEntry = { ...identity, time: last?.time, set };
  const others = entries.filter((entry) => entry !== last);
  const merged = mergeValues(live, config, node);
  const pruned = last ? prune(merged, { last, managers: [...others, own], apiVersion, versions }) : merged;
  const change = { before: live, after: pruned, apiVersion, versions };
  const left = withoutConflicts(others, change, application.isForced);
  const isNoop = deepEqual(live, pruned);
  const ownSet = stripped(set);
  const time = isNoop ? last?.time : application.time;
  const result = isEmptySet(ownSet) ? left : [...left, { ...own, time, set: ownSet }];
  return { object: isNoop ? undefined : pruned, entries: result };
}

function withoutConflicts(
  others: readonly ManagerEntry[],
  change: Parameters<typeof comparisonOf>[0],
  isForced: boolean,
): ManagerEntry[] {
  const inVersion = comparisons(change, comparisonOf(change));
  const conflicts: Conflict[] = [];
  const result: ManagerEntry[] = [];
  for (const entry of others) {
    const found = inVersion(entry.apiVersion);
    if (!found) continue;
    const conflict = conflictOf(entry, found);
    if (!isEmptySet(conflict)) conflicts.push({ entry, set: conflict });
    const set = difference(difference(entry.set, conflict), found.removed);
    if (!isEmptySet(set)) result.push(set === entry.set ? entry : { ...entry, set });
  }
  if (!isForced && conflicts.length > 0) throw new ConflictError(conflicts);
  return result;
}

interface Pruning {
  last: ManagerEntry;
  /** All managers after this request, the applier among them. */
  managers: readonly ManagerEntry[];
  apiVersion: string;
  versions: Versions;
}

// What the applier managed last time and no more, and nobody else manages, goes. Upstream: Updater.prune.
function prune(merged: unknown, { last, managers, apiVersion, versions }: Pruning): unknown {
  const version = last.apiVersion;
  const node = versions.node(version);
  if (isEmptySet(last.set) || !node) return merged;
  const whole = versions.convert(merged, apiVersion, version);
  const lastSet = withNamedFields(last.set, node);
  let pruned = removeItems(whole, lastSet, node);
  pruned = addBackOwned(whole, pruned, { managers, version, versions });
  pruned = addBackDangling(whole, pruned, lastSet, node);
  return versions.convert(pruned, version, apiVersion);
}

function addBackOwned(
  merged: unknown,
  pruned: unknown,
  { managers, version, versions }: { managers: readonly ManagerEntry[]; version: string; versions: Versions },
): unknown {
  const owned = new Map<string, FieldSet>([[version, NO_FIELDS]]);
  for (const { apiVersion, set } of managers) owned.set(apiVersion, union(owned.get(apiVersion) ?? NO_FIELDS, set));
  let [whole, rest, at] = [merged, pruned, version];
  for (const [apiVersion, set] of owned) {
    const node = versions.node(apiVersion);
    if (!node) continue;
    whole = versions.convert(whole, at, apiVersion);
    rest = versions.convert(rest, at, apiVersion);
    at = apiVersion;
    const all = withNamedFields(toFieldSet(whole, node), node);
    const kept = withNamedFields(toFieldSet(rest, node), node);
    rest = removeItems(whole, difference(all, union(kept, withNamedFields(set, node))), node);
  }
  return versions.convert(rest, at, version);
}

function addBackDangling(merged: unknown, pruned: unknown, last: FieldSet, node: SchemaNode): unknown {
  const all = withNamedFields(toFieldSet(merged, node), node);
  const kept = withNamedFields(toFieldSet(pruned, node), node);
  return removeItems(merged, intersection(difference(all, kept), last), node);
}
