// PATCH in its three forms, with the refusals that a genuine cluster gave.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CONFIG_MAPS, configMap, createFixture, messageOf, type Fixture } from './fixture.ts';

const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const MERGE = { 'content-type': 'application/merge-patch+json' };
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

let fixture: Fixture;
beforeEach(() => {
  fixture = createFixture();
  fixture.send('POST', CONFIG_MAPS, configMap('urn', { clay: 'grey' }));
  const template = {
    metadata: { labels: { app: 'urn' } },
    spec: { containers: [{ name: 'urn', image: 'acme/urn:1' }] },
  };
  const spec = { selector: { matchLabels: { app: 'urn' } }, template };
  fixture.send('POST', DEPLOYMENTS, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'urn' }, spec });
});

const CM = `${CONFIG_MAPS}/urn`;
const DEPLOYMENT = `${DEPLOYMENTS}/urn`;

interface Web {
  metadata: { generation: number };
  spec: { replicas: number; template: { spec: { containers: { name: string; image: string }[] } } };
}
function containers(): string[] {
  const { spec } = fixture.send('GET', DEPLOYMENT).body as Web;
  return spec.template.spec.containers.map(({ name, image }) => `${name}=${image}`);
}
function template(...list: object[]): object {
  return { spec: { template: { spec: { containers: list } } } };
}

describe('strategic', () => {
  it('merges lists by their key, new items first', () => {
    fixture.send('PATCH', DEPLOYMENT, template({ name: 'fan', image: 'acme/fan:1' }), STRATEGIC);
    expect(containers()).toEqual(['fan=acme/fan:1', 'urn=acme/urn:1']);
    fixture.send('PATCH', DEPLOYMENT, template({ name: 'fan', $patch: 'delete' }), STRATEGIC);
    expect(containers()).toEqual(['urn=acme/urn:1']);
  });
  it('keeps the revision when nothing changes', () => {
    const before = fixture.send('GET', DEPLOYMENT).body;
    const patch = { spec: { replicas: 1 } };
    expect(fixture.send('PATCH', DEPLOYMENT, patch, STRATEGIC).body).toEqual(before);
  });
  it('counts a changed spec as a generation', () => {
    const { metadata } = fixture.send('PATCH', DEPLOYMENT, { spec: { replicas: 3 } }, STRATEGIC).body as Web;
    expect(metadata.generation).toBe(2);
  });
});

describe('merge', () => {
  it('replaces lists', () => {
    fixture.send('PATCH', DEPLOYMENT, template({ name: 'only', image: 'acme/only:1' }), MERGE);
    expect(containers()).toEqual(['only=acme/only:1']);
  });
  it('removes nulls', () => {
    const { body } = fixture.send('PATCH', CM, { data: { clay: null, cone: '6' } }, MERGE);
    expect(body).toMatchObject({ data: { cone: '6' } });
    expect(Object.keys((body as { data: object }).data)).toEqual(['cone']);
  });
});

describe('json', () => {
  it('runs its operations', () => {
    const operations = [
      { op: 'replace', path: '/data/clay', value: 'red' },
      { op: 'add', path: '/metadata/labels', value: { hot: 'yes' } },
    ];
    expect(fixture.send('PATCH', CM, operations, JSON_PATCH).body).toMatchObject({
      metadata: { labels: { hot: 'yes' } },
      data: { clay: 'red' },
    });
  });
});

const REJECTED = 'the server rejected our request due to an error in our request';
const MODIFIED =
  'Operation cannot be fulfilled on configmaps "urn": the object has been modified; please apply your changes to the latest version and try again';

describe('refusals', () => {
  it.each([
    ['no text', CM, '{"data":{"clay":"red"', STRATEGIC, 400, 'unexpected end of JSON input'],
    ['no text to merge', CM, '{"data":{"clay":"red"', MERGE, 400, 'error decoding patch: unexpected end of JSON input'],
    [
      'an object for operations',
      CM,
      { data: {} },
      JSON_PATCH,
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    ['a missing path', CM, [{ op: 'remove', path: '/data/missing' }], JSON_PATCH, 422, REJECTED],
    ['a failed test', CM, [{ op: 'test', path: '/data/clay', value: 'red' }], JSON_PATCH, 422, REJECTED],
    [
      'another name',
      CM,
      { metadata: { name: 'vase' } },
      STRATEGIC,
      400,
      'the name of the object (vase) does not match the name on the URL (urn)',
    ],
    [
      'another namespace',
      CM,
      { metadata: { namespace: 'kube-system' } },
      STRATEGIC,
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'another uid',
      CM,
      { metadata: { uid: '1234' } },
      STRATEGIC,
      422,
      'ConfigMap "urn" is invalid: metadata.uid: Invalid value: "1234": field is immutable',
    ],
    ['an old version', CM, { metadata: { resourceVersion: '1' }, data: { a: 'b' } }, STRATEGIC, 409, MODIFIED],
    [
      'a bad label',
      CM,
      { metadata: { labels: { 'bad key!': 'x' } } },
      STRATEGIC,
      422,
      `ConfigMap "urn" is invalid: metadata.labels: Invalid value: "bad key!": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
    [
      'an item without its key',
      DEPLOYMENT,
      template({ image: 'acme/lid:1' }),
      STRATEGIC,
      500,
      'map: map[image:acme/lid:1] does not contain declared merge key: name',
    ],
    ['what is not there', `${CONFIG_MAPS}/nurn`, { data: {} }, STRATEGIC, 404, 'configmaps "nurn" not found'],
    [
      'a wrong type',
      DEPLOYMENT,
      { spec: { replicas: 'many' } },
      STRATEGIC,
      422,
      ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:many]]": json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
  ])('of %s', (_, path, patch, headers, code, message) => {
    const response = fixture.send('PATCH', path, patch, headers);
    expect([response.status, messageOf(response)]).toEqual([code, message]);
  });
  it('of unknown fields, when asked to be strict', () => {
    const response = fixture.send(
      'PATCH',
      `${DEPLOYMENT}?fieldValidation=Strict`,
      { spec: { colour: 'red' } },
      STRATEGIC,
    );
    expect(messageOf(response)).toBe(
      ' "" is invalid: patch: Invalid value: "map[spec:map[colour:red]]": strict decoding error: unknown field "spec.colour"',
    );
  });
  it('gives the details that kubectl prints `The request is invalid` from', () => {
    const { body } = fixture.send('PATCH', CM, [{ op: 'remove', path: '/data/missing' }], JSON_PATCH);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: REJECTED,
      reason: 'Invalid',
      details: {},
      code: 422,
    });
  });
});
