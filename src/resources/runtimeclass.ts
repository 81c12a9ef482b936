// RuntimeClass: its names, strategy, validation and table.
// Called by: resources/index.ts; admission as a typed handle. Must not know: what runs containers.
import type { RuntimeClass as UpstreamRuntimeClass } from 'kubernetes-types/node/v1';
import { Path } from '../machinery/field.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateDNS1123Label } from './podspec.validation.names.ts';

export type RuntimeClass = Kind<UpstreamRuntimeClass>;

export const runtimeClass = defineResource<RuntimeClass>({
  gvr: { group: 'node.k8s.io', version: 'v1', resource: 'runtimeclasses' },
  kind: 'RuntimeClass',
  singular: 'runtimeclass',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  strategy: {
    validate: ({ handler }) => validateDNS1123Label(handler ?? '', Path.of('handler')),
    validateUpdate: (object, old) => validateImmutableField(object.handler, old.handler, Path.of('handler')),
  },
  table: {
    columns: [nameColumn, textColumn('Handler'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, object.handler, ageCell(object, nowMs)],
  },
});
