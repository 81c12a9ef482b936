// What people do to a cluster, as fast-check draws it: requests, faults, and time that passes.
// Called by: test/sim/*.test.ts.
import { constantFrom, nat, oneof, record, type Arbitrary } from 'fast-check';
import type { ApiResponse } from '../../src/apiserver/types.ts';
import { setNodeFault } from '../../src/kubelet/faults.ts';
import type { Pod } from '../../src/resources/pod.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { CPU_PER_NODE, NODES, type World } from './world.ts';

export type Step =
  | { do: 'create'; kind: Kind; name: string; image: string; size: number }
  | { do: 'scale'; kind: 'deployments' | 'statefulsets'; name: string; size: number }
  | { do: 'image'; kind: 'deployments' | 'daemonsets' | 'statefulsets'; name: string; image: string }
  | { do: 'delete'; kind: Kind; name: string; policy: 'Background' | 'Foreground' | 'Orphan' }
  | { do: 'deletePod' | 'relabelPod' | 'finishPod'; pick: number }
  | { do: 'node'; name: string; what: 'fail' | 'recover' | 'cordon' | 'uncordon' | 'taint' | 'untaint' | 'delete' }
  | { do: 'namespace'; what: 'create' | 'delete' }
  | { do: 'advance'; ms: number }
  | { do: 'tick' | 'settle' };

type Kind = keyof typeof PATHS;

const PATHS = {
  deployments: '/apis/apps/v1',
  daemonsets: '/apis/apps/v1',
  statefulsets: '/apis/apps/v1',
  jobs: '/apis/batch/v1',
  cronjobs: '/apis/batch/v1',
  services: '/api/v1',
  configmaps: '/api/v1',
  pods: '/api/v1',
} as const;

const NAMES = ['web', 'api'];
/** Ones that run, one that is not there, one that ends at once. */
const IMAGES = ['nginx:1.25', 'nginx:1.26', 'redis:7', 'nginx:1.no', 'busybox'];
const SETTLE_MS = 600_000;

const name = constantFrom(...NAMES);
const image = constantFrom(...IMAGES);
const pick = nat(40);

export const step: Arbitrary<Step> = oneof(
  {
    weight: 8,
    arbitrary: record({
      do: constantFrom('create' as const),
      kind: constantFrom<Kind>('deployments', 'deployments', ...(Object.keys(PATHS) as Kind[])),
      name,
      image,
      size: nat(5),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('scale' as const),
      kind: constantFrom('deployments' as const, 'deployments' as const, 'statefulsets' as const),
      name,
      size: nat(8),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('image' as const),
      kind: constantFrom('deployments' as const, 'daemonsets' as const, 'statefulsets' as const),
      name,
      image,
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('delete' as const),
      kind: constantFrom<Kind>(...(Object.keys(PATHS) as Kind[])),
      name,
      policy: constantFrom('Background' as const, 'Foreground' as const, 'Orphan' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: record({ do: constantFrom('deletePod' as const, 'relabelPod' as const, 'finishPod' as const), pick }),
  },
  {
    weight: 4,
    arbitrary: record({
      do: constantFrom('node' as const),
      name: constantFrom(...NODES),
      what: constantFrom(
        'fail' as const,
        'recover' as const,
        'recover' as const,
        'cordon' as const,
        'uncordon' as const,
        'taint' as const,
        'untaint' as const,
        'delete' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      do: constantFrom('namespace' as const),
      what: constantFrom('create' as const, 'delete' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: record({
      do: constantFrom('advance' as const),
      ms: constantFrom(1, 700, 1000, 3000, 10_000, 45_000, 61_000, 320_000, 900_000),
    }),
  },
  { weight: 4, arbitrary: record({ do: constantFrom('tick' as const, 'settle' as const) }) },
);

/** Performs a step as one command and returns what the person saw. @throws Error when the server fails inside. */
export async function perform(world: World, todo: Step): Promise<unknown> {
  return world.command(async (cluster, { clock }) => {
    const { loop } = cluster;
    if (todo.do === 'advance') return loop.advanceTo(clock.nowMs() + todo.ms);
    if (todo.do === 'tick') return loop.step();
    if (todo.do === 'settle') return loop.settle(SETTLE_MS);
    if (todo.do === 'node' && (todo.what === 'fail' || todo.what === 'recover')) {
      setNodeFault(cluster.client, todo.name, todo.what === 'fail' ? { isDown: true } : undefined);
      return loop.runToRest();
    }
    const response = request(cluster, todo);
    await loop.runToRest();
    if (response && response.status >= 500) throw new Error(`${response.status} ${JSON.stringify(response.body)}`);
    return response && { status: response.status, body: JSON.stringify(response.body) };
  });
}

function request(cluster: Cluster, todo: Step): ApiResponse | undefined {
  switch (todo.do) {
    case 'create':
      return send(cluster, 'POST', pathOf(todo.kind), objectOf(todo));
    case 'scale':
      return patch(cluster, pathOf(todo.kind, todo.name), { spec: { replicas: todo.size } });
    case 'image': {
      const containers = [{ name: 'main', image: todo.image, command: commandOf(todo.image) }];
      return patch(cluster, pathOf(todo.kind, todo.name), { spec: { template: { spec: { containers } } } });
    }
    case 'delete':
      return send(cluster, 'DELETE', pathOf(todo.kind, todo.name), { propagationPolicy: todo.policy });
    case 'deletePod':
    case 'relabelPod':
    case 'finishPod':
      return toPod(cluster, todo.do, todo.pick);
    case 'node':
      return toNode(cluster, todo.name, todo.what);
    case 'namespace':
      return todo.what === 'create'
        ? send(cluster, 'POST', '/api/v1/namespaces', { metadata: { name: 'team' } })
        : send(cluster, 'DELETE', '/api/v1/namespaces/team', {});
    default:
      return undefined;
  }
}

/** The names of some kinds live in a namespace of their own, which may be missing. */
function pathOf(kind: Kind, objectName?: string): string {
  const namespace = kind === 'cronjobs' || (kind === 'configmaps' && objectName === 'api') ? 'team' : 'default';
  return `${PATHS[kind]}/namespaces/${namespace}/${kind}${objectName === undefined ? '' : `/${objectName}`}`;
}

function toPod(
  cluster: Cluster,
  what: 'deletePod' | 'relabelPod' | 'finishPod',
  place: number,
): ApiResponse | undefined {
  const pods: readonly Pod[] = cluster.client.list(podResource, 'default');
  const found = pods[place % Math.max(1, pods.length)];
  if (!found) return undefined;
  const path = `/api/v1/namespaces/default/pods/${found.metadata.name}`;
  if (what === 'deletePod') return send(cluster, 'DELETE', path, {});
  if (what === 'relabelPod') return patch(cluster, path, { metadata: { labels: { app: 'other' } } });
  return send(cluster, 'DELETE', path, { gracePeriodSeconds: 0 });
}

function toNode(cluster: Cluster, nodeName: string, what: string): ApiResponse {
  const path = `/api/v1/nodes/${nodeName}`;
  if (what === 'delete') return send(cluster, 'DELETE', path, {});
  if (what === 'cordon' || what === 'uncordon')
    return patch(cluster, path, { spec: { unschedulable: what === 'cordon' ? true : null } });
  const taint = { key: 'test', value: 'x', effect: 'NoExecute' };
  return patch(cluster, path, {
    spec: { taints: [what === 'taint' ? taint : { $patch: 'delete', key: 'test', effect: 'NoExecute' }] },
  });
}

function commandOf(imageName: string): string[] | null {
  return imageName === 'busybox' ? ['sh', '-c', 'echo once; exit 1'] : null;
}

function podSpec(imageName: string, extra: object = {}): object {
  const resources = { requests: { cpu: '300m', memory: '64Mi' } };
  const command = commandOf(imageName);
  return { containers: [{ name: 'main', image: imageName, resources, ...(command ? { command } : {}) }], ...extra };
}

function objectOf({ kind, name: objectName, image: imageName, size }: Step & { do: 'create' }): object {
  const labels = { app: objectName };
  const metadata = { name: objectName, labels };
  const template = { metadata: { labels }, spec: podSpec(imageName) };
  const once = { metadata: { labels }, spec: podSpec(imageName, { restartPolicy: 'Never' }) };
  const selector = { matchLabels: labels };
  switch (kind) {
    case 'deployments':
      return { metadata, spec: { replicas: size, selector, template } };
    case 'statefulsets':
      return {
        metadata,
        spec: { replicas: size, selector: { matchLabels: { app: objectName } }, serviceName: objectName, template },
      };
    case 'daemonsets':
      return {
        metadata,
        spec: {
          selector: { matchLabels: { daemon: objectName } },
          template: { ...template, metadata: { labels: { daemon: objectName } } },
        },
      };
    case 'jobs':
      return { metadata, spec: { completions: size, parallelism: 2, backoffLimit: 2, template: once } };
    case 'cronjobs':
      return {
        metadata: { ...metadata, namespace: 'team' },
        spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: once } } },
      };
    case 'services':
      return { metadata, spec: { selector: labels, ports: [{ port: 80 }] } };
    case 'configmaps':
      return { metadata, data: { size: String(size) } };
    case 'pods':
      return { metadata, spec: podSpec(imageName, size === 5 ? { nodeSelector: { disk: CPU_PER_NODE } } : {}) };
  }
}

function send({ server }: Cluster, method: string, path: string, body: object): ApiResponse {
  return server.handle({
    method,
    path,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json' },
    body,
  });
}

function patch({ server }: Cluster, path: string, body: object): ApiResponse {
  return server.handle({
    method: 'PATCH',
    path,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
    body,
  });
}
