// /openapi/v2: everything that is served in one document of OpenAPI 2.
// Called by: documents.openapi.ts. Must not know: the store. Upstream: kube-openapi pkg/builder.
import { parameterOf, type Parameter } from './openapi.parameters.ts';
import { pathsOf, type Operation, type PathOperations } from './openapi.operations.ts';
import { schemasOf } from './openapi.ts';
import type { Scheme } from './scheme.ts';

/** Returns the document. */
export function swaggerDocument(scheme: Scheme, release: string): object {
  const served = scheme
    .groups()
    .flatMap((group) => scheme.versions(group).flatMap((version) => scheme.resources(group, version)));
  const paths: Record<string, object> = {};
  for (const resource of served) for (const path of pathsOf(resource)) paths[path.path] = pathItem(path);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: release },
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    definitions: schemasOf(served, 2),
    securityDefinitions: {
      BearerToken: {
        type: 'apiKey',
        name: 'authorization',
        in: 'header',
        description: 'Bearer Token authentication',
      },
    },
    security: [{ BearerToken: [] }],
  };
}

function pathItem({ operations, inPath, query }: PathOperations): object {
  const common = [
    ...inPath.map((name) => parameterOf(name, 'path')),
    ...[...query, 'pretty'].map((name) => parameterOf(name, 'query')),
  ];
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationObject(operation)])),
    parameters: common.map(parameter),
  };
}

function parameter({ name, in: place, type, description, isRequired }: Parameter): object {
  return { uniqueItems: true, type, description, name, in: place, ...(isRequired ? { required: true } : {}) };
}

function operationObject(operation: Operation): object {
  const { id, tag, description, query, body, gvk, action, answer, consumes, produces } = operation;
  const inBody = body === undefined ? [] : [bodyParameter(body)];
  const parameters = [...inBody, ...query.map((name) => parameter(parameterOf(name, 'query')))];
  const schema = answer === undefined ? { type: 'string' } : { $ref: `#/definitions/${answer}` };
  const codes = Object.entries(operation.codes);
  return {
    description,
    consumes,
    produces,
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: {
      ...Object.fromEntries(codes.map(([code, words]) => [code, { description: words, schema }])),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function bodyParameter(schema: string): object {
  const isRequired = !schema.endsWith('DeleteOptions');
  return {
    name: 'body',
    in: 'body',
    ...(isRequired ? { required: true } : {}),
    schema: { $ref: `#/definitions/${schema}` },
  };
}
