// Node: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Node as UpstreamNode } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Node = Kind<UpstreamNode>;

export const node = defineResource<Node>({
  gvr: { group: '', version: 'v1', resource: 'nodes' },
  kind: 'Node',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  subresources: ['status', 'proxy'],
  schema: 'io.k8s.api.core.v1.Node',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
