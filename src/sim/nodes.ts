// What a kubelet reports of its machine when it registers: addresses, versions, conditions, the pods' address range.
// Called by: sim/bootstrap.ts for Nodes that a starter or a file names. Must not know: how time passes.
import { formatTime } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import type { Node } from '../resources/node.ts';

export interface NodeRegistration {
  nowMs: number;
  random: Random;
  /** Place of the node in the cluster, from 0: decides its addresses. */
  index: number;
  /** 'v1.35.2'. */
  version: string;
}

/** Fills what is absent in a Node as its kubelet would. Changes its argument. */
export function registerNode(node: Node, { nowMs, random, index, version }: NodeRegistration): void {
  const { metadata } = node;
  metadata.labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': metadata.name,
    'kubernetes.io/os': 'linux',
    ...metadata.labels,
  };
  metadata.annotations = {
    'node.alpha.kubernetes.io/ttl': '0',
    'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    ...metadata.annotations,
  };
  node.spec ??= {};
  node.spec.podCIDR ??= `10.244.${index}.0/24`;
  node.spec.podCIDRs ??= [node.spec.podCIDR];
  node.status ??= {};
  const { status } = node;
  status.capacity ??= { cpu: '4', memory: '8148120Ki', pods: '110', 'ephemeral-storage': '82336748Ki' };
  status.capacity = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', ...status.capacity };
  status.allocatable = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', ...(status.allocatable ?? status.capacity) };
  status.addresses ??= [
    { type: 'InternalIP', address: `192.168.49.${index + 2}` },
    { type: 'Hostname', address: metadata.name },
  ];
  status.daemonEndpoints ??= { kubeletEndpoint: { Port: 10250 } };
  status.nodeInfo ??= {
    machineID: random.bytes('machine-id', metadata.name).toString('hex').slice(0, 32),
    systemUUID: random.uid('system-uuid', metadata.name),
    bootID: random.uid('boot-id', metadata.name),
    kernelVersion: '6.12.48+deb13-amd64',
    osImage: 'Debian GNU/Linux 13 (trixie)',
    containerRuntimeVersion: 'containerd://2.2.1',
    kubeletVersion: version,
    // Deprecated upstream: since 1.33 the kubelet reports an empty text.
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  };
  status.conditions ??= conditionsOf(nowMs);
}

function conditionsOf(nowMs: number): NonNullable<Node['status']['conditions']> {
  const time = formatTime(nowMs);
  const healthy = [
    ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ] as const;
  return [
    ...healthy.map(([type, reason, message]) => ({
      type,
      status: 'False',
      lastHeartbeatTime: time,
      lastTransitionTime: time,
      reason,
      message,
    })),
    {
      type: 'Ready',
      status: 'True',
      lastHeartbeatTime: time,
      lastTransitionTime: time,
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
    },
  ];
}
