// `kubectl create role`, `clusterrole`, `rolebinding` and `clusterrolebinding`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_role.go, create_clusterrole.go, create_rolebinding.go, create_clusterrolebinding.go.
import type { RESTMapper } from '../../../client/types.ts';
import { NoMatchError } from '../../../client/types.ts';
import type { CommandContext, FlagSpec } from '../../command.ts';
import { noResourceMatch } from '../../errors.ts';
import { compact, generatorCommand } from './generator.ts';

const GROUP = 'rbac.authorization.k8s.io';
const RESOURCE_VERBS = [
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  'escalate',
];
const URL_VERBS = ['*', 'get', 'put', 'post', 'head', 'options', 'delete', 'patch'];
/** Verbs that only some resources have, as 'resource.group'. */
const SPECIAL_VERBS: Record<string, readonly string[]> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: [`roles.${GROUP}`, `clusterroles.${GROUP}`],
  escalate: [`roles.${GROUP}`, `clusterroles.${GROUP}`],
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
};

interface WantedResource {
  resource: string;
  group: string;
  subresource: string;
}

const RULE_FLAGS: FlagSpec[] = [
  { name: 'verb', type: 'stringSlice', default: '[]', usage: 'What is allowed: get, list, create …' },
  {
    name: 'resource',
    type: 'stringSlice',
    default: '[]',
    usage: 'On which resources: pods, deployments.apps, pods/log.',
  },
  { name: 'resource-name', type: 'stringArray', default: '[]', usage: 'On which objects; may be repeated.' },
];

/** Returns the verbs once each; '*' stands for all. */
function verbsOf({ flags }: CommandContext): string[] {
  const verbs = [...new Set(flags.strings('verb'))];
  return verbs.includes('*') ? ['*'] : verbs;
}

function resourcesOf({ flags }: CommandContext): WantedResource[] {
  const found: WantedResource[] = [];
  for (const text of flags.strings('resource')) {
    const slash = text.indexOf('/');
    const head = slash < 0 ? text : text.slice(0, slash);
    const dot = head.indexOf('.');
    const wanted = {
      resource: dot < 0 ? head : head.slice(0, dot),
      group: dot < 0 ? '' : head.slice(dot + 1),
      subresource: slash < 0 ? '' : text.slice(slash + 1),
    };
    if (wanted.resource === '*' && dot < 0 && slash < 0) return [wanted];
    found.push(wanted);
  }
  return found;
}

function lookup(
  mapper: RESTMapper,
  { resource, group }: WantedResource,
): { resource: string; group: string } | undefined {
  try {
    return mapper.resourceFor(group === '' ? resource : `${resource}.${group}`).gvr;
  } catch (error) {
    if (error instanceof NoMatchError) return undefined;
    throw error;
  }
}

function validateResources(mapper: RESTMapper, verbs: readonly string[], resources: readonly WantedResource[]): void {
  for (const wanted of resources) {
    if (wanted.resource === '') throw new Error('resource must be specified if apiGroup/subresource specified');
    if (wanted.resource === '*') return;
    const found = lookup(mapper, wanted);
    const { resource, group } = found ?? wanted;
    let isSpecial = false;
    for (const verb of verbs) {
      const allowed = Object.hasOwn(SPECIAL_VERBS, verb) ? SPECIAL_VERBS[verb] : undefined;
      if (!allowed) continue;
      if (!allowed.includes(`${resource}.${group}`))
        throw new Error(`can not perform '${verb}' on '${resource}' in group '${group}'`);
      isSpecial = true;
    }
    if (!found && !isSpecial) throw noResourceMatch(wanted.resource, wanted.group);
  }
}

function warnOfVerbs({ streams }: CommandContext, verbs: readonly string[]): void {
  for (const verb of verbs)
    if (!RESOURCE_VERBS.includes(verb)) streams.err.write(`Warning: '${verb}' is not a standard resource verb\n`);
}

/** One rule a group, in order of the groups. */
function rulesOf(
  mapper: RESTMapper,
  verbs: string[],
  resources: readonly WantedResource[],
  names: string[],
): Record<string, unknown>[] {
  const groups = new Map<string, string[]>();
  for (const wanted of resources) {
    const { resource, group } = lookup(mapper, wanted) ?? wanted;
    const full = wanted.subresource === '' ? resource : `${resource}/${wanted.subresource}`;
    const list = groups.get(group) ?? [];
    if (!list.includes(full)) groups.set(group, [...list, full]);
  }
  return [...groups.keys()].sort().map((group) =>
    compact({
      verbs,
      apiGroups: [group],
      resources: groups.get(group),
      resourceNames: names.length > 0 ? names : undefined,
    }),
  );
}

export const createRole = generatorCommand({
  use: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with one rule',
  example: `# Allow to read pods
kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods

# Allow to read one replica set
kubectl create role foo --verb=get,list,watch --resource=replicasets.apps --resource-name=readablepod`,
  flags: RULE_FLAGS,
  async build(context, name) {
    const verbs = verbsOf(context);
    const resources = resourcesOf(context);
    if (name === '') throw new Error('name must be specified');
    if (verbs.length === 0) throw new Error('at least one verb must be specified');
    warnOfVerbs(context, verbs);
    if (resources.length === 0) throw new Error('at least one resource must be specified');
    const mapper = await context.factory.mapper(2);
    validateResources(mapper, verbs, resources);
    const names = [...new Set(context.flags.strings('resource-name'))];
    return {
      kind: 'Role',
      apiVersion: `${GROUP}/v1`,
      metadata: { name },
      rules: rulesOf(mapper, verbs, resources, names),
    };
  },
});

export const createClusterRole = generatorCommand({
  use: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role',
  example: `# Allow to read pods in all namespaces
kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods

# Allow to read paths of the API that are no resources
kubectl create clusterrole "foo" --verb=get --non-resource-url=/logs/*

# Collect the rules of other cluster roles
kubectl create clusterrole monitoring --aggregation-rule="rbac.example.com/aggregate-to-monitoring=true"`,
  flags: [
    ...RULE_FLAGS,
    {
      name: 'non-resource-url',
      type: 'stringSlice',
      default: '[]',
      usage: 'On which paths of the API that are no resources.',
    },
    {
      name: 'aggregation-rule',
      type: 'stringToString',
      default: '',
      usage: 'Labels of the cluster roles whose rules to collect.',
    },
  ],
  isClusterScoped: true,
  async build(context, name) {
    const { flags, factory } = context;
    const verbs = verbsOf(context);
    const resources = resourcesOf(context);
    const urls = [...new Set(flags.strings('non-resource-url'))];
    const names = [...new Set(flags.strings('resource-name'))];
    const aggregation = flags.map('aggregation-rule');
    if (name === '') throw new Error('name must be specified');
    const head = { kind: 'ClusterRole', apiVersion: `${GROUP}/v1`, metadata: { name } };
    if (aggregation.size > 0) {
      if (urls.length > 0 || verbs.length > 0 || resources.length > 0 || names.length > 0)
        throw new Error(
          'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
        );
      const matchLabels = Object.fromEntries(aggregation);
      return { ...head, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
    }
    if (verbs.length === 0) throw new Error('at least one verb must be specified');
    if (resources.length === 0 && urls.length === 0)
      throw new Error('one of resource or nonResourceURL must be specified');
    const rules: Record<string, unknown>[] = [];
    if (resources.length > 0) {
      warnOfVerbs(context, verbs);
      const mapper = await factory.mapper(2);
      validateResources(mapper, verbs, resources);
      rules.push(...rulesOf(mapper, verbs, resources, names));
    }
    if (urls.length > 0) {
      validateUrls(verbs, urls);
      rules.push({ verbs, nonResourceURLs: urls });
    }
    return { ...head, rules };
  },
});

function validateUrls(verbs: readonly string[], urls: readonly string[]): void {
  for (const verb of verbs)
    if (!URL_VERBS.includes(verb)) throw new Error(`invalid verb: '${verb}' for nonResourceURL`);
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) throw new Error('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*'))
      throw new Error("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
}

const SUBJECT_FLAGS: FlagSpec[] = [
  { name: 'user', type: 'stringArray', default: '[]', usage: 'Users to bind to the role; may be repeated.' },
  { name: 'group', type: 'stringArray', default: '[]', usage: 'Groups to bind to the role; may be repeated.' },
  {
    name: 'serviceaccount',
    type: 'stringArray',
    default: '[]',
    usage: 'Service accounts to bind to the role, as <namespace>:<name>; may be repeated.',
  },
];

function subjectsOf({ flags }: CommandContext): object[] | undefined {
  const subjects: object[] = [
    ...flags.strings('user').map((name) => ({ kind: 'User', apiGroup: GROUP, name })),
    ...flags.strings('group').map((name) => ({ kind: 'Group', apiGroup: GROUP, name })),
    ...flags.strings('serviceaccount').map((text) => {
      const [namespace = '', name = '', ...more] = text.split(':');
      if (namespace === '' || name === '' || more.length > 0)
        throw new Error('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
  return subjects.length > 0 ? subjects : undefined;
}

export const createRoleBinding = generatorCommand({
  use: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Bind a role or cluster role to users, in one namespace',
  example: `# Make user1, user2 and the group group1 administrators of a namespace
kubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2 --group=group1`,
  flags: [
    { name: 'clusterrole', type: 'string', default: '', usage: 'Cluster role to bind.' },
    { name: 'role', type: 'string', default: '', usage: 'Role to bind.' },
    ...SUBJECT_FLAGS,
  ],
  failure: 'failed to create rolebinding: ',
  build(context, name) {
    const role = context.flags.string('role');
    const clusterRole = context.flags.string('clusterrole');
    if (name === '') throw new Error('name must be specified');
    if ((role === '') === (clusterRole === '')) throw new Error('exactly one of clusterrole or role must be specified');
    const roleRef = { apiGroup: GROUP, kind: role === '' ? 'ClusterRole' : 'Role', name: role || clusterRole };
    return compact({
      kind: 'RoleBinding',
      apiVersion: `${GROUP}/v1`,
      metadata: { name },
      subjects: subjectsOf(context),
      roleRef,
    });
  },
});

export const createClusterRoleBinding = generatorCommand({
  use: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Bind a cluster role to users, in all namespaces',
  example: `# Make user1, user2 and the group group1 administrators of the cluster
kubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --user=user2 --group=group1`,
  flags: [
    { name: 'clusterrole', type: 'string', default: '', isRequired: true, usage: 'Cluster role to bind.' },
    ...SUBJECT_FLAGS,
  ],
  failure: 'failed to create clusterrolebinding: ',
  isClusterScoped: true,
  build(context, name) {
    if (name === '') throw new Error('name must be specified');
    return compact({
      kind: 'ClusterRoleBinding',
      apiVersion: `${GROUP}/v1`,
      metadata: { name },
      subjects: subjectsOf(context),
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: context.flags.string('clusterrole') },
    });
  },
});
