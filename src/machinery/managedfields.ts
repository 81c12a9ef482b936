// metadata.managedFields: who manages which fields, as the wire shows it and, shorter, as the store keeps it.
// Called by: apiserver's field manager, the scheme when it answers. Must not know: HTTP, kinds.
// Upstream: apimachinery pkg/util/managedfields/internal/managedfields.go.
import { inWireOrder, isEmptySet, NO_FIELDS, type FieldSet } from './fieldset.ts';
import { setToText, textToSet } from './fieldset.text.ts';
import { withLazyField } from './meta.ts';
import { quote } from './strconv.ts';

export type Operation = 'Apply' | 'Update';

/** One manager's fields. */
export interface ManagerEntry {
  readonly manager: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly time?: string | undefined;
  readonly subresource?: string | undefined;
  readonly set: FieldSet;
}

/** An entry on the wire. */
export interface WireEntry {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: unknown;
  subresource?: string;
}

// What the store keeps: the fields as a text, without the type that is always the same.
interface StoredEntry {
  manager: string;
  operation: Operation;
  apiVersion: string;
  time?: string;
  fields: string;
  subresource?: string;
}

/**
 * What the store keeps of a component that writes a status over and over: that it does, and the status it found. Its fields are
 * worked out when somebody asks.
 */
interface StoredClaim {
  manager: string;
  operation: 'Update';
  apiVersion: string;
  time: string;
  subresource: 'status';
  since: unknown;
}

/** Works out what a claim stands for. */
export type Resolve = (
  entries: readonly ManagerEntry[],
  claim: Omit<StoredClaim, 'operation'>,
) => readonly ManagerEntry[];

const TYPE = 'FieldsV1';

/** Returns true when two entries are of one manager: appliers by name, updaters by name and version. */
export function isSameManager(a: ManagerEntry, b: Omit<ManagerEntry, 'set'>): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    (a.subresource ?? '') === (b.subresource ?? '') &&
    (a.operation === 'Apply' || a.apiVersion === b.apiVersion)
  );
}

function isClaim(entry: StoredEntry | StoredClaim): entry is StoredClaim {
  return 'since' in entry;
}

/** Returns the entries of a stored object. */
export function readStored(stored: unknown, resolve: Resolve): readonly ManagerEntry[] {
  if (!Array.isArray(stored) || stored.length === 0) return [];
  const entries: ManagerEntry[] = [];
  let claim: StoredClaim | undefined;
  for (const entry of stored as (StoredEntry | StoredClaim)[]) {
    if (isClaim(entry)) claim = entry;
    else {
      const { manager, operation, apiVersion, time, subresource, fields } = entry;
      entries.push({ manager, operation, apiVersion, time, subresource, set: textToSet(fields) });
    }
  }
  return claim ? resolve(entries, claim) : entries;
}

/**
 * Returns the stored form after another write of a status by a component, whose fields are not worked out now; undefined where
 * somebody else's claim stands.
 */
export function claimStatus(
  stored: readonly object[],
  claimant: { manager: string; apiVersion: string; time: string },
  before: unknown,
): readonly object[] | undefined {
  const found = (stored as readonly (StoredEntry | StoredClaim)[]).find(isClaim);
  const { manager, apiVersion, time } = claimant;
  if (!found) {
    const claim: StoredClaim = { manager, operation: 'Update', apiVersion, time, subresource: 'status', since: before };
    return [...stored, claim];
  }
  if (found.manager !== manager || found.apiVersion !== apiVersion) return undefined;
  // A list of its own for every state: what is worked out of it is remembered by it.
  return stored.map((entry) => (entry === found ? { ...found, time } : entry));
}

/** Returns entries as the store keeps them, in upstream's order; undefined for none. */
export function writeStored(entries: readonly ManagerEntry[]): object[] | undefined {
  if (entries.length === 0) return undefined;
  const sorted = entries.length === 1 ? entries : [...entries].sort(compareEntries);
  return sorted.map(({ manager, operation, apiVersion, time, subresource, set }): StoredEntry => ({
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fields: setToText(set),
    ...(subresource === undefined ? {} : { subresource }),
  }));
}

// Upstream: sortEncodedManagedFields.
function compareEntries(a: ManagerEntry, b: ManagerEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource ?? '', b.subresource ?? '')
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns entries as clients see them. */
function toWire({ manager, operation, apiVersion, time, subresource, set }: ManagerEntry): WireEntry {
  return {
    ...(manager === '' ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: TYPE,
    fieldsV1: inWireOrder(set),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

const wireForms = new WeakMap<object, readonly WireEntry[]>();

/**
 * Returns an object with its managers as clients see them; the same object when it has none. What it adds is shared: do not
 * change it.
 */
export function withWireManagers<T extends { metadata: { managedFields?: unknown } }>(object: T, resolve: Resolve): T {
  const stored = object.metadata.managedFields;
  if (!Array.isArray(stored) || stored.length === 0 || isWireForm(stored)) return object;
  const get = (): readonly WireEntry[] => {
    let managedFields = wireForms.get(stored);
    if (!managedFields) {
      managedFields = [...readStored(stored, resolve)].sort(compareEntries).map(toWire);
      wireForms.set(stored, managedFields);
    }
    return managedFields;
  };
  // Worked out when somebody asks: most who read an object never do. Clones ask only when they are asked.
  return { ...object, metadata: withLazyField(object.metadata, 'managedFields', get) };
}

/** True for entries that a client gave, as opposed to those the store keeps. */
export function isWireForm(entries: unknown): boolean {
  return Array.isArray(entries) && entries.some((entry: object) => !('fields' in entry) && !('since' in entry));
}

/** Returns what a client's entries say. @throws Error with upstream's words. Upstream: DecodeManagedFields. */
export function decodeWire(entries: readonly WireEntry[]): readonly ManagerEntry[] {
  return entries.map((entry, i) => {
    const { manager = '', operation, apiVersion = '', fieldsType = '', time, subresource } = entry;
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new Error('apiVersion must not be empty');
    if (fieldsType === '') throw new Error(`missing fieldsType in managed fields entry ${i}`);
    if (fieldsType !== TYPE) throw new Error(`invalid fieldsType ${quote(fieldsType)} in managed fields entry ${i}`);
    return {
      manager,
      operation,
      apiVersion,
      ...(time ? { time } : {}),
      ...(subresource ? { subresource } : {}),
      set: decodeSet(entry.fieldsV1),
    };
  });
}

// Unknown kinds of elements are dropped. Upstream: fieldpath/serialize.go readIterV1.
function decodeSet(value: unknown): FieldSet {
  const result: Record<string, FieldSet> = {};
  if (typeof value !== 'object' || value === null) return result;
  for (const [element, below] of Object.entries(value)) {
    if (element === '.') continue;
    if (element.length < 2) throw new Error('key must be 2 characters long:');
    if (element.charAt(1) !== ':') throw new Error(`missing colon: ${element}`);
    if (!'fkvi'.includes(element.charAt(0))) continue;
    if (element.startsWith('k:') || element.startsWith('v:')) JSON.parse(element.slice(2));
    const set = decodeSet(below);
    const hasSelf = typeof below === 'object' && below !== null && '.' in below;
    result[element] = isEmptySet(set) ? NO_FIELDS : hasSelf ? { '.': NO_FIELDS, ...set } : set;
  }
  return result;
}
