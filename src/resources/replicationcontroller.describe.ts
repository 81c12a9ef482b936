// What `kubectl describe replicationcontroller` says.
// Called by: replicationcontroller.ts. Must not know: HTTP, storage.
import { selectorFromSet } from '../machinery/selectors.ts';
import { labelsCell } from './columns.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeConditions, writeLabelsAndAnnotations } from './describe.metadata.ts';
import { podsStatusText } from './describe.pods.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import { writePodTemplate } from './podtemplate.describe.ts';
import type { ReplicationController } from './replicationcontroller.ts';

/** Upstream: ReplicationControllerDescriber.Describe, describeReplicationController. */
export async function describeReplicationController(
  controller: ReplicationController,
  context: DescribeContext,
): Promise<string> {
  const { metadata, spec, status } = controller;
  const podsStatus = await podsStatusText(controller, selectorFromSet(spec.selector), context);
  const events = await eventsOf(controller, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    w.field(0, 'Selector', labelsCell(spec.selector));
    writeLabelsAndAnnotations(w, metadata);
    w.field(0, 'Replicas', `${status.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
    w.field(0, 'Pods Status', podsStatus);
    writePodTemplate(w, spec.template);
    writeConditions(w, status.conditions);
    writeEvents(w, events, context);
  });
}
