// What `kubectl describe storageclass` says.
// Called by: storageclass.ts. Must not know: HTTP, storage.
import { labelsCell } from './columns.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { isDefaultClass } from './storage.formatting.ts';
import type { StorageClass } from './storageclass.ts';

/** Upstream: describeStorageClass. Annotations are all shown, apply's own among them. */
export async function describeStorageClass(object: StorageClass, context: DescribeContext): Promise<string> {
  const { metadata, mountOptions = [] } = object;
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'IsDefaultClass', isDefaultClass(metadata) ? 'Yes' : 'No');
    w.field(0, 'Annotations', labelsCell(metadata.annotations));
    w.field(0, 'Provisioner', object.provisioner);
    w.field(0, 'Parameters', labelsCell(object.parameters));
    w.field(0, 'AllowVolumeExpansion', expansionText(object.allowVolumeExpansion));
    if (mountOptions.length === 0) w.field(0, 'MountOptions', '<none>');
    else w.write(0, 'MountOptions:\n');
    for (const option of mountOptions) w.write(1, `${option}\n`);
    if (object.reclaimPolicy !== undefined) w.field(0, 'ReclaimPolicy', object.reclaimPolicy);
    if (object.volumeBindingMode !== undefined) w.field(0, 'VolumeBindingMode', object.volumeBindingMode);
    writeTopologies(w, object);
    writeEvents(w, events, context);
  });
}

function expansionText(allows: boolean | undefined): string {
  if (allows === undefined) return '<unset>';
  return allows ? 'True' : 'False';
}

/** Upstream: printAllowedTopologies. */
function writeTopologies(w: PrefixWriter, { allowedTopologies }: StorageClass): void {
  if (!allowedTopologies) return;
  w.write(0, `AllowedTopologies:\t${allowedTopologies.length === 0 ? '<none>' : ''}\n`);
  allowedTopologies.forEach(({ matchLabelExpressions = [] }, term) => {
    w.write(1, `Term ${term}:\t${matchLabelExpressions.length === 0 ? '<none>\n' : ''}`);
    matchLabelExpressions.forEach(({ key, values = [] }, i) => {
      if (i > 0) w.write(1, '\t');
      w.write(0, `${key} in${values.length > 0 ? ` [${values.join(', ')}]` : ''}\n`);
    });
  });
}
