// Which rules of RBAC a user has: the bindings that speak of the user, and the roles to which they refer.
// Called by: authorization.rbac.ts, authorization.escalation.ts. Must not know: what is asked for.
// Upstream: kubernetes pkg/registry/rbac/validation/rule.go DefaultRuleResolver.
import type { PolicyRule } from '../machinery/policyrules.ts';
import { newNotFound } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import type { ObjectReader } from '../resources/definition.ts';
import type { ClusterRole } from '../resources/clusterrole.ts';
import type { ClusterRoleBinding } from '../resources/clusterrolebinding.ts';
import type { Role } from '../resources/role.ts';
import type { RoleBinding, Subject } from '../resources/rolebinding.ts';
import { serviceAccountUserName, type UserInfo } from './user.ts';

type Binding = RoleBinding | ClusterRoleBinding;
export type RoleRef = Binding['roleRef'];

/** A rule and where it comes from, or why a binding's role could not be looked up. */
export type FoundRule = { rule: PolicyRule; source(): string } | { error: Error };

export class RuleResolver {
  readonly #reader: ObjectReader;

  constructor(reader: ObjectReader) {
    this.#reader = reader;
  }

  /** Yields what the user has: of the cluster's bindings first, then of the namespace's, by name. */
  *visit(user: UserInfo, namespace: string): Generator<FoundRule> {
    for (const binding of this.#reader.list('clusterrolebindings.rbac.authorization.k8s.io'))
      yield* this.#rulesOf(binding as ClusterRoleBinding, user, '');
    if (namespace === '') return;
    for (const binding of this.#reader.list('rolebindings.rbac.authorization.k8s.io', namespace))
      yield* this.#rulesOf(binding as RoleBinding, user, namespace);
  }

  /** Returns all rules and what went wrong. */
  rulesFor(user: UserInfo, namespace: string): { rules: PolicyRule[]; errors: Error[] } {
    const rules: PolicyRule[] = [];
    const errors: Error[] = [];
    for (const found of this.visit(user, namespace)) {
      if ('error' in found) errors.push(found.error);
      else rules.push(found.rule);
    }
    return { rules, errors };
  }

  /** Returns the rules of a role. @throws StatusError NotFound, as the server's caches word it. */
  rulesOfRole({ kind, name }: RoleRef, namespace: string): readonly PolicyRule[] {
    const group = 'rbac.authorization.k8s.io';
    if (kind !== 'Role' && kind !== 'ClusterRole') throw new Error(`unsupported role reference kind: ${quote(kind)}`);
    const isNamespaced = kind === 'Role';
    const key = isNamespaced ? { namespace, name } : { name };
    const found = this.#reader.get(`${isNamespaced ? 'roles' : 'clusterroles'}.${group}`, key);
    if (!found) throw newNotFound({ group, resource: kind.toLowerCase() }, name);
    return (found as Role | ClusterRole).rules ?? [];
  }

  *#rulesOf(binding: Binding, user: UserInfo, namespace: string): Generator<FoundRule> {
    const subject = (binding.subjects ?? []).find((candidate) => appliesTo(candidate, user, namespace));
    if (!subject) return;
    let rules: readonly PolicyRule[];
    try {
      rules = this.rulesOfRole(binding.roleRef, namespace);
    } catch (error) {
      yield { error: error as Error };
      return;
    }
    const source = (): string => sourceText(binding, subject, namespace);
    for (const rule of rules) yield { rule, source };
  }
}

function appliesTo(subject: Subject, user: UserInfo, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.name === subject.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const where = subject.namespace || namespace;
      return where !== '' && user.name === serviceAccountUserName(where, subject.name);
    }
    default:
      return false;
  }
}

function sourceText({ metadata, roleRef }: Binding, subject: Subject, namespace: string): string {
  const kind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const name = namespace === '' ? metadata.name : `${metadata.name}/${namespace}`;
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name;
  return `${kind} ${quote(name)} of ${roleRef.kind} ${quote(roleRef.name)} to ${subject.kind} ${quote(who)}`;
}
