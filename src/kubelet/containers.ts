// The states of one container and the ways between them: waiting, running, terminated; its ID; whether it is started
// again.
// Called by: kubelet's stages. Must not know: images, time beyond the instants it is given.
import type { ContainerStateTerminated } from 'kubernetes-types/core/v1';
import { parseReference, formatReference, repositoryName } from '../images/reference.ts';
import { clone } from '../machinery/meta.ts';
import { sha256, type Random } from '../machinery/random.ts';
import type { Pod } from '../resources/pod.ts';
import type { ContainerStatus } from './apitypes.ts';
import type { ContainerSpec, PodWork } from './work.ts';

/** Returns true for an init container that runs on beside the others. */
export function isSidecar(container: ContainerSpec): boolean {
  return container.restartPolicy === 'Always';
}

export function restartPolicyOf(pod: Pod): string {
  return pod.spec.restartPolicy ?? 'Always';
}

/** Returns whether a container that ended with the code is started again. Upstream: podutil.ContainerShouldRestart. */
export function restartsAfter(pod: Pod, container: ContainerSpec, exitCode: number): boolean {
  if (isSidecar(container)) return true;
  if (pod.spec.ephemeralContainers?.some(({ name }) => name === container.name)) return false;
  const isInit = pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false;
  switch (restartPolicyOf(pod)) {
    case 'Never':
      return false;
    case 'OnFailure':
      return exitCode !== 0;
    default:
      return isInit ? exitCode !== 0 : true;
  }
}

/** Returns the ID (64 hexadecimal digits) of a run of a container. */
export function containerIdOf(random: Random, podUid: string, container: string, restartCount: number): string {
  return random.bytes('container-id', `${podUid}/${container}/${restartCount}`).toString('hex');
}

/** Digests by reference: the images of a cluster are few. */
const digests = new Map<string, string>();
const MAX_DIGESTS = 500;

/** Returns what the runtime says of an image: its full name and its digest, 'docker.io/library/nginx@sha256:…'. */
export function imageIdentity(image: string): { image: string; imageID: string } {
  const reference = parseReference(image);
  const name = formatReference(reference);
  let digest = reference.digest || digests.get(name);
  if (!digest) {
    digest = `sha256:${sha256(`image/${name}`).toString('hex')}`;
    if (digests.size >= MAX_DIGESTS) digests.clear();
    digests.set(name, digest);
  }
  return { image: name, imageID: `${repositoryName(reference)}@${digest}` };
}

/** Returns the status of a container that nothing has been done for yet. */
export function newContainerStatus(container: ContainerSpec, reason: string): ContainerStatus {
  return {
    name: container.name,
    state: { waiting: { reason } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image: container.image ?? '',
    imageID: '',
    started: false,
    ...mountsOf(container),
  };
}

function mountsOf(container: ContainerSpec): Pick<ContainerStatus, 'volumeMounts'> {
  const mounts = container.volumeMounts ?? [];
  if (mounts.length === 0) return {};
  return {
    volumeMounts: mounts.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
    })),
  };
}

/** Puts a container into waiting; a run that ended becomes the last state. Changes the status. */
export function setWaiting(status: ContainerStatus, reason: string, message?: string): void {
  if (status.state.terminated) status.lastState = { terminated: status.state.terminated };
  status.state = { waiting: { ...(message === undefined ? {} : { message }), reason } };
  status.ready = false;
  status.started = false;
}

/** Puts a container into running; counts a restart when it ran before. Changes the status. */
export function setRunning(work: PodWork, container: ContainerSpec, status: ContainerStatus): void {
  const ended = status.state.terminated ?? status.lastState.terminated;
  if (ended) {
    status.lastState = { terminated: ended };
    status.restartCount += 1;
  }
  beginRun(work, container, status);
  status.state = { running: { startedAt: work.time() } };
  status.started = container.startupProbe === undefined;
  status.ready = status.started && container.readinessProbe === undefined && !isPlainInit(work, container);
}

function isPlainInit(work: PodWork, container: ContainerSpec): boolean {
  return !isSidecar(container) && work.initContainers.some(({ name }) => name === container.name);
}

function beginRun(work: PodWork, container: ContainerSpec, status: ContainerStatus): void {
  const { random } = work.context;
  const identity = imageIdentity(container.image ?? '');
  status.image = identity.image;
  status.imageID = identity.imageID;
  status.containerID = `containerd://${containerIdOf(random, work.uid, container.name, status.restartCount)}`;
  const resources = container.resources ?? {};
  status.resources = {
    ...(resources.limits ? { limits: clone(resources.limits) } : {}),
    ...(resources.requests ? { requests: clone(resources.requests) } : {}),
  };
  if (resources.requests && Object.keys(resources.requests).length > 0)
    status.allocatedResources = clone(resources.requests);
  status.user = { linux: userOf(work.pod, container) };
}

function userOf(pod: Pod, container: ContainerSpec): { gid: number; supplementalGroups: number[]; uid: number } {
  const own = container.securityContext ?? {};
  const shared = pod.spec.securityContext ?? {};
  const uid = own.runAsUser ?? shared.runAsUser ?? 0;
  const gid = own.runAsGroup ?? shared.runAsGroup ?? 0;
  const more = [...(shared.supplementalGroups ?? []), ...(shared.fsGroup === undefined ? [] : [shared.fsGroup])];
  return { gid, supplementalGroups: [...new Set([gid, ...more])].sort((a, b) => a - b), uid };
}

export interface Ending {
  exitCode: number;
  reason?: string;
  message?: string;
  startedAtMs: number;
  finishedAtMs: number;
}

/** Puts a container into terminated. Changes the status. */
export function setTerminated(work: PodWork, container: ContainerSpec, status: ContainerStatus, ending: Ending): void {
  const { exitCode, message, startedAtMs, finishedAtMs } = ending;
  const reason = ending.reason ?? (exitCode === 0 ? 'Completed' : 'Error');
  const terminated: ContainerStateTerminated = {
    ...(status.containerID === undefined ? {} : { containerID: status.containerID }),
    exitCode,
    finishedAt: work.time(finishedAtMs),
    ...(message === undefined || message === '' ? {} : { message }),
    reason,
    startedAt: work.time(startedAtMs),
  };
  status.state = { terminated };
  status.started = false;
  status.ready = exitCode === 0 && isPlainInit(work, container);
}
