// ControllerRevision: its names, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ControllerRevision as UpstreamControllerRevision } from 'kubernetes-types/apps/v1';
import { controllerOf } from '../machinery/meta.ts';
import { groupResourceString, parseGroupVersion, type Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type ControllerRevision = Kind<UpstreamControllerRevision>;

export const controllerRevision = defineResource<ControllerRevision>({
  gvr: { group: 'apps', version: 'v1', resource: 'controllerrevisions' },
  kind: 'ControllerRevision',
  singular: 'controllerrevision',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  strategy: {},
  table: {
    columns: [nameColumn, textColumn('Controller'), textColumn('Revision'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      controllerCell(object),
      object.revision ?? 0,
      ageCell(object, nowMs),
    ],
  },
});

function controllerCell(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (!owner) return '<none>';
  const kind = groupResourceString({ group: parseGroupVersion(owner.apiVersion).group, resource: owner.kind });
  return `${kind.toLowerCase()}/${owner.name}`;
}
