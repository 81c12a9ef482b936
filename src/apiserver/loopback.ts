// The typed, synchronous client of everything that runs inside the cluster: the registry without paths and bodies.
// Called by: server.ts, which makes one. Must not know: HTTP.
import type { InternalStore, LoopbackClient } from './loopbackclient.ts';
import { clone, deepEqual } from '../machinery/meta.ts';
import { groupResourceString, type KubeObject, type ObjectKey } from '../machinery/types.ts';
import type { Pod } from '../resources/pod.ts';
import type { Store } from '../storage/types.ts';
import type { Registry } from './registry.ts';
import { bindPod } from './subresources.binding.ts';
import { finalizeNamespace } from './subresources.finalize.ts';
import { podToken } from './subresources.token.ts';
import type { TokenAuthority } from './tokens.ts';

type WithStatus = KubeObject & { status?: unknown };

const typed = <T extends KubeObject>(object: KubeObject): T => object as T;

// Who writes what the server itself keeps up.
const SERVER = 'kube-apiserver';

/** Returns a client whose writes run the same hooks as requests do. Objects it returns are the stored ones: shared. */
export function createLoopbackClient(
  registry: Registry,
  tokens: TokenAuthority,
  fieldManager = SERVER,
): LoopbackClient {
  const { store, clock } = registry.context;
  return {
    clock,
    as: (name) => createLoopbackClient(registry, tokens, name),
    internal: createInternalStore(store),
    get: (definition, key) => registry.find(definition, key) as never,
    list: (definition, namespace) => registry.list(definition, namespace) as never,
    byIndex: (definition, index, value) => store.byIndex(groupResourceString(definition.gvr), index, value) as never,
    create: (definition, object) =>
      typed(registry.create(definition, clone(object) as unknown as KubeObject, { fieldManager })),
    update: (definition, object) =>
      typed(registry.update(definition, { key: object.metadata, updated: () => clone(object), fieldManager }).object),
    updateStatus(definition, object) {
      const stored = registry.get(definition, object.metadata);
      const status = (object as WithStatus).status;
      const { takesAnnotationsWithStatus, takesMetadataWithStatus } = definition.strategy;
      const isAnnotated =
        (takesAnnotationsWithStatus &&
          !deepEqual(stored.metadata.annotations ?? {}, object.metadata.annotations ?? {})) ||
        (takesMetadataWithStatus && !deepEqual(stored.metadata, object.metadata));
      if (!isAnnotated && deepEqual((stored as WithStatus).status ?? {}, status ?? {})) return typed(stored);
      const updated = (): KubeObject => ({ ...object, status: clone(status) }) as KubeObject;
      const isStatusOnly = !isAnnotated;
      const request = { key: object.metadata, subresource: 'status', updated, fieldManager, isStatusOnly };
      return typed(registry.update(definition, request).object);
    },
    delete: (definition, key, options) => void registry.delete(definition, key, { ...options }),
    bind: (pod, nodeName) => bindPod(registry, pod, nodeName),
    podToken: (pod, options) => podToken(registry, tokens, { pod: pod as Pod, ...options }),
    finalize: (object) => finalizeNamespace(registry, object),
  };
}

interface InternalObject extends KubeObject {
  value: object;
}

function valueOf(object: KubeObject | undefined): object | undefined {
  return (object as InternalObject | undefined)?.value;
}

/** Keeps what no API shows in the same store, so in the same batches. Writes of an equal value are no writes. */
function createInternalStore(store: Store): InternalStore {
  return {
    get: <V extends object>(resource: `_${string}`, key: ObjectKey) =>
      valueOf(store.get(resource, key)) as V | undefined,
    put(resource, key, value) {
      const existing = store.get(resource, key);
      const metadata = { name: key.name, ...(key.namespace ? { namespace: key.namespace } : {}) };
      const object: InternalObject = { apiVersion: 'internal', kind: resource, metadata, value };
      if (!existing) store.create(resource, object);
      else if (existing && !deepEqual(valueOf(existing), value)) {
        const { resourceVersion } = existing.metadata;
        store.update(resource, {
          ...object,
          metadata: { ...metadata, ...(resourceVersion ? { resourceVersion } : {}) },
        });
      }
    },
    delete(resource, key) {
      if (store.get(resource, key)) store.delete(resource, key);
    },
    list: <V extends object>(resource: `_${string}`, namespace?: string) =>
      store.list(resource, namespace).map((object) => ({
        key: { namespace: object.metadata.namespace ?? '', name: object.metadata.name },
        value: valueOf(object) as V,
      })),
  };
}
