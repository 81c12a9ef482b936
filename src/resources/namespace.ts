// Namespace: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Namespace as UpstreamNamespace } from 'kubernetes-types/core/v1';
import { type FieldErrors, Path, invalid } from '../machinery/field.ts';
import { nameIsDNSLabel } from '../machinery/metavalidation.ts';
import { isQualifiedName } from '../machinery/validation.ts';
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
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
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
    validateName: nameIsDNSLabel,
    validate: validateFinalizers,
    validateUpdate: validateFinalizers,
    validateStatusUpdate: validatePhase,
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
  describe: async (object, context) => (await import('./namespace.describe.ts')).describeNamespace(object, context),
  fieldLabels: (object) => ({ name: object.metadata.name, 'status.phase': object.status.phase ?? '' }),
});

/** Sets the label that selectors of namespaces match on, once there is a name (generateName). Changes its argument. */
function labelWithName({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Upstream: kubernetes pkg/apis/core/validation ValidateNamespace. */
function validateFinalizers({ spec }: Namespace): FieldErrors {
  const path = Path.of('spec', 'finalizers');
  return (spec?.finalizers ?? []).flatMap((name) => {
    const errors = isQualifiedName(name).map((message) => invalid(path, name, message));
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    if (!name.includes('/') && !STANDARD_FINALIZERS.includes(name)) errors.push(invalid(path, name, detail));
    return errors;
  });
}

/** Upstream: ValidateNamespaceStatusUpdate. */
function validatePhase({ metadata, status }: Namespace): FieldErrors {
  const [expected, not] = metadata.deletionTimestamp ? ['Terminating', 'not '] : ['Active', ''];
  if (status.phase === expected) return [];
  const detail = `may only be '${expected}' if \`deletionTimestamp\` is ${not}empty`;
  return [invalid(Path.of('status', 'Phase'), status.phase ?? '', detail)];
}
