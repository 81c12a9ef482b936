// Which containers' logs an object stands for: a pod's, one of a workload's pods', those of all pods.
// Called by: commands/logs.ts. Must not know: how logs are printed.
// Upstream: kubectl pkg/polymorphichelpers/logsforobject.go.
import { isList } from '../visitors.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Pod } from '../../resources/pod.ts';
import type { OutputStream } from '../command.ts';
import {
  allContainerNames,
  DEFAULT_CONTAINER_ANNOTATION,
  findContainer,
  hasSeveralContainers,
} from '../podcontainers.ts';
import { findPods, isBetterForLogs, podSelectorOf, podsOf, type PodSearch } from '../podselection.ts';

/** The log of one container. */
export interface LogRequest {
  namespace: string;
  pod: string;
  container: string;
  query: URLSearchParams;
}

export interface LogRequestOptions {
  search: PodSearch;
  /** Options of every request; with the container if the user named one. */
  query: URLSearchParams;
  allContainers: boolean;
  allPods: boolean;
  warn: OutputStream;
}

/** Returns the logs to print, in order. @throws Error for an object without pods, an unknown container. */
export async function logRequests(object: Unstructured, options: LogRequestOptions): Promise<LogRequest[]> {
  if (isList(object)) return podsOf(object).flatMap((pod) => podRequests(pod, options));
  if (object.kind === 'Pod') return podRequests(object as unknown as Pod, options);
  const namespace = object.metadata.namespace ?? '';
  const selector = podSelectorOf(object, 'cannot get the logs from');
  const pods = await findPods(options.search, { namespace, selector, less: isBetterForLogs });
  if (pods.length > 1 && options.allPods) return pods.flatMap((pod) => podRequests(pod, options));
  const [pod] = pods;
  if (!pod) return [];
  if (pods.length > 1) options.warn.write(`Found ${pods.length} pods, using pod/${pod.metadata.name}\n`);
  return podRequests(pod, options);
}

function podRequests(pod: Pod, options: LogRequestOptions): LogRequest[] {
  if (!options.allContainers) return [requestFor(pod, chosenContainer(pod, options), options)];
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  return [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => requestFor(pod, name, options));
}

function chosenContainer(pod: Pod, { query, warn, allPods }: LogRequestOptions): string {
  const named = query.get('container');
  if (named) return named;
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER_ANNOTATION];
  if (annotated) {
    if (findContainer(pod, annotated)) return annotated;
    warn.write(`Default container name ${JSON.stringify(annotated)} not found in pod ${pod.metadata.name}\n`);
  }
  const name = pod.spec.containers[0]?.name ?? '';
  if (hasSeveralContainers(pod) && !allPods)
    warn.write(`Defaulted container ${JSON.stringify(name)} out of: ${allContainerNames(pod)}\n`);
  return name;
}

function requestFor(pod: Pod, container: string, { query }: LogRequestOptions): LogRequest {
  const { name, namespace = '' } = pod.metadata;
  if (!findContainer(pod, container)) throw new Error(`container ${container} is not valid for pod ${name}`);
  const own = new URLSearchParams(query);
  own.set('container', container);
  return { namespace, pod: name, container, query: own };
}
