// A cluster of kubelets for tests: the API server's registry on a memory store, one manager, a clock that tests move.
import { admissionPlugins } from '../../src/apiserver/admission.plugins.ts';
import { createLoopbackClient } from '../../src/apiserver/loopback.ts';
import { TokenAuthority } from '../../src/apiserver/tokens.ts';
import { Registry } from '../../src/apiserver/registry.ts';
import type { LoopbackClient } from '../../src/client/loopback.ts';
import type { ClusterSettings, Controller } from '../../src/controllers/controller.ts';
import { createManager, type Manager } from '../../src/controllers/manager.ts';
import { createNodeConnector } from '../../src/kubelet/connector.ts';
import { kubeletController } from '../../src/kubelet/kubelet.ts';
import type { ContainerStatus, PodStatus } from '../../src/kubelet/apitypes.ts';
import type { NodeConnector } from '../../src/kubelet/types.ts';
import { SettableClock } from '../../src/machinery/clock.ts';
import { Random } from '../../src/machinery/random.ts';
import type { Event } from '../../src/resources/event.ts';
import { namespace as namespaceResource } from '../../src/resources/namespace.ts';
import { node as nodeResource, type Node } from '../../src/resources/node.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
import { createMemoryStore } from '../../src/storage/memory.ts';

export const START_MS = Date.parse('2026-11-23T14:00:00Z');

export const settings: ClusterSettings = {
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  clusterDomain: 'cluster.local',
  version: 'v1.35.2',
  allowsLegacyApis: false,
  loadBalancer: 'none',
};

export interface KubeletCluster {
  client: LoopbackClient;
  connector: NodeConnector;
  clock: SettableClock;
  manager: Manager;
  random: Random;
  /** Creates a pod on node-1 unless it names a node. */
  run(spec: Partial<Pod['spec']> & { name?: string }): void;
  pod(name?: string): Pod;
  status(name?: string): PodStatus;
  /** The only container, or the one named. */
  container(name?: string, pod?: string): ContainerStatus;
  /** Runs to rest and on, until only background work is due. */
  settle(): void;
  /** Lets time pass, running what is due on the way. */
  advance(seconds: number): void;
  /** `5s Normal Pulled message (x2)`: seconds since the start, of everything that happened to pods, oldest first. */
  events(name?: string): string[];
  /** Phase and states as a line: `Running web=running(0) log=waiting:ErrImagePull(0)`. */
  line(name?: string): string;
}

export function newNode(name: string, index: number): Node {
  const amounts = { cpu: '4', memory: '8Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR: `10.244.${index}.0/24` },
    status: {
      capacity: amounts,
      allocatable: amounts,
      addresses: [{ type: 'InternalIP', address: `192.168.49.${index + 2}` }],
    },
  };
}

export function createKubeletCluster(nodes = 1, controllers: readonly Controller[] = []): KubeletCluster {
  const clock = new SettableClock(START_MS);
  const random = new Random('test');
  const store = createMemoryStore();
  const plugins = admissionPlugins.filter(({ name }) => name !== 'ServiceAccount');
  const registry = new Registry({
    store,
    clock,
    random,
    admission: () => plugins,
  });
  const client = createLoopbackClient(registry, new TokenAuthority(registry.context));
  const connector = createNodeConnector({ client, clock, random, settings });
  const manager = createManager({
    controllers: [...controllers, kubeletController],
    store,
    client,
    clock,
    random,
    settings,
  });
  for (const name of ['default', 'kube-system']) client.create(namespaceResource, { metadata: { name }, spec: {} });
  for (let i = 0; i < nodes; i++) client.create(nodeResource, newNode(`node-${i + 1}`, i));
  manager.start();
  const pass = (limitMs: number, foregroundOnly: boolean): void => {
    manager.runToRest();
    for (;;) {
      const wanted = manager.nextDueAtMs({ foregroundOnly });
      if (wanted === undefined || wanted > limitMs) return;
      clock.advanceTo(manager.nextDueAtMs() ?? wanted);
      manager.runDue(clock.nowMs());
    }
  };
  const cluster: KubeletCluster = {
    client,
    connector,
    clock,
    manager,
    random,
    run({ name = 'web', ...spec }) {
      client.create(podResource, {
        metadata: { name, namespace: 'default' },
        spec: { nodeName: 'node-1', automountServiceAccountToken: false, containers: [], ...spec },
      });
      manager.runToRest();
    },
    pod(name = 'web') {
      const found = client.get(podResource, { namespace: 'default', name });
      if (!found) throw new Error(`no pod ${name}`);
      return found;
    },
    status: (name) => cluster.pod(name).status as PodStatus,
    container(name, podName) {
      const { initContainerStatuses = [], containerStatuses = [] } = cluster.status(podName);
      const all = [...initContainerStatuses, ...containerStatuses];
      const found = name === undefined ? all[0] : all.find((c) => c.name === name);
      if (!found) throw new Error(`no container ${name}`);
      return found;
    },
    settle: () => pass(Number.POSITIVE_INFINITY, true),
    advance(seconds) {
      const limitMs = clock.nowMs() + seconds * 1000;
      pass(limitMs, false);
      clock.advanceTo(limitMs);
    },
    events: (name = 'web') =>
      store
        .list('events')
        .map((e) => e as Event)
        .filter((e) => e.involvedObject.name === name)
        .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
        .map((e) => {
          const at = (Date.parse(e.lastTimestamp ?? '') - START_MS) / 1000;
          return `${at}s ${e.type} ${e.reason} ${e.message}${(e.count ?? 1) > 1 ? ` (x${e.count})` : ''}`;
        }),
    line(name) {
      const status = cluster.status(name);
      const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
      const states = all.map((c) => {
        const { waiting, running, terminated } = c.state;
        const state = waiting
          ? `waiting:${waiting.reason}`
          : running
            ? `running${c.ready ? '' : ':unready'}`
            : `${terminated?.reason}:${terminated?.exitCode}`;
        return `${c.name}=${state}(${c.restartCount})`;
      });
      return [status.phase, ...states].join(' ');
    },
  };
  return cluster;
}
