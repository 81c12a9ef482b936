// What must be done so that a role or binding grants what it should: rules and subjects merged by what they mean.
// Called by: commands/auth/reconcile.ts, the API server's bootstrap policy. Must not know: REST, the registry.
// Upstream: component-helpers/auth/rbac/reconciliation.
import { deepEqual } from './meta.ts';
import { uncoveredRules, type PolicyRule } from './policyrules.ts';
import type { KubeObject } from './types.ts';

const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

export interface Subject {
  kind?: string;
  apiGroup?: string;
  name?: string;
  namespace?: string;
}
interface AggregationRule {
  clusterRoleSelectors?: object[];
}

/** A Role, ClusterRole, RoleBinding or ClusterRoleBinding. */
export type RbacObject = KubeObject & {
  rules?: PolicyRule[] | null;
  aggregationRule?: AggregationRule;
  roleRef?: { apiGroup?: string; kind?: string; name?: string };
  subjects?: Subject[];
};

export interface Reconciled {
  object: RbacObject;
  operation: 'create' | 'update' | 'recreate' | 'none';
  /** The object on the server asks to be left alone. */
  isProtected: boolean;
  missingRules: PolicyRule[];
  extraRules: PolicyRule[];
  missingSubjects: Subject[];
  extraSubjects: Subject[];
}

export interface ReconciliationOptions {
  removesPermissions: boolean;
  removesSubjects: boolean;
}

/** Returns Go's `%+v` of a subject. */
export function subjectText({ kind = '', apiGroup = '', name = '', namespace = '' }: Subject): string {
  return `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;
}

function unchanged(object: RbacObject): Reconciled {
  return {
    object,
    operation: 'none',
    isProtected: false,
    missingRules: [],
    extraRules: [],
    missingSubjects: [],
    extraSubjects: [],
  };
}

/**
 * Returns what must be done so that the server's object grants what is expected; `object` is what to write.
 * Upstream: ReconcileRoleOptions.Run and ReconcileRoleBindingOptions.Run.
 */
export function reconciliation(
  existing: RbacObject | undefined,
  expected: RbacObject,
  options: ReconciliationOptions,
): Reconciled {
  if (!existing)
    return {
      ...unchanged(expected),
      operation: 'create',
      missingRules: expected.rules ?? [],
      missingSubjects: expected.subjects ?? [],
    };
  const result = unchanged(withMetadata(existing, expected));
  result.isProtected = existing.metadata.annotations?.[AUTO_UPDATE] === 'false';
  if (!deepEqual(result.object.metadata, existing.metadata)) result.operation = 'update';
  if (!expected.kind.endsWith('Binding')) compareRoles(result, existing, expected, options);
  else if (deepEqual(expected.roleRef, existing.roleRef)) compareSubjects(result, existing, expected, options);
  else return { ...unchanged(expected), operation: 'recreate', isProtected: result.isProtected };
  return result;
}

function compareRoles(
  result: Reconciled,
  existing: RbacObject,
  expected: RbacObject,
  { removesPermissions }: ReconciliationOptions,
): void {
  const [before, wanted] = [existing.rules ?? [], expected.rules ?? []];
  if (!expected.aggregationRule || !existing.aggregationRule) result.extraRules = uncoveredRules(wanted, before);
  result.missingRules = uncoveredRules(before, wanted);
  if (removesPermissions ? result.missingRules.length + result.extraRules.length > 0 : result.missingRules.length > 0) {
    result.object.rules = removesPermissions ? wanted : [...before, ...result.missingRules];
    result.operation = 'update';
  }
  const aggregation = mergedAggregation(existing.aggregationRule, expected.aggregationRule, removesPermissions);
  if (deepEqual(aggregation, existing.aggregationRule)) return;
  if (aggregation) result.object.aggregationRule = aggregation;
  else delete result.object.aggregationRule;
  result.operation = 'update';
}

function compareSubjects(
  result: Reconciled,
  existing: RbacObject,
  expected: RbacObject,
  { removesSubjects }: ReconciliationOptions,
): void {
  const [before, wanted] = [existing.subjects ?? [], expected.subjects ?? []];
  result.missingSubjects = subjectsOnlyIn(wanted, before);
  result.extraSubjects = subjectsOnlyIn(before, wanted);
  const { missingSubjects, extraSubjects } = result;
  if (missingSubjects.length === 0 && (!removesSubjects || extraSubjects.length === 0)) return;
  result.object.subjects = removesSubjects ? wanted : [...before, ...missingSubjects];
  result.operation = 'update';
}

function withMetadata(existing: RbacObject, expected: RbacObject): RbacObject {
  const metadata = { ...existing.metadata };
  for (const field of ['annotations', 'labels'] as const) {
    const merged = { ...expected.metadata[field], ...existing.metadata[field] };
    if (Object.keys(merged).length > 0) metadata[field] = merged;
  }
  return { ...existing, metadata };
}

function mergedAggregation(
  existing: AggregationRule | undefined,
  expected: AggregationRule | undefined,
  replaces: boolean,
): AggregationRule | undefined {
  if (!expected || !existing) return expected;
  const before = existing.clusterRoleSelectors ?? [];
  const wanted = expected.clusterRoleSelectors ?? [];
  const onlyIn = (list: object[], other: object[]) => list.filter((a) => !other.some((b) => deepEqual(a, b)));
  const missing = onlyIn(wanted, before);
  if (replaces) return missing.length + onlyIn(before, wanted).length > 0 ? expected : existing;
  return missing.length > 0 ? { ...existing, clusterRoleSelectors: [...before, ...missing] } : existing;
}

function subjectsOnlyIn(list: readonly Subject[], other: readonly Subject[]): Subject[] {
  const known = new Set(other.map(subjectText));
  const found = new Map<string, Subject>();
  for (const subject of list) if (!known.has(subjectText(subject))) found.set(subjectText(subject), subject);
  return [...found.values()];
}
