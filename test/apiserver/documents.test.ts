// Discovery, version, health, schemas and what unknown paths answer.
import { describe, expect, it } from '@jest/globals';
import { createFixture, messageOf } from './fixture.ts';

const AGGREGATED = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

describe('discovery', () => {
  const { send } = createFixture();
  it('lists groups by priority', () => {
    const { body } = send('GET', '/apis');
    const { groups } = body as { groups: { name: string }[] };
    expect(groups.map((g) => g.name).filter((name) => /^(apps|batch|autoscaling|coordination)/.test(name))).toEqual([
      'apps',
      'autoscaling',
      'batch',
      'coordination.k8s.io',
    ]);
  });
  it('lists resources and subresources', () => {
    const { body } = send('GET', '/apis/apps/v1');
    expect(body).toMatchObject({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'apps/v1' });
    const { resources } = body as { resources: { name: string }[] };
    expect(resources.filter((r) => r.name.startsWith('deployments'))).toEqual([
      {
        name: 'deployments',
        singularName: 'deployment',
        namespaced: true,
        kind: 'Deployment',
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        shortNames: ['deploy'],
        categories: ['all'],
        storageVersionHash: '8aSe+NMegvE=',
      },
      {
        name: 'deployments/scale',
        singularName: '',
        namespaced: true,
        group: 'autoscaling',
        version: 'v1',
        kind: 'Scale',
        verbs: ['get', 'patch', 'update'],
      },
      {
        name: 'deployments/status',
        singularName: '',
        namespaced: true,
        kind: 'Deployment',
        verbs: ['get', 'patch', 'update'],
      },
    ]);
  });
  it('aggregates when asked', () => {
    const { body, headers } = send('GET', '/api', undefined, AGGREGATED);
    expect(headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    const { items } = body as { items: { versions: { resources: { resource: string; scope: string }[] }[] }[] };
    expect(items[0]?.versions[0]?.resources.map((r) => `${r.resource} ${r.scope}`)).toContain('pods Namespaced');
  });
  it('serves legacy groups only while they are on', () => {
    expect(send('GET', '/apis/extensions/v1beta1').text).toBe('404 page not found\n');
    expect(createFixture({ allowsLegacyApis: true }).send('GET', '/apis/apps/v1').status).toBe(200);
  });
});

describe('paths', () => {
  const { send } = createFixture();
  it.each([
    ['GET', '/healthz', 'ok'],
    ['GET', '/readyz', 'ok'],
    ['GET', '/livez/etcd', 'ok'],
    ['GET', '/nope', '404 page not found\n'],
    ['GET', '/apis/nope/v1/things', '404 page not found\n'],
  ])('%s %s', (method, path, text) => {
    expect(send(method, path).text).toBe(text);
  });
  it('says what readiness consists of', () => {
    const text = send('GET', '/readyz?verbose').text ?? '';
    expect(text.split('\n').slice(0, 5)).toEqual([
      '[+]ping ok',
      '[+]log ok',
      '[+]etcd ok',
      '[+]etcd-readiness ok',
      '[+]informer-sync ok',
    ]);
    expect(text.endsWith('[+]shutdown ok\nreadyz check passed\n')).toBe(true);
  });
  it('tells its version', () => {
    expect(send('GET', '/version').body).toMatchObject({ major: '1', minor: '35', gitVersion: 'v1.35.2' });
  });
  it.each([
    ['PATCH', '/api/v1/namespaces/default/configmaps/x/scale', 404, 'the server could not find the requested resource'],
    ['GET', '/api/v1/namespaces/default/things', 404, 'the server could not find the requested resource'],
    ['POST', '/api/v1/configmaps', 405, 'the server does not allow this method on the requested resource'],
    [
      'PUT',
      '/api/v1/namespaces/default/configmaps',
      405,
      'the server does not allow this method on the requested resource',
    ],
    [
      'POST',
      '/api/v1/namespaces/default/pods/x',
      405,
      'the server does not allow this method on the requested resource',
    ],
    ['GET', '/api/v1/namespaces/default/nodes', 404, 'the server could not find the requested resource'],
  ])('%s %s answers %d', (method, path, code, message) => {
    const response = send(method, path, {});
    expect([response.status, messageOf(response)]).toEqual([code, message]);
  });
  it('refuses patches of unknown types', () => {
    const headers = { 'content-type': 'application/apply-patch+cbor' };
    expect(messageOf(send('PATCH', '/api/v1/namespaces/default/configmaps/x', {}, headers))).toBe(
      '415: Unsupported Media Type',
    );
  });
});
