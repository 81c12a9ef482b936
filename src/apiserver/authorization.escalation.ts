// Nobody gives away more than they have: writes of roles and bindings by those who are not free to.
// Called by: server.ts, which puts it behind the admission chain. Must not know: HTTP.
// Upstream: kubernetes pkg/registry/rbac escalation_check.go and the policybased storages, which stand at this place.
import { deepEqual } from '../machinery/meta.ts';
import { compactRules, compactText, uncoveredRules, type PolicyRule } from '../machinery/policyrules.ts';
import { newForbidden, type StatusError } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ClusterRole } from '../resources/clusterrole.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';
import type { Attributes, ServerAuthorizer } from './authorization.ts';
import { aggregateText } from './authorization.rbac.ts';
import type { RoleRef } from './authorization.rules.ts';
import { PRIVILEGED_GROUP, type UserInfo } from './user.ts';

const GROUP = 'rbac.authorization.k8s.io';
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** A write of an object of RBAC by a user. */
interface Write extends AdmissionAttributes {
  user: UserInfo;
  object: KubeObject;
}

/** Returns the check, in the form of an admission plugin. */
export function createEscalationCheck(authorizer: ServerAuthorizer): AdmissionPlugin {
  return {
    name: 'rbac/escalation-check',
    admit(attributes) {
      const { definition, user, object, operation, subresource } = attributes;
      if (definition.gvr.group !== GROUP || subresource !== '' || operation === 'DELETE' || !user || !object) return;
      if (user.groups.includes(PRIVILEGED_GROUP)) return;
      const write: Write = { ...attributes, user, object };
      if (definition.kind.endsWith('Binding')) checkBinding(write, authorizer);
      else checkRole(write, authorizer);
    },
  };
}

function checkRole(write: Write, authorizer: ServerAuthorizer): void {
  const { user, namespace, name, definition, object, old, operation } = write;
  const { resource } = definition.gvr;
  // The name stands in the path of an update only.
  const asked = { verb: 'escalate', resource, namespace, name: operation === 'CREATE' ? '' : name };
  if (authorizer.authorize(attributesOf(user, asked)).isAllowed) return;
  if (isForCollectorOnly(object, old)) return;
  confirm(write, authorizer, (object as ClusterRole).rules ?? []);
  const isAggregated = [object, old].some((role) => hasAggregation(role as ClusterRole | undefined));
  if (isAggregated && missing(write, authorizer, EVERYTHING) !== undefined)
    throw refusal(write, 'must have cluster-admin privileges to use the aggregationRule');
}

function hasAggregation(role: ClusterRole | undefined): boolean {
  return (role?.aggregationRule?.clusterRoleSelectors ?? []).length > 0;
}

function checkBinding(write: Write, authorizer: ServerAuthorizer): void {
  const { user, namespace, object, old } = write;
  if (isForCollectorOnly(object, old)) return;
  const { roleRef } = object as KubeObject & { roleRef: RoleRef };
  const resource = { Role: 'roles', ClusterRole: 'clusterroles' }[roleRef.kind];
  if (resource !== undefined) {
    const asked = { verb: 'bind', group: roleRef.apiGroup, resource, namespace, name: roleRef.name };
    if (authorizer.authorize(attributesOf(user, asked)).isAllowed) return;
  }
  confirm(write, authorizer, authorizer.resolver.rulesOfRole(roleRef, namespace));
}

/** Owners and finalizers are changed so that an object can go. Upstream: IsOnlyMutatingGCFields. */
function isForCollectorOnly(object: KubeObject, old: KubeObject | undefined): boolean {
  if (!old) return false;
  const { ownerReferences, finalizers, managedFields } = old.metadata;
  const metadata: Record<string, unknown> = { ...object.metadata, ownerReferences, finalizers, managedFields };
  for (const field of ['ownerReferences', 'finalizers', 'managedFields'])
    if (metadata[field] === undefined) delete metadata[field];
  return deepEqual({ ...object, metadata }, old);
}

function attributesOf(
  user: UserInfo,
  asked: { verb: string; group?: string; resource: string; namespace: string; name: string },
): Attributes {
  return { user, isResourceRequest: true, version: '*', subresource: '', fields: [], path: '', group: GROUP, ...asked };
}

function confirm(write: Write, authorizer: ServerAuthorizer, rules: readonly PolicyRule[]): void {
  const why = missing(write, authorizer, rules);
  if (why !== undefined) throw refusal(write, why);
}

function refusal({ definition, object }: Write, why: string): StatusError {
  return newForbidden(definition.gvr, object.metadata.name ?? '', why);
}

/** Returns which of the rules the user lacks, in words; undefined for none. Upstream: ConfirmNoEscalation. */
function missing({ user, namespace }: Write, { resolver }: ServerAuthorizer, rules: readonly PolicyRule[]) {
  const own = resolver.rulesFor(user, namespace);
  const lacking = uncoveredRules(own.rules, rules);
  if (lacking.length === 0) return undefined;
  const lines = [...new Set(compactRules(lacking).map(compactText))].sort();
  const groups = `[${user.groups.map(quote).join(' ')}]`;
  const who = `user ${quote(user.name)} (groups=${groups})`;
  const text = `${who} is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`;
  return own.errors.length > 0 ? `${text}; resolution errors: [${aggregateText(own.errors)}]` : text;
}
