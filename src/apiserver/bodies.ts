// The new state a PUT or a PATCH stands for, as registry updates take it.
// Called by: handler, subresources. Must not know: the store.
import { newNotFound } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { Exchange } from './exchange.ts';
import { namedObject } from './names.ts';
import { applyTo } from './fieldmanager.apply.ts';
import { withManagers } from './fieldmanager.ts';
import { APPLY_PATCH, applyPatch, CUSTOM_PATCHES, patchTypeFrom } from './patching.ts';
import type { WriteOptions } from './registry.context.ts';
import { decodeObject, fromHub, toHub } from './scheme.ts';

export interface UpdateFromBody extends WriteOptions {
  /** True where an absent object is created: server-side apply. */
  allowsCreate?: boolean;
  updated(existing: KubeObject | undefined): KubeObject;
  uid?: string;
}

/** Returns what a PUT or PATCH of an object asks for. @throws StatusError with the server's texts. */
export function updatedFrom(exchange: Exchange): UpdateFromBody {
  return exchange.info.verb === 'patch' ? fromPatch(exchange) : fromObject(exchange);
}

function fromObject(exchange: Exchange): UpdateFromBody {
  const { served, scheme, key, warn } = exchange;
  exchange.checkMediaType();
  const options = exchange.writeOptions('UpdateOptions');
  const object = decodeObject(served, exchange.objectBody(served.kind), {
    scheme,
    fieldValidation: exchange.fieldValidation(),
    duplicates: exchange.duplicates(),
    warn,
  });
  namedObject(object, key);
  const { uid } = object.metadata;
  return { ...options, updated: () => object, ...(uid ? { uid } : {}) };
}

function fromConfiguration(exchange: Exchange): UpdateFromBody {
  const options = exchange.writeOptions('PatchOptions');
  const config = exchange.body('error decoding YAML: ');
  const manager = options.fieldManager ?? '';
  const isForced = exchange.isForced();
  const updated = (existing: KubeObject | undefined): KubeObject => {
    const hub = applyTo(exchange, existing, { config, manager, isForced });
    namedObject(hub, exchange.key);
    return hub;
  };
  return { ...options, updated, isApplied: true, allowsCreate: exchange.info.subresource === '' };
}

// Managers are worked out when a patch speaks of them only.
function touchesManagers(patch: unknown): boolean {
  if (!Array.isArray(patch)) return (patch as { metadata?: object } | null)?.metadata !== undefined;
  return patch.some(({ path, from }: { path?: unknown; from?: unknown }) =>
    [path, from].some(
      (text) => text === '' || text === '/metadata' || String(text).startsWith('/metadata/managedFields'),
    ),
  );
}

function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function fromPatch(exchange: Exchange): UpdateFromBody {
  const { served, key, warn } = exchange;
  const supported = served.definition.custom ? CUSTOM_PATCHES : undefined;
  const type = patchTypeFrom(exchange.request.headers['content-type'], supported);
  if (type === APPLY_PATCH) return fromConfiguration(exchange);
  const isStrategic = type === 'application/strategic-merge-patch+json';
  const patch = exchange.body(isStrategic ? '' : 'error decoding patch: ');
  const duplicates = exchange.duplicates();
  const options = exchange.writeOptions('PatchOptions');
  const fieldValidation = exchange.fieldValidation();
  const updated = (existing: KubeObject | undefined): KubeObject => {
    if (!existing) throw newNotFound(served.definition.gvr, key.name);
    const state = touchesManagers(patch) ? withManagers(served.definition, existing) : withoutManagers(existing);
    const current = fromHub(served, state);
    const { schema, codec } = served;
    const request = { type, patch, duplicates, schema, codec, fieldValidation, warn };
    const hub = toHub(served, applyPatch(current, request));
    namedObject(hub, key);
    return hub;
  };
  return { ...options, updated };
}
