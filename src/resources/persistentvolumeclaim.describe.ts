// What `kubectl describe persistentvolumeclaim` says.
// Called by: persistentvolumeclaim.ts. Must not know: HTTP, storage.
import { eventsOf, writeEvents } from './describe.events.ts';
import { terminatingText, timeText, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { PersistentVolumeClaim } from './persistentvolumeclaim.ts';
import { pod as podDefinition } from './pod.ts';
import { accessModesText, storageClassOf } from './storage.formatting.ts';

/** Upstream: PersistentVolumeClaimDescriber.Describe, describePersistentVolumeClaim. */
export async function describePersistentVolumeClaim(
  claim: PersistentVolumeClaim,
  context: DescribeContext,
): Promise<string> {
  const users = await podsUsing(claim, context);
  const events = await eventsOf(claim, context);
  return tabbed((w) => {
    writeClaim(w, claim, context);
    w.write(0, `Used By:\t${users.length === 0 ? '<none>\n' : ''}`);
    users.forEach((name, i) => {
      if (i > 0) w.write(0, '\t');
      w.write(0, `${name}\n`);
    });
    writeConditions(w, claim, context);
    writeEvents(w, events, context);
  });
}

/** Upstream: printPersistentVolumeClaim. */
function writeClaim(w: PrefixWriter, claim: PersistentVolumeClaim, context: DescribeContext): void {
  const { metadata, spec, status } = claim;
  const { deletionTimestamp, finalizers = [] } = metadata;
  const isBound = (spec.volumeName ?? '') !== '';
  w.field(0, 'Name', metadata.name);
  w.field(0, 'Namespace', metadata.namespace);
  w.field(0, 'StorageClass', storageClassOf(claim));
  w.field(0, 'Status', deletionTimestamp ? terminatingText(deletionTimestamp, context.nowMs) : status.phase);
  w.field(0, 'Volume', spec.volumeName);
  writeLabelsAndAnnotations(w, metadata);
  w.field(0, 'Finalizers', `[${finalizers.join(' ')}]`);
  w.field(0, 'Capacity', isBound ? (status.capacity?.['storage'] ?? '0') : '');
  w.field(0, 'Access Modes', isBound ? accessModesText(status.accessModes) : '');
  if (spec.volumeMode !== undefined) w.field(0, 'VolumeMode', spec.volumeMode);
  if (!spec.dataSource) return;
  w.write(0, 'DataSource:\n');
  if (spec.dataSource.apiGroup !== undefined) w.field(1, 'APIGroup', spec.dataSource.apiGroup);
  w.field(1, 'Kind', spec.dataSource.kind);
  w.field(1, 'Name', spec.dataSource.name);
}

/** Returns the names of the pods that mount the claim, or own it. Upstream: getPodsForPVC. */
async function podsUsing({ metadata }: PersistentVolumeClaim, { reader }: DescribeContext): Promise<string[]> {
  const pods = await reader.list(podDefinition, { namespace: metadata.namespace });
  const owners = new Set(metadata.ownerReferences?.filter(({ kind }) => kind === 'Pod').map(({ uid }) => uid));
  const isUser = ({ metadata: { uid = '' }, spec }: (typeof pods)[number]): boolean =>
    owners.has(uid) ||
    (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name);
  return pods
    .filter(isUser)
    .map((pod) => pod.metadata.name)
    .sort();
}

function writeConditions(w: PrefixWriter, { status }: PersistentVolumeClaim, context: DescribeContext): void {
  const { conditions = [] } = status;
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n');
  w.row(1, 'Type', 'Status', 'LastProbeTime', 'LastTransitionTime', 'Reason', 'Message');
  w.row(1, '----', '------', '-----------------', '------------------', '------', '-------');
  for (const { type, status: value, lastProbeTime, lastTransitionTime, reason, message } of conditions) {
    const times = [lastProbeTime, lastTransitionTime].map((time) => `${timeText(time, context)} `);
    w.row(1, `${type} `, `${value} `, ...times, `${reason ?? ''} `, message);
  }
}
