// What `kubectl describe statefulset` says.
// Called by: statefulset.ts. Must not know: HTTP, storage.
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';
import { labelSelectorAsSelector, selectorText } from '../machinery/selectors.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { timeText, writeLabelsAndAnnotations } from './describe.metadata.ts';
import { podsStatusText } from './describe.pods.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { writePodTemplate } from './podtemplate.describe.ts';
import type { StatefulSet } from './statefulset.ts';

/** Upstream: StatefulSetDescriber.Describe, describeStatefulSet. */
export async function describeStatefulSet(statefulSet: StatefulSet, context: DescribeContext): Promise<string> {
  const { metadata, spec, status } = statefulSet;
  const selector = labelSelectorAsSelector(spec.selector);
  const podsStatus = await podsStatusText(statefulSet, selector, context);
  const events = await eventsOf(statefulSet, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    w.field(0, 'CreationTimestamp', timeText(metadata.creationTimestamp, context));
    w.field(0, 'Selector', selectorText(selector));
    writeLabelsAndAnnotations(w, metadata);
    w.field(0, 'Replicas', `${spec.replicas ?? 1} desired | ${status.replicas ?? 0} total`);
    w.field(0, 'Update Strategy', spec.updateStrategy?.type);
    const { partition, maxUnavailable } = spec.updateStrategy?.rollingUpdate ?? {};
    if (partition !== undefined) {
      w.field(1, 'Partition', partition);
      if (maxUnavailable !== undefined) w.field(1, 'MaxUnavailable', maxUnavailable);
    }
    w.field(0, 'Pods Status', podsStatus);
    writePodTemplate(w, spec.template);
    writeClaims(w, spec.volumeClaimTemplates ?? []);
    writeEvents(w, events, context);
  });
}

/** Upstream: describeVolumeClaimTemplates. */
function writeClaims(w: PrefixWriter, claims: readonly PersistentVolumeClaim[]): void {
  if (claims.length === 0) {
    w.field(0, 'Volume Claims', '<none>');
    return;
  }
  w.write(0, 'Volume Claims:\n');
  for (const { metadata, spec } of claims) {
    const beta = metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'];
    w.field(1, 'Name', metadata?.name);
    w.field(1, 'StorageClass', beta ?? spec?.storageClassName);
    writeMap(w, 'Labels', metadata?.labels);
    writeMap(w, 'Annotations', metadata?.annotations);
    w.field(1, 'Capacity', spec?.resources?.requests?.['storage'] ?? '<default>');
    w.field(1, 'Access Modes', `[${(spec?.accessModes ?? []).join(' ')}]`);
  }
}

function writeMap(w: PrefixWriter, title: string, map: Record<string, string> = {}): void {
  const keys = Object.keys(map).sort();
  w.write(0, `  ${title}:\t${keys.length === 0 ? '<none>\n' : ''}`);
  keys.forEach((key, i) => {
    if (i > 0) w.write(0, '  \t');
    w.write(0, `${key}=${map[key]}\n`);
  });
}
