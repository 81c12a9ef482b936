// Secret: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Secret as UpstreamSecret } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Secret = Kind<UpstreamSecret>;

export const secret = defineResource<Secret>({
  gvr: { group: '', version: 'v1', resource: 'secrets' },
  kind: 'Secret',
  singular: 'secret',
  shortNames: [],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.Secret',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
