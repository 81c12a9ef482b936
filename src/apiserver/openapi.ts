// /openapi/v3: one document a group version, made of the generated schemas.
// Called by: documents.openapi.ts. Must not know: the store. Upstream: kube-openapi pkg/builder3.
import { customSchemas, customTypesOf } from './openapi.custom.ts';
import { parameterOf, type Parameter } from './openapi.parameters.ts';
import { pathsOf, type Operation, type PathOperations } from './openapi.operations.ts';
import { definitionOfKind } from '../machinery/schema.ts';
import { SHARED_TYPES } from './openapi.templates.ts';
import { schemasUnder, type OpenAPISchema } from './openapi.schemas.ts';
import type { Scheme, ServedResource } from './scheme.ts';

/** Returns the document of a group version; undefined when it is not served. */
export function openapiDocument(
  scheme: Scheme,
  { group, version }: { group: string; version: string },
  release: string,
): object | undefined {
  const served = scheme.resources(group, version);
  if (served.length === 0) return undefined;
  const paths: Record<string, object> = {};
  for (const resource of served) for (const path of pathsOf(resource)) paths[path.path] = pathItem(path);
  const schemas = schemasOf(served);
  // What is served for custom resources is made apart, and says so.
  if (served.some(({ definition }) => definition.custom))
    return { openapi: '3.0.0', info: CUSTOM_INFO, paths, components: { schemas } };
  const info = { title: 'Kubernetes', version: release };
  return { openapi: '3.0.0', info, paths, components: { schemas, securitySchemes: SECURITY_SCHEMES } };
}

const CUSTOM_INFO = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };
const SECURITY_SCHEMES = {
  BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
};

/** Returns the schemas that operations of some kinds speak of, by name in alphabetical order. */
export function schemasOf(served: readonly ServedResource[], version: 2 | 3 = 3): Record<string, OpenAPISchema> {
  const schemas = schemasUnder(served.flatMap(typesOf), version);
  const custom = served.filter(({ definition }) => definition.custom);
  if (custom.length === 0) return schemas;
  const own = custom.flatMap((resource) => Object.entries(customSchemas(resource, schemas, version)));
  return Object.fromEntries([...Object.entries(schemas), ...own].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function typesOf(served: ServedResource): string[] {
  if (served.definition.custom) return customTypesOf(served);
  const parts = pathsOf(served).flatMap(({ operations }) => operations.map(({ gvk }) => definitionOfKind(gvk) ?? ''));
  const types = [served.schema, `${served.schema}List`, ...parts, ...SHARED_TYPES];
  return types.filter((name) => name !== '' && name !== 'List');
}

function pathItem({ operations, inPath, query }: PathOperations): object {
  const common = [
    ...inPath.map((name) => parameterOf(name, 'path')),
    ...[...query, 'pretty'].map((name) => parameterOf(name, 'query')),
  ];
  return {
    parameters: common.map(parameter),
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationObject(operation)])),
  };
}

function parameter({ name, in: place, type, description, isRequired }: Parameter): object {
  const required = isRequired ? { required: true } : {};
  return { name, in: place, description, ...required, schema: { type, uniqueItems: true } };
}

// Clients look here for which parameters a verb takes (kubectl: fieldValidation of patch) and for the kind a path serves.
function operationObject(operation: Operation): object {
  const { id, tag, description, query, body, gvk, action } = operation;
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(query.length > 0 ? { parameters: query.map((name) => parameter(parameterOf(name, 'query'))) } : {}),
    ...(body === undefined ? {} : { requestBody: requestBody(body, operation.consumes) }),
    responses: { ...responsesOf(operation), '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function requestBody(schema: string, types: readonly string[]): object {
  return { content: contentOf(types, schema), ...(schema.endsWith('DeleteOptions') ? {} : { required: true }) };
}

function responsesOf({ answer, produces, codes }: Operation): Record<string, object> {
  const content = answer === undefined ? { '*/*': { schema: { type: 'string' } } } : contentOf(produces, answer);
  return Object.fromEntries(Object.entries(codes).map(([code, description]) => [code, { description, content }]));
}

function contentOf(types: readonly string[], schema: string): Record<string, object> {
  const reference = { schema: { $ref: `#/components/schemas/${schema}` } };
  return Object.fromEntries(types.map((type) => [type, reference]));
}
