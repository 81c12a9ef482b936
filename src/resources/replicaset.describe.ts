// What `kubectl describe replicaset` says.
// Called by: replicaset.ts. Must not know: HTTP, storage.
import { formatLabelSelector, labelSelectorAsSelector } from '../machinery/selectors.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeConditions, writeController, writeLabelsAndAnnotations } from './describe.metadata.ts';
import { podsStatusText } from './describe.pods.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import { writePodTemplate } from './podtemplate.describe.ts';
import type { ReplicaSet } from './replicaset.ts';

/** Upstream: ReplicaSetDescriber.Describe, describeReplicaSet. */
export async function describeReplicaSet(replicaSet: ReplicaSet, context: DescribeContext): Promise<string> {
  const { metadata, spec, status } = replicaSet;
  const podsStatus = await podsStatusText(replicaSet, labelSelectorAsSelector(spec.selector), context);
  const events = await eventsOf(replicaSet, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    w.field(0, 'Selector', formatLabelSelector(spec.selector));
    writeLabelsAndAnnotations(w, metadata);
    writeController(w, replicaSet);
    w.field(0, 'Replicas', `${status.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
    w.field(0, 'Pods Status', podsStatus);
    writePodTemplate(w, spec.template);
    writeConditions(w, status.conditions);
    writeEvents(w, events, context);
  });
}
