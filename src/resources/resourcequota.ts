// ResourceQuota: its names, strategy and table.
// Called by: resources/index.ts; admission and the resourcequota controller as a typed handle. Must not know: HTTP.
import type { ResourceQuota as UpstreamResourceQuota } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateResourceQuota, validateResourceQuotaUpdate } from './resourcequota.validation.ts';
import { keepStatus } from './strategy.ts';

export type ResourceQuota = Kind<UpstreamResourceQuota>;

export const resourceQuota = defineResource<ResourceQuota>({
  gvr: { group: '', version: 'v1', resource: 'resourcequotas' },
  kind: 'ResourceQuota',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  strategy: {
    prepareForCreate(object) {
      object.status = {};
    },
    prepareForUpdate: keepStatus,
    validate: validateResourceQuota,
    validateUpdate: validateResourceQuotaUpdate,
  },
  table: {
    columns: [nameColumn, textColumn('Request'), textColumn('Limit'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      amountsCell(object, (name) => !isLimit(name)),
      amountsCell(object, isLimit),
      ageCell(object, nowMs),
    ],
  },
  describe: async (object) => (await import('./resourcequota.describe.ts')).describeResourceQuota(object),
});

function isLimit(name: string): boolean {
  return name.startsWith('limits.');
}

function amountsCell({ status }: ResourceQuota, isWanted: (name: string) => boolean): string {
  const { hard = {}, used = {} } = status;
  const names = Object.keys(hard).filter(isWanted).sort();
  return names.map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`).join(', ');
}
