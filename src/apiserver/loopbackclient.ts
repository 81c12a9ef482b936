// The controllers' client: typed, synchronous, straight into the registry. Informers are the store's own indexes.
// Called by: controllers, kubelet, network (through client/loopback.ts). Implemented in loopback.ts. Must not know: HTTP.
import type { Clock } from '../machinery/clock.ts';
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
}

export interface PodTokenOptions {
  /** '' for the API server. */
  audience: string;
  expirationSeconds: number;
  /** When the kubelet asked for it. */
  atMs: number;
}

/** All objects returned are shared: `clone` (machinery/meta.ts) before changing. Refusals throw StatusError. */
export interface LoopbackClient {
  get<T extends KubeObject>(definition: ResourceDefinition<T>, key: ObjectKey): T | undefined;
  list<T extends KubeObject>(definition: ResourceDefinition<T>, namespace?: string): readonly T[];
  /** Objects by an index that the controller declared (Controller.indexes). */
  byIndex<T extends KubeObject>(definition: ResourceDefinition<T>, index: string, value: string): readonly T[];
  create<T extends KubeObject>(definition: ResourceDefinition<T>, object: NewObject<T>): T;
  /** Replaces metadata and spec. */
  update<T extends KubeObject>(definition: ResourceDefinition<T>, object: T): T;
  /** Replaces status only. Writes nothing when nothing changes. */
  updateStatus<T extends KubeObject>(definition: ResourceDefinition<T>, object: T): T;
  delete<T extends KubeObject>(definition: ResourceDefinition<T>, key: ObjectKey, options?: DeleteOptions): void;
  /** pods/binding: sets spec.nodeName and the PodScheduled condition. */
  bind(pod: ObjectKey, nodeName: string): void;
  /** namespaces/finalize: replaces spec.finalizers; a deleted namespace without any is gone. */
  finalize(namespace: KubeObject): void;
  /** serviceaccounts/token: returns a token of a pod's account, bound to the pod; undefined when the account is gone. */
  podToken(pod: KubeObject, options: PodTokenOptions): string | undefined;
  /** Returns the same client under the name that managedFields show: 'kubelet'. */
  as(fieldManager: string): LoopbackClient;
  readonly clock: Clock;
  /** State that no API shows (container file systems, caches): JSON by resource '_name' and key. Shared: replace, do not change. */
  readonly internal: InternalStore;
}

export interface InternalStore {
  get<V extends object>(resource: `_${string}`, key: ObjectKey): V | undefined;
  put<V extends object>(resource: `_${string}`, key: ObjectKey, value: V): void;
  delete(resource: `_${string}`, key: ObjectKey): void;
  list<V extends object>(resource: `_${string}`, namespace?: string): readonly { key: ObjectKey; value: V }[];
}

/** What a caller of create gives: the server fills apiVersion, kind, uid, times and defaults. */
export type NewObject<T extends KubeObject> = DeepPartial<Omit<T, 'metadata' | 'spec'>> & {
  metadata: Omit<KubeObject['metadata'], 'name'> & { name?: string };
} & (T extends { spec: infer S } ? { spec: S } : unknown);

type DeepPartial<T> = T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;
