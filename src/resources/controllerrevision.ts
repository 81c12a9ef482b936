// ControllerRevision: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ControllerRevision as UpstreamControllerRevision } from 'kubernetes-types/apps/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type ControllerRevision = Kind<UpstreamControllerRevision>;

export const controllerRevision = defineResource<ControllerRevision>({
  gvr: { group: 'apps', version: 'v1', resource: 'controllerrevisions' },
  kind: 'ControllerRevision',
  singular: 'controllerrevision',
  shortNames: [],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
