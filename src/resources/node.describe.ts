// What `kubectl describe node` says.
// Called by: node.ts. Must not know: HTTP, storage.
// node.describe.resources.ts has the tables of what its pods ask for.
import { StatusError } from '../machinery/status.ts';
import { searchEvents, writeEvents } from './describe.events.ts';
import { timeText, writeLabelsAndAnnotations, writeTaints } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { type Lease, lease as leaseDefinition } from './lease.ts';
import { writeNodeResources } from './node.describe.resources.ts';
import { type Node, nodeRoles } from './node.ts';
import { pod as podDefinition } from './pod.ts';
import type { Event } from './event.ts';

/** Upstream: NodeDescriber.Describe, describeNode. */
export async function describeNode(node: Node, context: DescribeContext): Promise<string> {
  const { name } = node.metadata;
  const fieldSelector = `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`;
  const pods = await context.reader.tryList(podDefinition, { fieldSelector });
  if (pods instanceof StatusError && pods.status.reason !== 'Forbidden') throw pods;
  const events = await nodeEvents(node, context);
  const lease = await context.reader.tryGet(leaseDefinition, { namespace: 'kube-node-lease', name });
  return tabbed((w) => {
    writeNodeHead(w, node, context);
    writeLease(w, lease, context);
    writeNodeConditions(w, node, context);
    w.write(0, 'Addresses:\n');
    for (const { type, address } of node.status.addresses ?? []) w.field(1, type, address);
    writeAmounts(w, 'Capacity', node.status.capacity);
    writeAmounts(w, 'Allocatable', node.status.allocatable);
    writeSystemInfo(w, node);
    if (pods instanceof StatusError) w.field(0, 'Pods', 'not authorized');
    else writeNodeResources(w, { node, pods, nowMs: context.nowMs });
    writeEvents(w, events, context);
  });
}

/** Controllers name a node by its uid, its kubelet by its name. */
async function nodeEvents(node: Node, context: DescribeContext): Promise<Event[] | undefined> {
  const { name, uid } = node.metadata;
  const byUid = await searchEvents({ name, kind: 'Node', uid }, context);
  const byName = await searchEvents({ name, kind: 'Node', uid: name }, context);
  return byUid && [...byUid, ...(byName ?? [])];
}

function writeNodeHead(w: PrefixWriter, node: Node, context: DescribeContext): void {
  const { metadata, spec } = node;
  w.field(0, 'Name', metadata.name);
  w.field(0, 'Roles', nodeRoles(node).join(',') || '<none>');
  writeLabelsAndAnnotations(w, metadata);
  w.field(0, 'CreationTimestamp', timeText(metadata.creationTimestamp, context));
  writeTaints(w, 'Taints', spec.taints);
  w.field(0, 'Unschedulable', spec.unschedulable ?? false);
}

function writeLease(w: PrefixWriter, lease: Lease | StatusError, context: DescribeContext): void {
  if (lease instanceof StatusError) {
    w.field(0, 'Lease', `Failed to get lease: ${lease.message}`);
    return;
  }
  const { holderIdentity = '<unset>', acquireTime, renewTime } = lease.spec ?? {};
  w.write(0, 'Lease:\n');
  w.field(1, 'HolderIdentity', holderIdentity);
  w.field(1, 'AcquireTime', acquireTime ? timeText(acquireTime, context) : '<unset>');
  w.field(1, 'RenewTime', renewTime ? timeText(renewTime, context) : '<unset>');
}

function writeNodeConditions(w: PrefixWriter, { status }: Node, context: DescribeContext): void {
  const { conditions = [] } = status;
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n');
  w.row(1, '----', '------', '-----------------', '------------------', '------', '-------');
  for (const condition of conditions) {
    const heartbeat = timeText(condition.lastHeartbeatTime, context);
    const transition = timeText(condition.lastTransitionTime, context);
    const cells = [condition.type, condition.status, heartbeat, transition, condition.reason ?? ''];
    w.row(1, ...cells.map((cell) => `${cell} `), condition.message);
  }
}

function writeAmounts(w: PrefixWriter, title: string, amounts: Readonly<Record<string, string>> = {}): void {
  const names = Object.keys(amounts).sort();
  if (names.length > 0) w.write(0, `${title}:\n`);
  for (const name of names) w.field(1, name, amounts[name]);
}

function writeSystemInfo(w: PrefixWriter, { spec, status }: Node): void {
  const info = status.nodeInfo;
  w.write(0, 'System Info:\n');
  w.field(1, 'Machine ID', info?.machineID);
  w.field(1, 'System UUID', info?.systemUUID);
  w.field(1, 'Boot ID', info?.bootID);
  w.field(1, 'Kernel Version', info?.kernelVersion);
  w.field(1, 'OS Image', info?.osImage);
  w.field(1, 'Operating System', info?.operatingSystem);
  w.field(1, 'Architecture', info?.architecture);
  w.field(1, 'Container Runtime Version', info?.containerRuntimeVersion);
  w.field(1, 'Kubelet Version', info?.kubeletVersion);
  w.field(1, 'Kube-Proxy Version', info?.kubeProxyVersion);
  if (spec.podCIDR) w.field(0, 'PodCIDR', spec.podCIDR);
  if (spec.podCIDRs?.length) w.field(0, 'PodCIDRs', spec.podCIDRs.join(','));
  if (spec.providerID) w.field(0, 'ProviderID', spec.providerID);
}
