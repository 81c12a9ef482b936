// Job: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Job as UpstreamJob } from 'kubernetes-types/batch/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Job = Kind<UpstreamJob>;

export const job = defineResource<Job>({
  gvr: { group: 'batch', version: 'v1', resource: 'jobs' },
  kind: 'Job',
  singular: 'job',
  shortNames: [],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.batch.v1.Job',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
