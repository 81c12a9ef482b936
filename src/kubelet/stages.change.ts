// Changes of a running pod's manifest: another image restarts a container, other resources are taken over in place.
// Called by: stages.ts. Must not know: how containers are started.
import { clone, deepEqual } from '../machinery/meta.ts';
import { imageIdentity } from './containers.ts';
import type { ContainerStatus } from './apitypes.ts';
import { stopContainer } from './stopping.ts';
import type { Stage } from './stages.ts';
import type { ContainerSpec, PodWork } from './work.ts';

/** The first running container whose image is no longer the manifest's. */
function changedImage(work: PodWork): { container: ContainerSpec; status: ContainerStatus } | undefined {
  if (work.isFinished || work.isDeleting) return undefined;
  for (const container of work.containers) {
    const status = work.statusOf(container.name);
    if (!status?.state.running || work.existingRun(container.name)?.stopping) continue;
    if (runtimeName(container) !== status.image) return { container, status };
  }
  return undefined;
}

function runtimeName({ image = '' }: ContainerSpec): string {
  try {
    return imageIdentity(image).image;
  } catch {
    return image;
  }
}

/** Upstream: kubernetes pkg/kubelet/kuberuntime computePodActions, containerChanged. */
export const definitionChange: Stage = {
  name: 'definitionChange',
  due: (work) => (changedImage(work) ? { atMs: work.nowMs } : undefined),
  run(work) {
    const found = changedImage(work);
    if (!found) return;
    const { container, status } = found;
    const message = `Container ${container.name} definition changed, will be restarted`;
    work.event('Normal', 'Killing', message, container.name);
    stopContainer(work, container, status);
  },
};

function wantedResources({ resources = {} }: ContainerSpec): NonNullable<ContainerStatus['resources']> {
  const { limits, requests } = resources;
  return { ...(limits ? { limits: clone(limits) } : {}), ...(requests ? { requests: clone(requests) } : {}) };
}

function resized(work: PodWork): { container: ContainerSpec; status: ContainerStatus } | undefined {
  if (work.isFinished) return undefined;
  for (const container of work.containers) {
    const status = work.statusOf(container.name);
    if (status?.state.running && !deepEqual(status.resources ?? {}, wantedResources(container)))
      return { container, status };
  }
  return undefined;
}

/** Upstream: kubernetes pkg/kubelet/allocation, in-place resize of running pods. */
export const resize: Stage = {
  name: 'resize',
  due: (work) => (resized(work) ? { atMs: work.nowMs } : undefined),
  run(work) {
    const found = resized(work);
    if (!found) return;
    const { container, status } = found;
    status.resources = wantedResources(container);
    if (status.resources.requests) status.allocatedResources = clone(status.resources.requests);
    else delete status.allocatedResources;
    const containers = work.containers.map((c) => ({ name: c.name, resources: c.resources ?? {} }));
    const generation = work.pod.metadata.generation ?? 1;
    work.event('Normal', 'ResizeCompleted', `Pod resize completed: ${JSON.stringify({ containers, generation })}`);
  },
};
