// Keeps metadata.managedFields up with every write: who changed what, in which version, through which subresource, when.
// Called by: registry.create, registry.update, fieldmanager.apply. Must not know: HTTP.
// Upstream: apimachinery pkg/util/managedfields/internal/fieldmanager.go and skipnonapplied.go.
import { formatTime } from '../machinery/clock.ts';
import { isEmptySet, NO_FIELDS, setOf, type FieldSet } from '../machinery/fieldset.ts';
import {
  claimStatus,
  decodeWire,
  isWireForm,
  readStored,
  withWireManagers,
  writeStored,
  type ManagerEntry,
  type Resolve,
  type WireEntry,
} from '../machinery/managedfields.ts';
import { createdSet, updateManagers, type Versions } from '../machinery/managedfields.update.ts';
import { clone, deepEqual } from '../machinery/meta.ts';
import { schemaFor, type SchemaNode } from '../machinery/schema.ts';
import { signatureOf } from '../machinery/typedvalue.compare.ts';
import { groupVersionString, type KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition, ServedVersion } from '../resources/definition.ts';
import { writableMeta, type RegistryContext, type WriteOptions } from './registry.context.ts';

type Fields = Record<string, unknown>;

interface TrackedWrite {
  definition: ResourceDefinition;
  /** The state that will be stored, in hub form. Its managedFields are written. */
  object: KubeObject;
  /** What is stored; undefined for a creation. */
  existing?: KubeObject | undefined;
  subresource?: string | undefined;
  options: WriteOptions;
}

/** Writes the managers of the object's fields, when the write names its manager. Changes `object.metadata`. */
export function trackFields({ clock }: RegistryContext, write: TrackedWrite): void {
  const { definition, object, existing, subresource, options } = write;
  const { fieldManager: manager, isApplied } = options;
  if (isApplied) return;
  if (manager === undefined) {
    // Nobody's write: what is stored stays, and what a client wrote itself is not stored as it is.
    if (isWireForm(object.metadata.managedFields)) setEntries(object, existing?.metadata.managedFields);
    return;
  }
  const hub = groupVersionString(definition.gvr);
  const apiVersion = options.apiVersion ?? hub;
  const time = formatTime(clock.nowMs());
  if (options.isStatusOnly && existing && claim(object, existing, { manager, apiVersion, time })) return;
  const live = managersOf(definition, existing);
  const entries = managersFor(write, live);
  if (existing && entries.length === 0) {
    setEntries(object, undefined);
    return;
  }
  const versions = versionsOf(definition, subresource ?? '');
  const view = (state: KubeObject): unknown =>
    versions.convert(viewOf(state, apiVersion === hub ? subresource : ''), hub, apiVersion);
  // A scale of its own has no times to hand over. Upstream: managedfields/scalehandler.go ToParent.
  const at = subresource === 'scale' ? undefined : time;
  const updater = { manager, apiVersion, subresource: subresource || undefined, time: at };
  if (!existing && entries.length === 0) {
    const set = setOfNew(definition, object, { apiVersion, versions, view });
    setEntries(object, isEmptySet(set) ? undefined : writeStored([{ ...updater, operation: 'Update', set }]));
    return;
  }
  const after = view(object);
  const before = existing ? view(existing) : emptyOf(definition);
  const updated = updateManagers(entries, { before, after, apiVersion, versions }, updater);
  setEntries(object, updated === live && existing ? existing.metadata.managedFields : writeStored(updated));
}

type WithStatus = KubeObject & { status?: unknown };

// Components write a status over and over, and hardly anybody asks whose it is.
function claim(
  object: KubeObject,
  existing: WithStatus,
  claimant: { manager: string; apiVersion: string; time: string },
): boolean {
  const stored = existing.metadata.managedFields as readonly object[] | undefined;
  const claimed = stored && claimStatus(stored, claimant, existing.status);
  if (claimed) setEntries(object, claimed);
  return claimed !== undefined || stored === undefined;
}

/** Returns what works out the claim on the status of an object. */
function resolverFor(definition: ResourceDefinition, object: WithStatus): Resolve {
  return (entries, { since, ...claimant }) => {
    const { apiVersion } = claimant;
    const change = { before: { metadata: {}, status: since }, after: { metadata: {}, status: object.status } };
    return updateManagers(entries, { ...change, apiVersion, versions: versionsOf(definition, 'status') }, claimant);
  };
}

/** Returns the managers of a stored object. */
export function managersOf(definition: ResourceDefinition, object: KubeObject | undefined): readonly ManagerEntry[] {
  return object ? readStored(object.metadata.managedFields, resolverFor(definition, object)) : [];
}

/** Returns a stored object with its managers as clients see them; the same object when it has none. Shared. */
export function withManagers(definition: ResourceDefinition, object: KubeObject): KubeObject {
  return withWireManagers(object, resolverFor(definition, object));
}

/** Writes the stored form of managers, or takes the field away. Changes the object's metadata. */
export function setEntries(object: KubeObject, stored: unknown): void {
  const metadata = writableMeta(object) as Fields;
  if (stored === undefined) delete metadata['managedFields'];
  else metadata['managedFields'] = stored;
}

// Clients may hand managers in; an empty list, or one empty entry, asks to forget them. Upstream: decodeLiveOrNew.
function managersFor(
  { definition, object, existing, subresource }: TrackedWrite,
  live: readonly ManagerEntry[],
): readonly ManagerEntry[] {
  const given: unknown = object.metadata.managedFields;
  if (subresource || !Array.isArray(given)) return live;
  if (isReset(given)) return [];
  if (!isWireForm(given)) return existing ? live : managersOf(definition, object);
  try {
    const decoded = decodeWire(given as WireEntry[]);
    return decoded.length > 0 ? decoded : live;
  } catch {
    return live;
  }
}

// What the type of a kind is before anything is said. Upstream: ObjectCreater.New.
function emptyOf({ custom }: ResourceDefinition): object {
  return custom ? {} : { metadata: {} };
}

const MAX_SHAPES = 500;
const setsOfShapes = new WeakMap<Versions, Map<string, FieldSet>>();

// Thousands of pods and events are made alike.
function setOfNew(
  definition: ResourceDefinition,
  object: KubeObject,
  seen: { apiVersion: string; versions: Versions; view(object: KubeObject): unknown },
): FieldSet {
  const { apiVersion, versions, view } = seen;
  const compared = (): FieldSet =>
    createdSet({ before: emptyOf(definition), after: view(object), apiVersion, versions });
  const node = versions.node(apiVersion);
  // What a conversion makes may depend on values, too.
  if (definition.custom || !node || apiVersion !== groupVersionString(definition.gvr)) return compared();
  let shapes = setsOfShapes.get(versions);
  if (!shapes) setsOfShapes.set(versions, (shapes = new Map<string, FieldSet>()));
  let signature: string;
  try {
    signature = signatureOf(object, node);
  } catch {
    // Items without keys: validation will say so.
    return compared();
  }
  let set = shapes.get(signature);
  if (!set) {
    set = compared();
    if (shapes.size >= MAX_SHAPES) shapes.clear();
    shapes.set(signature, set);
  }
  return set;
}

function isReset(given: readonly unknown[]): boolean {
  return given.length === 0 || (given.length === 1 && Object.keys(given[0] as object).length === 0);
}

// What managers can manage of an object. A write of the status leaves the rest as it is.
function viewOf(object: KubeObject, subresource: string | undefined): Fields {
  const { metadata, ...rest } = object as KubeObject & Fields;
  if (subresource === 'status') return { metadata: { annotations: metadata.annotations }, status: rest['status'] };
  const { annotations, labels, finalizers, ownerReferences, generateName } = metadata;
  return { ...rest, metadata: { annotations, labels, finalizers, ownerReferences, generateName } };
}

const cached = new WeakMap<ResourceDefinition, Map<string, Versions>>();

/** Returns the versions of a kind for writes through a subresource ('' for the object itself). */
export function versionsOf(definition: ResourceDefinition, subresource: string): Versions {
  let bySubresource = cached.get(definition);
  if (!bySubresource) cached.set(definition, (bySubresource = new Map<string, Versions>()));
  let versions = bySubresource.get(subresource);
  if (!versions) bySubresource.set(subresource, (versions = createVersions(definition, subresource)));
  return versions;
}

function createVersions(definition: ResourceDefinition, subresource: string): Versions {
  const hub = groupVersionString(definition.gvr);
  const others = new Map((definition.versions ?? []).map((v) => [groupVersionString(v.gvr), v]));
  const nodes = new Map<string, SchemaNode | undefined>();
  const resets = resetFields(definition, subresource);
  return {
    node(apiVersion) {
      if (!nodes.has(apiVersion)) nodes.set(apiVersion, nodeOf(definition, apiVersion, hub, others.get(apiVersion)));
      return nodes.get(apiVersion);
    },
    convert: (value, from, to) => (from === to ? value : convert(value, others.get(from), others.get(to))),
    reset: () => resets,
  };
}

function nodeOf(
  definition: ResourceDefinition,
  apiVersion: string,
  hub: string,
  version: ServedVersion<KubeObject> | undefined,
): SchemaNode | undefined {
  if (apiVersion !== hub && !version) return undefined;
  const custom = definition.custom?.node(apiVersion);
  return custom ?? schemaFor(version?.schema ?? definition.schema);
}

// Conversions may change what they are given, and expect metadata.
function convert(
  value: unknown,
  from: ServedVersion<KubeObject> | undefined,
  to: ServedVersion<KubeObject> | undefined,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const own = from ? clone(value) : value;
  const hub = from ? from.toHub(own as KubeObject) : (own as KubeObject);
  return to ? to.fromHub(hub) : hub;
}

// Upstream: the strategies' GetResetFields.
function resetFields({ subresources = [], strategy, custom }: ResourceDefinition, subresource: string): FieldSet {
  if (subresource === 'status' && custom) return setOf('f:spec');
  if (subresource === 'status' && strategy.takesMetadataWithStatus)
    return { ...setOf('f:spec'), ...setOf('f:metadata') };
  if (subresource === 'status') return { ...setOf('f:spec'), 'f:metadata': METADATA_OF_STATUS };
  return subresource === '' && subresources.includes('status') ? setOf('f:status') : NO_FIELDS;
}
const METADATA_OF_STATUS: FieldSet = {
  'f:deletionTimestamp': {},
  'f:ownerReferences': {},
  'f:labels': {},
  'f:finalizers': {},
};

/**
 * Puts the times of managers back when nothing but them would change: a write that does nothing is none. Changes `object`.
 * Upstream: apiserver endpoints/handlers/fieldmanager/equality.go.
 */
export function ignoreTimes(definition: ResourceDefinition, object: KubeObject, existing: KubeObject): void {
  const { managedFields } = object.metadata;
  if (managedFields === existing.metadata.managedFields || !managedFields) return;
  const now = managersOf(definition, object);
  const old = managersOf(definition, existing);
  if (now.length !== old.length || now.every(({ time }, i) => time === old[i]?.time)) return;
  const isSame = now.every((entry, i) => {
    const { time: _, ...rest } = entry;
    const { time: _other, ...before } = old[i] as ManagerEntry;
    return deepEqual(rest, before);
  });
  if (isSame && isUnchanged(object, existing)) setEntries(object, existing.metadata.managedFields);
}

function isUnchanged(object: KubeObject, existing: KubeObject): boolean {
  const { metadata, ...rest } = object;
  const { metadata: oldMetadata, ...oldRest } = existing;
  const { managedFields: _, ...others } = metadata;
  const { managedFields: _old, ...oldOthers } = oldMetadata;
  return deepEqual(rest, oldRest) && deepEqual(others, oldOthers);
}
