// What `kubectl describe` says of CSINodes and VolumeAttributesClasses.
// Called by: csi.ts. Must not know: HTTP, storage.
import { labelsCell } from './columns.ts';
import type { CSINode, VolumeAttributesClass } from './csi.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { timeText, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';

/** Upstream: describeCSINode. */
export async function describeCSINode(object: CSINode, context: DescribeContext): Promise<string> {
  const { metadata, spec } = object;
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    w.field(0, 'CreationTimestamp', timeText(metadata.creationTimestamp, context));
    w.write(0, 'Spec:\n');
    if (spec.drivers) w.write(1, 'Drivers:\n');
    for (const { name, nodeID, allocatable, topologyKeys } of spec.drivers ?? []) {
      w.write(2, `${name}:\n`);
      w.field(3, 'Node ID', nodeID);
      if (allocatable?.count !== undefined) {
        w.write(3, 'Allocatables:\n');
        w.field(4, 'Count', allocatable.count);
      }
      if (topologyKeys) w.field(3, 'Topology Keys', `[${topologyKeys.join(' ')}]`);
    }
    writeEvents(w, events, context);
  });
}

/** Upstream: describeVolumeAttributesClass. */
export async function describeVolumeAttributesClass(
  object: VolumeAttributesClass,
  context: DescribeContext,
): Promise<string> {
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    w.field(0, 'Name', object.metadata.name);
    w.field(0, 'Annotations', labelsCell(object.metadata.annotations));
    w.field(0, 'DriverName', object.driverName);
    w.field(0, 'Parameters', labelsCell(object.parameters));
    writeEvents(w, events, context);
  });
}
