// /openapi/v3: one document a group version, made of the generated schemas.
// Called by: documents.openapi.ts. Must not know: the store. Upstream: kube-openapi pkg/builder3.
import { MEDIA_TYPES, STREAM_TYPES } from './negotiation.ts';
import { parameterOf, type Parameter } from './openapi.parameters.ts';
import { PATCH_SCHEMA, pathsOf, SHARED_TYPES, type Operation, type PathOperations } from './openapi.operations.ts';
import { definitionOfKind } from '../machinery/schema.ts';
import { schemasUnder } from './openapi.schemas.ts';
import { PATCH_TYPES } from './patching.ts';
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
  const schemas = schemasUnder(typesOf(served));
  const info = { title: 'Kubernetes', version: release };
  return { openapi: '3.0.0', info, paths, components: { schemas, securitySchemes: SECURITY_SCHEMES } };
}

const SECURITY_SCHEMES = {
  BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
};

/** Returns the types that operations of some kinds speak of. */
export function typesOf(served: readonly ServedResource[]): string[] {
  const named = served.flatMap(({ schema }) => [schema, `${schema}List`]);
  const parts = served.flatMap((resource) =>
    pathsOf(resource).flatMap(({ operations }) => operations.map(({ gvk }) => definitionOfKind(gvk) ?? '')),
  );
  return [...new Set([...named, ...parts, ...SHARED_TYPES])].filter((name) => name !== '' && name !== 'List');
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
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: { ...responsesOf(operation), '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function requestBody(schema: string): object {
  const types = schema === PATCH_SCHEMA ? PATCH_TYPES : ['*/*'];
  return { content: contentOf(types, schema), ...(schema.endsWith('DeleteOptions') ? {} : { required: true }) };
}

function responsesOf({ answer, isStream, action }: Operation): Record<string, object> {
  const types = isStream ? [...MEDIA_TYPES, ...STREAM_TYPES] : MEDIA_TYPES;
  const content = answer === undefined ? { '*/*': { schema: { type: 'string' } } } : contentOf(types, answer);
  return Object.fromEntries(
    Object.entries(RESPONSES[action] ?? OK).map(([code, description]) => [code, { description, content }]),
  );
}

function contentOf(types: readonly string[], schema: string): Record<string, object> {
  const reference = { schema: { $ref: `#/components/schemas/${schema}` } };
  return Object.fromEntries(types.map((type) => [type, reference]));
}

const OK = { '200': 'OK' };
/** Codes of success by action, where there is more than one. */
export const RESPONSES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  post: { ...OK, '201': 'Created', '202': 'Accepted' },
  put: { ...OK, '201': 'Created' },
  patch: { ...OK, '201': 'Created' },
  delete: { ...OK, '202': 'Accepted' },
};
