// Node: its names, defaults, strategy and table; its heartbeats are computed when read.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Node as UpstreamNode, NodeCondition } from 'kubernetes-types/core/v1';
import { formatTime, parseTime } from '../machinery/clock.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateNode, validateNodeUpdate } from './node.validation.ts';
import { canonicalizeResourceList } from './podspec.defaults.ts';
import { keepStatus } from './strategy.ts';

export type Node = Kind<UpstreamNode>;

export const node = defineResource<Node>({
  gvr: { group: '', version: 'v1', resource: 'nodes' },
  kind: 'Node',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  subresources: ['status', 'proxy'],
  schema: 'io.k8s.api.core.v1.Node',
  setDefaults(object) {
    object.spec ??= {};
    const { status } = object;
    if (status?.capacity) status.allocatable ??= { ...status.capacity };
    canonicalizeResourceList(status?.capacity);
    canonicalizeResourceList(status?.allocatable);
  },
  strategy: {
    prepareForUpdate: keepStatus,
    validate: validateNode,
    validateUpdate: (object, old) => [...validateNode(object), ...validateNodeUpdate(object, old)],
    validateStatusUpdate: validateNodeUpdate,
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Status'),
      textColumn('Roles'),
      ageColumn,
      textColumn('Version'),
      wideColumn('Internal-IP'),
      wideColumn('External-IP'),
      wideColumn('OS-Image'),
      wideColumn('Kernel-Version'),
      wideColumn('Container-Runtime'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      statusCell(object),
      nodeRoles(object).join(',') || '<none>',
      ageCell(object, nowMs),
      object.status.nodeInfo?.kubeletVersion ?? '',
      addressCell(object, 'InternalIP'),
      addressCell(object, 'ExternalIP'),
      object.status.nodeInfo?.osImage || '<unknown>',
      object.status.nodeInfo?.kernelVersion || '<unknown>',
      object.status.nodeInfo?.containerRuntimeVersion || '<unknown>',
    ],
  },
  describe: async (object, context) => (await import('./node.describe.ts')).describeNode(object, context),
  fieldLabels: (object) => ({ 'spec.unschedulable': String(object.spec.unschedulable ?? false) }),
  decorate(object, clock) {
    const heartbeat = latestHeartbeat(object, clock.nowMs());
    if (heartbeat === undefined) return object;
    const conditions = (object.status.conditions ?? []).map((condition) => withHeartbeat(condition, heartbeat));
    return { ...object, status: { ...object.status, conditions } };
  },
});

/** A kubelet reports an unchanged status this often. Upstream: nodeStatusReportFrequency. */
const REPORT_EVERY_MS = 5 * 60_000;

/** Returns when the kubelet last reported, if later than written; only a live one (Ready is not Unknown) reports. */
function latestHeartbeat({ status }: Node, nowMs: number): string | undefined {
  const ready = status.conditions?.find((c) => c.type === 'Ready');
  const writtenMs = parseTime(ready?.lastHeartbeatTime ?? ready?.lastTransitionTime);
  if (ready === undefined || ready.status === 'Unknown' || writtenMs === undefined || nowMs <= writtenMs)
    return undefined;
  return formatTime(writtenMs + Math.floor((nowMs - writtenMs) / REPORT_EVERY_MS) * REPORT_EVERY_MS);
}

/** The kubelet refreshes every condition but those another component owns (NetworkUnavailable). */
function withHeartbeat(condition: NodeCondition, lastHeartbeatTime: string): NodeCondition {
  return condition.type === 'NetworkUnavailable' ? condition : { ...condition, lastHeartbeatTime };
}

function statusCell({ spec, status }: Node): string {
  const ready = status.conditions?.filter((c) => c.type === 'Ready').at(-1);
  const word = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec.unschedulable ? `${word},SchedulingDisabled` : word;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

/** Returns the node's roles, sorted. Upstream: printers.go findNodeRoles. */
export function nodeRoles({ metadata }: Node): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value) roles.add(value);
  }
  return [...roles].sort();
}

function addressCell({ status }: Node, type: string): string {
  return status.addresses?.find((a) => a.type === type)?.address ?? '<none>';
}
