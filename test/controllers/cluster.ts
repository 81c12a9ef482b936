// A cluster for controllers' tests: a memory store, a client that does what the registry does for them, a kubelet of few lines.
// It stands where apiserver's loopback client stands in a cluster, so that these tests fail for controllers' reasons only.
import type { DeleteOptions, InternalStore, LoopbackClient, NewObject } from '../../src/client/loopback.ts';
import type { ClusterSettings, Controller } from '../../src/controllers/controller.ts';
import { createManager, type Manager } from '../../src/controllers/manager.ts';
import { self } from '../../src/controllers/enqueue.ts';
import { formatTime, parseTime, SettableClock } from '../../src/machinery/clock.ts';
import { clone, deepEqual, deepFreeze, isDeleting, parseKey } from '../../src/machinery/meta.ts';
import { Random } from '../../src/machinery/random.ts';
import { newAlreadyExists, newConflict, newForbidden, newNotFound } from '../../src/machinery/status.ts';
import { groupResourceString, groupVersionString, type KubeObject, type ObjectKey } from '../../src/machinery/types.ts';
import type { ResourceDefinition } from '../../src/resources/definition.ts';
import { event as eventResource } from '../../src/resources/event.ts';
import { node as nodeResource, type Node } from '../../src/resources/node.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
import { createMemoryStore } from '../../src/storage/memory.ts';
import type { Store } from '../../src/storage/types.ts';

export const START_MS = Date.parse('2026-01-01T00:00:00Z');

const settings: ClusterSettings = {
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  clusterDomain: 'cluster.local',
  version: 'v1.35.2',
  allowsLegacyApis: false,
  loadBalancer: 'none',
};

type Meta = { -readonly [K in keyof KubeObject['metadata']]: KubeObject['metadata'][K] };

/** Does of the registry what controllers rely on: names, uids, generations, finalizers, graceful deletion of pods. */
export class FakeClient implements LoopbackClient {
  readonly store: Store;
  readonly clock: SettableClock;
  readonly random: Random;
  /** Refuses a creation by returning why; as an admission plugin would. */
  refuse: (resource: string, object: KubeObject) => string | undefined = () => undefined;
  /** Number of writes that changed something. */
  writes = 0;

  constructor(store: Store, clock: SettableClock, random: Random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  get<T extends KubeObject>({ gvr }: ResourceDefinition<T>, key: ObjectKey): T | undefined {
    return this.store.get(groupResourceString(gvr), key) as T | undefined;
  }
  list<T extends KubeObject>({ gvr }: ResourceDefinition<T>, namespace?: string): readonly T[] {
    return this.store.list(groupResourceString(gvr), namespace) as readonly T[];
  }
  byIndex<T extends KubeObject>({ gvr }: ResourceDefinition<T>, index: string, value: string): readonly T[] {
    return this.store.byIndex(groupResourceString(gvr), index, value) as readonly T[];
  }

  create<T extends KubeObject>(definition: ResourceDefinition<T>, given: NewObject<T>): T {
    const { gvr, kind } = definition;
    const resource = groupResourceString(gvr);
    const object = clone(given) as unknown as T & { status?: object };
    const made = { apiVersion: groupVersionString(gvr), kind, ...object, status: object.status ?? {} } as T;
    const meta = made.metadata as Meta;
    const { revision } = this.store;
    meta.name ||= `${meta.generateName}${this.random.suffix('name', `${resource}/${revision}`)}`;
    if (this.store.get(resource, meta)) throw newAlreadyExists(gvr, meta.name);
    const why = this.refuse(resource, made);
    if (why !== undefined) throw newForbidden(gvr, meta.name, why);
    meta.uid = this.random.uid('uid', `${resource}/${meta.name}/${revision}`);
    meta.creationTimestamp = formatTime(this.clock.nowMs());
    meta.generation = 1;
    if (kind === 'Pod') (made as unknown as Pod).status.phase ??= 'Pending';
    this.writes++;
    return this.store.create(resource, deepFreeze(made)) as T;
  }

  #replace<T extends KubeObject>({ gvr }: ResourceDefinition<T>, object: T): T {
    const resource = groupResourceString(gvr);
    const old = this.store.get(resource, object.metadata);
    if (!old) throw newNotFound(gvr, object.metadata.name);
    const given = object.metadata.resourceVersion;
    if (given !== undefined && given !== old.metadata.resourceVersion)
      throw newConflict(gvr, object.metadata.name, 'the object has been modified');
    if (deepEqual(object, old)) return old as T;
    this.writes++;
    if (isDeleting(object) && !object.metadata.finalizers?.length && object.kind !== 'Pod')
      return this.store.delete(resource, object.metadata) as T;
    return this.store.update(resource, deepFreeze(object)) as T;
  }
  update<T extends KubeObject>(definition: ResourceDefinition<T>, object: T): T {
    const old = this.get(definition, object.metadata) as (T & { spec?: unknown; status?: unknown }) | undefined;
    const next = { ...clone(object), ...(old?.status === undefined ? {} : { status: old.status }) } as T & {
      spec?: unknown;
    };
    const isSpecChanged = old && !deepEqual(next.spec, old.spec);
    if (isSpecChanged) (next.metadata as Meta).generation = (old.metadata.generation ?? 1) + 1;
    return this.#replace(definition, next);
  }
  updateStatus<T extends KubeObject>(definition: ResourceDefinition<T>, object: T): T {
    const old = this.get(definition, object.metadata);
    if (!old) throw newNotFound(definition.gvr, object.metadata.name);
    const { status } = clone(object) as T & { status?: unknown };
    return this.#replace(definition, { ...old, status } as T);
  }
  delete<T extends KubeObject>(definition: ResourceDefinition<T>, key: ObjectKey, options: DeleteOptions = {}): void {
    const resource = groupResourceString(definition.gvr);
    const old = this.store.get(resource, key) as (T & { spec?: { nodeName?: string } }) | undefined;
    if (!old) throw newNotFound(definition.gvr, key.name);
    const next = clone(old);
    const meta = next.metadata as Meta;
    const finalizer = { Foreground: 'foregroundDeletion', Orphan: 'orphan', Background: '' }[
      options.propagationPolicy ?? 'Background'
    ];
    if (finalizer) meta.finalizers = [...(meta.finalizers ?? []), finalizer];
    const isGraceful = old.kind === 'Pod' && Boolean(old.spec?.nodeName) && options.gracePeriodSeconds !== 0;
    if (!isGraceful && !meta.finalizers?.length) {
      this.writes++;
      this.store.delete(resource, key);
      return;
    }
    if (isDeleting(old)) return;
    const graceMs = isGraceful ? 30_000 : 0;
    meta.deletionTimestamp = formatTime(this.clock.nowMs() + graceMs);
    meta.deletionGracePeriodSeconds = graceMs / 1000;
    meta.generation = (meta.generation ?? 1) + 1;
    this.writes++;
    this.store.update(resource, deepFreeze(next));
  }
  bind(key: ObjectKey, nodeName: string): void {
    const old = this.get(podResource, key);
    if (!old) throw newNotFound(podResource.gvr, key.name);
    const next = clone(old);
    next.spec.nodeName = nodeName;
    const condition = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(this.clock.nowMs()) };
    next.status.conditions = [...(next.status.conditions ?? []).filter((c) => c.type !== 'PodScheduled'), condition];
    this.#replace(podResource, next);
  }
  get internal(): InternalStore {
    throw new Error('not used by controllers');
  }
}

/** Two seconds after its binding a pod is ready; a deleted one ends after one. */
const kubelet: Controller = {
  name: 'kubelet',
  watches: [{ definition: podResource, enqueue: self }],
  reconcile({ client, nowMs }, key) {
    const pod = client.get(podResource, parseKey(key));
    if (!pod?.spec.nodeName) return;
    if (isDeleting(pod)) {
      const startedMs = (parseTime(pod.metadata.deletionTimestamp) ?? 0) - 30_000;
      if (nowMs < startedMs + 1000) return { requeueAtMs: startedMs + 1000 };
      client.delete(podResource, parseKey(key), { gracePeriodSeconds: 0 });
      return;
    }
    if (pod.status.phase !== 'Pending') return;
    const boundAt = pod.status.conditions?.find((c) => c.type === 'PodScheduled')?.lastTransitionTime;
    const readyMs = (parseTime(boundAt) ?? nowMs) + 2000;
    if (nowMs < readyMs) return { requeueAtMs: readyMs };
    const isStuck = pod.spec.containers.some((c) => c.image === 'stuck');
    if (isStuck) return;
    const changed = clone(pod);
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: formatTime(nowMs) };
    changed.status.phase = 'Running';
    changed.status.podIP = `10.244.0.${client.list(podResource).indexOf(pod) + 2}`;
    changed.status.conditions = [...(pod.status.conditions ?? []), ready];
    client.updateStatus(podResource, changed);
  },
};

export interface TestCluster {
  client: FakeClient;
  clock: SettableClock;
  manager: Manager;
  /** Runs to rest, then from due time to due time; background ones only with `untilMs`. */
  settle(untilMs?: number): void;
  /** Lets time pass, running all that is due on the way. */
  advance(ms: number): void;
  /** `Type Reason message (xN)` of every event, oldest first. */
  events(kind?: string): string[];
}

export function createTestCluster(
  controllers: readonly Controller[],
  nodes: number | readonly Node[] = 3,
): TestCluster {
  const clock = new SettableClock(START_MS);
  const random = new Random('test');
  const store = createMemoryStore();
  const client = new FakeClient(store, clock, random);
  const manager = createManager({ controllers: [...controllers, kubelet], store, client, clock, random, settings });
  const made = typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => newNode(`node-${i + 1}`)) : nodes;
  for (const node of made) client.create(nodeResource, node);
  manager.start();
  const settle = (untilMs?: number) => {
    manager.runToRest();
    const options = { foregroundOnly: untilMs === undefined };
    for (let due = manager.nextDueAtMs(options); due !== undefined; due = manager.nextDueAtMs(options)) {
      if (due > (untilMs ?? Number.POSITIVE_INFINITY)) break;
      const next = manager.nextDueAtMs() ?? due;
      clock.advanceTo(next);
      manager.runDue(clock.nowMs());
    }
    if (untilMs !== undefined) clock.advanceTo(untilMs);
  };
  return {
    client,
    clock,
    manager,
    settle,
    advance: (ms) => settle(clock.nowMs() + ms),
    events: (kind) =>
      store
        .list('events')
        .map((e) => e as Parameters<typeof eventResource.table.row>[0])
        .filter((e) => kind === undefined || e.involvedObject.kind === kind)
        .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
        .map((e) => `${e.type} ${e.reason} ${e.message}${(e.count ?? 1) > 1 ? ` (x${e.count})` : ''}`),
  };
}

export function newNode(
  name: string,
  more: { labels?: Record<string, string>; spec?: Node['spec']; cpu?: string } = {},
): Node {
  const amounts = { cpu: more.cpu ?? '1', memory: '3840Mi', pods: '110', 'ephemeral-storage': '0' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
    spec: more.spec ?? {},
    status: { capacity: amounts, allocatable: amounts },
  };
}
