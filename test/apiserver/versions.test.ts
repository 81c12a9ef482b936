// Objects in the versions in which they are served beside their hub: legacy groups, autoscaling/v1, events.k8s.io/v1.
import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/machinery/types.ts';
import { createFixture, messageOf } from './fixture.ts';

const merge = { 'content-type': 'application/merge-patch+json' };

const LEGACY = '/apis/extensions/v1beta1/namespaces/default/deployments';

const deployment = {
  apiVersion: 'extensions/v1beta1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
};

describe('extensions/v1beta1', () => {
  it('is served with a warning while legacy APIs are on', () => {
    const { send } = createFixture({ allowsLegacyApis: true });
    const created = send('POST', LEGACY, deployment);
    expect(messageOf(created)).toBe('');
    expect(created.warnings).toEqual([
      'extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment',
    ]);
    expect(created.body).toMatchObject({ apiVersion: 'extensions/v1beta1', kind: 'Deployment' });
    const hub = send('GET', '/apis/apps/v1/namespaces/default/deployments/web');
    expect(hub.body).toMatchObject({ apiVersion: 'apps/v1', spec: { selector: { matchLabels: { app: 'web' } } } });
    expect(hub.warnings).toEqual([]);
  });
  it('has its own kinds: the body must be of the version of the path', () => {
    const { send } = createFixture({ allowsLegacyApis: true });
    const response = send('POST', '/apis/apps/v1/namespaces/default/deployments', deployment);
    expect(messageOf(response)).toBe(
      'the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)',
    );
  });
  it('is not there when they are off', () => {
    const { send } = createFixture();
    expect(send('POST', LEGACY, deployment)).toMatchObject({ status: 404, text: '404 page not found\n' });
    expect(messageOf(send('POST', '/apis/apps/v1/namespaces/default/deployments', deployment))).toBe(
      'Deployment in version "v1beta1" cannot be handled as a Deployment: no kind "Deployment" is registered for version "extensions/v1beta1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    );
  });
});

describe('autoscaling/v1', () => {
  it('is read with its managers after somebody wrote the status in another version', () => {
    const { send } = createFixture();
    const path = (version: string): string =>
      `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const body = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' } };
    expect(messageOf(send('POST', path('v1'), { ...body, spec: { scaleTargetRef, maxReplicas: 3 } }))).toBe('');
    const status = { status: { currentReplicas: 2, desiredReplicas: 2 } };
    expect(messageOf(send('PATCH', `${path('v2')}/web/status`, status, merge))).toBe('');
    const managed = (version: string): unknown => {
      const { metadata } = send('GET', `${path(version)}/web`).body as KubeObject;
      return metadata.managedFields?.map(({ apiVersion, fieldsV1 }) => [apiVersion, Object.keys(fieldsV1 ?? {})]);
    };
    expect(managed('v1')).toEqual([
      ['autoscaling/v1', ['f:spec']],
      ['autoscaling/v2', ['f:status']],
    ]);
    expect(managed('v2')).toEqual(managed('v1'));
  });
});

describe('scale', () => {
  const path = '/apis/apps/v1/namespaces/default/deployments';
  function fixture() {
    const made = createFixture();
    const spec = { ...deployment.spec, selector: { matchLabels: { app: 'web' } }, replicas: 2 };
    expect(messageOf(made.send('POST', path, { ...deployment, apiVersion: 'apps/v1', spec }))).toBe('');
    return made;
  }
  it('shows the numbers and the selector', () => {
    expect(fixture().send('GET', `${path}/web/scale`).body).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: {
        name: 'web',
        namespace: 'default',
        uid: expect.any(String),
        resourceVersion: '4',
        creationTimestamp: '2026-11-23T12:00:00Z',
      },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=web' },
    });
  });
  it('changes them', () => {
    const { send } = fixture();
    expect(send('PATCH', `${path}/web/scale`, { spec: { replicas: 5 } }, merge).body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 5 },
    });
    expect(send('GET', `${path}/web`).body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5 } });
  });
  it.each([
    [
      { spec: { replicas: -1 } },
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { metadata: { resourceVersion: '1' } },
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    ],
  ])('refuses %j', (patch, message) => {
    expect(messageOf(fixture().send('PATCH', `${path}/web/scale`, patch, merge))).toBe(message);
  });
});

describe('service accounts', () => {
  it('get tokens of the usual shape', () => {
    const { send } = createFixture();
    const response = send('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec: {} });
    const { status } = response.body as { status: { token: string; expirationTimestamp: string } };
    const [, claims = ''] = status.token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      sub: 'system:serviceaccount:default:default',
      iss: 'https://kubernetes.default.svc.cluster.local',
      exp: Date.parse('2026-11-23T13:00:00Z') / 1000,
    });
    expect(status.expirationTimestamp).toBe('2026-11-23T13:00:00Z');
  });
});
