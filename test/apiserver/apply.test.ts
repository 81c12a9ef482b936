// Server-side apply and managedFields through the handler.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { deployment } from '../../src/resources/deployment.ts';
import { CONFIG_MAPS, configMap, createFixture, messageOf, NOW, type Fixture } from './fixture.ts';
import type { ApiResponse } from '../../src/apiserver/types.ts';

const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const MERGE = { 'content-type': 'application/merge-patch+json' };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

let fixture: Fixture;
beforeEach(() => {
  fixture = createFixture();
});

interface Entry {
  manager: string;
  operation: string;
  apiVersion: string;
  time?: string;
  subresource?: string;
  fieldsV1: object;
}

function managers({ body }: ApiResponse): Entry[] {
  return (body as { metadata: { managedFields?: Entry[] } }).metadata.managedFields ?? [];
}
/** 'manager operation/subresource fields'. */
function owners(response: ApiResponse): string[] {
  return managers(response).map(
    ({ manager, operation, subresource, fieldsV1 }) =>
      `${manager} ${operation}${subresource ? `/${subresource}` : ''} ${JSON.stringify(fieldsV1)}`,
  );
}

function apply(target: string, config: unknown, query = 'fieldManager=kubectl'): ApiResponse {
  return fixture.send('PATCH', `${target}?${query}`, config, APPLY);
}

function web(more: object = {}): object {
  const containers = [{ name: 'web', image: 'acme/web:1', ports: [{ containerPort: 80 }] }];
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
  const spec = { selector: { matchLabels: { app: 'web' } }, template, ...more };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
}

const APPLIED =
  '{"f:spec":{"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":' +
  '{"k:{\\"name\\":\\"web\\"}":{".":{},"f:image":{},"f:name":{},"f:ports":' +
  '{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}}}}}}}}}';

describe('a configuration that is nested too deep', () => {
  it.each([1500, 50_000])('is refused: %d levels', (levels) => {
    const { send } = createFixture();
    const deep = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\ndata: ${'['.repeat(levels)}`;
    const target = '/api/v1/namespaces/default/configmaps/deep?fieldManager=m';
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    const { status, body } = send('PATCH', target, Buffer.from(`${deep}${']'.repeat(levels)}\n`), headers);
    expect([status, (body as { message: string }).message]).toEqual([
      400,
      expect.stringMatching(/^error decoding YAML: (error converting YAML to JSON: yaml: line 4: )?exceeded max depth/),
    ]);
  });
});

describe('apply', () => {
  it('creates, 201, and owns what it said and no more', () => {
    const response = apply(`${DEPLOYMENTS}/web`, web());
    expect(response.status).toBe(201);
    expect(managers(response)).toEqual([
      {
        manager: 'kubectl',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: NOW,
        fieldsType: 'FieldsV1',
        fieldsV1: JSON.parse(APPLIED) as object,
      },
    ]);
    expect(response.body).toMatchObject({ spec: { replicas: 1, template: { spec: { restartPolicy: 'Always' } } } });
  });
  it('a second time is 200 and changes nothing', () => {
    const first = apply(`${DEPLOYMENTS}/web`, web());
    fixture.clock.advanceTo(Date.parse(NOW) + 60_000);
    const second = apply(`${DEPLOYMENTS}/web`, web());
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });
  it('takes YAML', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: box}\ndata: {a: "1"}\n';
    expect(apply(`${CONFIG_MAPS}/box`, text).body).toMatchObject({ data: { a: '1' } });
  });
  it('changes nothing in a dry run', () => {
    expect(apply(`${CONFIG_MAPS}/box`, configMap('box'), 'fieldManager=kubectl&dryRun=All').status).toBe(201);
    expect(fixture.send('GET', `${CONFIG_MAPS}/box`).status).toBe(404);
  });
  it('removes what it gives up, and a default comes back', () => {
    apply(`${DEPLOYMENTS}/web`, web({ replicas: 5, paused: true }));
    const { body } = apply(`${DEPLOYMENTS}/web`, web());
    expect(body).toMatchObject({ spec: { replicas: 1 }, metadata: { generation: 2 } });
    expect((body as { spec: object }).spec).not.toHaveProperty('paused');
  });
  it('adds to what others made, before anybody applied', () => {
    fixture.send('POST', CONFIG_MAPS, configMap('box', { a: '1' }));
    fixture.send(
      'PATCH',
      `${CONFIG_MAPS}/box`,
      [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }],
      JSON_PATCH,
    );
    expect(owners(apply(`${CONFIG_MAPS}/box`, configMap('box', { b: '2' })))).toEqual([
      'kubectl Apply {"f:data":{"f:b":{}}}',
      'before-first-apply Update {"f:data":{".":{},"f:a":{}}}',
    ]);
  });
  it('of a status owns the status', () => {
    apply(`${DEPLOYMENTS}/web`, web());
    const config = { ...web(), status: { observedGeneration: 1 } };
    const response = apply(`${DEPLOYMENTS}/web/status`, config, 'fieldManager=me');
    expect(response.body).toMatchObject({ status: { observedGeneration: 1 } });
    expect(owners(response)).toEqual([
      `kubectl Apply ${APPLIED}`,
      'me Apply/status {"f:status":{"f:observedGeneration":{}}}',
    ]);
  });
});

describe('conflicts', () => {
  beforeEach(() => {
    apply(`${DEPLOYMENTS}/web`, web({ replicas: 1 }));
    fixture.send('PATCH', `${DEPLOYMENTS}/web?fieldManager=kubectl-edit`, { spec: { replicas: 2 } }, MERGE);
  });
  it('are told with their causes', () => {
    const response = apply(`${DEPLOYMENTS}/web`, web({ replicas: 3 }));
    expect(response.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
      reason: 'Conflict',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kubectl-edit" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
      code: 409,
    });
  });
  it('are overcome by force', () => {
    const response = apply(`${DEPLOYMENTS}/web`, web({ replicas: 3 }), 'fieldManager=kubectl&force=true');
    expect(response.body).toMatchObject({ spec: { replicas: 3 } });
    expect(managers(response).map(({ manager }) => manager)).toEqual(['kubectl']);
  });
  it('name the subresource, and a scale has no time', () => {
    const scale = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'web' }, spec: { replicas: 4 } };
    const agent = { 'user-agent': 'kubectl/v1.35.2 (linux/amd64)' };
    fixture.send('PUT', `${DEPLOYMENTS}/web/scale`, scale, agent);
    const entry = managers(fixture.send('GET', `${DEPLOYMENTS}/web`)).find((e) => e.subresource === 'scale');
    expect(entry).toEqual({
      manager: 'kubectl',
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      subresource: 'scale',
    });
    expect(messageOf(apply(`${DEPLOYMENTS}/web`, web({ replicas: 3 })))).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });
});

describe('a Scale', () => {
  const scale = (replicas: number): object => ({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'web' },
    spec: { replicas },
  });
  const replicaOwners = (): string[] =>
    managers(fixture.send('GET', `${DEPLOYMENTS}/web`))
      .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('f:replicas'))
      .map(({ manager, operation, apiVersion, subresource, time }) =>
        [manager, operation, apiVersion, subresource ?? '-', time ?? '-'].join(' '),
      );
  beforeEach(() => {
    apply(`${DEPLOYMENTS}/web`, web({ replicas: 1 }), 'fieldManager=owner');
  });
  it('of others is theirs, but by force', () => {
    const refused = apply(`${DEPLOYMENTS}/web/scale`, scale(17), 'fieldManager=scaler');
    expect([refused.status, messageOf(refused)]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "owner": .spec.replicas',
    ]);
    expect(replicaOwners()).toEqual([`owner Apply apps/v1 - ${NOW}`]);
    const forced = apply(`${DEPLOYMENTS}/web/scale`, scale(17), 'fieldManager=scaler&force=true');
    expect(forced.body).toMatchObject({ kind: 'Scale', spec: { replicas: 17 } });
    expect(replicaOwners()).toEqual(['scaler Apply apps/v1 scale -']);
    expect(owners(fixture.send('GET', `${DEPLOYMENTS}/web`))).toEqual([
      'scaler Apply/scale {"f:spec":{"f:replicas":{}}}',
      `owner Apply ${APPLIED}`,
    ]);
  });
  it('is a row of its own', () => {
    const table = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
    const { body } = fixture.send('GET', `${DEPLOYMENTS}/web/scale`, undefined, table);
    const { columnDefinitions, rows } = body as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] };
    expect([columnDefinitions.map(({ name }) => name), rows.map(({ cells }) => cells)]).toEqual([
      ['Name', 'Desired', 'Available', 'Age'],
      [['web', 1, 0, '0s']],
    ]);
  });
  it('is shared by those who apply the same number, and lost to who updates it', () => {
    apply(`${DEPLOYMENTS}/web/scale`, scale(1), 'fieldManager=scaler');
    expect(replicaOwners()).toEqual(['scaler Apply apps/v1 scale -', `owner Apply apps/v1 - ${NOW}`]);
    const agent = { ...MERGE, 'user-agent': 'other' };
    fixture.send('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 5 } }, agent);
    expect(replicaOwners()).toEqual(['other Update apps/v1 scale -']);
    const refused = apply(`${DEPLOYMENTS}/web/scale`, scale(2), 'fieldManager=scaler');
    expect(messageOf(refused)).toBe(
      'Apply failed with 1 conflict: conflict with "other" with subresource "scale" using autoscaling/v1: .spec.replicas',
    );
  });
  it.each([
    [
      'web',
      { ...scale(1), kind: 'Deployment' },
      'fieldManager=x',
      'invalid object type: autoscaling/v1, Kind=Deployment',
    ],
    ['nope', { ...scale(1), metadata: { name: 'nope' } }, 'fieldManager=x', 'deployments/scale.apps "nope" not found'],
    [
      'web',
      { ...scale(1), spec: { replicas: 'x' } },
      'fieldManager=x',
      'failed to create typed patch object (/web; autoscaling/v1, Kind=Scale): .spec.replicas: expected numeric (int or float), got string',
    ],
    [
      'web',
      scale(-1),
      'fieldManager=owner&force=true',
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  ])('%s, refused: %j', (name, config, query, message) => {
    expect(messageOf(apply(`${DEPLOYMENTS}/${name}/scale`, config, query))).toBe(message);
  });
});

describe('refusals', () => {
  it.each([
    [
      'no manager',
      configMap('box'),
      '',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'another kind',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'box' } },
      'fieldManager=x',
      'invalid object type: /v1, Kind=Secret',
    ],
    ['no kind', { metadata: { name: 'box' } }, 'fieldManager=x', 'invalid object type: /, Kind='],
    [
      'managers',
      { ...configMap('box'), metadata: { name: 'box', managedFields: [] } },
      'fieldManager=x',
      'metadata.managedFields must be nil',
    ],
    [
      'an unknown field',
      { ...configMap('box'), colour: 'red' },
      'fieldManager=x',
      'failed to create typed patch object (/box; /v1, Kind=ConfigMap): .colour: field not declared in schema',
    ],
    [
      'a wrong type',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'box', namespace: 'default' }, data: { a: 1 } },
      'fieldManager=x',
      'failed to create typed patch object (default/box; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}',
    ],
    [
      'another name',
      configMap('crate'),
      'fieldManager=x',
      'the name of the object (crate) does not match the name on the URL (box)',
    ],
    [
      'a uid of nothing',
      { ...configMap('box'), metadata: { name: 'box', uid: 'u' } },
      'fieldManager=x',
      'Operation cannot be fulfilled on configmaps "box": uid mismatch: the provided object specified uid u, and no existing object was found',
    ],
  ])('%s', (_, config, query, message) => {
    expect(messageOf(apply(`${CONFIG_MAPS}/box`, config, query))).toBe(message);
  });
  it('force without apply', () => {
    fixture.send('POST', CONFIG_MAPS, configMap('box'));
    const response = fixture.send('PATCH', `${CONFIG_MAPS}/box?force=true`, { data: {} }, MERGE);
    expect(messageOf(response)).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  });
});

describe('updates', () => {
  it('are their manager’s, by version and subresource', () => {
    fixture.send('POST', `${CONFIG_MAPS}?fieldManager=kubectl-create`, configMap('box', { a: '1', b: '2' }));
    fixture.send('PATCH', `${CONFIG_MAPS}/box?fieldManager=editor`, { data: { b: '3', c: '4' } }, MERGE);
    const agent = { ...MERGE, 'user-agent': 'curl/8.0' };
    fixture.send('PATCH', `${CONFIG_MAPS}/box`, { metadata: { labels: { x: 'y' } } }, agent);
    expect(owners(fixture.send('GET', `${CONFIG_MAPS}/box`))).toEqual([
      'curl Update {"f:metadata":{"f:labels":{".":{},"f:x":{}}}}',
      'editor Update {"f:data":{"f:b":{},"f:c":{}}}',
      'kubectl-create Update {"f:data":{".":{},"f:a":{}}}',
    ]);
  });
  it.each([[[]], [[{}]]])('managedFields: %j forgets the managers, and nothing is tracked any more', (value) => {
    fixture.send('POST', CONFIG_MAPS, configMap('box', { a: '1' }));
    fixture.send('PATCH', `${CONFIG_MAPS}/box`, { metadata: { managedFields: value } }, MERGE);
    expect(managers(fixture.send('GET', `${CONFIG_MAPS}/box`))).toEqual([]);
    fixture.send('PATCH', `${CONFIG_MAPS}/box`, { data: { b: '2' } }, MERGE);
    expect(managers(fixture.send('GET', `${CONFIG_MAPS}/box`))).toEqual([]);
  });
  it('managers can be handed over by a JSON patch', () => {
    const created = fixture.send('POST', `${CONFIG_MAPS}?fieldManager=kubectl-create`, configMap('box', { a: '1' }));
    const value = managers(created).map((entry) => ({ ...entry, manager: 'kubectl', operation: 'Apply' }));
    const patched = fixture.send(
      'PATCH',
      `${CONFIG_MAPS}/box`,
      [{ op: 'replace', path: '/metadata/managedFields', value }],
      JSON_PATCH,
    );
    expect(owners(patched)).toEqual(['kubectl Apply {"f:data":{".":{},"f:a":{}}}']);
  });
  it('of a status by a component are worked out when read', () => {
    fixture.send('POST', `${DEPLOYMENTS}?fieldManager=kubectl-create`, web());
    const client = fixture.server.loopback.as('kube-controller-manager');
    const write = (status: object): void => {
      const found = client.get(deployment, { namespace: 'default', name: 'web' });
      if (found) client.updateStatus(deployment, { ...found, status } as typeof found);
    };
    write({ observedGeneration: 1 });
    fixture.clock.advanceTo(Date.parse(NOW) + 5000);
    write({ observedGeneration: 1, replicas: 1 });
    const [, entry] = managers(fixture.send('GET', `${DEPLOYMENTS}/web`));
    expect(entry).toEqual({
      manager: 'kube-controller-manager',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: '2026-11-23T12:00:05Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:status': { 'f:observedGeneration': {}, 'f:replicas': {} } },
      subresource: 'status',
    });
    // Another's write settles it.
    fixture.send('PATCH', `${DEPLOYMENTS}/web/status?fieldManager=me`, { status: { replicas: 2 } }, MERGE);
    expect(owners(fixture.send('GET', `${DEPLOYMENTS}/web`)).slice(1)).toEqual([
      'kube-controller-manager Update/status {"f:status":{"f:observedGeneration":{}}}',
      'me Update/status {"f:status":{"f:replicas":{}}}',
    ]);
  });
});

describe('tables and metadata', () => {
  it('carry the managers', () => {
    fixture.send('POST', CONFIG_MAPS, configMap('box', { a: '1' }));
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    expect(owners(fixture.send('GET', `${CONFIG_MAPS}/box`, undefined, { accept }))).toEqual([
      'unknown Update {"f:data":{".":{},"f:a":{}}}',
    ]);
  });
});
