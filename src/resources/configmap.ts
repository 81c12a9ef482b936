// ConfigMap: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ConfigMap as UpstreamConfigMap } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type ConfigMap = Kind<UpstreamConfigMap>;

export const configMap = defineResource<ConfigMap>({
  gvr: { group: '', version: 'v1', resource: 'configmaps' },
  kind: 'ConfigMap',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.ConfigMap',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
