// A cluster for controllers' tests: the API server on a memory store, and a kubelet of few lines that starts every pod.
import { admissionPlugins } from '../../src/apiserver/admission.plugins.ts';
import { createLoopbackClient } from '../../src/apiserver/loopback.ts';
import { TokenAuthority } from '../../src/apiserver/tokens.ts';
import { Registry } from '../../src/apiserver/registry.ts';
import type { LoopbackClient } from '../../src/client/loopback.ts';
import type { ClusterSettings, Controller, PodUsageReader } from '../../src/controllers/controller.ts';
import { createManager, type Manager, type ManagerSnapshot } from '../../src/controllers/manager.ts';
import { self } from '../../src/controllers/enqueue.ts';
import { nodeLifecycleController } from '../../src/controllers/nodelifecycle.ts';
import { serviceAccountController } from '../../src/controllers/serviceaccount.ts';
import { formatTime, parseTime, SettableClock } from '../../src/machinery/clock.ts';
import { clone, isDeleting, parseKey } from '../../src/machinery/meta.ts';
import { Random } from '../../src/machinery/random.ts';
import { newForbidden } from '../../src/machinery/status.ts';
import { groupResourceString, type KubeObject } from '../../src/machinery/types.ts';
import type { Event } from '../../src/resources/event.ts';
import { namespace as namespaceResource } from '../../src/resources/namespace.ts';
import { node as nodeResource, type Node } from '../../src/resources/node.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
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

/** The API server's own registry and loopback client; `refuse` stands for an admission plugin such as a quota. */
export interface TestClient extends LoopbackClient {
  store: Store;
  /** Refuses a creation by returning why. */
  refuse(resource: string, object: KubeObject): string | undefined;
}

function createTestClient(clock: SettableClock, random: Random): TestClient {
  const store = createMemoryStore();
  const registry = new Registry({ store, clock, random, admission: () => admissionPlugins });
  const loopback = createLoopbackClient(registry, new TokenAuthority(registry.context));
  const client: TestClient = {
    ...loopback,
    as: () => client,
    store,
    refuse: () => undefined,
    create(definition, object) {
      const resource = groupResourceString(definition.gvr);
      const why = client.refuse(resource, object as unknown as KubeObject);
      if (why !== undefined)
        throw newForbidden(definition.gvr, object.metadata.name ?? `${object.metadata.generateName}x`, why);
      return loopback.create(definition, object);
    },
  };
  for (const name of ['default', 'kube-system']) client.create(namespaceResource, { metadata: { name }, spec: {} });
  return client;
}

/** Without these no pod gets on a node. */
const BASIC: readonly Controller[] = [serviceAccountController, nodeLifecycleController];

/** Two seconds after its binding a pod is ready, or has ended when its image is 'exit-N'; a deleted one goes after one second. */
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
    const [, exitCode] = /^exit-(\d+)$/.exec(pod.spec.containers[0]?.image ?? '') ?? [];
    if (exitCode !== undefined && pod.spec.restartPolicy !== 'Always') {
      changed.status.phase = exitCode === '0' ? 'Succeeded' : 'Failed';
      const terminated = { exitCode: Number(exitCode), finishedAt: formatTime(nowMs) };
      const status = { name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } };
      changed.status.containerStatuses = [status];
      client.updateStatus(podResource, changed);
      return;
    }
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: formatTime(nowMs) };
    changed.status.phase = 'Running';
    changed.status.startTime = boundAt ?? formatTime(nowMs);
    changed.status.podIP = `10.244.0.${client.list(podResource).indexOf(pod) + 2}`;
    changed.status.conditions = [...(pod.status.conditions ?? []), ready];
    client.updateStatus(podResource, changed);
  },
};

export interface TestCluster {
  client: TestClient;
  clock: SettableClock;
  manager: Manager;
  /** Puts a new manager in place of this one, with the saved due times or without. */
  restart(how: 'restore' | 'resync'): void;
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
  podUsage?: PodUsageReader,
): TestCluster {
  const clock = new SettableClock(START_MS);
  const random = new Random('test');
  const client = createTestClient(clock, random);
  const { store } = client;
  const all = [
    serviceAccountController,
    nodeLifecycleController,
    ...controllers.filter((c) => !BASIC.includes(c)),
    kubelet,
  ];
  const newManager = () =>
    createManager({
      controllers: all,
      store,
      client,
      clock,
      random,
      settings,
      ...(podUsage ? { podUsage } : {}),
    });
  const made = typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => newNode(`node-${i + 1}`)) : nodes;
  for (const node of made) client.create(nodeResource, node);
  const settle = (untilMs?: number) => {
    const { manager } = cluster;
    manager.runToRest();
    const options = { foregroundOnly: untilMs === undefined };
    for (let due = manager.nextDueAtMs(options); due !== undefined; due = manager.nextDueAtMs(options)) {
      if (due > (untilMs ?? Number.POSITIVE_INFINITY)) break;
      clock.advanceTo(manager.nextDueAtMs() ?? due);
      manager.runDue(clock.nowMs());
    }
    if (untilMs !== undefined) clock.advanceTo(untilMs);
  };
  const cluster: TestCluster = {
    client,
    clock,
    manager: newManager(),
    restart(how) {
      const saved = JSON.parse(JSON.stringify(cluster.manager.snapshot())) as ManagerSnapshot;
      cluster.manager = newManager();
      if (how === 'resync') cluster.manager.start();
      else if (!cluster.manager.restore(saved)) throw new Error('the snapshot does not fit');
    },
    settle,
    advance: (ms) => settle(clock.nowMs() + ms),
    events: (kind) =>
      (store.list('events') as readonly Event[])
        .filter((e) => kind === undefined || e.involvedObject.kind === kind)
        .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
        .map((e) => `${e.type} ${e.reason} ${e.message}${(e.count ?? 1) > 1 ? ` (x${e.count})` : ''}`),
  };
  cluster.manager.start();
  return cluster;
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
    status: {
      capacity: amounts,
      allocatable: amounts,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          lastTransitionTime: formatTime(START_MS),
          reason: 'KubeletReady',
          message: '',
        },
      ],
    },
  };
}
