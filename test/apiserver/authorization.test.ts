import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Attributes } from '../../src/apiserver/authorization.ts';
import { ensurePolicy } from '../../src/apiserver/bootstrappolicy.ts';
import type { PolicyRule } from '../../src/machinery/policyrules.ts';
import { namespace } from '../../src/resources/namespace.ts';
import { createFixture, messageOf, type Fixture } from './fixture.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';

const role = (name: string, rules: PolicyRule[], more: object = {}): object => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Role',
  metadata: { name },
  rules,
  ...more,
});
const binding = (name: string, to: [kind: string, name: string], ...subjects: object[]): object => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { kind: to[0], name: to[1], apiGroup: GROUP },
  subjects,
});
const user = (name: string) => ({ kind: 'User', name });

describe('a server', () => {
  let fixture: Fixture;
  const as = (name: string, ...groups: string[]) => ({
    'impersonate-user': name,
    ...(groups.length > 0 ? { 'impersonate-group': groups.join('\n') } : {}),
  });
  const post = (path: string, body: object, headers = {}) => {
    const answer = fixture.send('POST', `${RBAC}${path}`, body, headers);
    return messageOf(answer) || answer.status;
  };

  beforeAll(() => {
    fixture = createFixture();
    for (const name of ['kube-system', 'kube-public', 'kube-node-lease'])
      fixture.server.loopback.create(namespace, { metadata: { name }, spec: {} });
    ensurePolicy(fixture.server.loopback);
    const inDefault = '/namespaces/default';
    post(
      `${inDefault}/roles`,
      role('looker', [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }]),
    );
    post(
      `${inDefault}/rolebindings`,
      binding('lookers', ['Role', 'looker'], user('ann'), { kind: 'ServiceAccount', name: 'default' }),
    );
    post(`${inDefault}/rolebindings`, binding('lost', ['ClusterRole', 'gone'], user('eve')));
    post(
      `${inDefault}/roles`,
      role('binder', [
        { apiGroups: [GROUP], resources: ['roles', 'rolebindings'], verbs: ['create', 'update'] },
        { apiGroups: [GROUP], resources: ['clusterroles'], resourceNames: ['view'], verbs: ['bind'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      ]),
    );
    post(`${inDefault}/rolebindings`, binding('binders', ['Role', 'binder'], user('bob')));
  });

  it.each<[string, string, string, Record<string, string>, string]>([
    ['lists what a role names', 'GET', '/api/v1/namespaces/default/pods', as('ann'), ''],
    [
      'for its service accounts',
      'GET',
      '/api/v1/namespaces/default/pods',
      as('system:serviceaccount:default:default'),
      '',
    ],
    [
      'for nobody else',
      'GET',
      '/api/v1/namespaces/default/pods',
      as('joe'),
      'pods is forbidden: User "joe" cannot list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'nowhere else',
      'GET',
      '/api/v1/pods',
      as('ann'),
      'pods is forbidden: User "ann" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      'nothing else',
      'DELETE',
      '/api/v1/namespaces/default/pods/web',
      as('ann'),
      'pods "web" is forbidden: User "ann" cannot delete resource "pods" in API group "" in the namespace "default"',
    ],
    ['a subresource by name', 'GET', '/api/v1/namespaces/default/pods/web/log', as('ann'), 'pods "web" not found'],
    [
      'no other one',
      'POST',
      '/api/v1/namespaces/default/pods/web/exec',
      as('ann'),
      'pods "web" is forbidden: User "ann" cannot create resource "pods/exec" in API group "" in the namespace "default"',
    ],
    [
      'of a namespace',
      'GET',
      '/api/v1/namespaces/default',
      as('ann'),
      'namespaces "default" is forbidden: User "ann" cannot get resource "namespaces" in API group "" in the namespace "default"',
    ],
    [
      'of a list of one',
      'GET',
      '/api/v1/nodes?fieldSelector=metadata.name%3Dn1',
      as('ann'),
      'nodes "n1" is forbidden: User "ann" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [
      'of a kind that is none',
      'GET',
      '/apis/nope.io/v1/things',
      as('ann'),
      'things.nope.io is forbidden: User "ann" cannot list resource "things" in API group "nope.io" at the cluster scope',
    ],
    [
      'with why a role cannot be looked up',
      'GET',
      '/api/v1/namespaces/default/secrets',
      as('eve'),
      'secrets is forbidden: User "eve" cannot list resource "secrets" in API group "" in the namespace "default": ' +
        'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
    ],
    [
      'without what looks like HTML',
      'GET',
      '/api/v1/namespaces/default/secrets',
      as('<b>&'),
      'secrets is forbidden: User "&lt;b&gt;&amp;" cannot list resource "secrets" in API group "" in the namespace "default"',
    ],
    ['discovery for everybody', 'GET', '/apis', as('joe'), ''],
    [
      'no discovery for those without a name',
      'GET',
      '/apis',
      as('system:anonymous'),
      'forbidden: User "system:anonymous" cannot get path "/apis"',
    ],
    ['the version for them, too', 'GET', '/version', as('system:anonymous'), ''],
    ['no other path', 'GET', '/metrics', as('joe'), 'forbidden: User "joe" cannot get path "/metrics"'],
    ['everything for masters', 'GET', '/api/v1/namespaces/default/secrets', as('joe', 'system:masters'), ''],
    [
      'groups without a user',
      'GET',
      '/version',
      { 'impersonate-group': 'a\nb' },
      'requested [{Group  a    } {Group  b    }] without impersonating a user',
    ],
    [
      'no second impersonation by who is impersonated',
      'GET',
      '/version',
      { 'impersonate-user': 'joe', 'impersonate-uid': '7' },
      '',
    ],
  ])('allows %s', (_, method, target, headers, message) =>
    expect(messageOf(fixture.send(method, target, method === 'GET' ? undefined : {}, headers))).toBe(message),
  );

  it.each<[string, Record<string, string>, string]>([
    [
      'a user',
      as('ann'),
      'users "ann" is forbidden: User "joe" cannot impersonate resource "users" in API group "" at the cluster scope',
    ],
    [
      'a group',
      as('joe2', 'g'),
      'users "joe2" is forbidden: User "joe" cannot impersonate resource "users" in API group "" at the cluster scope',
    ],
    [
      'a service account',
      as('system:serviceaccount:default:x'),
      'serviceaccounts "x" is forbidden: User "joe" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"',
    ],
  ])('lets nobody wear %s without leave', (_, headers, message) => {
    const request = {
      method: 'GET',
      path: '/version',
      query: new URLSearchParams(),
      headers,
      user: { name: 'joe', groups: [] },
    };
    expect(messageOf(fixture.server.handle(request))).toBe(message);
  });

  const LACKING = `is attempting to grant RBAC permissions not currently held:\n`;
  it.each<[string, string, object, string | number]>([
    [
      'a role of what they have',
      '/namespaces/default/roles',
      role('a', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
      201,
    ],
    [
      'no role of more',
      '/namespaces/default/roles',
      role('b', [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'list'] }]),
      'roles.rbac.authorization.k8s.io "b" is forbidden: user "bob" (groups=["system:authenticated"]) ' +
        `${LACKING}{APIGroups:[""], Resources:["pods"], Verbs:["list"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}`,
    ],
    [
      'a binding of a role whose rules they have',
      '/namespaces/default/rolebindings',
      binding('a', ['Role', 'a'], user('x')),
      201,
    ],
    [
      'a binding that they may make',
      '/namespaces/default/rolebindings',
      binding('b', ['ClusterRole', 'view'], user('x')),
      201,
    ],
    [
      'no binding of more',
      '/namespaces/default/rolebindings',
      binding('c', ['ClusterRole', 'cluster-admin'], user('x')),
      'rolebindings.rbac.authorization.k8s.io "c" is forbidden: user "bob" (groups=["system:authenticated"]) ' +
        `${LACKING}{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}`,
    ],
    [
      'no binding of a role that is not there',
      '/namespaces/default/rolebindings',
      binding('d', ['Role', 'none'], user('x')),
      'role.rbac.authorization.k8s.io "none" not found',
    ],
  ])('lets users make %s', (_, path, object, answer) => expect(post(path, object, as('bob'))).toBe(answer));

  it('keeps roles of bindings as they are', () => {
    const target = `${RBAC}/namespaces/default/rolebindings/lookers`;
    const other = { roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'view' } };
    const answer = fixture.send('PATCH', target, other, { 'content-type': 'application/merge-patch+json' });
    expect(messageOf(answer)).toBe(
      'RoleBinding.rbac.authorization.k8s.io "lookers" is invalid: roleRef: Invalid value: ' +
        `{"APIGroup":"${GROUP}","Kind":"ClusterRole","Name":"view"}: cannot change roleRef`,
    );
  });

  const review = (kind: string, spec: object | undefined, headers = {}, path = '') => {
    const [group, resource] = [
      kind === 'SelfSubjectReview' ? 'authentication' : 'authorization',
      `${kind.toLowerCase()}s`,
    ];
    const body = { apiVersion: `${group}.k8s.io/v1`, kind, ...(spec ? { spec } : {}) };
    const answer = fixture.send('POST', `/apis/${group}.k8s.io/v1${path}/${resource}`, body, headers);
    return messageOf(answer) || (answer.body as { status: unknown }).status;
  };
  const listPods = { namespace: 'default', verb: 'list', resource: 'pods' };

  it.each<[string, unknown, unknown]>([
    [
      'of the asking',
      () => review('SelfSubjectAccessReview', { resourceAttributes: listPods }, as('ann')),
      {
        allowed: true,
        reason: 'RBAC: allowed by RoleBinding "lookers/default" of Role "looker" to User "ann"',
      },
    ],
    [
      'of others',
      () => review('SubjectAccessReview', { user: 'eve', resourceAttributes: listPods }),
      {
        allowed: false,
        reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
      },
    ],
    [
      'of service accounts',
      () =>
        review('SubjectAccessReview', { user: 'system:serviceaccount:default:default', resourceAttributes: listPods }),
      {
        allowed: true,
        reason: 'RBAC: allowed by RoleBinding "lookers/default" of Role "looker" to ServiceAccount "default/default"',
      },
    ],
    [
      'of paths',
      () =>
        review('SubjectAccessReview', {
          user: 'x',
          groups: ['system:authenticated'],
          nonResourceAttributes: { verb: 'get', path: '/livez' },
        }),
      {
        allowed: true,
        reason:
          'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
      },
    ],
    [
      'in one namespace',
      () =>
        review('LocalSubjectAccessReview', { user: 'joe', resourceAttributes: listPods }, {}, '/namespaces/default'),
      { allowed: false },
    ],
    [
      'of another namespace',
      () =>
        review(
          'LocalSubjectAccessReview',
          { user: 'joe', resourceAttributes: { ...listPods, namespace: 'x' } },
          {},
          '/namespaces/default',
        ),
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "x": must match metadata.namespace',
    ],
    [
      'of nobody about nothing',
      () => review('SubjectAccessReview', {}),
      '.authorization.k8s.io "" is invalid: [spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or ' +
        'resourceAttributes must be specified, spec.user: Invalid value: "": at least one of user or group must be specified]',
    ],
    [
      'of all that one may',
      () => review('SelfSubjectRulesReview', { namespace: 'default' }, as('ann', 'g')),
      {
        incomplete: false,
        nonResourceRules: expect.arrayContaining([
          { verbs: ['get'], nonResourceURLs: expect.arrayContaining(['/api/*']) },
        ]),
        resourceRules: expect.arrayContaining([
          { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] },
        ]),
      },
    ],
    [
      'of a node',
      () => review('SelfSubjectRulesReview', { namespace: 'default' }, as('system:node:n1', 'system:nodes')),
      expect.objectContaining({
        incomplete: true,
        evaluationError: 'node authorizer does not support user rule resolution',
      }),
    ],
    ['of no namespace', () => review('SelfSubjectRulesReview', {}), 'no namespace on request'],
    [
      'of oneself',
      () =>
        review('SelfSubjectReview', undefined, {
          ...as('ann', 'g'),
          'impersonate-uid': '7',
          'impersonate-extra-a%2fb': 'c\nd',
        }),
      {
        userInfo: { username: 'ann', uid: '7', groups: ['g', 'system:authenticated'], extra: { 'a/b': ['c', 'd'] } },
      },
    ],
  ])('answers a review %s', (_, answer, expected) => expect((answer as () => unknown)()).toEqual(expected));

  it.each<[string, Partial<Attributes>, boolean]>([
    ['its own Node', { resource: 'nodes', name: 'n1' }, true],
    ['another Node', { resource: 'nodes', name: 'n2' }, false],
    [
      'its lease',
      { group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease', name: 'n1', verb: 'update' },
      true,
    ],
    [
      'a lease elsewhere',
      { group: 'coordination.k8s.io', resource: 'leases', namespace: 'default', name: 'n1', verb: 'update' },
      false,
    ],
    ['a Secret that no pod of it needs', { resource: 'secrets', namespace: 'default', name: 's' }, false],
    ['Services', { resource: 'services', verb: 'list' }, true],
    ['Deployments', { resource: 'deployments', group: 'apps', verb: 'list' }, false],
    [
      'pods that run on it',
      { resource: 'pods', verb: 'list', fields: [{ field: 'spec.nodeName', operator: '=', value: 'n1' }] },
      true,
    ],
    ['all pods', { resource: 'pods', verb: 'list' }, false],
  ])('a kubelet touches %s', (_, attributes, isAllowed) => {
    const { resource = '', group = '', verb = 'get', name = '', namespace: where = '', fields = [] } = attributes;
    const path = `${group === '' ? '/api/v1' : `/apis/${group}/v1`}${where === '' ? '' : `/namespaces/${where}`}/${resource}`;
    const query = fields.map(({ field, value }) => `fieldSelector=${field}%3D${value}`).join('');
    const method = verb === 'update' ? 'PUT' : 'GET';
    const target = `${path}${name === '' ? '' : `/${name}`}?${query}`;
    const { status } = fixture.send(
      method,
      target,
      method === 'PUT' ? {} : undefined,
      as('system:node:n1', 'system:nodes'),
    );
    expect(status !== 403).toBe(isAllowed);
  });
});
