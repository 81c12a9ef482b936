// The life of an object through the handler: create, read, update, delete, watch, table.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CONFIG_MAPS, configMap, createFixture, messageOf, NOW, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeEach(() => {
  fixture = createFixture();
});

describe('create', () => {
  it('answers 201 with what the server filled in', () => {
    const { status, body } = fixture.send('POST', CONFIG_MAPS, configMap('box', { a: '1' }));
    expect(status).toBe(201);
    expect(body).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        managedFields: [
          {
            manager: 'unknown',
            operation: 'Update',
            apiVersion: 'v1',
            time: '2026-11-23T12:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
          },
        ],
        name: 'box',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        resourceVersion: '4',
        creationTimestamp: NOW,
      },
      data: { a: '1' },
    });
  });
  it('makes a name out of generateName', () => {
    const { body } = fixture.send('POST', CONFIG_MAPS, { ...configMap(''), metadata: { generateName: 'box-' } });
    expect((body as { metadata: { name: string } }).metadata.name).toMatch(/^box-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });
  it.each([
    ['twice', configMap('box'), 409, 'configmaps "box" already exists'],
    [
      'with a resourceVersion',
      { ...configMap('new'), metadata: { name: 'new', resourceVersion: '7' } },
      500,
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'of another kind',
      { ...configMap('new'), kind: 'configmap' },
      400,
      'configmap in version "v1" cannot be handled as a ConfigMap: no kind "configmap" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      'of a kind that cannot be converted',
      { ...configMap('new'), kind: 'Secret' },
      400,
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      'in another namespace',
      { ...configMap('new'), metadata: { name: 'new', namespace: 'other' } },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'without a name',
      { ...configMap(''), metadata: {} },
      422,
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
  ])('refuses an object %s', (_, body, code, message) => {
    fixture.send('POST', CONFIG_MAPS, configMap('box'));
    const response = fixture.send('POST', CONFIG_MAPS, body);
    expect([response.status, messageOf(response)]).toEqual([code, message]);
  });
  it('refuses a namespace that is missing', () => {
    const response = fixture.send('POST', '/api/v1/namespaces/void/configmaps', configMap('box'));
    expect([response.status, messageOf(response)]).toEqual([404, 'namespaces "void" not found']);
  });
  it('keeps nothing in a dry run', () => {
    expect(fixture.send('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('box')).status).toBe(201);
    expect(fixture.send('GET', `${CONFIG_MAPS}/box`).status).toBe(404);
  });
  it('warns of unknown fields, or refuses them', () => {
    const body = { ...configMap('box'), extra: 1 };
    expect(fixture.send('POST', `${CONFIG_MAPS}?dryRun=All`, body).warnings).toEqual(['unknown field "extra"']);
    expect(messageOf(fixture.send('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, body))).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "extra"',
    );
  });
});

describe('update', () => {
  it('keeps uid and creation time, and counts revisions only for changes', () => {
    const { body } = fixture.send('POST', CONFIG_MAPS, configMap('box', { a: '1' }));
    const created = body as { metadata: { uid: string } };
    const same = fixture.send('PUT', `${CONFIG_MAPS}/box`, configMap('box', { a: '1' }));
    expect(same.body).toEqual(created);
    const { body: changed } = fixture.send('PUT', `${CONFIG_MAPS}/box`, configMap('box', { a: '2' }));
    expect(changed).toEqual({ ...created, data: { a: '2' }, metadata: { ...created.metadata, resourceVersion: '5' } });
  });
  it.each([
    [
      'of an old version',
      { ...configMap('box'), metadata: { name: 'box', resourceVersion: '1' } },
      409,
      'Operation cannot be fulfilled on configmaps "box": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [
      'of another name',
      configMap('vase'),
      400,
      'the name of the object (vase) does not match the name on the URL (box)',
    ],
    [
      'of another uid',
      { ...configMap('box'), metadata: { name: 'box', uid: '1-2' } },
      409,
      /^Operation cannot be fulfilled on configmaps "box": StorageError: invalid object, Code: 4, Key: \/registry\/configmaps\/default\/box, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: 1-2, UID in object meta: [-0-9a-f]{36}$/,
    ],
    [
      'of another version of the API',
      { ...configMap('box'), apiVersion: 'v2' },
      400,
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
  ])('refuses an object %s', (_, body, code, message) => {
    fixture.send('POST', CONFIG_MAPS, configMap('box'));
    const response = fixture.send('PUT', `${CONFIG_MAPS}/box`, body);
    expect(response.status).toBe(code);
    if (typeof message === 'string') expect(messageOf(response)).toBe(message);
    else expect(messageOf(response)).toMatch(message);
  });
  it('does not create', () => {
    const response = fixture.send('PUT', `${CONFIG_MAPS}/box`, configMap('box'));
    expect(messageOf(response)).toBe('configmaps "box" not found');
  });
});

describe('delete', () => {
  it('answers with a Status that names the object', () => {
    const { body } = fixture.send('POST', CONFIG_MAPS, configMap('box'));
    const { uid } = (body as { metadata: { uid: string } }).metadata;
    expect(fixture.send('DELETE', `${CONFIG_MAPS}/box`).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'box', kind: 'configmaps', uid },
    });
    expect(messageOf(fixture.send('DELETE', `${CONFIG_MAPS}/box`))).toBe('configmaps "box" not found');
  });
  it('marks what finalizers keep, until the last one goes', () => {
    const kept = { ...configMap('box'), metadata: { name: 'box', finalizers: ['oracle.example/one'] } };
    fixture.send('POST', CONFIG_MAPS, kept);
    const { body } = fixture.send('DELETE', `${CONFIG_MAPS}/box`);
    expect((body as { metadata: object }).metadata).toMatchObject({
      deletionTimestamp: NOW,
      deletionGracePeriodSeconds: 0,
      finalizers: ['oracle.example/one'],
    });
    const more = {
      ...configMap('box'),
      metadata: { name: 'box', finalizers: ['oracle.example/one', 'oracle.example/new'] },
    };
    expect(messageOf(fixture.send('PUT', `${CONFIG_MAPS}/box`, more))).toBe(
      'ConfigMap "box" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"oracle.example/new"}',
    );
    fixture.send('PUT', `${CONFIG_MAPS}/box`, configMap('box'));
    expect(fixture.send('GET', `${CONFIG_MAPS}/box`).status).toBe(404);
  });
  it('adds the finalizer that the propagation policy asks for', () => {
    fixture.send('POST', CONFIG_MAPS, configMap('box'));
    const { body } = fixture.send('DELETE', `${CONFIG_MAPS}/box`, { propagationPolicy: 'Foreground' });
    expect((body as { metadata: object }).metadata).toMatchObject({ finalizers: ['foregroundDeletion'] });
  });
  it('checks preconditions and options', () => {
    fixture.send('POST', CONFIG_MAPS, configMap('box'));
    expect(messageOf(fixture.send('DELETE', `${CONFIG_MAPS}/box`, { preconditions: { uid: 'x' } }))).toMatch(
      /^Operation cannot be fulfilled on ConfigMap "box": the UID in the precondition \(x\) does not match the UID in record \(.*\)\. The object might have been deleted and then recreated$/,
    );
    expect(messageOf(fixture.send('DELETE', `${CONFIG_MAPS}/box`, { propagationPolicy: 'Nope' }))).toBe(
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Nope": supported values: "Foreground", "Background", "Orphan", "nil"',
    );
  });
  it('deletes a selection', () => {
    for (const name of ['a', 'b', 'c']) {
      const labels = { half: name < 'c' ? 'first' : 'second' };
      fixture.send('POST', CONFIG_MAPS, { ...configMap(name), metadata: { name, labels } });
    }
    const { body } = fixture.send('DELETE', `${CONFIG_MAPS}?labelSelector=half%3Dfirst`);
    expect((body as { items: { metadata: { name: string } }[] }).items.map((o) => o.metadata.name)).toEqual(['a', 'b']);
    expect(fixture.send('GET', `${CONFIG_MAPS}/c`).status).toBe(200);
  });
  it('keeps some namespaces', () => {
    expect(messageOf(fixture.send('DELETE', '/api/v1/namespaces/default'))).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });
});

describe('namespaces', () => {
  const path = '/api/v1/namespaces/lab';
  beforeEach(() => {
    fixture.send('POST', '/api/v1/namespaces', { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'lab' } });
  });
  it('refuse new content while they go', () => {
    const { body } = fixture.send('DELETE', path);
    expect(body).toMatchObject({ metadata: { deletionTimestamp: NOW }, status: { phase: 'Terminating' } });
    expect(messageOf(fixture.send('POST', `${path}/configmaps`, configMap('more')))).toBe(
      'configmaps "more" is forbidden: unable to create new content in namespace lab because it is being terminated',
    );
  });
  it('are gone once their finalizer is', () => {
    fixture.send('DELETE', path);
    const { body } = fixture.send('GET', path);
    const done = { ...(body as object), spec: {} };
    expect(fixture.send('PUT', `${path}/finalize`, done).status).toBe(200);
    expect(fixture.send('GET', path).status).toBe(404);
  });
  it('are finalized by the loopback client', () => {
    fixture.send('DELETE', path);
    const { body } = fixture.send('GET', path);
    fixture.server.loopback.finalize({
      ...(body as never as { metadata: never; apiVersion: string; kind: string }),
      spec: { finalizers: [] },
    } as never);
    expect(fixture.send('GET', path).status).toBe(404);
  });
});
