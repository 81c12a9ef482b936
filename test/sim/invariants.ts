// What holds in every cluster at rest, whatever was done to it: each rule returns a line for everything that breaks it.
// Called by: test/sim/*.test.ts.
import { parseQuantity, milliValue } from '../../src/machinery/quantity.ts';
import { labelSelectorAsSelector, matchesLabels, selectorFromSet } from '../../src/machinery/selectors.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import type { DaemonSet } from '../../src/resources/daemonset.ts';
import type { Deployment } from '../../src/resources/deployment.ts';
import type { Endpoints } from '../../src/resources/endpoints.ts';
import type { EndpointSlice } from '../../src/resources/endpointslice.ts';
import type { Job } from '../../src/resources/job.ts';
import type { Node } from '../../src/resources/node.ts';
import type { Pod } from '../../src/resources/pod.ts';
import type { ReplicaSet } from '../../src/resources/replicaset.ts';
import type { Service } from '../../src/resources/service.ts';
import type { StatefulSet } from '../../src/resources/statefulset.ts';
import type { ResourceObjects } from '../../src/storage/memory.ts';

class Everything {
  readonly all: readonly ResourceObjects[];
  constructor(all: readonly ResourceObjects[]) {
    this.all = all;
  }
  of<T extends KubeObject>(resource: string): readonly T[] {
    return (this.all.find((entry) => entry.resource === resource)?.objects ?? []) as readonly T[];
  }
  get pods(): readonly Pod[] {
    return this.of('pods');
  }
  ownedBy(owner: KubeObject): Pod[] {
    return this.pods.filter((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid));
  }
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
}
const isOver = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
const isActive = (pod: Pod): boolean => !isOver(pod) && pod.metadata.deletionTimestamp === undefined;
const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

type Rule = (everything: Everything) => Iterable<string>;

export const rules: Readonly<Record<string, Rule>> = {
  *'every pod that has a node has one that exists'(everything) {
    const nodes = new Set(everything.of('nodes').map(({ metadata }) => metadata.name));
    for (const pod of everything.pods)
      if (pod.spec.nodeName && !nodes.has(pod.spec.nodeName)) yield `${nameOf(pod)} on ${pod.spec.nodeName}`;
  },

  *'no node holds more than it has'(everything) {
    for (const node of everything.of<Node>('nodes')) {
      const there = everything.pods.filter((pod) => pod.spec.nodeName === node.metadata.name && !isOver(pod));
      const { cpu = '0', pods = '0' } = node.status.allocatable ?? {};
      if (there.length > Number(pods)) yield `${nameOf(node)}: ${there.length} pods of ${pods}`;
      const requests = there.flatMap((pod) => pod.spec.containers.map((c) => c.resources?.requests?.['cpu'] ?? '0'));
      const usedMilli = requests.reduce((sum, request) => sum + milliValue(parseQuantity(request)), 0);
      if (usedMilli > milliValue(parseQuantity(cpu))) yield `${nameOf(node)}: ${usedMilli}m of ${cpu}`;
    }
  },

  *'nothing is being deleted for ever'(everything) {
    for (const { objects } of everything.all)
      for (const object of objects) if (object.metadata.deletionTimestamp) yield nameOf(object);
  },

  *'every owner exists'(everything) {
    const uids = new Set(everything.all.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.uid)));
    for (const { objects } of everything.all)
      for (const object of objects)
        for (const { uid, kind, name } of object.metadata.ownerReferences ?? [])
          if (!uids.has(uid)) yield `${nameOf(object)}: ${kind} ${name}`;
  },

  *'every uid and every resourceVersion is given once'(everything) {
    for (const field of ['uid', 'resourceVersion'] as const) {
      const seen = new Map<string, string>();
      for (const { objects } of everything.all)
        for (const object of objects) {
          const value = object.metadata[field];
          if (value === undefined) continue;
          const other = seen.get(value);
          if (other !== undefined) yield `${field} ${value}: ${other}, ${nameOf(object)}`;
          seen.set(value, nameOf(object));
        }
    }
  },

  *'every namespaced object lies in a namespace that exists'(everything) {
    const namespaces = new Set(everything.of('namespaces').map(({ metadata }) => metadata.name));
    for (const { objects } of everything.all)
      for (const object of objects)
        if (object.metadata.namespace !== undefined && !namespaces.has(object.metadata.namespace)) yield nameOf(object);
  },

  *'a replica set has the pods it asks for'(everything) {
    for (const set of everything.of<ReplicaSet>('replicasets.apps')) {
      const pods = everything.ownedBy(set).filter(isActive);
      const found = { asked: set.spec.replicas, replicas: pods.length, ready: pods.filter(isReady).length };
      const told = {
        asked: pods.length,
        replicas: set.status.replicas,
        ready: set.status.readyReplicas ?? 0,
      };
      if (JSON.stringify(found) !== JSON.stringify(told)) yield `${nameOf(set)}: ${JSON.stringify({ found, told })}`;
    }
  },

  *'a stateful set counts its pods, and has no number without those before it'(everything) {
    for (const set of everything.of<StatefulSet>('statefulsets.apps')) {
      const pods = everything.ownedBy(set);
      const found = [pods.length, pods.filter((pod) => pod.status.phase === 'Running' && isReady(pod)).length];
      const told = [set.status.replicas, set.status.readyReplicas ?? 0];
      if (String(found) !== String(told)) yield `${nameOf(set)}: ${found}, not ${told}`;
      const numbers = pods.map(({ metadata }) => Number(/\d+$/.exec(metadata.name)?.[0]));
      for (const number of numbers)
        if (number > 0 && !numbers.includes(number - 1)) yield `${nameOf(set)}: ${number} without ${number - 1}`;
    }
  },

  *'a deployment counts what its replica sets have'(everything) {
    for (const deployment of everything.of<Deployment>('deployments.apps')) {
      const { uid, generation } = deployment.metadata;
      const sets = everything
        .of<ReplicaSet>('replicasets.apps')
        .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
      const sum = (count: (set: ReplicaSet) => number | undefined) => sets.reduce((n, set) => n + (count(set) ?? 0), 0);
      const { spec, status } = deployment;
      if (status.observedGeneration !== generation)
        yield `${nameOf(deployment)}: generation ${generation} not observed`;
      if ((status.replicas ?? 0) !== sum((set) => set.status.replicas)) yield `${nameOf(deployment)}: replicas`;
      if ((status.readyReplicas ?? 0) !== sum((set) => set.status.readyReplicas)) yield `${nameOf(deployment)}: ready`;
      const surge = Math.ceil((spec.replicas ?? 1) / 4);
      if (sum((set) => set.spec.replicas) > (spec.replicas ?? 1) + surge) yield `${nameOf(deployment)}: too many`;
    }
  },

  *'a daemon set has at most one active pod a node'(everything) {
    for (const set of everything.of<DaemonSet>('daemonsets.apps')) {
      const nodes = everything.ownedBy(set).filter(isActive).map(nodeOfDaemon);
      if (new Set(nodes).size !== nodes.length) yield `${nameOf(set)}: ${nodes.join(' ')}`;
    }
  },

  *'a job counts its pods'(everything) {
    for (const job of everything.of<Job>('jobs.batch')) {
      const active = everything.ownedBy(job).filter(isActive).length;
      if ((job.status.active ?? 0) !== active) yield `${nameOf(job)}: ${job.status.active} active, there are ${active}`;
      const isComplete = job.status.conditions?.some((c) => c.type === 'Complete' && c.status === 'True') ?? false;
      if (isComplete && job.status.succeeded !== job.spec.completions && job.spec.completions !== 0)
        yield `${nameOf(job)}: complete with ${job.status.succeeded} of ${job.spec.completions}`;
    }
  },

  *'slices and endpoints hold the ready pods of a service, and no other'(everything) {
    for (const service of everything.of<Service>('services')) {
      const { selector } = service.spec;
      if (!selector) continue;
      const { name, namespace } = service.metadata;
      const wanted = everything.pods
        .filter((pod) => pod.metadata.namespace === namespace && isActive(pod) && isReady(pod))
        .filter((pod) => matchesLabels(selectorFromSet(selector), pod.metadata.labels ?? {}))
        .map((pod) => pod.metadata.name)
        .sort();
      const slices = everything
        .of<EndpointSlice>('endpointslices.discovery.k8s.io')
        .filter(({ metadata }) => metadata.namespace === namespace)
        .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
      const inSlices = slices
        .flatMap((slice) => slice.endpoints.filter((e) => e.conditions?.ready).map((e) => e.targetRef?.name ?? ''))
        .sort();
      if (inSlices.join() !== wanted.join()) yield `${nameOf(service)}: slices ${inSlices}, ready ${wanted}`;
      const endpoints = everything
        .of<Endpoints>('endpoints')
        .find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
      const addresses = (endpoints?.subsets ?? [])
        .flatMap((subset) => (subset.addresses ?? []).map((address) => address.targetRef?.name ?? ''))
        .sort();
      if (addresses.join() !== wanted.join()) yield `${nameOf(service)}: endpoints ${addresses}, ready ${wanted}`;
    }
  },

  *'addresses are given once, from the range of the node'(everything) {
    const seen = new Map<string, string>();
    for (const pod of everything.pods) {
      const { podIP } = pod.status;
      if (!podIP || isOver(pod) || pod.spec.hostNetwork) continue;
      const node = everything.of<Node>('nodes').find(({ metadata }) => metadata.name === pod.spec.nodeName);
      const prefix = node?.spec.podCIDR?.split('.').slice(0, 3).join('.');
      if (prefix !== undefined && !podIP.startsWith(`${prefix}.`)) yield `${nameOf(pod)}: ${podIP} on ${prefix}`;
      const other = seen.get(podIP);
      if (other !== undefined) yield `${podIP}: ${other}, ${nameOf(pod)}`;
      seen.set(podIP, nameOf(pod));
    }
    for (const service of everything.of<Service>('services')) {
      const { clusterIP = 'None' } = service.spec;
      if (clusterIP === 'None') continue;
      const other = seen.get(clusterIP);
      if (other !== undefined) yield `${clusterIP}: ${other}, ${nameOf(service)}`;
      seen.set(clusterIP, nameOf(service));
    }
  },

  *'a phase fits the containers'(everything) {
    for (const pod of everything.pods) {
      const { phase, containerStatuses = [] } = pod.status;
      if (phase === 'Succeeded' && !containerStatuses.every(({ state }) => state?.terminated?.exitCode === 0))
        yield `${nameOf(pod)}: Succeeded`;
      if (isReady(pod) && !containerStatuses.every(({ ready, state }) => ready && state?.running))
        yield `${nameOf(pod)}: Ready`;
      if (pod.spec.nodeName === undefined && phase !== 'Pending' && phase !== 'Failed')
        yield `${nameOf(pod)}: ${phase} without a node`;
    }
  },

  *'what nodes know is about pods and nodes that exist'(everything) {
    const pods = new Set(everything.pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    for (const { metadata } of everything.of('_containers'))
      if (!pods.has(`${metadata.namespace}/${metadata.name}`))
        yield `_containers ${metadata.namespace}/${metadata.name}`;
    const nodes = new Set(everything.of('nodes').map(({ metadata }) => metadata.name));
    for (const { metadata } of everything.of('_nodehealth'))
      if (!nodes.has(metadata.name)) yield `_nodehealth ${metadata.name}`;
  },

  *'every pod fits the selector of the one that owns it'(everything) {
    for (const set of [
      ...everything.of<ReplicaSet>('replicasets.apps'),
      ...everything.of<DaemonSet>('daemonsets.apps'),
    ]) {
      const selector = labelSelectorAsSelector(set.spec.selector);
      for (const pod of everything.ownedBy(set).filter(isActive))
        if (!matchesLabels(selector, pod.metadata.labels ?? {})) yield `${nameOf(pod)} of ${nameOf(set)}`;
    }
  },
};

function nodeOfDaemon(pod: Pod): string {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return pod.spec.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0] ?? '';
}

/** Returns a line for each thing that breaks a rule: 'rule: thing'. */
export function violations(all: readonly ResourceObjects[]): string[] {
  const everything = new Everything(all);
  return Object.entries(rules).flatMap(([name, rule]) => [...rule(everything)].map((text) => `${name}: ${text}`));
}
