// What `kubectl describe persistentvolume` says.
// Called by: persistentvolume.ts. Must not know: HTTP, storage.
import { eventsOf, writeEvents } from './describe.events.ts';
import { terminatingText, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { PersistentVolume } from './persistentvolume.ts';
import { writeVolumeSource } from './pod.describe.volumes.ts';
import type { Volume } from './podspec.types.ts';
import { accessModesText, storageClassOf } from './storage.formatting.ts';

/** Upstream: PersistentVolumeDescriber.Describe, describePersistentVolume. */
export async function describePersistentVolume(volume: PersistentVolume, context: DescribeContext): Promise<string> {
  const { metadata, spec, status } = volume;
  const { deletionTimestamp, finalizers = [] } = metadata;
  const events = await eventsOf(volume, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    w.field(0, 'Finalizers', `[${finalizers.join(' ')}]`);
    w.field(0, 'StorageClass', storageClassOf(volume));
    w.field(0, 'Status', deletionTimestamp ? terminatingText(deletionTimestamp, context.nowMs) : status.phase);
    const { claimRef } = spec;
    w.field(0, 'Claim', claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '');
    w.field(0, 'Reclaim Policy', spec.persistentVolumeReclaimPolicy);
    w.field(0, 'Access Modes', accessModesText(spec.accessModes));
    if (spec.volumeMode !== undefined) w.field(0, 'VolumeMode', spec.volumeMode);
    w.field(0, 'Capacity', spec.capacity?.['storage'] ?? '0');
    writeNodeAffinity(w, spec.nodeAffinity);
    w.field(0, 'Message', status.message);
    w.write(0, 'Source:\n');
    writeSource(w, spec);
    writeEvents(w, events, context);
  });
}

/** Upstream: printVolumeNodeAffinity. */
function writeNodeAffinity(w: PrefixWriter, affinity: PersistentVolume['spec']['nodeAffinity']): void {
  const terms = affinity?.required?.nodeSelectorTerms;
  w.write(0, `Node Affinity:\t${affinity?.required ? '' : '<none>'}\n`);
  if (!affinity?.required) return;
  w.write(1, `Required Terms:\t${terms?.length ? '' : '<none>'}\n`);
  terms?.forEach(({ matchExpressions = [] }, term) => {
    w.write(2, `Term ${term}:\t${matchExpressions.length === 0 ? '<none>\n' : ''}`);
    matchExpressions.forEach(({ key, operator, values = [] }, i) => {
      if (i > 0) w.write(2, '\t');
      w.write(0, `${key} ${operator.toLowerCase()}${values.length > 0 ? ` [${values.join(', ')}]` : ''}\n`);
    });
  });
}

function writeSource(w: PrefixWriter, spec: PersistentVolume['spec']): void {
  const { local, csi } = spec;
  if (local) {
    w.field(2, 'Type', 'LocalVolume (a persistent volume backed by local storage on a node)');
    w.field(2, 'Path', local.path);
  } else if (csi) {
    w.field(2, 'Type', 'CSI (a Container Storage Interface (CSI) volume source)');
    w.field(2, 'Driver', csi.driver);
    w.field(2, 'FSType', csi.fsType);
    w.field(2, 'VolumeHandle', csi.volumeHandle);
    w.field(2, 'ReadOnly', csi.readOnly ?? false);
    writeAttributes(w, csi.volumeAttributes);
  } else writeVolumeSource(w, spec as unknown as Volume);
}

/** Upstream: printCSIPersistentVolumeAttributesMultiline. */
function writeAttributes(w: PrefixWriter, attributes: Record<string, string> = {}): void {
  const keys = Object.keys(attributes).sort();
  w.write(2, `VolumeAttributes:\t${keys.length === 0 ? '<none>\n' : ''}`);
  keys.forEach((key, i) => {
    // Upstream indents each piece of these lines on its own.
    if (i > 0) {
      w.write(2, '');
      w.write(2, '\t');
    }
    w.write(2, `${key}=${attributes[key]}\n`);
  });
}
