// `kubectl apply --server-side`: sends the whole manifest and lets the server merge it.
// Called by: commands/apply.ts. Upstream: kubectl pkg/cmd/apply/apply.go applyOneObject.
import { isConflict } from '../../../machinery/status.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import { LAST_APPLIED, originalConfiguration } from '../../lastapplied.ts';
import { patchInfo, requireObject } from '../../requests.ts';
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

const DEFAULT_MANAGER = 'kubectl';
const ANNOTATION_MANAGER = 'kubectl-last-applied';

/** Applies the info's manifest and refreshes the info. @throws Error with advice when other managers own fields. */
export async function applyOnServer(info: Info, options: ApplyOptions): Promise<void> {
  if (info.name === '') throw new Error('resource name may not be empty');
  const manifest = requireObject(info);
  const write = { ...options, force: options.forcesConflicts };
  const patch = { type: 'application/apply-patch+yaml' as const, body: manifest };
  try {
    await patchInfo(options.rest, info, patch, write);
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new Error(`${(error as Error).message}\n${CONFLICT_HELP}`, { cause: error });
  }
  await keepAnnotation(info, options);
  warnIfDeleting(info, options);
  options.visitedUids.add(requireObject(info).metadata.uid ?? '');
}

/** An object that was applied by the client keeps its annotation: a manager of its own holds it. */
async function keepAnnotation(info: Info, options: ApplyOptions): Promise<void> {
  const object = requireObject(info);
  const annotation = originalConfiguration(object);
  if (options.fieldManager !== DEFAULT_MANAGER || annotation === undefined || ownsAnnotation(object)) return;
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
  const patch = { type: 'application/apply-patch+yaml' as const, body };
  try {
    await patchInfo(options.rest, info, patch, { dryRun: options.dryRun, fieldManager: ANNOTATION_MANAGER });
  } catch (error) {
    options.context.streams.err.write(
      `Warning: failed to migrate ${LAST_APPLIED} for Server-Side Apply. This is non-fatal and will be retried next time ` +
        `you apply. Error: ${(error as Error).message}\n`,
    );
  }
}

function ownsAnnotation(object: Unstructured): boolean {
  const entries = (object.metadata.managedFields ?? []) as { operation?: string; fieldsV1?: object }[];
  return entries.some((e) => {
    if (e.operation !== 'Apply') return false;
    const fields = e.fieldsV1 as { 'f:metadata'?: { 'f:annotations'?: Record<string, unknown> } } | undefined;
    return fields?.['f:metadata']?.['f:annotations']?.[`f:${LAST_APPLIED}`] !== undefined;
  });
}
