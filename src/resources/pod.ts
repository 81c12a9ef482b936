// Pod: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Pod as UpstreamPod } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Pod = Kind<UpstreamPod>;

export const pod = defineResource<Pod>({
  gvr: { group: '', version: 'v1', resource: 'pods' },
  kind: 'Pod',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  subresources: [
    'status',
    'log',
    'exec',
    'attach',
    'portforward',
    'proxy',
    'binding',
    'eviction',
    'ephemeralcontainers',
    'resize',
  ],
  schema: 'io.k8s.api.core.v1.Pod',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
