// The pod template of a workload, as describe, rollout history and rollout undo show it.
// Called by: the describers of workloads, cli. Must not know: any single workload.
import {
  writeAnnotations,
  writeLabels,
  writeTolerations,
  writeTopologySpreadConstraints,
} from './describe.metadata.ts';
import { PrefixWriter } from './describe.writer.ts';
import { writeContainers } from './pod.describe.containers.ts';
import { writeVolumes } from './pod.describe.volumes.ts';
import type { PodTemplateSpec } from './podspec.types.ts';

/**
 * Returns the lines of the template as rollout shows them: tabs stay tabs, nothing is aligned.
 * Upstream: kubectl pkg/polymorphichelpers/history.go printTemplate.
 */
export function describePodTemplate(template: PodTemplateSpec | undefined): string {
  let text = '';
  writePodTemplate(new PrefixWriter({ write: (part) => void (text += part), flush() {} }), template);
  return text;
}

/** Upstream: DescribePodTemplate. */
export function writePodTemplate(w: PrefixWriter, template: PodTemplateSpec | undefined): void {
  w.write(0, 'Pod Template:\n');
  if (!template) {
    w.write(1, '<unset>');
    return;
  }
  const { metadata, spec } = template;
  writeLabels(w, '  Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) writeAnnotations(w, '  Annotations', metadata?.annotations);
  if (spec?.serviceAccountName) w.field(1, 'Service Account', spec.serviceAccountName);
  const space = '  ';
  if (spec?.initContainers?.length) writeContainers(w, spec.initContainers, { title: 'Init Containers', space });
  writeContainers(w, spec?.containers ?? [], { title: 'Containers', space });
  writeVolumes(w, spec?.volumes, space);
  writeTopologySpreadConstraints(w, space, spec?.topologySpreadConstraints);
  if (spec?.priorityClassName) w.field(1, 'Priority Class Name', spec.priorityClassName);
  writeLabels(w, '  Node-Selectors', spec?.nodeSelector);
  writeTolerations(w, '  Tolerations', spec?.tolerations);
  writeWorkloadRef(w, space, spec);
}

interface WithWorkloadRef {
  workloadRef?: { name?: string; podGroup?: string; podGroupReplicaKey?: string };
}

/** Writes the group a pod is scheduled with, if any: newer than the published types. */
export function writeWorkloadRef(w: PrefixWriter, space: string, spec: object | undefined): void {
  const ref = (spec as WithWorkloadRef | undefined)?.workloadRef;
  if (!ref) return;
  w.write(0, `${space}WorkloadRef:\n`);
  w.field(1, 'Name', ref.name);
  w.field(1, 'PodGroup', ref.podGroup);
  if (ref.podGroupReplicaKey) w.field(1, 'PodGroupReplicaKey', ref.podGroupReplicaKey);
}
