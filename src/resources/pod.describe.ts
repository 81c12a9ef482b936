// What `kubectl describe pod` says.
// Called by: pod.ts. Must not know: HTTP, storage.
// Siblings: pod.describe.containers.ts, pod.describe.env.ts, pod.describe.probes.ts, pod.describe.volumes.ts.
import { searchEvents, writeEvents } from './describe.events.ts';
import {
  terminatingText,
  timeText,
  writeController,
  writeLabels,
  writeLabelsAndAnnotations,
  writeTolerations,
  writeTopologySpreadConstraints,
} from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { writeContainers, writeResources, writeSeccompProfile } from './pod.describe.containers.ts';
import { fieldResolver } from './pod.describe.env.ts';
import { writeVolumes } from './pod.describe.volumes.ts';
import { podQOSClass } from './pod.qos.ts';
import type { Pod } from './pod.ts';
import type { PodSpec } from './podspec.types.ts';
import { writeWorkloadRef } from './podtemplate.describe.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** Upstream: PodDescriber.Describe, describePod. */
export async function describePod(pod: Pod, context: DescribeContext): Promise<string> {
  const { name, namespace, annotations } = pod.metadata;
  // Events of a static pod name the uid that its kubelet knows, not that of the mirror.
  const uid = annotations?.[MIRROR_ANNOTATION] ?? pod.metadata.uid;
  const events = await searchEvents({ name, namespace, uid }, context);
  return tabbed((w) => {
    writePodHead(w, pod, context);
    writeNetwork(w, pod);
    const { resources } = pod.spec as PodSpec;
    if (resources) {
      w.write(0, 'Resources:\n');
      writeResources(w, 1, resources);
    }
    writeAllContainers(w, pod, context);
    writePodConditions(w, pod);
    writeVolumes(w, pod.spec.volumes);
    w.field(0, 'QoS Class', pod.status.qosClass || podQOSClass(pod.spec));
    writeLabels(w, 'Node-Selectors', pod.spec.nodeSelector);
    writeTolerations(w, 'Tolerations', pod.spec.tolerations);
    writeTopologySpreadConstraints(w, '', pod.spec.topologySpreadConstraints);
    writeWorkloadRef(w, '', pod.spec);
    writeEvents(w, events, context);
  });
}

function writePodHead(w: PrefixWriter, pod: Pod, context: DescribeContext): void {
  const { metadata, spec, status } = pod;
  w.field(0, 'Name', metadata.name);
  w.field(0, 'Namespace', metadata.namespace);
  if (spec.priority !== undefined) w.field(0, 'Priority', spec.priority);
  if (spec.priorityClassName) w.field(0, 'Priority Class Name', spec.priorityClassName);
  if (spec.runtimeClassName) w.field(0, 'Runtime Class Name', spec.runtimeClassName);
  if (spec.serviceAccountName) w.field(0, 'Service Account', spec.serviceAccountName);
  w.field(0, 'Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>');
  if (status.startTime) w.field(0, 'Start Time', timeText(status.startTime, context));
  writeLabelsAndAnnotations(w, metadata);
  const { deletionTimestamp } = metadata;
  if (deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    w.field(0, 'Status', terminatingText(deletionTimestamp, context.nowMs));
    w.field(0, 'Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else w.field(0, 'Status', status.phase);
  if (status.reason) w.field(0, 'Reason', status.reason);
  if (status.message) w.field(0, 'Message', status.message);
  writeSeccompProfile(w, spec.securityContext?.seccompProfile, { level: 0, pathLevel: 0 });
}

function writeNetwork(w: PrefixWriter, pod: Pod): void {
  const { podIP, podIPs = [], nominatedNodeName } = pod.status;
  w.field(0, 'IP', podIP);
  if (podIPs.length === 0) w.field(0, 'IPs', '<none>');
  else w.write(0, 'IPs:\n');
  for (const { ip } of podIPs) w.field(1, 'IP', ip);
  writeController(w, pod);
  if (nominatedNodeName) w.field(0, 'NominatedNodeName', nominatedNodeName);
}

function writeAllContainers(w: PrefixWriter, pod: Pod, context: DescribeContext): void {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec;
  const { status } = pod;
  const common = { space: '', resolveField: fieldResolver(pod) };
  if (initContainers.length > 0) {
    const live = { statuses: status.initContainerStatuses ?? [], context };
    writeContainers(w, initContainers, { title: 'Init Containers', live, ...common });
  }
  const live = { statuses: status.containerStatuses ?? [], context };
  writeContainers(w, containers, { title: 'Containers', live, ...common });
  if (ephemeralContainers.length > 0) {
    const liveToo = { statuses: status.ephemeralContainerStatuses ?? [], context };
    writeContainers(w, ephemeralContainers, { title: 'Ephemeral Containers', live: liveToo, ...common });
  }
}

function writePodConditions(w: PrefixWriter, { spec, status }: Pod): void {
  const { readinessGates = [] } = spec;
  const { conditions = [] } = status;
  if (readinessGates.length > 0) w.write(0, 'Readiness Gates:\n  Type\tStatus\n');
  for (const { conditionType } of readinessGates) {
    const condition = conditions.find(({ type }) => type === conditionType);
    w.row(1, `${conditionType} `, `${condition?.status ?? '<none>'} `);
  }
  if (conditions.length > 0) w.write(0, 'Conditions:\n  Type\tStatus\n');
  for (const condition of conditions) w.row(1, `${condition.type} `, `${condition.status} `);
}
