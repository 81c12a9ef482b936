// The kubelets of all nodes as one controller, keyed by pod: each pod's stages, then its phase and conditions.
// Called by: controllers/manager.ts through sim. Must not know: HTTP, the disk.
import type { Controller, ControllerContext, ControllerWatch, ReconcileResult } from '../controllers/controller.ts';
import { keyOf, keyString, parseKey } from '../machinery/meta.ts';
import type { KubeObject } from '../machinery/types.ts';
import { configMap } from '../resources/configmap.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { node as nodeResource } from '../resources/node.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { secret } from '../resources/secret.ts';
import type { StoredEvent } from '../storage/types.ts';
import { isNodeDown, nodeFaults } from './faults.ts';
import { networkIndexes } from '../network/indexes.ts';
import { endpointSlice } from '../resources/endpointslice.ts';
import { service as serviceResource } from '../resources/service.ts';
import { NODE_NAME_INDEX, nodeIndexes } from './nodes.ts';
import { deletePodRecord, podRecords, recordIn } from './podrecord.ts';
import { NETWORK_INDEX, usesNetwork } from './requestload.ts';
import { runOf } from './runof.ts';
import { refreshNetwork } from './scriptnetwork.ts';
import { projectStatus } from './podstatus.ts';
import { runStages } from './stages.ts';
import { PodWork } from './work.ts';

const SOURCES_INDEX = 'volumeAndEnvSources';

function watch(
  definition: unknown,
  enqueue: (event: StoredEvent, context: ControllerContext) => Iterable<string>,
): ControllerWatch {
  return { definition: definition as ResourceDefinition, enqueue };
}

/** Pods on a node: when its fault goes, they are looked at again. */
function podsOfNode({ object }: StoredEvent, { client }: ControllerContext): string[] {
  return client.byIndex(podResource, NODE_NAME_INDEX, object.metadata.name).map(keyOf);
}

function podsThatUse(kind: 'configmap' | 'secret') {
  return ({ object }: StoredEvent, { client }: ControllerContext): string[] =>
    client
      .byIndex(podResource, SOURCES_INDEX, `${kind}/${keyOf(object)}`)
      .filter(isWaiting)
      .map(keyOf);
}

/** Pods whose scripts use the network: what they reach may have come or gone. */
function podsThatCall(_event: StoredEvent, { client }: ControllerContext): string[] {
  return client.byIndex(podRecords, NETWORK_INDEX, 'yes').map(keyOf);
}

/** Looks again at what running scripts of a pod reach. */
function refreshNetworks(work: PodWork): void {
  if (!usesNetwork(work.record)) return;
  const { client, random, settings } = work.context;
  for (const container of work.allContainers) {
    const status = work.statusOf(container.name);
    if (status?.state.running) refreshNetwork({ client, random, settings }, runOf(work, container, status));
  }
}

/** Files of a running container change under it; only what waits for a source need be told. */
function isWaiting(pod: Pod): boolean {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
  return [...initContainerStatuses, ...containerStatuses].some(({ state }) => state?.waiting);
}

/** Returns 'configmap/default/settings' and the like for everything a pod takes files or variables from. */
function sourcesOf(object: KubeObject): string[] {
  const { metadata, spec } = object as Pod;
  const found = new Set<string>();
  const add = (kind: 'configmap' | 'secret', name: string | undefined): void => {
    if (name) found.add(`${kind}/${keyString({ namespace: metadata.namespace, name })}`);
  };
  for (const { configMap: map, secret: hidden, projected } of spec.volumes ?? []) {
    add('configmap', map?.name);
    add('secret', hidden?.secretName);
    for (const source of projected?.sources ?? []) {
      if (source.configMap?.name !== 'kube-root-ca.crt') add('configmap', source.configMap?.name);
      add('secret', source.secret?.name);
    }
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const { configMapRef, secretRef } of container.envFrom ?? []) {
      add('configmap', configMapRef?.name);
      add('secret', secretRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      add('configmap', valueFrom?.configMapKeyRef?.name);
      add('secret', valueFrom?.secretKeyRef?.name);
    }
  }
  return [...found];
}

export const kubeletController: Controller = {
  name: 'kubelet',
  fieldManager: 'kubelet',
  watches: [
    watch(podResource, ({ object }) => ((object as Pod).spec.nodeName ? [keyOf(object)] : [])),
    watch(podRecords, ({ object, type }) => (type === 'DELETED' ? [] : [keyOf(object)])),
    watch(nodeFaults, podsOfNode),
    watch(serviceResource, podsThatCall),
    watch(endpointSlice, podsThatCall),
    watch(nodeResource, (event, context) => (event.type === 'ADDED' ? podsOfNode(event, context) : [])),
    watch(configMap, podsThatUse('configmap')),
    watch(secret, podsThatUse('secret')),
  ],
  indexes: [
    ...nodeIndexes,
    ...networkIndexes,
    { definition: podRecords, name: NETWORK_INDEX, index: (object) => (usesNetwork(recordIn(object)) ? ['yes'] : []) },
    { definition: podResource as unknown as ResourceDefinition, name: SOURCES_INDEX, index: sourcesOf },
  ],
  reconcile(context, key): ReconcileResult | void {
    const { client } = context;
    const objectKey = parseKey(key);
    const pod = client.get(podResource, objectKey);
    if (!pod) return deletePodRecord(client.internal, objectKey);
    const nodeName = pod.spec.nodeName;
    const node = nodeName ? client.get(nodeResource, { name: nodeName }) : undefined;
    if (!node || isNodeDown(client, node.metadata.name)) return undefined;
    const work = new PodWork(context, pod, node);
    refreshNetworks(work);
    const due = runStages(work);
    projectStatus(work);
    work.commit();
    return due ? { requeueAtMs: due.atMs, isBackground: due.isBackground ?? false } : undefined;
  },
};
