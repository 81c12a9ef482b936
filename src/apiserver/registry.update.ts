// Updates: admission, resourceVersion, the strategy's hooks, validation, and deletion by the last finalizer's removal.
// Called by: registry.ts. Must not know: HTTP.
import { type FieldErrors, invalid, Path } from '../machinery/field.ts';
import { deepEqual } from '../machinery/meta.ts';
import { nameIsDNSSubdomain, validateObjectMeta, validateObjectMetaUpdate } from '../machinery/metavalidation.ts';
import { newConflict, newInvalid, newNotFound } from '../machinery/status.ts';
import { groupResourceString, type KubeObject, type ObjectKey } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { AdmissionAttributes } from './admission.ts';
import { isExpired } from './events.ts';
import { ignoreTimes, trackFields } from './fieldmanager.ts';
import { addToStore, beforeCreate, dedupOwnerReferences, ensureNamespace } from './registry.create.ts';
import { setDefaults, setGroupVersionKind } from './registry.create.ts';
import {
  admit,
  keyFor,
  readStored,
  strategyFor,
  validateAdmission,
  writableMeta,
  type RegistryContext,
  type WriteOptions,
} from './registry.context.ts';
import { shouldDeleteDuringUpdate } from './finalizers.ts';

export interface UpdateRequest extends WriteOptions {
  key: ObjectKey;
  /** Returns the new state, which the registry may keep and change. `existing` is undefined when nothing is stored. */
  updated(existing: KubeObject | undefined): KubeObject;
  /** 'status' and the like: which hooks run and what of the stored object is kept. Default '': the object itself. */
  subresource?: string;
  /** Uid the stored object must have (PUT bodies that carry one). */
  uid?: string;
  /** True creates an absent object whatever the kind says (server-side apply). */
  allowsCreate?: boolean;
}
export interface UpdateResult {
  object: KubeObject;
  isCreated: boolean;
}

type WithParts = KubeObject & { spec?: unknown; status?: unknown };

const CHANGED = 'the object has been modified; please apply your changes to the latest version and try again';

/** Upstream: apiserver pkg/registry/generic/registry/store.go Update and pkg/registry/rest/update.go BeforeUpdate. */
export function updateInStore(
  context: RegistryContext,
  definition: ResourceDefinition,
  request: UpdateRequest,
): UpdateResult {
  const { store, clock } = context;
  const resource = groupResourceString(definition.gvr);
  const key = keyFor(definition, request.key);
  const stored = store.get(resource, key);
  const isGone = !stored || isExpired(definition, stored, clock.nowMs());
  const existing = isGone ? undefined : readStored(definition, stored);
  checkUid(definition, key, existing, request.uid);
  if (!existing && !request.allowsCreate && (request.subresource || !definition.strategy.allowsCreateOnUpdate))
    throw newNotFound(definition.gvr, key.name);
  const updated = request.updated(existing);
  if (!existing) return { object: createByUpdate(context, definition, updated, request), isCreated: true };
  const { isUnconditional, object } = takeIn(definition, updated, existing, request);
  const attributes = attributesOf(context, definition, request, { object, old: existing });
  if (isWhole(request)) setDefaults(definition, object);
  trackFields(context, { definition, object, existing, subresource: request.subresource, options: request });
  admit(context, attributes);
  dedupOwnerReferences(object, request);
  if (!isUnconditional) checkVersion(definition, object, existing);
  writableMeta(object).resourceVersion = existing.metadata.resourceVersion as string;
  beforeUpdate(context, definition, { object, existing, request });
  validateAdmission(context, attributes);
  if (request.fieldManager !== undefined && !request.isStatusOnly) ignoreTimes(definition, object, existing);
  if (shouldDeleteDuringUpdate(definition, object, existing)) {
    if (!request.isDryRun) store.delete(resource, key, object);
    return { object, isCreated: false };
  }
  return { object: request.isDryRun ? object : store.update(resource, object), isCreated: false };
}

function attributesOf(
  { store }: RegistryContext,
  definition: ResourceDefinition,
  request: UpdateRequest,
  { object, old }: { object: KubeObject; old?: KubeObject },
): AdmissionAttributes {
  return {
    operation: old ? 'UPDATE' : 'CREATE',
    definition,
    subresource: request.subresource ?? '',
    namespace: object.metadata.namespace ?? '',
    name: request.key.name,
    object,
    isDryRun: request.isDryRun ?? false,
    warn: (text) => request.warn?.(text),
    revision: store.revision,
    ...(old ? { old } : {}),
    ...(request.user ? { user: request.user } : {}),
  };
}

function checkUid(
  definition: ResourceDefinition,
  { namespace, name }: ObjectKey,
  existing: KubeObject | undefined,
  uid: string | undefined,
): void {
  const found = existing?.metadata.uid ?? '';
  if (uid === undefined || uid === '' || uid === found) return;
  const key = `/registry/${storagePrefix(definition)}/${namespace ? `${namespace}/` : ''}${name}`;
  throw newConflict(
    definition.gvr,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, ` +
      `AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`,
  );
}

// Where etcd keeps a kind; older than the kinds' present names.
const PREFIXES: Readonly<Record<string, string>> = {
  services: 'services/specs',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
};
function storagePrefix({ gvr }: ResourceDefinition): string {
  return PREFIXES[groupResourceString(gvr)] ?? gvr.resource;
}

// What the client sent, cut down to what the subresource may change.
function takeIn(
  definition: ResourceDefinition,
  updated: KubeObject,
  existing: KubeObject,
  request: UpdateRequest,
): { isUnconditional: boolean; object: KubeObject } {
  const version = updated.metadata.resourceVersion ?? '';
  const allowsUnconditional = definition.strategy.allowsUnconditionalUpdate ?? true;
  const isUnconditional = (version === '' || version === '0') && allowsUnconditional;
  if (isPart(request)) {
    const { takesMetadataWithStatus, takesAnnotationsWithStatus } = definition.strategy;
    const metadata = { ...(takesMetadataWithStatus ? updated : existing).metadata };
    if (updated.metadata.resourceVersion === undefined) delete metadata.resourceVersion;
    else metadata.resourceVersion = updated.metadata.resourceVersion;
    if (takesAnnotationsWithStatus) {
      const { annotations } = updated.metadata;
      if (annotations) metadata.annotations = annotations;
      else delete metadata.annotations;
    }
    const { managedFields } = updated.metadata;
    if (request.isApplied && managedFields) metadata.managedFields = managedFields;
    const { status: given } = updated as WithParts;
    const object = { ...existing, metadata, status: given ?? {} } as WithParts;
    // Custom resources without a status have none.
    if (definition.custom && given === undefined) delete object.status;
    return { isUnconditional, object };
  }
  setGroupVersionKind(definition, updated);
  ensureNamespace(definition, updated, existing.metadata.namespace);
  return { isUnconditional, object: updated };
}

function checkVersion(definition: ResourceDefinition, object: KubeObject, existing: KubeObject): void {
  const { name } = existing.metadata;
  const version = object.metadata.resourceVersion ?? '';
  if (version === '' || version === '0') {
    const why = invalid(Path.of('metadata', 'resourceVersion'), 0, 'must be specified for an update');
    throw newInvalid({ group: definition.gvr.group, kind: definition.kind }, name, [why]);
  }
  if (version !== existing.metadata.resourceVersion) throw newConflict(definition.gvr, name, CHANGED);
}

interface Change {
  object: KubeObject;
  existing: KubeObject;
  request: UpdateRequest;
}

function beforeUpdate(context: RegistryContext, definition: ResourceDefinition, { object, existing, request }: Change) {
  const strategy = strategyFor(definition, request);
  const isStatus = isPart(request);
  if (isWhole(request)) setGeneration(object, existing.metadata.generation);
  if (isApproval(request)) strategy.prepareForApprovalUpdate?.(object, existing, context);
  else if (isStatus) strategy.prepareForStatusUpdate?.(object, existing, context);
  else if (isWhole(request)) strategy.prepareForUpdate?.(object, existing, context);
  if (isWhole(request)) raiseGeneration(object, existing);
  keepSystemFields(object, existing);
  const path = Path.of('metadata');
  const validateName = strategy.validateName ?? nameIsDNSSubdomain;
  const errors = [
    ...(isStatus ? [] : validateObjectMeta(object.metadata, { namespaced: definition.namespaced, validateName, path })),
    ...(isStatus ? [] : validateObjectMetaUpdate(object.metadata, existing.metadata, path)),
    ...(validateChange(strategy, { object, existing, request }, context) ?? []),
  ];
  if (errors.length > 0)
    throw newInvalid({ group: definition.gvr.group, kind: definition.kind }, object.metadata.name, errors);
  if (request.warn && isWhole(request))
    for (const text of strategy.warningsOnUpdate?.(object, existing, context) ?? []) request.warn(text);
  strategy.canonicalize?.(object);
}

function validateChange(
  strategy: ReturnType<typeof strategyFor>,
  { object, existing, request }: Change,
  context: RegistryContext,
): FieldErrors | undefined {
  if (isApproval(request)) return strategy.validateApprovalUpdate?.(object, existing);
  if (isPart(request)) return strategy.validateStatusUpdate?.(object, existing);
  return isWhole(request) ? strategy.validateUpdate?.(object, existing, context) : [];
}

function isApproval({ subresource }: UpdateRequest): boolean {
  return subresource === 'approval';
}

/** What changes the half of an object that is not its spec. */
function isPart(request: UpdateRequest): boolean {
  return request.subresource === 'status' || isApproval(request);
}

// Subresources other than those bring their own checks; a scale is an update of the object like any other.
function isWhole({ subresource }: UpdateRequest): boolean {
  return subresource === undefined || subresource === '' || subresource === 'scale';
}

function setGeneration(object: KubeObject, generation: number | undefined): void {
  const metadata = writableMeta(object);
  if (generation === undefined) delete metadata.generation;
  else metadata.generation = generation;
}

// Kinds that count generations and whose own hook has not raised it: a changed spec is a new generation.
function raiseGeneration(object: WithParts, existing: WithParts): void {
  const generation = existing.metadata.generation;
  if (generation === undefined || object.metadata.generation !== generation) return;
  if (!deepEqual(object.spec, existing.spec)) writableMeta(object).generation = generation + 1;
}

function keepSystemFields(object: KubeObject, { metadata: old }: KubeObject): void {
  const metadata = writableMeta(object);
  if (!metadata.uid && old.uid !== undefined) metadata.uid = old.uid;
  if (old.creationTimestamp !== undefined) metadata.creationTimestamp = old.creationTimestamp;
  if (old.deletionTimestamp !== undefined) metadata.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined)
    metadata.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
}

function createByUpdate(
  context: RegistryContext,
  definition: ResourceDefinition,
  object: KubeObject,
  request: UpdateRequest,
): KubeObject {
  setGroupVersionKind(definition, object);
  ensureNamespace(definition, object, request.key.namespace);
  setDefaults(definition, object);
  trackFields(context, { definition, object, options: request });
  const attributes = attributesOf(context, definition, request, { object });
  admit(context, attributes);
  dedupOwnerReferences(object, request);
  beforeCreate(context, definition, object, request);
  validateAdmission(context, attributes);
  return addToStore(context, definition, object, request);
}
