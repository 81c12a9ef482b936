// Makes a cluster out of nothing: the system's namespaces and roles, the `kubernetes` Service, the objects of a starter or file.
// Called by: sim/cluster.ts on start. Must not know: where the objects came from, the disk.
import { ensurePolicy } from '../apiserver/bootstrappolicy.ts';
import type { ApiRequest, ApiResponse } from '../apiserver/types.ts';
import type { LoopbackClient } from '../client/loopback.ts';
import type { ClusterSettings } from '../controllers/controller.ts';
import { apiServerAddress, ensureKubernetesService } from '../controllers/kubernetesservice.ts';
import { recordKubeletStart, recordNodeStatus } from '../controllers/nodeevents.ts';
import { createRecorder } from '../controllers/recorder.ts';
import { formatMicroTime } from '../machinery/clock.ts';
import { clone } from '../machinery/meta.ts';
import type { Random } from '../machinery/random.ts';
import { StatusError, type Status } from '../machinery/status.ts';
import {
  groupVersionString,
  parseGroupVersion,
  type GroupVersionResource,
  type KubeObject,
} from '../machinery/types.ts';
import { resourceDefinitions } from '../resources/index.ts';
import { lease, type Lease } from '../resources/lease.ts';
import { namespace } from '../resources/namespace.ts';
import { node, type Node } from '../resources/node.ts';
import { priorityClass, systemPriorityClasses } from '../resources/priorityclass.ts';
import { registerNode } from './nodes.ts';

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

export interface BootstrapOptions {
  client: LoopbackClient;
  handle(request: ApiRequest): ApiResponse;
  random: Random;
  settings: ClusterSettings;
  /** Lets controllers work, so that kinds which the objects define come to be. */
  settle(): void;
  /** Kubernetes objects, Nodes among them; Lists are allowed. Not changed. */
  objects: readonly KubeObject[];
}

/**
 * Creates everything at the client's current instant. Controllers have not run yet when it returns, unless there are objects
 * of kinds that other objects define. @throws StatusError with the server's refusal of an object.
 */
export function bootstrap(options: BootstrapOptions): void {
  const { client, random, settings } = options;
  const recorder = createRecorder({ client, random, component: 'kubelet' });
  const objects = options.objects.flatMap((object) => itemsOf(clone(object)));
  for (const name of SYSTEM_NAMESPACES) client.create(namespace, { metadata: { name }, spec: {} });
  ensurePolicy(client);
  const nodes = objects.filter((object): object is Node => object.kind === 'Node' && object.apiVersion === 'v1');
  nodes.forEach((item, index) => {
    registerNode(item, { nowMs: client.clock.nowMs(), random, index, version: settings.version });
    createLease(client, client.create(node, item));
    recordKubeletStart(recorder, item.metadata.name);
    recordNodeStatus(recorder, item.metadata.name, 'NodeReady');
  });
  ensureKubernetesService(client, apiServerAddress(nodes[0]));
  for (const { name, ...more } of systemPriorityClasses) client.create(priorityClass, { metadata: { name }, ...more });
  const others = objects.filter(({ kind, apiVersion }) => kind !== 'Node' || apiVersion !== 'v1');
  const custom: KubeObject[] = [];
  for (const object of others) {
    const place = builtIn(object);
    if (object.kind === 'Pod') markStatic(object, client);
    if (place) post(options, object, place);
    else custom.push(object);
  }
  if (custom.length > 0) options.settle();
  for (const object of custom) post(options, object, discovered(options, object));
}

/** What a kubelet holds to show that its node is alive. */
function createLease(client: LoopbackClient, { metadata: { name, uid = '' } }: Node): void {
  const time = formatMicroTime(client.clock.nowMs());
  client.create(lease, {
    metadata: { name, namespace: 'kube-node-lease', ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, acquireTime: time, renewTime: time } as Lease['spec'],
  });
}

function itemsOf(object: KubeObject & { items?: KubeObject[] }): KubeObject[] {
  return object.kind.endsWith('List') && Array.isArray(object.items) ? object.items.flatMap(itemsOf) : [object];
}

/** A pod that the kubelet runs from a file: the server shows its mirror, owned by the node. */
function markStatic(pod: KubeObject & { spec?: { nodeName?: string } }, client: LoopbackClient): void {
  const { annotations } = pod.metadata;
  if (annotations?.['kubernetes.io/config.source'] !== 'file') return;
  const owner = client.get(node, { name: pod.spec?.nodeName ?? '' });
  if (!owner) return;
  pod.metadata.ownerReferences = [
    { apiVersion: 'v1', kind: 'Node', name: owner.metadata.name, uid: owner.metadata.uid ?? '', controller: true },
  ];
  annotations['kubernetes.io/config.mirror'] = 'static';
}

interface Place {
  gvr: GroupVersionResource;
  namespaced: boolean;
}

function post({ handle }: BootstrapOptions, object: KubeObject, found: Place | undefined): void {
  if (!found) throw new Error(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
  const scope = found.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
  const prefix = found.gvr.group === '' ? '/api' : '/apis';
  const response = handle({
    method: 'POST',
    path: `${prefix}/${groupVersionString(found.gvr)}${scope}/${found.gvr.resource}`,
    query: new URLSearchParams({ fieldValidation: 'Strict' }),
    headers: { 'content-type': 'application/json' },
    body: object,
  });
  if (response.status >= 400) throw new StatusError(response.body as Status);
}

function builtIn(object: KubeObject): Place | undefined {
  for (const { gvr, kind, namespaced, versions } of resourceDefinitions) {
    const served = [{ gvr, kind }, ...(versions ?? [])];
    const match = served.find((v) => v.kind === object.kind && groupVersionString(v.gvr) === object.apiVersion);
    if (match) return { gvr: match.gvr, namespaced };
  }
  return undefined;
}

/** Returns the place of a kind that the server has come to serve. */
function discovered({ handle }: BootstrapOptions, { apiVersion, kind }: KubeObject): Place | undefined {
  const path = `/apis/${apiVersion}`;
  const { body } = handle({ method: 'GET', path, query: new URLSearchParams(), headers: {}, body: undefined });
  const { resources } = (body ?? {}) as { resources?: { name: string; kind: string; namespaced: boolean }[] };
  const found = resources?.find((resource) => resource.kind === kind && !resource.name.includes('/'));
  return found && { gvr: { ...parseGroupVersion(apiVersion), resource: found.name }, namespaced: found.namespaced };
}
