// Whatever a client sends is answered: with an object, a page or a Status, never with an exception.
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { ApiResponse } from '../../src/apiserver/types.ts';
import { clone } from '../../src/machinery/meta.ts';
import { fieldsOf, schemaFor, type SchemaNode } from '../../src/machinery/schema.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { createFixture } from './fixture.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const TYPES = [
  'application/json',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const PATHS = resourceDefinitions.flatMap(({ gvr, namespaced, subresources = [] }) => {
  const root = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${gvr.group}/${gvr.version}`;
  const collection = `${root}${namespaced ? '/namespaces/default' : ''}/${gvr.resource}`;
  return [collection, `${collection}/x`, ...subresources.map((name) => `${collection}/x/${name}`)];
});
// Values of the wrong type where objects of every kind have fields.
const anyValue = fc.oneof(
  fc.constantFrom(null, true, -1, 1.5, '', 'x', [], {}, [null], ['x'], { x: null }),
  fc.json().map((t) => JSON.parse(t) as unknown),
);
const body = fc.record(
  {
    apiVersion: fc.constantFrom('v1', 'apps/v1', 'batch/v1', 7),
    kind: fc.constantFrom('Pod', 'Deployment', 'Service', 'x', null),
    metadata: fc.oneof(
      anyValue,
      fc.record({ name: fc.constant('x'), labels: anyValue, ownerReferences: anyValue, finalizers: anyValue }),
    ),
    spec: fc.oneof(
      anyValue,
      fc.record({ containers: anyValue, selector: anyValue, template: anyValue, ports: anyValue, replicas: anyValue }),
    ),
    status: anyValue,
    data: anyValue,
    propagationPolicy: anyValue,
    preconditions: anyValue,
    gracePeriodSeconds: anyValue,
  },
  { requiredKeys: [] },
);
const query = fc.constantFrom(
  '',
  'dryRun=All',
  'dryRun=x',
  'watch=true',
  'limit=-1',
  'limit=x',
  'labelSelector=!!',
  'fieldSelector=a',
  'resourceVersion=x',
  'fieldValidation=Strict',
  'gracePeriodSeconds=x',
  'continue=%25',
);

function isAnswer({ status, body: answer, text, watch, stream, openPort }: ApiResponse): boolean {
  const { code, message } = (answer ?? {}) as { code?: number; message?: unknown };
  if (status >= 400) return text !== undefined || (code === status && typeof message === 'string' && message !== '');
  return [answer, text, watch, stream, openPort].some((part) => part !== undefined);
}

describe('any request', () => {
  it('is answered', () => {
    const { send } = createFixture();
    fc.assert(
      fc.property(
        fc.constantFrom(...METHODS),
        fc.constantFrom(...PATHS),
        query,
        fc.oneof(body, anyValue, fc.string()),
        fc.constantFrom(...TYPES),
        (method, path, search, given, type) => {
          const response = send(method, `${path}?${search}`, given, { 'content-type': type });
          response.watch?.next();
          expect(isAnswer(response)).toBe(true);
        },
      ),
      { numRuns: 1000, seed: 1 },
    );
  });
  it.each(resourceDefinitions.map((definition) => [definition.kind, definition] as const))(
    'is answered for a %s with fields at random',
    (kind, { gvr, namespaced, schema }) => {
      const { send } = createFixture();
      const apiVersion = gvr.group === '' ? gvr.version : `${gvr.group}/${gvr.version}`;
      const root = gvr.group === '' ? '/api/' : '/apis/';
      const path = `${root}${apiVersion}${namespaced ? '/namespaces/default' : ''}/${gvr.resource}`;
      fc.assert(
        fc.property(typed(schemaFor(schema) as SchemaNode, 7), (given) => {
          const fields = given as KubeObject;
          const metadata = { ...fields.metadata, name: 'x', namespace: 'default', finalizers: [] };
          const whole = { ...fields, apiVersion, kind, metadata };
          const before = clone(whole);
          const answers = [
            send('POST', `${path}?dryRun=All`, whole),
            send('PUT', `${path}/x`, whole),
            send('PUT', `${path}/x/status`, whole),
            send('GET', path, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }),
            send('POST', path, { ...whole, metadata: { name: 'x' } }),
            send('DELETE', `${path}/x`, { gracePeriodSeconds: 0 }),
          ];
          expect(answers.map(isAnswer)).toEqual(answers.map(() => true));
          expect(whole).toEqual(before);
        }),
        { numRuns: 40, seed: 11 },
      );
    },
  );
});

const texts = fc.constantFrom(
  '',
  'x',
  'Always',
  'TCP',
  'web',
  '1',
  '80%',
  'a b',
  'None',
  'Exists',
  'RollingUpdate',
  'ClusterIP',
);
const numbers = fc.constantFrom(-1, 0, 1, 80, 70000);

/** Values of the type a schema describes, with most fields absent. */
function typed(node: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  const nested = (inner: SchemaNode): fc.Arbitrary<unknown> => typed(inner, depth - 1);
  switch (node.type) {
    case 'integer':
    case 'number':
      return numbers;
    case 'boolean':
      return fc.boolean();
    case 'int-or-string':
      return fc.oneof(numbers, texts);
    case 'array':
      return depth <= 0 || !node.items ? fc.constant([]) : fc.array(nested(node.items), { maxLength: 2 });
    case 'map':
      return depth <= 0 || !node.items ? fc.constant({}) : fc.dictionary(texts, nested(node.items), { maxKeys: 2 });
    case 'object':
      return depth <= 0 ? fc.constant({}) : typedObject(node, nested);
    case 'any':
      return fc.constant({ a: 1 });
    default:
      return textOf(node);
  }
}

function textOf({ format, enum: values }: SchemaNode): fc.Arbitrary<string> {
  if (format === 'quantity') return fc.constantFrom('0', '1', '-1', '100m', '1Gi');
  if (format === 'byte') return fc.constantFrom('', 'eA==');
  if (format?.startsWith('date-time')) return fc.constant('2026-01-01T00:00:00Z');
  return values && values.length > 0 ? fc.oneof(fc.constantFrom(...values), texts) : texts;
}

function typedObject(node: SchemaNode, nested: (inner: SchemaNode) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const fields = [...fieldsOf(node)].filter(([name]) => name !== 'apiVersion' && name !== 'kind');
  if (fields.length === 0) return fc.constant({});
  const required = fields.filter(([, field]) => field.isRequired);
  // Required fields are there more often than not, so that validation gets further than the first refusal.
  return fc
    .tuple(fc.subarray(fields, { maxLength: Math.min(5, fields.length) }), fc.subarray(required))
    .chain(([some, more]) =>
      fc.record(Object.fromEntries([...some, ...more].map(([name, field]) => [name, nested(field)]))),
    );
}
