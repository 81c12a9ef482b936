// Namespace: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Namespace as UpstreamNamespace } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { keepStatus } from './strategy.ts';

export type Namespace = Kind<UpstreamNamespace>;

export const namespace = defineResource<Namespace>({
  gvr: { group: '', version: 'v1', resource: 'namespaces' },
  kind: 'Namespace',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  subresources: ['status', 'finalize'],
  schema: 'io.k8s.api.core.v1.Namespace',
  setDefaults: labelWithName,
  strategy: {
    prepareForCreate(object) {
      object.status = { phase: 'Active' };
      object.spec ??= {};
      const finalizers = object.spec.finalizers ?? [];
      if (!finalizers.includes('kubernetes')) object.spec.finalizers = [...finalizers, 'kubernetes'];
    },
    canonicalize: labelWithName,
    prepareForUpdate(object, old) {
      object.spec ??= {};
      if (old.spec.finalizers) object.spec.finalizers = old.spec.finalizers;
      else delete object.spec.finalizers;
      keepStatus(object, old);
    },
  },
  table: {
    columns: [nameColumn, textColumn('Status'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, object.status.phase ?? '', ageCell(object, nowMs)],
  },
  fieldLabels: (object) => ({ name: object.metadata.name, 'status.phase': object.status.phase ?? '' }),
});

/** Sets the label that selectors of namespaces match on, once there is a name (generateName). Changes its argument. */
function labelWithName({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}
