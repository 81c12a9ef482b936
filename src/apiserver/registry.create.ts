// Creation: defaults, admission, system fields, the strategy's hooks, validation, the store.
// Called by: registry.ts. Must not know: HTTP.
import { formatTime } from '../machinery/clock.ts';
import { Path } from '../machinery/field.ts';
import { nameIsDNSSubdomain, validateObjectMeta } from '../machinery/metavalidation.ts';
import { fieldsOf, schemaFor } from '../machinery/schema.ts';
import { newAlreadyExists, newBadRequest, newInvalid, newUnknown } from '../machinery/status.ts';
import { groupResourceString, groupVersionString, type KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { AdmissionAttributes } from './admission.ts';
import { isExpired } from './events.ts';
import { trackFields } from './fieldmanager.ts';
import {
  admit,
  keyFor,
  strategyFor,
  validateAdmission,
  writableMeta,
  type RegistryContext,
  type WriteOptions,
} from './registry.context.ts';

// A generated name fits a DNS label with its suffix.
const MAX_GENERATED_PREFIX = 58;
const MAX_GENERATE_TRIES = 8;

/**
 * Creates an object that the registry may keep, and returns what was stored (or, in a dry run, would have been).
 * Upstream: apiserver pkg/endpoints/handlers/create.go, pkg/registry/generic/registry/store.go Create, pkg/registry/rest/create.go.
 */
export function createInStore(
  context: RegistryContext,
  definition: ResourceDefinition,
  object: KubeObject,
  options: WriteOptions & { namespace?: string },
): KubeObject {
  setGroupVersionKind(definition, object);
  wipeSystemFields(object);
  ensureNamespace(definition, object, options.namespace);
  dedupOwnerReferences(object, options);
  const attributes: AdmissionAttributes = {
    operation: 'CREATE',
    definition,
    subresource: '',
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    object,
    isDryRun: options.isDryRun ?? false,
    warn: (text) => options.warn?.(text),
    revision: context.store.revision,
    ...(options.user ? { user: options.user } : {}),
  };
  setDefaults(definition, object);
  trackFields(context, { definition, object, options });
  admit(context, attributes);
  beforeCreate(context, definition, object, options);
  validateAdmission(context, { ...attributes, name: object.metadata.name });
  return addToStore(context, definition, object, options);
}

/** The part of creation that a PUT which creates shares: from the system fields to canonicalization. Changes the object. */
export function beforeCreate(
  context: RegistryContext,
  definition: ResourceDefinition,
  object: KubeObject,
  options: WriteOptions,
): void {
  const strategy = strategyFor(definition, options);
  fillSystemFields(context, definition, object);
  strategy.prepareForCreate?.(object, context, options.user);
  const errors = [
    ...validateObjectMeta(object.metadata, {
      namespaced: definition.namespaced,
      validateName: strategy.validateName ?? nameIsDNSSubdomain,
      path: Path.of('metadata'),
    }),
    ...(strategy.validate?.(object, context) ?? []),
  ];
  if (errors.length > 0)
    throw newInvalid({ group: definition.gvr.group, kind: definition.kind }, object.metadata.name, errors);
  // Controllers have nobody to warn.
  if (options.warn) for (const text of strategy.warningsOnCreate?.(object, context) ?? []) options.warn(text);
  strategy.canonicalize?.(object);
}

/** Puts a finished object into the store. @throws StatusError AlreadyExists. */
export function addToStore(
  context: RegistryContext,
  definition: ResourceDefinition,
  object: KubeObject,
  options: WriteOptions,
): KubeObject {
  const { store, clock } = context;
  const resource = groupResourceString(definition.gvr);
  if (object.metadata.resourceVersion) throw newUnknown('resourceVersion should not be set on objects to be created');
  delete writableMeta(object).resourceVersion;
  const existing = store.get(resource, keyFor(definition, object.metadata));
  if (existing && isExpired(definition, existing, clock.nowMs())) {
    if (!options.isDryRun) store.delete(resource, keyFor(definition, object.metadata));
  } else if (existing) {
    const error = newAlreadyExists(definition.gvr, object.metadata.name);
    if (existing.metadata.deletionTimestamp !== undefined)
      error.status.message = error.message = `object is being deleted: ${error.message}`;
    throw error;
  }
  return options.isDryRun ? object : store.create(resource, object);
}

/** Writes the hub's apiVersion and kind. Changes the object. */
export function setGroupVersionKind(definition: ResourceDefinition, object: KubeObject): void {
  object.apiVersion = groupVersionString(definition.gvr);
  object.kind = definition.kind;
}

/** Fills the parts that the kind's type always has (spec, status, involvedObject), then its defaults. Changes the object. */
export function setDefaults(definition: ResourceDefinition, object: KubeObject): void {
  addParts(definition, object);
  definition.setDefaults?.(object);
}

/** Fills the parts that the kind's type always has. Changes the object. */
export function addParts(definition: ResourceDefinition, object: KubeObject): void {
  const fields = object as KubeObject & Record<string, unknown>;
  for (const name of partsOf(definition)) fields[name] ??= {};
}

const partNames = new WeakMap<ResourceDefinition, readonly string[]>();

// Go has no absent structs: hooks and printers may count on them.
function partsOf(definition: ResourceDefinition): readonly string[] {
  let names = partNames.get(definition);
  if (names) return names;
  const node = schemaFor(definition.schema);
  names = [...(node ? fieldsOf(node) : [])]
    .filter(([name, { type, isRequired }]) => type === 'object' && (isRequired || name === 'spec' || name === 'status'))
    .map(([name]) => name);
  partNames.set(definition, names);
  return names;
}

function wipeSystemFields(object: KubeObject): void {
  const metadata = writableMeta(object);
  delete metadata.uid;
  delete metadata.creationTimestamp;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}

/**
 * Gives the object the namespace of the request. Changes the object. @throws StatusError BadRequest when they differ.
 * Upstream: apiserver pkg/registry/rest/meta.go EnsureObjectNamespaceMatchesRequestNamespace.
 */
export function ensureNamespace(definition: ResourceDefinition, { metadata }: KubeObject, requested?: string): void {
  if (!definition.namespaced) {
    delete metadata.namespace;
    return;
  }
  if (requested === undefined || requested === '' || metadata.namespace === requested) return;
  if (metadata.namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.namespace = requested;
}

// Uid and suffix are hashes of the object and the revision it comes after, so a run that is repeated draws the same.
function fillSystemFields(
  { store, clock, random }: RegistryContext,
  definition: ResourceDefinition,
  object: KubeObject,
) {
  const metadata = writableMeta(object);
  const resource = groupResourceString(definition.gvr);
  const key = `${resource}/${metadata.namespace ?? ''}/${metadata.name || metadata.generateName || ''}@${store.revision}`;
  metadata.creationTimestamp = formatTime(clock.nowMs());
  metadata.uid = random.uid('uid', key);
  if (metadata.name || !metadata.generateName) {
    metadata.name ??= '';
    return;
  }
  const prefix = metadata.generateName.slice(0, MAX_GENERATED_PREFIX);
  for (let attempt = 0; attempt < MAX_GENERATE_TRIES; attempt++) {
    metadata.name = prefix + random.suffix('generateName', attempt === 0 ? key : `${key}#${attempt}`);
    if (!store.get(resource, keyFor(definition, metadata))) return;
  }
}

/** Removes repeated owner references, with the server's warning. Changes the object. Upstream: handlers/create.go. */
export function dedupOwnerReferences({ metadata }: KubeObject, options: WriteOptions): void {
  const owners = metadata.ownerReferences;
  if (!Array.isArray(owners) || owners.length < 2) return;
  const seen = new Set<string>();
  const unique: typeof owners = [];
  const duplicates: string[] = [];
  for (const owner of owners) {
    const text = JSON.stringify([owner.apiVersion, owner.kind, owner.name, owner.uid, owner.controller ?? false]);
    if (seen.has(text)) duplicates.push(owner.uid);
    else unique.push(owner);
    seen.add(text);
  }
  if (duplicates.length === 0) return;
  metadata.ownerReferences = unique;
  options.warn?.(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, ` +
      `and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ` +
      duplicates.join(', '),
  );
}
