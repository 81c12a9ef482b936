import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiResponse } from '../../src/apiserver/types.ts';
import type { Unstructured } from '../../src/machinery/types.ts';
import { messageOf, type Fixture } from './fixture.ts';
import {
  bodyOf,
  createCustomFixture,
  CRDS,
  crontab,
  crontabs,
  CRONTABS,
  type CrdOptions,
} from './customresources.fixture.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const SCALED = {
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
};

let fixture: Fixture;
let send: Fixture['send'];
beforeEach(() => {
  fixture = createCustomFixture();
  ({ send } = fixture);
});

function define(options: CrdOptions = {}): void {
  const refusal = messageOf(send('POST', CRDS, crontabs(options)));
  if (refusal !== '') throw new Error(refusal);
}

function withSpec(properties: object, more: object = {}): CrdOptions {
  return { specSchema: { type: 'object', properties, ...more } };
}

function withStatus(status: object): CrdOptions {
  const openAPIV3Schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { replicas: { type: 'integer' } } }, status },
  };
  return { version: { ...SCALED, schema: { openAPIV3Schema } } };
}

describe('a custom resource', () => {
  it('is created, read, listed, replaced and deleted', () => {
    define();
    const created = bodyOf(send('POST', CRONTABS, crontab('a', { cronSpec: '* *' })));
    expect([created.apiVersion, created.kind, created.metadata.generation, created['spec']]).toEqual([
      'stable.example.com/v1',
      'CronTab',
      1,
      { cronSpec: '* *' },
    ]);
    expect(bodyOf(send('GET', `${CRONTABS}/a`))).toEqual(created);
    const list = bodyOf(send('GET', '/apis/stable.example.com/v1/crontabs'));
    expect([list.kind, list.apiVersion, list['items']]).toEqual(['CronTabList', 'stable.example.com/v1', [created]]);
    const replaced = bodyOf(send('PUT', `${CRONTABS}/a`, { ...created, spec: { cronSpec: '1 1' } }));
    expect([replaced.metadata.generation, replaced['spec']]).toEqual([2, { cronSpec: '1 1' }]);
    expect(messageOf(send('PUT', `${CRONTABS}/a`, crontab('a')))).toBe(
      'CronTab.stable.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
    expect(bodyOf(send('DELETE', `${CRONTABS}/a`))['details']).toEqual({
      name: 'a',
      group: 'stable.example.com',
      kind: 'crontabs',
      uid: created.metadata.uid,
    });
    expect(messageOf(send('GET', `${CRONTABS}/a`))).toBe('crontabs.stable.example.com "a" not found');
  });

  it.each<[string, object, string]>([
    [
      'another version',
      crontab('a', {}, { apiVersion: 'stable.example.com/v9' }),
      'the API version in the data (stable.example.com/v9) does not match the expected API version (stable.example.com/v1)',
    ],
    [
      'another kind',
      crontab('a', {}, { kind: 'Cron' }),
      'Cron.stable.example.com "a" is invalid: kind: Invalid value: "Cron": must be CronTab',
    ],
    [
      'no kind',
      { apiVersion: 'stable.example.com/v1', metadata: { name: 'a' } },
      `the object provided is unrecognized (must be of type CronTab): Object 'Kind' is missing in ` +
        `'{"apiVersion":"stable.example.com/v1","metadata":{"name":"a"}}' ({"apiVersion":"stable.example. ...)`,
    ],
    [
      'labels that are none',
      crontab('a', {}, { metadata: { name: 'a', labels: { x: 1 } } }),
      'CronTab in version "v1" cannot be handled as a CronTab: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    ],
    [
      'a name that is none',
      crontab('A_'),
      `CronTab.stable.example.com "A_" is invalid: metadata.name: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
  ])('is refused: %s', (_, body, expected) => {
    define();
    expect(messageOf(send('POST', CRONTABS, body))).toBe(expected);
  });

  it('loses fields that its schema does not know, as fieldValidation says', () => {
    define(withSpec({
      a: { type: 'object', properties: { b: { type: 'string' } } },
      list: { type: 'array', items: { type: 'object' } },
    }));
    const spec = { z: 1, a: { b: 'x', c: 'y' }, list: [{ d: 1 }] };
    const body = { ...crontab('a', spec), metadata: { name: 'a', nope: 1 }, extra: true };
    const unknown = ['metadata.nope', 'extra', 'spec.a.c', 'spec.list[0].d', 'spec.z'];
    const texts = unknown.map((path) => `unknown field "${path}"`);
    expect(messageOf(send('POST', `${CRONTABS}?fieldValidation=Strict`, body))).toBe(
      `CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: ${texts.join(', ')}`,
    );
    const warned = send('POST', CRONTABS, body);
    expect(warned.warnings).toEqual(texts);
    expect(bodyOf(warned)['spec']).toEqual({ a: { b: 'x' }, list: [{}] });
    expect(bodyOf(warned)['extra']).toBeUndefined();
    const ignored = send('PATCH', `${CRONTABS}/a?fieldValidation=Ignore`, { spec: { q: 1 } }, MERGE);
    expect([ignored.warnings, bodyOf(ignored)['spec']]).toEqual([[], { a: { b: 'x' }, list: [{}] }]);
    expect(messageOf(send('PATCH', `${CRONTABS}/a?fieldValidation=Strict`, { spec: { q: 1 } }, MERGE))).toMatch(
      /^ "" is invalid: patch: Invalid value: "\{.*\}": strict decoding error: unknown field "spec.q"$/,
    );
  });

  it('keeps unknown fields where its schema says so', () => {
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    define(withSpec({
      open: { ...open, properties: { known: { type: 'object', properties: { x: { type: 'string' } } } } },
      map: { type: 'object', additionalProperties: { type: 'object', properties: { n: { type: 'integer' } } } },
    }));
    const spec = { open: { free: { a: [1] }, known: { x: 'y', z: 1 } }, map: { one: { n: 1, m: 2 } } };
    expect(bodyOf(send('POST', CRONTABS, crontab('a', spec)))['spec']).toEqual({
      open: { free: { a: [1] }, known: { x: 'y' } },
      map: { one: { n: 1 } },
    });
  });

  it('takes the metadata of embedded objects for what it is', () => {
    define(withSpec({
      template: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
      },
    }));
    const template = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', nix: 1 }, spec: { free: 1 } };
    const created = send('POST', CRONTABS, crontab('a', { template }));
    expect(created.warnings).toEqual(['unknown field "spec.template.metadata.nix"']);
    expect(bodyOf(created)['spec']).toEqual({ template: { ...template, metadata: { name: 'p' } } });
    expect(messageOf(send('POST', CRONTABS, crontab('b', { template: { metadata: { name: 'a/b' } } })))).toBe(
      'CronTab.stable.example.com "b" is invalid: [spec.template.apiVersion: Required value, spec.template.kind: Required value, ' +
        `spec.template.metadata.name: Invalid value: "a/b": may not contain '/']`,
    );
    expect(
      messageOf(send('POST', CRONTABS, crontab('c', { template: { ...template, metadata: { labels: 1 } } }))),
    ).toBe(
      'CronTab in version "v1" cannot be handled as a CronTab: spec.template.metadata: Invalid value: {"labels":1}: ' +
        'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type map[string]string',
    );
  });

  it('takes defaults when it is written, and those that come later when it is read', () => {
    const color = { type: 'string', default: 'red' };
    define(withSpec({
      color,
      nested: { type: 'object', default: {}, properties: { size: { type: 'integer', default: 1 } } },
    }));
    expect(bodyOf(send('POST', CRONTABS, crontab('a', { color: null })))['spec']).toEqual({
      color: 'red',
      nested: { size: 1 },
    });
    const path = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/shape';
    const value = { type: 'string', default: 'round' };
    bodyOf(send('PATCH', `${CRDS}/crontabs.stable.example.com`, [{ op: 'add', path, value }], JSON_PATCH));
    const read = { color: 'red', nested: { size: 1 }, shape: 'round' };
    expect(bodyOf(send('GET', `${CRONTABS}/a`))['spec']).toEqual(read);
    const [item] = bodyOf(send('GET', CRONTABS))['items'] as Unstructured[];
    expect(item?.['spec']).toEqual(read);
  });

  it('keeps nulls only where they may be', () => {
    define(withSpec({ a: { type: 'string' }, b: { type: 'string', nullable: true } }));
    expect(bodyOf(send('POST', CRONTABS, crontab('a', { a: null, b: null })))['spec']).toEqual({ b: null });
  });
});

describe('the generation of a custom resource', () => {
  it('is raised by everything but metadata and a status of its own', () => {
    define(withStatus({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }));
    const created = bodyOf(send('POST', CRONTABS, { ...crontab('a', { replicas: 1 }), status: { x: 1 } }));
    expect([created['status'], created.metadata.generation]).toEqual([undefined, 1]);
    const generations = [{ metadata: { labels: { a: 'b' } } }, { status: { x: 1 } }, { spec: { replicas: 2 } }].map(
      (patch) => bodyOf(send('PATCH', `${CRONTABS}/a`, patch, MERGE)).metadata.generation,
    );
    expect(generations).toEqual([1, 1, 2]);
    const patch = { status: { x: 2 }, spec: { replicas: 9 }, metadata: { labels: { c: 'd' } } };
    const written = bodyOf(send('PATCH', `${CRONTABS}/a/status`, patch, MERGE));
    expect([written['status'], written['spec'], written.metadata.labels, written.metadata.generation]).toEqual([
      { x: 2 },
      { replicas: 2 },
      { a: 'b' },
      2,
    ]);
  });

  it('is raised by the status where that is a field like any other', () => {
    const properties = { status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    define({ version: { schema: { openAPIV3Schema: { type: 'object', properties } } } });
    bodyOf(send('POST', CRONTABS, { ...crontab('a'), status: { x: 1 } }));
    const patched = bodyOf(send('PATCH', `${CRONTABS}/a`, { status: { x: 2 } }, MERGE));
    expect([patched['status'], patched.metadata.generation]).toEqual([{ x: 2 }, 2]);
    expect(messageOf(send('GET', `${CRONTABS}/a/status`))).toBe('the server could not find the requested resource');
  });
});

describe('patches of a custom resource', () => {
  beforeEach(() => {
    define(withSpec({ a: { type: 'integer' } }));
    bodyOf(send('POST', CRONTABS, crontab('a', { a: 1 })));
  });

  it('are JSON patches and merge patches', () => {
    const operations = [{ op: 'replace', path: '/spec/a', value: 2 }];
    expect(bodyOf(send('PATCH', `${CRONTABS}/a`, operations, JSON_PATCH))['spec']).toEqual({ a: 2 });
    expect(bodyOf(send('PATCH', `${CRONTABS}/a`, { spec: null }, MERGE))['spec']).toBeUndefined();
  });

  it('are no strategic ones', () => {
    const headers = { 'content-type': 'application/strategic-merge-patch+json' };
    const refused = send('PATCH', `${CRONTABS}/a`, { spec: { a: 2 } }, headers);
    expect([refused.status, messageOf(refused)]).toEqual([
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, ' +
        'application/merge-patch+json, application/apply-patch+yaml',
    ]);
  });
});

describe('applied on the server', () => {
  it('lists are merged as the schema says, and fields have managers', () => {
    const ports = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, port: { type: 'integer' } },
      },
    };
    define(withSpec({ ports, tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } } }));
    const apply = (manager: string, spec: object): ApiResponse =>
      send('PATCH', `${CRONTABS}/a?fieldManager=${manager}`, crontab('a', spec as Record<string, unknown>), APPLY);
    expect(apply('one', { ports: [{ name: 'x', port: 1 }], tags: ['p'] }).status).toBe(201);
    const both = bodyOf(apply('two', { ports: [{ name: 'y', port: 2 }], tags: ['q'] }));
    expect(both['spec']).toEqual({
      ports: [
        { name: 'x', port: 1 },
        { name: 'y', port: 2 },
      ],
      tags: ['p', 'q'],
    });
    const entries = both.metadata.managedFields as unknown as { manager: string; fieldsV1: object }[];
    expect(entries.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      [
        'one',
        {
          'f:spec': {
            'f:ports': { 'k:{"name":"x"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
            'f:tags': { 'v:"p"': {} },
          },
        },
      ],
      [
        'two',
        {
          'f:spec': {
            'f:ports': { 'k:{"name":"y"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
            'f:tags': { 'v:"q"': {} },
          },
        },
      ],
    ]);
    expect(messageOf(apply('two', { ports: [{ name: 'x', port: 7 }] }))).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.ports[name="x"].port',
    );
    expect(messageOf(apply('two', { nope: 1 }))).toBe(
      'failed to create typed patch object (/a; stable.example.com/v1, Kind=CronTab): .spec.nope: field not declared in schema',
    );
  });
});

describe('the scale of a custom resource', () => {
  const scale = `${CRONTABS}/a/scale`;
  beforeEach(() =>
    define(withStatus({ type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } })),
  );

  it('reads and writes its numbers where the definition says', () => {
    bodyOf(send('POST', CRONTABS, crontab('a', { replicas: 2 })));
    bodyOf(send('PATCH', `${CRONTABS}/a/status`, { status: { replicas: 1, selector: 'a=b' } }, MERGE));
    const { spec, status } = bodyOf(send('GET', scale));
    expect([spec, status]).toEqual([{ replicas: 2 }, { replicas: 1, selector: 'a=b' }]);
    expect(bodyOf(send('PATCH', scale, { spec: { replicas: 5 } }, MERGE))['spec']).toEqual({ replicas: 5 });
    const { spec: stored, metadata } = bodyOf(send('GET', `${CRONTABS}/a`));
    expect([stored, metadata.generation]).toEqual([{ replicas: 5 }, 2]);
    expect(messageOf(send('PATCH', scale, { spec: { replicas: -1 } }, MERGE))).toBe(
      'CronTab.stable.example.com "a" is invalid: .spec.replicas: Invalid value: -1: should be a non-negative integer',
    );
  });

  it('is no scale without replicas', () => {
    bodyOf(send('POST', CRONTABS, crontab('a')));
    const refused = send('GET', scale);
    expect([refused.status, messageOf(refused)]).toEqual([
      500,
      'Internal error occurred: the spec replicas field ".spec.replicas" does not exist',
    ]);
  });
});
