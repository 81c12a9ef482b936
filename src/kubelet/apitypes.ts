// A pod's status as 1.35 has it: upstream's types with the fields that came after the package they are taken from.
// Called by: kubelet, network. Types only.
import type {
  ContainerStatus as UpstreamContainerStatus,
  PodCondition as UpstreamPodCondition,
  PodStatus as UpstreamPodStatus,
} from 'kubernetes-types/core/v1';

export type ContainerStatus = Omit<UpstreamContainerStatus, 'state' | 'lastState'> & {
  state: NonNullable<UpstreamContainerStatus['state']>;
  lastState: NonNullable<UpstreamContainerStatus['lastState']>;
  user?: { linux: { uid: number; gid: number; supplementalGroups: number[] } };
  stopSignal?: string;
};

export type PodCondition = Omit<UpstreamPodCondition, 'lastProbeTime'> & {
  observedGeneration?: number;
  lastProbeTime: string | null;
};

export type PodStatus = Omit<
  UpstreamPodStatus,
  'conditions' | 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses'
> & {
  observedGeneration?: number;
  conditions?: PodCondition[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
};
