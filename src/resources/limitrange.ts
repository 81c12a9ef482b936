// LimitRange: its names, defaults, strategy, validation and table.
// Called by: resources/index.ts; admission as a typed handle. Must not know: HTTP, storage.
import type { LimitRange as UpstreamLimitRange, LimitRangeItem } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateLimitRange } from './limitrange.validation.ts';

export type LimitRange = Kind<UpstreamLimitRange>;

export const limitRange = defineResource<LimitRange>({
  gvr: { group: '', version: 'v1', resource: 'limitranges' },
  kind: 'LimitRange',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.LimitRange',
  setDefaults({ spec }) {
    for (const item of spec.limits ?? []) if (item.type === 'Container') setContainerDefaults(item);
  },
  strategy: { validate: validateLimitRange, validateUpdate: validateLimitRange },
  table: {
    columns: [nameColumn, { name: 'Created At', type: 'date' }],
    row: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ''],
  },
  describe: async (object) => (await import('./limitrange.describe.ts')).describeLimitRange(object),
});

/** Upstream: kubernetes pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem. */
function setContainerDefaults(item: LimitRangeItem): void {
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
}
