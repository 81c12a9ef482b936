import { describe, expect, it } from '@jest/globals';
import type { RestClient } from '../../src/client/types.ts';
import { Reconciler } from '../../src/cli/commands/auth/reconciler.ts';
import type { RbacObject } from '../../src/machinery/rbacreconciliation.ts';
import {
  breakDownRule,
  compactRules,
  ruleText,
  uncoveredRules,
  type PolicyRule,
} from '../../src/machinery/policyrules.ts';
import { newNotFound } from '../../src/machinery/status.ts';

const rule = (apiGroups: string, resources: string, verbs: string, more: Partial<PolicyRule> = {}): PolicyRule => ({
  apiGroups: apiGroups.split(','),
  resources: resources.split(','),
  verbs: verbs.split(','),
  ...more,
});

describe('rules', () => {
  it('are taken apart into the smallest ones', () => {
    const broken = breakDownRule(rule('', 'pods,services', 'get,list', { resourceNames: ['a'] }));
    expect(broken.map(ruleText)).toEqual([
      '{Verbs:[get] APIGroups:[] Resources:[pods] ResourceNames:[a] NonResourceURLs:[]}',
      '{Verbs:[list] APIGroups:[] Resources:[pods] ResourceNames:[a] NonResourceURLs:[]}',
      '{Verbs:[get] APIGroups:[] Resources:[services] ResourceNames:[a] NonResourceURLs:[]}',
      '{Verbs:[list] APIGroups:[] Resources:[services] ResourceNames:[a] NonResourceURLs:[]}',
    ]);
    expect(breakDownRule({ nonResourceURLs: ['/a', '/b'], verbs: ['get'] })).toEqual([
      { nonResourceURLs: ['/a'], verbs: ['get'] },
      { nonResourceURLs: ['/b'], verbs: ['get'] },
    ]);
  });

  it.each<[string, PolicyRule, PolicyRule, boolean]>([
    ['the same', rule('', 'pods', 'get'), rule('', 'pods', 'get'), true],
    ['all verbs', rule('', 'pods', '*'), rule('', 'pods', 'get'), true],
    ['another verb', rule('', 'pods', 'list'), rule('', 'pods', 'get'), false],
    ['all groups', rule('*', 'pods', 'get'), rule('apps', 'pods', 'get'), true],
    ['another group', rule('apps', 'pods', 'get'), rule('', 'pods', 'get'), false],
    ['all resources', rule('', '*', 'get'), rule('', 'pods/log', 'get'), true],
    ['a subresource of all', rule('', '*/log', 'get'), rule('', 'pods/log', 'get'), true],
    ['not the subresource', rule('', 'pods', 'get'), rule('', 'pods/log', 'get'), false],
    ['one name of all', rule('', 'pods', 'get'), rule('', 'pods', 'get', { resourceNames: ['a'] }), true],
    ['all names of one', rule('', 'pods', 'get', { resourceNames: ['a'] }), rule('', 'pods', 'get'), false],
    [
      'a path below',
      { nonResourceURLs: ['/logs/*'], verbs: ['get'] },
      { nonResourceURLs: ['/logs/x'], verbs: ['get'] },
      true,
    ],
    [
      'another path',
      { nonResourceURLs: ['/logs'], verbs: ['get'] },
      { nonResourceURLs: ['/logs/x'], verbs: ['get'] },
      false,
    ],
  ])('cover or not: %s', (_, has, wants, isCovered) => {
    expect(uncoveredRules([has], [wants])).toEqual(isCovered ? [] : [wants]);
  });

  it('are put together again by resource, sorted', () => {
    const rules = [
      rule('', 'services', 'get'),
      rule('', 'pods', 'watch'),
      rule('', 'pods', 'get'),
      rule('', 'pods', 'get'),
    ];
    expect(compactRules([...rules, { nonResourceURLs: ['/a'], verbs: ['get'] }])).toEqual([
      { nonResourceURLs: ['/a'], verbs: ['get'] },
      rule('', 'services', 'get'),
      rule('', 'pods', 'watch,get'),
    ]);
  });
});

/** A server that holds one object at most and notes what is asked of it. */
function server(existing: object | undefined) {
  const calls: string[] = [];
  const answer = (verb: string, object?: unknown): Promise<never> => {
    calls.push(verb);
    return Promise.resolve(object as never);
  };
  const rest = {
    get: (mapping: { gvk: { kind: string } }, { name }: { name: string }) =>
      mapping.gvk.kind === 'Namespace'
        ? answer('get namespace', {})
        : existing
          ? answer('get', existing)
          : Promise.reject(newNotFound({ group: '', resource: 'x' }, name)),
    create: (_: unknown, namespace: string | undefined, object: unknown) => answer(`create in ${namespace}`, object),
    update: (_: unknown, __: unknown, object: unknown) => answer('update', object),
    delete: () => answer('delete'),
  } as unknown as RestClient;
  return { rest, calls };
}

const role = (rules: PolicyRule[], annotations?: Record<string, string>): RbacObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'clerk', namespace: 'default', ...(annotations ? { annotations } : {}) },
  rules,
});
const binding = (roleName: string, ...users: string[]): RbacObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'clerks', namespace: 'default' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName },
  subjects: users.map((name) => ({ kind: 'User', name })),
});

describe('Reconciler', () => {
  const reconcile = async (
    existing: RbacObject | undefined,
    expected: RbacObject,
    options: { isDryRun?: boolean; removesPermissions?: boolean; removesSubjects?: boolean } = {},
  ) => {
    const { rest, calls } = server(existing);
    const settings = { isDryRun: false, removesPermissions: false, removesSubjects: false, ...options };
    const { object, operation } = await new Reconciler({ rest, ...settings }).reconcile(expected);
    return { operation, calls, rules: object.rules, subjects: object.subjects?.map((subject) => subject.name) };
  };
  const get = rule('', 'pods', 'get');
  const list = rule('', 'pods', 'list');

  it('creates what is missing, with its namespace', async () => {
    expect(await reconcile(undefined, role([get]))).toMatchObject({
      operation: 'create',
      calls: ['get namespace', 'create in default'],
    });
    expect(await reconcile(undefined, role([get]), { isDryRun: true })).toMatchObject({
      operation: 'create',
      calls: [],
    });
  });

  it('adds missing rules and keeps others unless told', async () => {
    expect(await reconcile(role([list]), role([get]))).toMatchObject({ operation: 'update', rules: [list, get] });
    expect(await reconcile(role([get, list]), role([get]))).toMatchObject({ operation: 'none', calls: ['get'] });
    expect(await reconcile(role([get, list]), role([get]), { removesPermissions: true })).toMatchObject({
      operation: 'update',
      rules: [get],
    });
  });

  it('leaves objects alone that ask for it', async () => {
    const guarded = role([list], { 'rbac.authorization.kubernetes.io/autoupdate': 'false' });
    expect(await reconcile(guarded, role([get]))).toMatchObject({ operation: 'update', calls: ['get'] });
  });

  it('adds missing subjects, and makes a binding anew for another role', async () => {
    expect(await reconcile(binding('a', 'ann'), binding('a', 'bob'))).toMatchObject({ subjects: ['ann', 'bob'] });
    expect(await reconcile(binding('a', 'ann'), binding('a', 'bob'), { removesSubjects: true })).toMatchObject({
      subjects: ['bob'],
    });
    expect(await reconcile(binding('a', 'ann'), binding('b', 'bob'))).toMatchObject({
      operation: 'recreate',
      calls: ['get', 'delete', 'get namespace', 'create in default'],
      subjects: ['bob'],
    });
  });
});
