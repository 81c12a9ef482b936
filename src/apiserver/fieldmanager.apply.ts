// PATCH with application/apply-patch+yaml: from the stored object and a configuration to the object an update then takes.
// Called by: bodies. Must not know: the store, HTTP.
// Upstream: apiserver pkg/endpoints/handlers/patch.go applyPatcher; apimachinery managedfields/internal fieldmanager.go,
// skipnonapplied.go, structuredmerge.go, lastappliedmanager.go, lastappliedupdater.go.
import { formatTime } from '../machinery/clock.ts';
import { difference, type FieldSet } from '../machinery/fieldset.ts';
import { marshalJson } from '../machinery/gofmt.ts';
import { applyConfiguration, type Applied, type Application } from '../machinery/managedfields.apply.ts';
import { ConflictError, conflictsBeyond, conflictTexts } from '../machinery/managedfields.conflicts.ts';
import { writeStored, type ManagerEntry } from '../machinery/managedfields.ts';
import { updateManagers } from '../machinery/managedfields.update.ts';
import { clone } from '../machinery/meta.ts';
import type { SchemaNode } from '../machinery/schema.ts';
import { newApplyConflict, newBadRequest, newConflict, newUnknown, type StatusError } from '../machinery/status.ts';
import { isMap, toFieldSet } from '../machinery/typedvalue.ts';
import { compareValues } from '../machinery/typedvalue.compare.ts';
import { typeErrors } from '../machinery/typedvalue.validate.ts';
import { groupVersionString, parseGroupVersion, type KubeObject } from '../machinery/types.ts';
import type { Exchange } from './exchange.ts';
import { managersOf, setEntries, versionsOf } from './fieldmanager.ts';
import { fromHub, toHub, type ServedResource } from './scheme.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const KUBECTL = 'kubectl';
const BEFORE_FIRST_APPLY = 'before-first-apply';
// Upstream: apimachinery api/validation TotalAnnotationSizeLimitB.
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

export interface ApplyRequest {
  /** The decoded configuration. */
  config: unknown;
  manager: string;
  isForced: boolean;
}

/**
 * Returns the new state of an object, in hub form and with its managers; `existing` is undefined when nothing is stored.
 * @throws StatusError: conflicts, wrong types, a configuration of another kind.
 */
export function applyTo(exchange: Exchange, existing: KubeObject | undefined, request: ApplyRequest): KubeObject {
  const { served, info } = exchange;
  const versions = versionsOf(served.definition, info.subresource);
  const apiVersion = groupVersionString(served.gvr);
  const node = versions.node(apiVersion);
  if (!node) throw new Error(`no schema for ${apiVersion}`);
  const config = typedConfig(served, request.config, node);
  const application: Application = {
    live: existing ? liveView(served, existing) : emptyOf(served),
    config,
    apiVersion,
    versions,
    manager: request.manager,
    subresource: info.subresource || undefined,
    isForced: request.isForced,
    time: formatTime(exchange.registry.context.clock.nowMs()),
  };
  const entries = existing ? liveEntries(served, existing, application) : [];
  const applied = withLastApplied(entries, application, node);
  const hub = applied.object === undefined && existing ? clone(existing) : decoded(served, applied.object, config);
  if (!existing && hub.metadata.uid) throw uidMismatch(exchange, hub.metadata.uid);
  if (request.manager === KUBECTL) refreshAnnotation(hub, config);
  setEntries(hub, writeStored(applied.entries));
  return hub;
}

function uidMismatch({ served, key }: Exchange, uid: string): Error {
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  return newConflict(served.definition.gvr, key.name, why);
}

type Fields = Record<string, unknown>;

type Typed = Pick<ServedResource, 'gvr' | 'kind'>;

/** Returns a configuration that is one of a kind. @throws StatusError for another kind, managers in it, wrong types. */
export function typedConfig(type: Typed, given: unknown, node: SchemaNode): Fields {
  const config = checkedConfig(type, given);
  const wrong = typeErrors(config, node);
  if (wrong === undefined) return config;
  throw newUnknown(`failed to create typed patch object (${namesOf(type, config)}): ${wrong}`);
}

function checkedConfig({ gvr, kind }: Typed, config: unknown): Fields {
  if (!isMap(config))
    throw newBadRequest(
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ' +
        `${Array.isArray(config) ? 'array' : typeof config} into Go value of type map[string]interface {}`,
    );
  const given = parseGroupVersion(typeof config['apiVersion'] === 'string' ? config['apiVersion'] : '');
  const givenKind = typeof config['kind'] === 'string' ? config['kind'] : '';
  if (given.group !== gvr.group || given.version !== gvr.version || givenKind !== kind)
    throw newBadRequest(`invalid object type: ${given.group}/${given.version}, Kind=${givenKind}`);
  const metadata = config['metadata'];
  if (isMap(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null)
    throw newBadRequest('metadata.managedFields must be nil');
  return config;
}

// 'default/web; apps/v1, Kind=Deployment'. Upstream: structuredmerge.go objectGVKNN.
function namesOf({ gvr, kind }: Typed, config: Fields): string {
  const metadata = isMap(config['metadata']) ? config['metadata'] : {};
  const text = (name: string): string => (typeof metadata[name] === 'string' ? metadata[name] : '');
  return `${text('namespace')}/${text('name')}; ${gvr.group}/${gvr.version}, Kind=${kind}`;
}

function liveView(served: ServedResource, existing: KubeObject): unknown {
  const { managedFields: _, ...metadata } = existing.metadata;
  return served.codec.encode(fromHub(served, { ...existing, metadata }));
}

function emptyOf({ definition, codec, gvr, kind }: ServedResource): unknown {
  if (definition.custom) return { apiVersion: groupVersionString(gvr), kind };
  return codec.encode({ metadata: {} });
}

// What was there before anybody applied is managed by a manager of that name. Upstream: skipnonapplied.go Apply.
function liveEntries(
  { definition }: ServedResource,
  existing: KubeObject,
  { live, apiVersion, versions, subresource, time }: Application,
): readonly ManagerEntry[] {
  const entries = managersOf(definition, existing);
  if (entries.length > 0) return entries;
  const before = definition.custom ? {} : { metadata: {} };
  return beforeFirstApply(before, { live, apiVersion, versions, subresource, time });
}

/** Returns who manages what nobody is known to manage. */
export function beforeFirstApply(
  before: unknown,
  { live, apiVersion, versions, subresource, time }: Omit<Application, 'config' | 'manager' | 'isForced'>,
): readonly ManagerEntry[] {
  const updater = { manager: BEFORE_FIRST_APPLY, apiVersion, subresource, time };
  return updateManagers([], { before, after: live, apiVersion, versions }, updater);
}

// What kubectl applied on the client's side before is its own, whoever updated it so. Upstream: lastappliedmanager.go Apply.
function withLastApplied(entries: readonly ManagerEntry[], application: Application, node: SchemaNode): Applied {
  try {
    return applyConfiguration(entries, application);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const allowed = application.manager === KUBECTL ? lastAppliedSet(application, node) : undefined;
    const conflicts = allowed ? conflictsBeyond(error.conflicts, allowed) : error.conflicts;
    if (conflicts.length === 0) return applyConfiguration(entries, { ...application, isForced: true });
    throw refusalOf(conflicts);
  }
}

/** Returns the refusal of a configuration for what others manage. */
export function refusalOf(conflicts: ConflictError['conflicts']): StatusError {
  const { message, causes } = conflictTexts(conflicts);
  return newApplyConflict(causes, message);
}

function lastAppliedSet({ live, apiVersion }: Application, node: SchemaNode): FieldSet | undefined {
  const text = (live as KubeObject).metadata?.annotations?.[LAST_APPLIED];
  if (!text) return undefined;
  let last: unknown;
  try {
    last = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isMap(last) || last['apiVersion'] !== apiVersion || typeErrors(last, node) !== undefined) return undefined;
  const { modified, added, removed } = compareValues(last, live, node);
  return difference(difference(difference(toFieldSet(last, node), modified), added), removed);
}

// Upstream: lastappliedupdater.go buildLastApplied.
function refreshAnnotation(hub: KubeObject, config: Fields): void {
  const { annotations } = hub.metadata;
  if (!annotations?.[LAST_APPLIED]) return;
  const object = clone(config) as unknown as KubeObject;
  delete object.metadata?.annotations?.[LAST_APPLIED];
  const value = `${marshalJson(object)}\n`;
  const changed = { ...annotations, [LAST_APPLIED]: value };
  const bytes = Object.entries(changed).reduce((sum, [k, v]) => sum + Buffer.byteLength(k) + Buffer.byteLength(v), 0);
  if (bytes > MAX_ANNOTATIONS_BYTES) delete (changed as Record<string, string>)[LAST_APPLIED];
  hub.metadata.annotations = changed;
}

// Upstream: structuredmerge.go Apply, after the merge.
function decoded(served: ServedResource, merged: unknown, config: Fields): KubeObject {
  const { value, error } = served.codec.decode(merged, { mode: 'Ignore' });
  if (error !== undefined)
    throw newUnknown(`failed to convert new object (${namesOf(served, config)}) to proper version: ${error}`);
  return toHub(served, value as KubeObject);
}
