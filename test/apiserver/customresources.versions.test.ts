import { beforeEach, describe, expect, it } from '@jest/globals';
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
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
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

function withSpec(properties: object): CrdOptions {
  return { specSchema: { type: 'object', properties } };
}

describe('several versions', () => {
  const schemaOf = (properties: object): object => ({
    openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
  });
  const text = { type: 'string' };
  const versions = [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema: schemaOf({ a: text, b: text }),
      additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a' }],
    },
    { name: 'v1beta1', served: true, storage: false, deprecated: true, schema: schemaOf({ a: text, c: text }) },
    { name: 'v1alpha1', served: false, storage: false, schema: schemaOf({}) },
  ];
  const beta = CRONTABS.replace('v1', 'v1beta1');
  beforeEach(() => define({ spec: { versions } }));

  it('differ in name, and in what their schemas know', () => {
    const body = crontab('a', { a: '1', c: '2' }, { apiVersion: 'stable.example.com/v1beta1' });
    const created = send('POST', beta, body);
    expect(created.warnings).toEqual([
      'stable.example.com/v1beta1 CronTab is deprecated; use stable.example.com/v1 CronTab',
    ]);
    expect([bodyOf(created).apiVersion, bodyOf(created)['spec']]).toEqual(['stable.example.com/v1beta1', { a: '1' }]);
    bodyOf(send('PATCH', `${CRONTABS}/a`, { spec: { b: '3' } }, MERGE));
    expect(bodyOf(send('GET', `${CRONTABS}/a`))['spec']).toEqual({ a: '1', b: '3' });
    const read = bodyOf(send('GET', `${beta}/a`));
    expect([read.apiVersion, read['spec']]).toEqual(['stable.example.com/v1beta1', { a: '1' }]);
    expect(bodyOf(send('GET', beta)).kind).toBe('CronTabList');
  });

  it('have their own columns, and are served or not', () => {
    bodyOf(send('POST', CRONTABS, crontab('a', { a: 'x' })));
    type Table = { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] };
    const tableOf = (path: string): unknown => {
      const { columnDefinitions, rows } = send('GET', path, undefined, TABLE).body as Table;
      return [columnDefinitions.map(({ name }) => name), rows.map(({ cells }) => cells)];
    };
    expect(tableOf(CRONTABS)).toEqual([['Name', 'A'], [['a', 'x']]]);
    expect(tableOf(beta)).toEqual([['Name', 'Age'], [['a', '0s']]]);
    expect(send('GET', CRONTABS.replace('v1', 'v1alpha1')).status).toBe(404);
  });

  it('are discovered, the preferred one first', () => {
    expect(send('GET', '/apis/stable.example.com').body).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'stable.example.com',
      versions: [
        { groupVersion: 'stable.example.com/v1', version: 'v1' },
        { groupVersion: 'stable.example.com/v1beta1', version: 'v1beta1' },
      ],
      preferredVersion: { groupVersion: 'stable.example.com/v1', version: 'v1' },
    });
    expect(send('GET', '/apis/stable.example.com/v1').body).toEqual({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: 'stable.example.com/v1',
      resources: [
        {
          name: 'crontabs',
          singularName: 'crontab',
          namespaced: true,
          kind: 'CronTab',
          verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
          storageVersionHash: 'EdX2FP+L0js=',
        },
      ],
    });
  });

  it('are watched in their own form', () => {
    const { watch } = send('GET', `${beta}?watch=true`);
    bodyOf(send('POST', CRONTABS, crontab('a', { b: 'x' })));
    expect(
      watch
        ?.next()
        .map(({ type, object }) => [type, (object as Unstructured).apiVersion, (object as Unstructured)['spec']]),
    ).toEqual([['ADDED', 'stable.example.com/v1beta1', {}]]);
  });

  it('are stored in the one that is the storage version at the time', () => {
    bodyOf(send('POST', CRONTABS, crontab('a', { a: '1', b: '2' })));
    const value = [
      { ...versions[0], storage: false },
      { ...versions[1], storage: true },
    ];
    bodyOf(
      send(
        'PATCH',
        `${CRDS}/crontabs.stable.example.com`,
        [{ op: 'replace', path: '/spec/versions', value }],
        JSON_PATCH,
      ),
    );
    expect(bodyOf(send('GET', `${CRONTABS}/a`))['spec']).toEqual({ a: '1', b: '2' });
    bodyOf(send('PATCH', `${CRONTABS}/a`, { metadata: { labels: { x: 'y' } } }, MERGE));
    expect(bodyOf(send('GET', `${CRONTABS}/a`))['spec']).toEqual({ a: '1' });
  });
});

describe('selectable fields', () => {
  it('select custom resources', () => {
    const properties = { color: { type: 'string' }, size: { type: 'integer' } };
    define({
      ...withSpec(properties),
      version: {
        selectableFields: [{ jsonPath: '.spec.color' }, { jsonPath: '.spec.size' }],
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
      },
    });
    for (const [name, spec] of Object.entries({ a: { color: 'red' }, b: { color: 'blue', size: 2 }, c: {} }))
      bodyOf(send('POST', CRONTABS, crontab(name, spec)));
    const namesOf = (selector: string): string[] =>
      (bodyOf(send('GET', `${CRONTABS}?fieldSelector=${selector}`))['items'] as Unstructured[]).map(
        (item) => item.metadata.name,
      );
    expect([namesOf('spec.color=red'), namesOf('spec.size=2'), namesOf('spec.color!=red')]).toEqual([
      ['a'],
      ['b'],
      ['b', 'c'],
    ]);
    expect(messageOf(send('GET', `${CRONTABS}?fieldSelector=spec.shape=x`))).toBe(
      'field label not supported: spec.shape',
    );
  });
});

describe('owners and namespaces', () => {
  it('take custom resources along, and these what they own', () => {
    define();
    const owner = bodyOf(send('POST', CRONTABS, crontab('owner')));
    const { uid = '' } = owner.metadata;
    const ownerReferences = [{ apiVersion: 'stable.example.com/v1', kind: 'CronTab', name: 'owner', uid }];
    bodyOf(send('POST', CRONTABS, { ...crontab('owned'), metadata: { name: 'owned', ownerReferences } }));
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences } };
    bodyOf(send('POST', '/api/v1/namespaces/default/configmaps', configMap));
    send('DELETE', `${CRONTABS}/owner`);
    expect([
      send('GET', `${CRONTABS}/owned`).status,
      send('GET', '/api/v1/namespaces/default/configmaps/owned').status,
    ]).toEqual([404, 404]);
  });

  it('go with a definition that goes with its objects', () => {
    define();
    const { uid = '' } = bodyOf(send('POST', CRONTABS, crontab('owner'))).metadata;
    const ownerReferences = [{ apiVersion: 'stable.example.com/v1', kind: 'CronTab', name: 'owner', uid }];
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences } };
    bodyOf(send('POST', '/api/v1/namespaces/default/configmaps', configMap));
    send('DELETE', `${CRDS}/crontabs.stable.example.com`);
    expect(send('GET', '/api/v1/namespaces/default/configmaps/owned').status).toBe(404);
  });

  it('that are deleted have no custom resources left', () => {
    define();
    bodyOf(send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }));
    const path = CRONTABS.replace('default', 'team');
    bodyOf(send('POST', path, crontab('a')));
    send('DELETE', '/api/v1/namespaces/team');
    expect([
      send('GET', '/api/v1/namespaces/team').status,
      bodyOf(send('GET', '/apis/stable.example.com/v1/crontabs'))['items'],
    ]).toEqual([404, []]);
  });
});
