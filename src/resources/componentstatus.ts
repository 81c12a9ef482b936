// ComponentStatus: computed, never stored; its names and table.
// Called by: resources/index.ts. Must not know: HTTP, storage.
import type { ComponentStatus as UpstreamComponentStatus } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type ComponentStatus = Kind<UpstreamComponentStatus>;

export const componentStatus = defineResource<ComponentStatus>({
  gvr: { group: '', version: 'v1', resource: 'componentstatuses' },
  kind: 'ComponentStatus',
  singular: 'componentstatus',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  subresources: [],
  schema: 'io.k8s.api.core.v1.ComponentStatus',
  warning: 'v1 ComponentStatus is deprecated in v1.19+',
  strategy: {},
  table: {
    columns: [nameColumn, textColumn('Status'), textColumn('Message'), textColumn('Error')],
    row(object) {
      const healthy = object.conditions?.find((c) => c.type === 'Healthy');
      const status = healthy ? (healthy.status === 'True' ? 'Healthy' : 'Unhealthy') : 'Unknown';
      return [object.metadata.name, status, healthy?.message ?? '', healthy?.error ?? ''];
    },
  },
  virtual: () => ['controller-manager', 'etcd-0', 'scheduler'].map(healthyComponent),
});

function healthyComponent(name: string): ComponentStatus {
  return {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  };
}
