// `kubectl apply --server-side`: sends the whole manifest and lets the server merge it.
// Called by: commands/apply.ts. Upstream: kubectl pkg/cmd/apply/apply.go applyOneObject.
import { isConflict } from '../../../machinery/status.ts';
import type { Info } from '../../builder.ts';
import { LAST_APPLIED, originalConfiguration } from '../../lastapplied.ts';
import { patchInfo, refresh, requireObject } from '../../requests.ts';
import { migrationPatch, ownersOfAnnotation } from './migration.ts';
import { warnIfDeleting, type ApplyOptions } from './options.ts';

const CONFLICT_HELP = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

const NOT_FATAL = 'This is non-fatal and will be retried next time you apply.';
const APPLY = 'application/apply-patch+yaml' as const;
// Upstream: patcher.go maxPatchRetry.
const MAX_ATTEMPTS = 5;
const DEFAULT_MANAGER = 'kubectl';
const ANNOTATION_MANAGER = 'kubectl-last-applied';

/** Applies the info's manifest and refreshes the info. @throws Error with advice when other managers own fields. */
export async function applyOnServer(info: Info, options: ApplyOptions): Promise<void> {
  const generateName = requireObject(info).metadata?.generateName;
  if (info.name === '' && generateName) throw new Error(`from ${generateName}: cannot use generate name with apply`);
  if (info.name === '') throw new Error('resource name may not be empty');
  const patch = { type: APPLY, body: requireObject(info) };
  const write = { ...options, force: options.forcesConflicts };
  try {
    await patchInfo(options.rest, info, patch, write);
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new Error(`${(error as Error).message}\n${CONFLICT_HELP}`, { cause: error });
  }
  await migrate(info, options, () => patchInfo(options.rest, info, patch, { ...write, subresource: '' }));
  warnIfDeleting(info, options);
  options.visitedUids.add(requireObject(info).metadata.uid ?? '');
}

// None of these steps is worth failing for: the next apply tries again.
async function migrate(info: Info, options: ApplyOptions, reapply: () => Promise<unknown>): Promise<void> {
  const warn = (what: string, error: unknown): void => {
    options.context.streams.err.write(`Warning: ${what}. ${NOT_FATAL} Error: ${(error as Error).message}\n`);
  };
  try {
    await keepAnnotation(info, options);
  } catch (error) {
    return warn(`failed to migrate ${LAST_APPLIED} for Server-Side Apply`, error);
  }
  try {
    if (!(await migrateManagers(info, options))) return;
  } catch (error) {
    return warn('server rejected managed fields migration to Server-Side Apply', error);
  }
  try {
    await reapply();
  } catch (error) {
    warn('failed to re-apply configuration after performing Server-Side Apply migration', error);
  }
}

/** An object that was applied by the client keeps its annotation: a manager of its own holds it. */
async function keepAnnotation(info: Info, options: ApplyOptions): Promise<void> {
  const object = requireObject(info);
  const annotation = originalConfiguration(object);
  if (options.fieldManager !== DEFAULT_MANAGER || annotation === undefined) return;
  if (ownersOfAnnotation(object, 'Apply').length > 0) return;
  const { apiVersion, kind, metadata } = object;
  const body = {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      annotations: { [LAST_APPLIED]: annotation },
    },
  };
  const { dryRun, fieldValidation } = options;
  await patchInfo(
    options.rest,
    info,
    { type: APPLY, body },
    { dryRun, fieldValidation, fieldManager: ANNOTATION_MANAGER },
  );
}

/** Hands the fields of client-side appliers over. Returns whether there was anything to hand over. */
async function migrateManagers(info: Info, options: ApplyOptions): Promise<boolean> {
  const owners = ownersOfAnnotation(requireObject(info), 'Update').map(({ manager = '' }) => manager);
  const { dryRun, fieldValidation, fieldManager } = options;
  for (let attempt = 1; ; attempt++) {
    const body = migrationPatch(requireObject(info), [...new Set(owners)], fieldManager);
    if (!body) return false;
    const patch = { type: 'application/json-patch+json' as const, body };
    try {
      await patchInfo(options.rest, info, patch, { dryRun, fieldValidation, fieldManager });
      return true;
    } catch (error) {
      if (!isConflict(error) || attempt >= MAX_ATTEMPTS) throw error;
    }
    const key = { namespace: info.namespace || undefined, name: info.name };
    refresh(info, await options.rest.get(info.mapping, key));
  }
}
