// What a write does to the managers of fields: who changed a field manages it from then on, and nobody else does.
// Called by: apiserver's field manager, managedfields.apply. Must not know: HTTP, kinds.
// Upstream: structured-merge-diff merge/update.go; apimachinery managedfields/internal managedfieldsupdater.go, capmanagers.go, stripmeta.go.
import { difference, intersection, isEmptySet, recursiveDifference, union, type FieldSet } from './fieldset.ts';
import { isSameManager, type ManagerEntry } from './managedfields.ts';
import type { SchemaNode } from './schema.ts';
import { compareValues, type Comparison } from './typedvalue.compare.ts';

/** The versions in which an object can be seen; managers may have written it in another than this request's. */
export interface Versions {
  /** The schema of a version, or undefined when it is not served any more. */
  node(apiVersion: string): SchemaNode | undefined;
  /** Returns a value of one version in another. */
  convert(value: unknown, from: string, to: string): unknown;
  /** What this request leaves as it is, by version: the status for a write of the object, the spec for one of its status. */
  reset(apiVersion: string): FieldSet;
}

export interface Change {
  before: unknown;
  after: unknown;
  apiVersion: string;
  versions: Versions;
}

/** What every object has and nobody manages. Upstream: stripmeta.go. */
const STRIPPED: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
};
const MAX_UPDATERS = 10;
const OLD_UPDATERS = 'ancient-changes';

/** Returns the set without what nobody manages. */
export function stripped(set: FieldSet): FieldSet {
  return difference(set, STRIPPED);
}

/** Returns what differs between the two states, without what the request leaves as it is. */
export function comparisonOf({ before, after, apiVersion, versions }: Change): Comparison {
  const node = versions.node(apiVersion);
  if (!node) throw new Error(`no schema for ${apiVersion}`);
  const found = compareValues(before, after, node);
  const reset = versions.reset(apiVersion);
  if (isEmptySet(reset)) return found;
  return {
    added: recursiveDifference(found.added, reset),
    removed: recursiveDifference(found.removed, reset),
    modified: recursiveDifference(found.modified, reset),
  };
}

/** Returns the comparison in each version a manager wrote in; undefined for versions that are gone. */
export function comparisons(change: Change, own: Comparison): (apiVersion: string) => Comparison | undefined {
  const known = new Map<string, Comparison | undefined>([[change.apiVersion, own]]);
  return (apiVersion) => {
    if (!known.has(apiVersion)) known.set(apiVersion, comparisonIn(change, apiVersion));
    return known.get(apiVersion);
  };
}

function comparisonIn(change: Change, apiVersion: string): Comparison | undefined {
  const { versions, apiVersion: from } = change;
  if (!versions.node(apiVersion)) return undefined;
  const before = versions.convert(change.before, from, apiVersion);
  const after = versions.convert(change.after, from, apiVersion);
  return comparisonOf({ before, after, apiVersion, versions });
}

function isSame({ added, removed, modified }: Comparison): boolean {
  return isEmptySet(added) && isEmptySet(removed) && isEmptySet(modified);
}

export interface Updater {
  manager: string;
  apiVersion: string;
  subresource?: string | undefined;
  /** RFC 3339. */
  time?: string | undefined;
}

/**
 * Returns the managers after an update by one of them; the same list when the state has not changed.
 * Upstream: merge.Updater.Update as managedFieldsUpdater calls it.
 */
export function updateManagers(
  entries: readonly ManagerEntry[],
  change: Change,
  updater: Updater,
): readonly ManagerEntry[] {
  const own = comparisonOf(change);
  if (isSame(own)) return entries;
  const self = { ...updater, operation: 'Update' as const };
  const touched = union(own.modified, own.added);
  const changed = stripped(touched);
  const inVersion = comparisons(change, own);
  const result: ManagerEntry[] = [];
  let isListed = false;
  for (const entry of entries) {
    const found = inVersion(entry.apiVersion);
    if (!found) continue;
    if (isSameManager(entry, self) && !isEmptySet(changed)) {
      isListed = true;
      result.push({ ...entry, time: updater.time, set: union(difference(entry.set, found.removed), changed) });
      continue;
    }
    const taken = found === own ? touched : union(found.modified, found.added);
    const set = difference(difference(entry.set, taken), found.removed);
    if (set === entry.set) result.push(entry);
    else if (!isEmptySet(set)) result.push({ ...entry, set });
  }
  if (!isListed && !isEmptySet(changed)) result.push({ ...self, set: changed });
  return capUpdaters(result);
}

/** Returns what the creator of an object manages, seen in the request's version. */
export function createdSet(change: Change): FieldSet {
  const { added, modified } = comparisonOf(change);
  return stripped(union(modified, added));
}

/** Returns the members of an entry that a change touches: what an applier would have to force. */
export function conflictOf(entry: ManagerEntry, found: Comparison): FieldSet {
  return intersection(entry.set, union(found.modified, found.added));
}

// The oldest updaters of a version are put into one. Upstream: capmanagers.go capUpdateManagers.
function capUpdaters(entries: ManagerEntry[]): readonly ManagerEntry[] {
  const updaters = entries.filter(({ operation }) => operation === 'Update');
  if (updaters.length <= MAX_UPDATERS) return entries;
  const order = (entry: ManagerEntry): string => `${entry.time ?? ''} ${entry.manager} ${entry.apiVersion}`;
  updaters.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  let result = entries;
  let count = updaters.length;
  const firsts = new Map<string, ManagerEntry>();
  for (const entry of updaters) {
    if (count <= MAX_UPDATERS) break;
    const { apiVersion } = entry;
    const bucketId = { manager: OLD_UPDATERS, operation: 'Update' as const, apiVersion };
    const first = firsts.get(apiVersion);
    if (!first) {
      firsts.set(apiVersion, entry);
      continue;
    }
    const bucket = result.find((e) => isSameManager(e, bucketId));
    const absorbed = bucket ?? first;
    const merged: ManagerEntry = { ...bucketId, time: entry.time, set: union(entry.set, absorbed.set) };
    result = [...result.filter((e) => e !== entry && e !== absorbed), merged];
    count--;
  }
  return result;
}
