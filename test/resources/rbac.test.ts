import { describe, expect, it } from '@jest/globals';
import { type Given, created, errorsOnCreate, errorsOnUpdate, rowOf } from './definitions.ts';
import { described } from './describing.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLE_REF = { apiGroup: GROUP, kind: 'Role', name: 'r' };

describe('what a cluster says of roles', () => {
  it.each<[string, Given, string[]]>([
    ['a right one', { kind: 'Role', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }, []],
    ['none', { kind: 'Role' }, []],
    [
      'an empty rule',
      { kind: 'Role', rules: [{}] },
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
    ],
    [
      'paths in a namespace',
      { kind: 'Role', rules: [{ verbs: ['get'], nonResourceURLs: ['/a'], resources: ['pods'] }] },
      [
        'rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs',
        'rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
      ],
    ],
    ['paths in none', { kind: 'ClusterRole', rules: [{ verbs: ['get'], nonResourceURLs: ['/a'] }] }, []],
    ['a name that no other kind may have', { kind: 'Role', metadata: { name: 'system::Leader' } }, []],
    [
      'a name that is no part of a path',
      { kind: 'Role', metadata: { name: 'a/b' } },
      ['metadata.name: Invalid value: "a/b": may not contain \'/\''],
    ],
    [
      'an aggregation of nothing',
      { kind: 'ClusterRole', aggregationRule: {} },
      [
        'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
      ],
    ],
    [
      'an aggregation by a selector that is none',
      { kind: 'ClusterRole', aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a' }] }] } },
      [
        'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "": not a valid selector operator',
      ],
    ],
  ])('%s', (_, given, errors) => expect(errorsOnCreate(given)).toEqual(errors));
});

describe('what a cluster says of bindings', () => {
  it.each<[string, Given, string[]]>([
    ['a right one', { kind: 'RoleBinding', roleRef: ROLE_REF, subjects: [{ kind: 'User', name: 'ann' }] }, []],
    [
      'no role',
      { kind: 'RoleBinding' },
      ['roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"', 'roleRef.name: Required value'],
    ],
    [
      'a role of a namespace for the cluster',
      { kind: 'ClusterRoleBinding', roleRef: ROLE_REF },
      ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
    ],
    [
      'subjects that are none',
      {
        kind: 'ClusterRoleBinding',
        roleRef: { ...ROLE_REF, kind: 'ClusterRole' },
        subjects: [
          { kind: 'User' },
          { kind: 'ServiceAccount', name: 'A b' },
          { kind: 'Robot', name: 'r' },
          { kind: 'Group', name: 'g', apiGroup: 'apps' },
        ],
      },
      [
        'subjects[0].name: Required value',
        'subjects[0].name: Invalid value: "": user name cannot be empty',
        'subjects[1].name: Invalid value: "A b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric ' +
          "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for " +
          "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        'subjects[1].namespace: Required value',
        'subjects[2].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
        `subjects[3].apiGroup: Unsupported value: "apps": supported values: "${GROUP}"`,
      ],
    ],
  ])('%s', (_, given, errors) => expect(errorsOnCreate(given)).toEqual(errors));

  it('that turn to another role', () =>
    expect(
      errorsOnUpdate(
        { kind: 'RoleBinding', roleRef: ROLE_REF },
        { kind: 'RoleBinding', roleRef: { ...ROLE_REF, name: 's' } },
      ),
    ).toEqual([`roleRef: Invalid value: {"APIGroup":"${GROUP}","Kind":"Role","Name":"s"}: cannot change roleRef`]));
});

it('groups are filled in where they are known', () => {
  const subjects = ['User', 'Group', 'ServiceAccount'].map((kind) => ({ kind, name: 'x' }));
  expect(created({ kind: 'RoleBinding', roleRef: { kind: 'Role', name: 'r' }, subjects })).toMatchObject({
    roleRef: { apiGroup: GROUP },
    subjects: [{ apiGroup: GROUP }, { apiGroup: GROUP }, { kind: 'ServiceAccount', name: 'x' }],
  });
});

it('the row of a binding', () => {
  const subjects = [
    { kind: 'User', name: 'ann' },
    { kind: 'ServiceAccount', name: 'robot', namespace: 'default' },
    { kind: 'User', name: 'bob' },
    { kind: 'ServiceAccount', name: 'here' },
  ];
  const metadata = { creationTimestamp: '2026-11-23T13:55:00Z' };
  expect(rowOf({ kind: 'RoleBinding', metadata, roleRef: ROLE_REF, subjects })).toEqual({
    Name: 'x',
    Role: 'Role/r',
    Age: '5m',
    Users: 'ann, bob',
    Groups: '',
    ServiceAccounts: 'default/robot, here',
  });
});

// Recorded from a genuine cluster.
it('a description of a role takes its rules apart', async () => {
  const text = await described(`
kind: Role
metadata: {name: reader, labels: {app: net}}
rules:
- {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch]}
- {apiGroups: [apps], resources: [deployments], resourceNames: [web, api], verbs: ["*"]}
`);
  expect(text).toBe(`Name:         reader
Labels:       app=net
Annotations:  <none>
PolicyRule:
  Resources         Non-Resource URLs  Resource Names  Verbs
  ---------         -----------------  --------------  -----
  deployments.apps  []                 [api]           [*]
  deployments.apps  []                 [web]           [*]
  pods/log          []                 []              [get list watch]
  pods              []                 []              [get list watch]
`);
});

it('a description of a binding names role and subjects', async () => {
  const text = await described(`
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io}
subjects:
- {kind: Group, name: devs}
- {kind: ServiceAccount, name: default, namespace: default}
`);
  expect(text).toBe(`Name:         all
Labels:       <none>
Annotations:  <none>
Role:
  Kind:  ClusterRole
  Name:  view
Subjects:
  Kind            Name     Namespace
  ----            ----     ---------
  Group           devs     
  ServiceAccount  default  default
`);
});
