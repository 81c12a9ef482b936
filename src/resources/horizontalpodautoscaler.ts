// HorizontalPodAutoscaler: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { HorizontalPodAutoscaler as UpstreamHorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type HorizontalPodAutoscaler = Kind<UpstreamHorizontalPodAutoscaler>;

export const horizontalPodAutoscaler = defineResource<HorizontalPodAutoscaler>({
  gvr: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' },
  kind: 'HorizontalPodAutoscaler',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
