// What `kubectl describe daemonset` says.
// Called by: daemonset.ts. Must not know: HTTP, storage.
import { labelSelectorAsSelector, selectorText } from '../machinery/selectors.ts';
import { labelsCell } from './columns.ts';
import type { DaemonSet } from './daemonset.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeLabelsAndAnnotations } from './describe.metadata.ts';
import { podsStatusText } from './describe.pods.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import { writePodTemplate } from './podtemplate.describe.ts';

/** Upstream: DaemonSetDescriber.Describe, describeDaemonSet. */
export async function describeDaemonSet(daemonSet: DaemonSet, context: DescribeContext): Promise<string> {
  const { metadata, spec, status } = daemonSet;
  const selector = labelSelectorAsSelector(spec.selector);
  const podsStatus = await podsStatusText(daemonSet, selector, context);
  const events = await eventsOf(daemonSet, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    w.field(0, 'Selector', selectorText(selector));
    w.field(0, 'Node-Selector', labelsCell(spec.template.spec?.nodeSelector));
    writeLabelsAndAnnotations(w, metadata);
    // These counts stand behind a blank, not in a column.
    w.write(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}\n`);
    w.write(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}\n`);
    w.write(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}\n`);
    w.write(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}\n`);
    w.write(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}\n`);
    w.field(0, 'Pods Status', podsStatus);
    writePodTemplate(w, spec.template);
    writeEvents(w, events, context);
  });
}
