// Words of the command line and the resources they stand for.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createRESTMapper, discoverMapper, discoverResources } from '../../src/client/discovery.ts';
import type { APIResource, RESTMapper } from '../../src/client/types.ts';
import { createClientFixture } from './fixture.ts';

function resource(name: string, kind: string, more: Partial<APIResource> = {}): APIResource {
  const base = { group: '', version: 'v1', namespaced: true, verbs: ['get'], shortNames: [], categories: [] };
  return { name, kind, singularName: kind.toLowerCase(), subresources: [], ...base, ...more };
}

const warnings: string[] = [];
const mapper = createRESTMapper(
  [
    resource('pods', 'Pod', { shortNames: ['po'], categories: ['all'] }),
    resource('events', 'Event', { shortNames: ['ev'] }),
    resource('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
    resource('deployments', 'Deployment', { group: 'apps', shortNames: ['deploy'], categories: ['all'] }),
    resource('events', 'Event', { group: 'events.k8s.io', shortNames: ['ev'] }),
    resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
      group: 'autoscaling',
      version: 'v2',
      shortNames: ['hpa'],
    }),
    resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
      group: 'autoscaling',
      version: 'v1',
      shortNames: ['hpa'],
    }),
    resource('deployments', 'Deployment', { group: 'extensions', version: 'v1beta1', shortNames: ['deploy'] }),
  ],
  { onWarning: (text) => warnings.push(text) },
);

function shown(found: RESTMapper, word: string): string {
  const { gvr } = found.resourceFor(word);
  return [gvr.resource, gvr.version, gvr.group].filter((part) => part !== '').join('.');
}

describe('resourceFor', () => {
  it.each([
    ['po', 'pods.v1'],
    ['pod', 'pods.v1'],
    ['pods', 'pods.v1'],
    ['Pod', 'pods.v1'],
    ['PODS', 'pods.v1'],
    ['deploy', 'deployments.v1.apps'],
    ['deployments.apps', 'deployments.v1.apps'],
    ['deploy.apps', 'deployments.v1.apps'],
    ['Deployment.apps', 'deployments.v1.apps'],
    ['deployments.v1.apps', 'deployments.v1.apps'],
    ['Deployment.v1.apps', 'deployments.v1.apps'],
    ['deploy.extensions', 'deployments.v1beta1.extensions'],
    ['deployments.v1beta1.extensions', 'deployments.v1beta1.extensions'],
    ['events', 'events.v1'],
    ['events.events.k8s.io', 'events.v1.events.k8s.io'],
    ['hpa', 'horizontalpodautoscalers.v2.autoscaling'],
    ['hpa.v1.autoscaling', 'horizontalpodautoscalers.v1.autoscaling'],
    ['horizontalpodautoscalers.autoscal', 'horizontalpodautoscalers.v2.autoscaling'],
  ])('%s is %s', (word, expected) => {
    expect(shown(mapper, word)).toBe(expected);
  });
  it.each([
    ['nurn', 'nurn'],
    ['Deploy', 'Deploy'],
    ['CM', 'CM'],
    ['things.v1beta1.extensions', 'things'],
    ['pods.apps', 'pods'],
  ])('%s is none', (word, named) => {
    expect(() => mapper.resourceFor(word)).toThrow(`the server doesn't have a resource type "${named}"`);
  });
  it('warns of a short name that two resources share', () => {
    warnings.length = 0;
    mapper.resourceFor('ev');
    expect(warnings).toEqual(['short name "ev" could also match lower priority resource events.events.k8s.io']);
  });
});

describe('mappingFor', () => {
  it.each([
    [{ group: 'apps', version: 'v1', kind: 'Deployment' }, 'deployments'],
    [{ group: 'autoscaling', version: 'v1', kind: 'HorizontalPodAutoscaler' }, 'horizontalpodautoscalers'],
    [{ group: '', version: '', kind: 'Pod' }, 'pods'],
  ])('%j', (gvk, expected) => {
    expect(mapper.mappingFor(gvk).gvr.resource).toBe(expected);
  });
  it('knows the List of every version, which discovery does not tell', () => {
    const gvk = { group: '', version: 'v1', kind: 'List' };
    expect(mapper.mappingFor(gvk)).toEqual({
      gvr: { group: '', version: 'v1', resource: 'lists' },
      gvk,
      namespaced: false,
    });
  });
  it('names what it does not know', () => {
    expect(() => mapper.mappingFor({ group: 'extensions', version: 'v1beta1', kind: 'ReplicaSet' })).toThrow(
      'no matches for kind "ReplicaSet" in version "extensions/v1beta1"',
    );
  });
});

describe('categories', () => {
  it('have members, each once', () => {
    expect(mapper.category('all')?.map(({ gvr }) => `${gvr.resource}.${gvr.group}`)).toEqual([
      'pods.',
      'deployments.apps',
    ]);
    expect(mapper.category('pods')).toBeUndefined();
  });
});

describe('discovery', () => {
  let found: RESTMapper;
  beforeAll(async () => {
    found = await discoverMapper(createClientFixture().rest);
  });
  it('knows the built-in kinds', () => {
    expect(
      ['po', 'deploy', 'svc', 'ns', 'no', 'cm', 'sa', 'ds', 'rs', 'ing', 'ep', 'hpa'].map((word) => shown(found, word)),
    ).toEqual([
      'pods.v1',
      'deployments.v1.apps',
      'services.v1',
      'namespaces.v1',
      'nodes.v1',
      'configmaps.v1',
      'serviceaccounts.v1',
      'daemonsets.v1.apps',
      'replicasets.v1.apps',
      'ingresses.v1.networking.k8s.io',
      'endpoints.v1',
      'horizontalpodautoscalers.v2.autoscaling',
    ]);
  });
  it('reads the older documents of other servers as well', async () => {
    const { rest } = createClientFixture();
    const aggregated = await discoverResources(rest);
    const older = await discoverResources({ ...rest, raw: (m: string, p: string) => rest.raw(m, p) } as typeof rest);
    expect(older.map(({ name, group, kind, verbs }) => [name, group, kind, verbs])).toEqual(
      aggregated.map(({ name, group, kind, verbs }) => [name, group, kind, verbs]),
    );
  });
});
