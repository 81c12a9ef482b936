// Definitions as the server sees them inside: what all versions have in common stands above the versions.
// Called by: customresourcedefinition.validation.ts, whose paths and values follow from it. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver pkg/apis/apiextensions/v1/conversion.go, pkg/apis/apiextensions/types.go.
import { additionalOf, inKeyOrder, isSchemaList, itemsOf, type JSONSchema } from '../machinery/jsonschema.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';
import type { CustomResourceSpec, CustomResourceVersion } from './customresourcedefinition.ts';

export type Subresources = NonNullable<CustomResourceVersion['subresources']>;
export type PrinterColumn = NonNullable<CustomResourceVersion['additionalPrinterColumns']>[number];
export type SelectableField = NonNullable<CustomResourceVersion['selectableFields']>[number];
export type Validation = NonNullable<CustomResourceVersion['schema']>;

export interface InternalSpec {
  versions: readonly CustomResourceVersion[];
  validation?: Validation;
  subresources?: Subresources;
  additionalPrinterColumns?: readonly PrinterColumn[];
  selectableFields?: readonly SelectableField[];
}

const PER_VERSION = ['subresources', 'schema', 'additionalPrinterColumns', 'selectableFields'] as const;

/** Returns the versions without what is the same in all of them, and that apart. */
export function internalSpec({ versions }: CustomResourceSpec): InternalSpec {
  const [first] = versions;
  if (!first) return { versions };
  const isCommon = (field: (typeof PER_VERSION)[number]): boolean =>
    versions.every((version) => semanticEqual(version[field], first[field]));
  const common = PER_VERSION.filter(isCommon);
  const rest = versions.map((version) => {
    const own = { ...version };
    for (const field of common) delete own[field];
    return own;
  });
  const lifted = <F extends (typeof PER_VERSION)[number]>(field: F) =>
    common.includes(field) ? first[field] : undefined;
  const validation = lifted('schema');
  const subresources = lifted('subresources');
  const columns = lifted('additionalPrinterColumns');
  const selectableFields = lifted('selectableFields');
  return {
    versions: rest,
    ...(validation ? { validation } : {}),
    ...(subresources ? { subresources } : {}),
    ...(columns ? { additionalPrinterColumns: columns } : {}),
    ...(selectableFields ? { selectableFields } : {}),
  };
}

/** Returns versions as the server's messages print them: with the names of Go's fields. */
export function goVersions(versions: readonly CustomResourceVersion[]): unknown {
  return versions.map((version) => ({
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: version.schema ? { OpenAPIV3Schema: goSchemaOrNull(version.schema.openAPIV3Schema) } : null,
    Subresources: version.subresources ? goSubresources(version.subresources) : null,
    AdditionalPrinterColumns: version.additionalPrinterColumns?.map(goColumn) ?? null,
    SelectableFields: version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null,
  }));
}

function goSubresources({ status, scale }: Subresources): unknown {
  return {
    Status: status ? {} : null,
    Scale: scale
      ? {
          SpecReplicasPath: scale.specReplicasPath,
          StatusReplicasPath: scale.statusReplicasPath,
          LabelSelectorPath: scale.labelSelectorPath ?? null,
        }
      : null,
  };
}

function goColumn({ name, type, format = '', description = '', priority = 0, jsonPath }: PrinterColumn): unknown {
  return { Name: name, Type: type, Format: format, Description: description, Priority: priority, JSONPath: jsonPath };
}

function goSchemaOrNull(schema: JSONSchema | undefined): unknown {
  return schema ? goSchema(schema) : null;
}

function goSchemas(schemas: readonly JSONSchema[] | undefined): unknown {
  return schemas?.map(goSchema) ?? null;
}

function goMap(map: Readonly<Record<string, JSONSchema>> | undefined): unknown {
  if (!map) return null;
  return inKeyOrder(Object.fromEntries(Object.entries(map).map(([name, schema]) => [name, goSchema(schema)])));
}

/** Returns a schema with the names of Go's fields, in their order. */
export function goSchema(schema: JSONSchema): object {
  const { items, additionalProperties } = schema;
  const isList = items !== undefined && isSchemaList(items);
  return {
    ID: schema.id ?? '',
    Schema: schema.$schema ?? '',
    Ref: schema.$ref ?? null,
    Description: schema.description ?? '',
    Type: schema.type ?? '',
    Nullable: schema.nullable ?? false,
    Format: schema.format ?? '',
    Title: schema.title ?? '',
    Default: inKeyOrder(schema.default ?? null),
    Maximum: schema.maximum ?? null,
    ExclusiveMaximum: schema.exclusiveMaximum ?? false,
    Minimum: schema.minimum ?? null,
    ExclusiveMinimum: schema.exclusiveMinimum ?? false,
    MaxLength: schema.maxLength ?? null,
    MinLength: schema.minLength ?? null,
    Pattern: schema.pattern ?? '',
    MaxItems: schema.maxItems ?? null,
    MinItems: schema.minItems ?? null,
    UniqueItems: schema.uniqueItems ?? false,
    MultipleOf: schema.multipleOf ?? null,
    Enum: inKeyOrder(schema.enum ?? null),
    MaxProperties: schema.maxProperties ?? null,
    MinProperties: schema.minProperties ?? null,
    Required: schema.required ?? null,
    Items: items ? { Schema: goSchemaOrNull(itemsOf(schema)), JSONSchemas: isList ? goSchemas(items) : null } : null,
    AllOf: goSchemas(schema.allOf),
    OneOf: goSchemas(schema.oneOf),
    AnyOf: goSchemas(schema.anyOf),
    Not: goSchemaOrNull(schema.not),
    Properties: goMap(schema.properties),
    AdditionalProperties:
      additionalProperties === undefined
        ? null
        : { Allows: additionalProperties !== false, Schema: goSchemaOrNull(additionalOf(schema)) },
    PatternProperties: goMap(schema.patternProperties),
    Dependencies: inKeyOrder(schema.dependencies ?? null),
    AdditionalItems: inKeyOrder(schema.additionalItems ?? null),
    Definitions: goMap(schema.definitions),
    ExternalDocs: schema.externalDocs ?? null,
    Example: inKeyOrder(schema.example ?? null),
    XPreserveUnknownFields: schema['x-kubernetes-preserve-unknown-fields'] ?? null,
    XEmbeddedResource: schema['x-kubernetes-embedded-resource'] ?? false,
    XIntOrString: schema['x-kubernetes-int-or-string'] ?? false,
    XListMapKeys: schema['x-kubernetes-list-map-keys'] ?? null,
    XListType: schema['x-kubernetes-list-type'] ?? null,
    XMapType: schema['x-kubernetes-map-type'] ?? null,
    XValidations: schema['x-kubernetes-validations']?.map(goRule) ?? null,
  };
}

/** Returns a rule with the names of Go's fields. */
export function goRule(rule: NonNullable<JSONSchema['x-kubernetes-validations']>[number]): object {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
