// The pods that `kubectl debug` makes: with an ephemeral container, a changed copy, one on a node.
// Called by: commands/debug.ts. Upstream: kubectl pkg/cmd/debug/debug.go.
import type { Container, EphemeralContainer, Node } from 'kubernetes-types/core/v1';
import { clone } from '../../machinery/meta.ts';
import { applyStrategicPatch } from '../../machinery/strategic.ts';
import type { Pod } from '../../resources/pod.ts';
import type { DebugStyle, Kept, Profile } from './debug.profiles.ts';

/** What the command line asks for. */
export interface DebugRequest {
  image: string;
  /** '' lets one be chosen. */
  container: string;
  command: readonly string[];
  isArgumentsOnly: boolean;
  env: readonly { name: string; value: string }[];
  pullPolicy: string;
  stdin: boolean;
  tty: boolean;
  /** Container whose processes an ephemeral container sees. */
  target: string;
  copyTo: string;
  sameNode: boolean;
  setImages: ReadonlyMap<string, string>;
  /** undefined when the user did not say. */
  shareProcesses: boolean | undefined;
  profile: Profile;
  kept: Kept;
  /** A partial container that is merged into the debugging one. */
  custom: Partial<Container> | undefined;
  /** Returns a name that none of these is, and tells the user. */
  chooseName(taken: readonly string[]): string;
}

export interface DebugPod {
  pod: Pod;
  /** '' when no container is there to attach to. */
  container: string;
}

function newContainer(request: DebugRequest, name: string): Container {
  const { image, command, isArgumentsOnly, env, pullPolicy, stdin, tty } = request;
  return {
    name,
    image,
    ...(command.length > 0 ? { [isArgumentsOnly ? 'args' : 'command']: [...command] } : {}),
    ...(env.length > 0 ? { env: [...env] } : {}),
    ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
    ...(stdin ? { stdin } : {}),
    ...(tty ? { tty } : {}),
    terminationMessagePolicy: 'File',
  };
}

/** Returns the pod with one more ephemeral container. */
export function withEphemeralContainer(original: Pod, request: DebugRequest): DebugPod {
  const pod = clone(original);
  const name = request.container || request.chooseName(containerNames(pod));
  const container: EphemeralContainer = newContainer(request, name);
  if (request.target !== '') container.targetContainerName = request.target;
  const containers = [...(pod.spec.ephemeralContainers ?? []), container];
  pod.spec.ephemeralContainers = containers;
  shape(pod, containers, container as Container, request, 'ephemeral');
  return { pod, container: name };
}

/** Returns a pod that runs on the node, with what the profile grants there. */
export function nodeDebugPod(node: Node, name: string, request: DebugRequest): DebugPod {
  const container = newContainer(request, request.container || 'debugger');
  const containers = [container];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      containers,
      nodeName: node.metadata?.name ?? '',
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
    },
  } as unknown as Pod;
  shape(pod, containers, container, request, 'node');
  return { pod, container: container.name };
}

/** Returns a copy of the pod with a container added or changed. @throws Error when a new one has no image. */
export function debugCopy(original: Pod, request: DebugRequest): DebugPod {
  const { namespace = '', annotations, labels } = original.metadata;
  const { ephemeralContainers: _, ...spec } = clone(original.spec);
  const metadata = { name: request.copyTo, namespace, ...(annotations ? { annotations: { ...annotations } } : {}) };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, ...(labels ? { labels: { ...labels } } : {}) },
    spec,
  } as unknown as Pod;
  if (request.shareProcesses !== undefined) pod.spec.shareProcessNamespace = request.shareProcesses;
  if (!request.sameNode) delete pod.spec.nodeName;
  for (const container of pod.spec.containers) {
    const image = request.setImages.get(container.name) ?? request.setImages.get('*');
    if (image) container.image = image;
  }
  let container = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(
    ({ name }) => name === request.container,
  );
  if (!container) {
    if (request.image === '' && request.setImages.size > 0) return { pod, container: '' };
    if (request.image === '') throw new Error('you must specify image when creating new container');
    container = newContainer(request, request.container || request.chooseName(containerNames(pod)));
    pod.spec.containers.push(container);
  } else changeContainer(container, request);
  shape(pod, pod.spec.containers, container, request, 'copy');
  return { pod, container: container.name };
}

function changeContainer(container: Container, request: DebugRequest): void {
  const { name: _, terminationMessagePolicy: __, image, ...changed } = newContainer(request, container.name);
  if (changed.command) delete container.args;
  delete container.stdin;
  delete container.tty;
  Object.assign(container, changed, image ? { image } : {});
}

function shape(
  pod: Pod,
  containers: Container[],
  container: Container,
  { profile, kept, custom }: DebugRequest,
  style: DebugStyle,
): void {
  profile(pod, container, style, kept);
  if (!custom) return;
  const merged = applyStrategicPatch(container, { ...custom, name: container.name }, 'io.k8s.api.core.v1.Container');
  const at = containers.findIndex(({ name }) => name === container.name);
  if (at < 0) throw new Error(`unable to find the ${container.name} container in the pod ${pod.metadata.name}`);
  containers[at] = merged as unknown as Container;
}

function containerNames({ spec }: Pod): string[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  return [...containers, ...initContainers, ...ephemeralContainers].map(({ name }) => name);
}
