// The first stages: the kubelet takes the pod on, mounts its volumes and makes the sandbox with the pod's address.
// Called by: stages.ts. Must not know: containers' programs.
import { rejection } from './admission.ts';
import { mountAttemptMs } from './backoff.ts';
import { newContainerStatus } from './containers.ts';
import { allocatePodIp, hostIpOf } from './nodes.ts';
import type { Stage } from './stages.ts';
import { mountFailures } from './volumes.ts';
import type { PodWork } from './work.ts';

/** Pending: start time, the node's address, one waiting status a container. */
export const adoption: Stage = {
  name: 'adoption',
  due: (work) => (work.startedAtMs === undefined && !work.isFinished ? { atMs: work.nowMs } : undefined),
  run(work) {
    const { status } = work;
    status.phase ??= 'Pending';
    status.startTime = work.time();
    const refused = rejection(work);
    if (refused) {
      work.event('Warning', refused.reason, refused.message);
      Object.assign(status, {
        phase: 'Failed',
        reason: refused.reason,
        message: `Pod was rejected: ${refused.message}`,
      });
      return;
    }
    setHostIp(work);
    const reason = work.initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    if (work.initContainers.length > 0)
      status.initContainerStatuses = work.initContainers.map((c) => newContainerStatus(c, reason));
    status.containerStatuses = work.containers
      .map((c) => newContainerStatus(c, reason))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },
};

function setHostIp(work: PodWork): void {
  const ip = hostIpOf(work.node);
  if (ip === undefined) return;
  work.status.hostIP = ip;
  work.status.hostIPs = [{ ip }];
}

/**
 * Volumes are mounted, then the sandbox gets its address. A missing ConfigMap or Secret is waited for, with growing
 * pauses.
 */
export const sandbox: Stage = {
  name: 'sandbox',
  due(work) {
    const startMs = work.startedAtMs;
    if (startMs === undefined || work.hasSandbox || work.isFinished || work.isDeleting) return undefined;
    const attempts = work.record.mountAttempts ?? 0;
    const atMs = startMs + mountAttemptMs(attempts);
    const isBackground = attempts > 0 && mountFailures(work.context.client, work.pod).length > 0;
    return { atMs, isBackground };
  },
  run(work) {
    const { client, settings } = work.context;
    const failures = mountFailures(client, work.pod);
    if (failures.length > 0) {
      for (const { volume, message } of failures)
        work.event('Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume}" : ${message}`);
      retryLater(work);
      return;
    }
    const ip = work.pod.spec.hostNetwork
      ? (hostIpOf(work.node) ?? '127.0.0.1')
      : allocatePodIp(client, work.node, settings);
    if (ip === undefined) {
      work.event('Warning', 'FailedCreatePodSandBox', noAddress(work));
      retryLater(work);
      return;
    }
    delete work.record.mountAttempts;
    work.status.podIP = ip;
    work.status.podIPs = [{ ip }];
  },
};

function retryLater(work: PodWork): void {
  const startMs = work.startedAtMs ?? work.nowMs;
  let attempts = (work.record.mountAttempts ?? 0) + 1;
  // A node that was away makes up for no attempt that it missed.
  while (startMs + mountAttemptMs(attempts) <= work.nowMs) attempts += 1;
  work.record.mountAttempts = attempts;
}

function noAddress(work: PodWork): string {
  const { random } = work.context;
  const id = random.bytes('sandbox', work.uid).toString('hex');
  const cidr = work.node.spec.podCIDR ?? work.context.settings.podCidr;
  return (
    `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": ` +
    `plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${cidr}`
  );
}
