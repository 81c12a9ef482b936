// ConfigMap: its names, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ConfigMap as UpstreamConfigMap } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { validateConfigMap, validateConfigMapUpdate } from './configmap.validation.ts';
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
  strategy: { validate: validateConfigMap, validateUpdate: validateConfigMapUpdate },
  table: {
    columns: [nameColumn, textColumn('Data'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) => (await import('./configmap.describe.ts')).describeConfigMap(object, context),
});
