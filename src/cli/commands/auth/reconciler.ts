// What must be done so that a role or binding on the server grants what a file says, and doing it.
// Called by: commands/auth/reconcile.ts. Upstream: component-helpers/auth/rbac/reconciliation.
import type { RestClient, RESTMapping } from '../../../client/types.ts';
import {
  reconciliation,
  type RbacObject,
  type Reconciled,
  type ReconciliationOptions,
} from '../../../machinery/rbacreconciliation.ts';
import { isAlreadyExists, isConflict, isNotFound, reasonOf } from '../../../machinery/status.ts';

const MAX_ATTEMPTS = 3;

export interface ReconcilerOptions extends ReconciliationOptions {
  rest: RestClient;
  isDryRun: boolean;
}

/** These kinds need no discovery. */
function mappingOf(group: string, kind: string): RESTMapping {
  const resource = `${kind.toLowerCase()}s`;
  const namespaced = kind === 'Role' || kind === 'RoleBinding';
  return { gvr: { group, version: 'v1', resource }, gvk: { group, version: 'v1', kind }, namespaced };
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
    const result = reconciliation(existing, expected, this.#options);
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
}
