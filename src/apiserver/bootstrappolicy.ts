// The roles and bindings that the API server sees to whenever it starts: what is missing is made, lost rules come back.
// Called by: sim/bootstrap.ts, sim/cluster.ts. Must not know: who may do what. The facts lie in its siblings.
// Upstream: kubernetes pkg/registry/rbac/rest/storage_rbac.go EnsureRBACPolicy.
import { clone } from '../machinery/meta.ts';
import { reconciliation, type RbacObject, type Subject } from '../machinery/rbacreconciliation.ts';
import type { KubeObject } from '../machinery/types.ts';
import { clusterRole } from '../resources/clusterrole.ts';
import { clusterRoleBinding } from '../resources/clusterrolebinding.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { role, type PolicyRule } from '../resources/role.ts';
import { roleBinding } from '../resources/rolebinding.ts';
import { clusterRoleBindingFacts, clusterRoleFacts, NODE_RULES } from './bootstrappolicy.clusterroles.ts';
import { controllerRoleFacts } from './bootstrappolicy.controllers.ts';
import { roleBindingFacts, roleFacts } from './bootstrappolicy.namespaces.ts';
import type { LoopbackClient } from './loopbackclient.ts';

/**
 * A rule is 'VERBS GROUPS RESOURCES', possibly with names behind, or 'VERBS URL PATHS', words separated by commas;
 * 'read' and 'write' stand for several verbs, 'core' for the group without a name. A subject is 'KIND NAME', a
 * ServiceAccount's name with its namespace.
 */
type Rules = readonly string[];

export interface PolicyFacts {
  clusterRoles: Readonly<Record<string, Rules | { rules?: Rules; aggregates?: string; to?: string }>>;
  clusterRoleBindings: Readonly<Record<string, readonly string[]>>;
  roles: Readonly<Record<string, Readonly<Record<string, Rules>>>>;
  roleBindings: Readonly<Record<string, Readonly<Record<string, { role?: string; subjects: readonly string[] }>>>>;
}

const GROUP = 'rbac.authorization.k8s.io';
const CONTROLLER_PREFIX = 'system:controller:';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const VERBS: Readonly<Record<string, readonly string[]>> = {
  read: ['get', 'list', 'watch'],
  write: ['create', 'delete', 'deletecollection', 'patch', 'update'],
};
const AS_IT_IS = { removesPermissions: false, removesSubjects: false };

interface Wanted {
  definition: ResourceDefinition;
  object: RbacObject;
}

/**
 * Brings roles and bindings of the bootstrap policy to what they must grant at least. Objects whose annotation
 * rbac.authorization.kubernetes.io/autoupdate is false stay as they are. @throws StatusError
 */
export function ensurePolicy(client: LoopbackClient): void {
  for (const { definition, object } of wantedObjects()) ensure(client, definition, object);
}

/** Returns what the Node authorizer allows every node, beside what is its own. */
export function nodeRules(): readonly PolicyRule[] {
  return (kubeletRules ??= NODE_RULES.map(ruleOf));
}
let kubeletRules: readonly PolicyRule[] | undefined;

function ensure(client: LoopbackClient, definition: ResourceDefinition, expected: RbacObject): void {
  const existing = client.get(definition, expected.metadata);
  if (!existing) return void client.create(definition, expected);
  const { operation, isProtected, object } = reconciliation(clone(existing) as RbacObject, expected, AS_IT_IS);
  if (isProtected || operation === 'none') return;
  if (operation === 'update') return void client.update(definition, object);
  client.delete(definition, expected.metadata);
  client.create(definition, object);
}

function* wantedObjects(): Generator<Wanted> {
  for (const [name, facts] of Object.entries(clusterRoleFacts)) yield clusterRoleOf(name, facts);
  for (const [name, rules] of Object.entries(controllerRoleFacts))
    yield clusterRoleOf(`${CONTROLLER_PREFIX}${name}`, rules);
  for (const [name, subjects] of Object.entries(clusterRoleBindingFacts)) yield clusterRoleBindingOf(name, subjects);
  for (const name of Object.keys(controllerRoleFacts))
    yield clusterRoleBindingOf(`${CONTROLLER_PREFIX}${name}`, [`ServiceAccount kube-system/${name}`]);
  for (const [namespace, roles] of Object.entries(roleFacts))
    for (const [name, rules] of Object.entries(roles))
      yield { definition: role, object: { ...headOf('Role', name, namespace), rules: rules.map(ruleOf) } };
  for (const [namespace, bindings] of Object.entries(roleBindingFacts))
    for (const [name, facts] of Object.entries(bindings)) {
      const roleRef = { apiGroup: GROUP, kind: 'Role', name: facts.role ?? name };
      const object = { ...headOf('RoleBinding', name, namespace), roleRef, subjects: facts.subjects.map(subjectOf) };
      yield { definition: roleBinding, object };
    }
}

function headOf(kind: string, name: string, namespace?: string): KubeObject {
  const metadata = { name, labels: { ...LABELS }, annotations: { ...ANNOTATIONS } };
  return { apiVersion: `${GROUP}/v1`, kind, metadata: namespace === undefined ? metadata : { ...metadata, namespace } };
}

function clusterRoleOf(name: string, facts: PolicyFacts['clusterRoles'][string]): Wanted {
  const { rules, aggregates, to } = 'length' in facts ? { rules: facts } : facts;
  const object: RbacObject = headOf('ClusterRole', name);
  if (to !== undefined) Object.assign(object.metadata.labels ?? {}, aggregationLabel(to));
  if (rules) object.rules = rules.map(ruleOf);
  if (aggregates !== undefined)
    object.aggregationRule = { clusterRoleSelectors: [{ matchLabels: aggregationLabel(aggregates) }] };
  return { definition: clusterRole, object };
}

function aggregationLabel(to: string): Record<string, string> {
  return { [`${GROUP}/aggregate-to-${to}`]: 'true' };
}

function clusterRoleBindingOf(name: string, subjects: readonly string[]): Wanted {
  const object: RbacObject = {
    ...headOf('ClusterRoleBinding', name),
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name },
  };
  if (subjects.length > 0) object.subjects = subjects.map(subjectOf);
  return { definition: clusterRoleBinding, object };
}

function ruleOf(text: string): PolicyRule {
  const [verbs = '', groups = '', resources = '', names] = text.split(' ');
  const rule = { verbs: verbsOf(verbs) };
  if (groups === 'URL') return { ...rule, nonResourceURLs: resources.split(',') };
  const apiGroups = groups.split(',').map((group) => (group === 'core' ? '' : group));
  const found = { ...rule, apiGroups, resources: resources.split(',') };
  return names === undefined ? found : { ...found, resourceNames: names.split(',') };
}

function verbsOf(words: string): string[] {
  return words
    .split(',')
    .flatMap((word) => VERBS[word] ?? word)
    .sort();
}

function subjectOf(text: string): Subject {
  const [kind = '', name = ''] = text.split(' ');
  if (kind !== 'ServiceAccount') return { kind, apiGroup: GROUP, name };
  const [namespace = '', account = ''] = name.split('/');
  return { kind, name: account, namespace };
}
