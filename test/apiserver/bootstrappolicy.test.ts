import { describe, expect, it } from '@jest/globals';
import { ensurePolicy } from '../../src/apiserver/bootstrappolicy.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import { namespace } from '../../src/resources/namespace.ts';
import { createFixture } from './fixture.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

describe('the bootstrap policy', () => {
  const fixture = createFixture();
  const { loopback } = fixture.server;
  for (const name of ['kube-system', 'kube-public']) loopback.create(namespace, { metadata: { name }, spec: {} });
  ensurePolicy(loopback);
  const names = (path: string): string[] =>
    (fixture.send('GET', `${RBAC}${path}`).body as { items: KubeObject[] }).items.map(({ metadata }) => metadata.name);

  it('is of this size', () => {
    const kinds = ['/clusterroles', '/clusterrolebindings', '/roles', '/rolebindings'];
    expect(kinds.map((path) => names(path).length)).toEqual([68, 49, 7, 7]);
  });

  it('does nothing twice', () => {
    const { body } = fixture.send('GET', `${RBAC}/clusterroles`);
    ensurePolicy(loopback);
    expect(fixture.send('GET', `${RBAC}/clusterroles`).body).toEqual(body);
  });

  it('gives back what was lost, and leaves alone what wants to be', () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    const patch = (name: string, body: object) =>
      fixture.send('PATCH', `${RBAC}/clusterroles/${name}`, body, { 'content-type': 'application/merge-patch+json' });
    const read = (name: string) => fixture.send('GET', `${RBAC}/clusterroles/${name}`).body as { rules: object[] };
    fixture.send('DELETE', `${RBAC}/clusterroles/system:discovery`);
    patch('system:basic-user', { rules });
    patch('system:heapster', {
      rules,
      metadata: { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } },
    });
    ensurePolicy(loopback);
    expect(read('system:discovery').rules).toHaveLength(1);
    expect(read('system:basic-user').rules).toHaveLength(4);
    expect(read('system:heapster').rules).toEqual(rules);
  });
});
