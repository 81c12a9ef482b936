// What must be done so that a role or binding on the server grants what a file says, and doing it.
// Called by: commands/auth/reconcile.ts. Upstream: component-helpers/auth/rbac/reconciliation.
import type { RestClient, RESTMapping } from '../../../client/types.ts';
import { deepEqual } from '../../../machinery/meta.ts';
import { isAlreadyExists, isConflict, isNotFound, reasonOf } from '../../../machinery/status.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import { uncoveredRules, type PolicyRule } from '../../policyrules.ts';

const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const MAX_ATTEMPTS = 3;

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
export type RbacObject = Unstructured & {
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

export interface ReconcilerOptions {
  rest: RestClient;
  isDryRun: boolean;
  removesPermissions: boolean;
  removesSubjects: boolean;
}

/** Returns Go's `%+v` of a subject. */
export function subjectText({ kind = '', apiGroup = '', name = '', namespace = '' }: Subject): string {
  return `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;
}

/** These kinds need no discovery. */
function mappingOf(group: string, kind: string): RESTMapping {
  const resource = `${kind.toLowerCase()}s`;
  const namespaced = kind === 'Role' || kind === 'RoleBinding';
  return { gvr: { group, version: 'v1', resource }, gvk: { group, version: 'v1', kind }, namespaced };
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

export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Tries again when another wrote in between. @throws StatusError */
  async reconcile(expected: RbacObject): Promise<Reconciled> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(expected);
      } catch (error) {
        const isRace = isConflict(error) || isAlreadyExists(error) || isNotFound(error);
        if (!isRace || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #attempt(expected: RbacObject): Promise<Reconciled> {
    const { rest, isDryRun } = this.#options;
    const mapping = mappingOf('rbac.authorization.k8s.io', expected.kind);
    const { name = '', namespace: given = '' } = expected.metadata;
    if (name === '') throw new Error('resource name may not be empty');
    const namespace = mapping.namespaced ? given : undefined;
    const key = { namespace, name };
    const existing = namespace === '' ? undefined : await this.#read(mapping, key);
    const result = this.#compare(existing, expected);
    if (result.isProtected || isDryRun || result.operation === 'none') return result;
    if (result.operation === 'update') {
      result.object = (await rest.update(mapping, key, result.object)) as RbacObject;
      return result;
    }
    if (result.operation === 'recreate')
      await rest.delete(mapping, key, { preconditions: { uid: existing?.metadata.uid } });
    if (namespace !== undefined) await this.#ensureNamespace(namespace);
    result.object = (await rest.create(mapping, namespace, result.object)) as RbacObject;
    return result;
  }

  async #read(
    mapping: RESTMapping,
    key: { namespace: string | undefined; name: string },
  ): Promise<RbacObject | undefined> {
    try {
      return (await this.#options.rest.get(mapping, key)) as RbacObject;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Best effort: who may not touch namespaces may still reconcile. Upstream: tryEnsureNamespace. */
  async #ensureNamespace(name: string): Promise<void> {
    const { rest } = this.#options;
    if (name === '') throw new Error('resource name may not be empty');
    const mapping = mappingOf('', 'Namespace');
    try {
      await rest.get(mapping, { name });
      return;
    } catch (error) {
      if (!isNotFound(error) && reasonOf(error) !== 'Forbidden') throw error;
    }
    try {
      await rest.create(mapping, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    } catch (error) {
      if (!isAlreadyExists(error) && reasonOf(error) !== 'Forbidden') throw error;
    }
  }

  #compare(existing: RbacObject | undefined, expected: RbacObject): Reconciled {
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
    if (!expected.kind.endsWith('Binding')) this.#compareRoles(result, existing, expected);
    else if (deepEqual(expected.roleRef, existing.roleRef)) this.#compareSubjects(result, existing, expected);
    else return { ...unchanged(expected), operation: 'recreate', isProtected: result.isProtected };
    return result;
  }

  #compareRoles(result: Reconciled, existing: RbacObject, expected: RbacObject): void {
    const { removesPermissions } = this.#options;
    const [before, wanted] = [existing.rules ?? [], expected.rules ?? []];
    if (!expected.aggregationRule || !existing.aggregationRule) result.extraRules = uncoveredRules(wanted, before);
    result.missingRules = uncoveredRules(before, wanted);
    if (
      removesPermissions ? result.missingRules.length + result.extraRules.length > 0 : result.missingRules.length > 0
    ) {
      result.object.rules = removesPermissions ? wanted : [...before, ...result.missingRules];
      result.operation = 'update';
    }
    const aggregation = mergedAggregation(existing.aggregationRule, expected.aggregationRule, removesPermissions);
    if (deepEqual(aggregation, existing.aggregationRule)) return;
    if (aggregation) result.object.aggregationRule = aggregation;
    else delete result.object.aggregationRule;
    result.operation = 'update';
  }

  #compareSubjects(result: Reconciled, existing: RbacObject, expected: RbacObject): void {
    const { removesSubjects } = this.#options;
    const [before, wanted] = [existing.subjects ?? [], expected.subjects ?? []];
    result.missingSubjects = subjectsOnlyIn(wanted, before);
    result.extraSubjects = subjectsOnlyIn(before, wanted);
    const { missingSubjects, extraSubjects } = result;
    if (missingSubjects.length === 0 && (!removesSubjects || extraSubjects.length === 0)) return;
    result.object.subjects = removesSubjects ? wanted : [...before, ...missingSubjects];
    result.operation = 'update';
  }
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
