// CustomResourceDefinition: its names, defaults, strategy and table. What it makes is in customresource.ts.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type {
  CustomResourceDefinition as Upstream,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
} from 'kubernetes-types/apiextensions/v1';
import { isKnownFormat } from '../machinery/jsonschema.formats.ts';
import { schemasIn, type JSONSchema } from '../machinery/jsonschema.ts';
import type { Kind } from '../machinery/types.ts';
import { nameColumn } from './columns.ts';
import { setCondition } from './customresourcedefinition.conditions.ts';
import {
  validateCustomResourceDefinition,
  validateCustomResourceDefinitionStatus,
  validateCustomResourceDefinitionUpdate,
} from './customresourcedefinition.validation.ts';
import { defineResource } from './definition.ts';
import { keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type { CustomResourceDefinitionNames };
export type CustomResourceVersion = Omit<CustomResourceDefinitionVersion, 'schema'> & {
  schema?: { openAPIV3Schema?: JSONSchema };
};
export type CustomResourceSpec = Omit<CustomResourceDefinitionSpec, 'versions'> & { versions: CustomResourceVersion[] };
export type CustomResourceDefinition = Kind<Omit<Upstream, 'spec'> & { spec: CustomResourceSpec }>;
export type CustomResourceCondition = CustomResourceDefinitionCondition;

/** Keeps a definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Upstream: apiextensions-apiserver pkg/registry/customresourcedefinition/strategy.go and etcd.go. */
export const customResourceDefinition = defineResource<CustomResourceDefinition>({
  gvr: { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' },
  kind: 'CustomResourceDefinition',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  setDefaults({ spec, status }) {
    fillZeroValues(spec);
    const { names } = spec;
    if (!names.singular) names.singular = names.kind.toLowerCase();
    if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    const { service } = spec.conversion.webhook?.clientConfig ?? {};
    if (service) service.port ??= 443;
    if ((status.storedVersions ?? []).length === 0) addStoredVersion(spec, status);
  },
  strategy: {
    allowsUnconditionalUpdate: false,
    takesMetadataWithStatus: true,
    prepareForCreate(object) {
      object.status = {};
      startGeneration(object);
      addStoredVersion(object.spec, object.status);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
      object.status = { ...object.status };
      addStoredVersion(object.spec, object.status);
    },
    prepareForDelete(object, nowMs) {
      const finalizers = object.metadata.finalizers ?? [];
      if (!finalizers.includes(CLEANUP_FINALIZER)) object.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
      setCondition(object, nowMs, {
        type: 'Terminating',
        status: 'True',
        reason: 'InstanceDeletionPending',
        message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      });
    },
    validate: validateCustomResourceDefinition,
    validateUpdate: validateCustomResourceDefinitionUpdate,
    validateStatusUpdate: validateCustomResourceDefinitionStatus,
    warningsOnCreate: formatWarnings,
    warningsOnUpdate(object, old) {
      const known = formatWarnings(old);
      return formatWarnings(object).filter((warning) => !known.includes(warning));
    },
  },
  table: {
    columns: [nameColumn, { name: 'Created At', type: 'date' }],
    row: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? null],
  },
});

/** Texts that Go's types always have. Changes the spec. */
function fillZeroValues(spec: CustomResourceSpec): void {
  spec.group ??= '';
  spec.scope ??= '';
  spec.names ??= { kind: '', plural: '' };
  spec.names.kind ??= '';
  spec.names.plural ??= '';
  spec.versions ??= [];
  for (const version of spec.versions) {
    version.name ??= '';
    version.served ??= false;
    version.storage ??= false;
  }
}

/** The storage version of now may have written objects. Changes the status. */
function addStoredVersion(spec: CustomResourceSpec, status: CustomResourceDefinition['status']): void {
  const name = spec.versions?.find(({ storage }) => storage)?.name;
  const stored = status.storedVersions ?? [];
  if (name !== undefined && !stored.includes(name)) status.storedVersions = [...stored, name];
}

function formatWarnings({ spec }: CustomResourceDefinition): string[] {
  const schemas = spec.versions.flatMap(({ schema }) => [...schemasIn(schema?.openAPIV3Schema)]);
  const unknown = schemas.filter(
    ({ type, format = '' }) => type === 'string' && format !== '' && !isKnownFormat(format),
  );
  return [...new Set(unknown.map(({ format }) => `unrecognized format ${JSON.stringify(format)}`))];
}
