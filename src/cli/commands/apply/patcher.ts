// The three-way patch of `kubectl apply`, its retries, and --force.
// Called by: commands/apply.ts. Upstream: kubectl pkg/cmd/apply/patcher.go.
import { marshalJson } from '../../../machinery/gofmt.ts';
import { isConflict, isNotFound, reasonOf } from '../../../machinery/status.ts';
import { createThreeWayMergePatch } from '../../../machinery/strategic.ts';
import { createThreeWayJSONMergePatch } from '../../../machinery/threewayjson.ts';
import type { PatchType } from '../../../client/types.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import { deleteOptionsBody } from '../../deletion.ts';
import { addSource, withMessage } from '../../errors.ts';
import { originalConfiguration } from '../../lastapplied.ts';
import { createInfo, deleteInfo, infoText, patchInfo, requireObject } from '../../requests.ts';
import { definitionOfKind } from '../../../machinery/schema.ts';
import { getInfo } from '../../visitors.ts';
import { poll, WEEK_MS } from '../../watching.ts';
import type { ApplyOptions } from './options.ts';

const MAX_RETRIES = 5;
const TRIES_BEFORE_BACK_OFF = 1;
const BACK_OFF_MS = 1000;

/**
 * Patches what is live to what the manifest says and refreshes the info. Returns false when there was nothing to change.
 * @throws StatusError whose message tells the patch and the source.
 */
export async function patchLive(info: Info, modified: Unstructured, options: ApplyOptions): Promise<boolean> {
  const target = infoText(info);
  let patch: { type: PatchType; body: object } | undefined;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        patch = await makePatch(info, modified, options);
        if (!patch) return false;
        await patchInfo(options.rest, info, patch, options);
        return true;
      } catch (error) {
        if (!isConflict(error) || attempt > MAX_RETRIES) throw error;
        if (attempt > TRIES_BEFORE_BACK_OFF) await options.context.factory.clock.sleep(BACK_OFF_MS);
        await getInfo(options.rest, info);
      }
    }
  } catch (error) {
    const canReplace = isConflict(error) || reasonOf(error) === 'Invalid';
    if (canReplace && options.isForced) {
      await deleteAndCreate(info, modified, options);
      return true;
    }
    const text = patch ? marshalJson(patch.body) : '';
    const inner = addSource('patching', info.source, error);
    throw addSource(`applying patch:\n${text}\nto:\n${target}\nfor:`, info.source, inner);
  }
}

async function makePatch(
  info: Info,
  modified: Unstructured,
  options: ApplyOptions,
): Promise<{ type: PatchType; body: object } | undefined> {
  const current = requireObject(info);
  const text = originalConfiguration(current);
  const original = text === undefined || text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
  const schemaName = definitionOfKind(info.mapping.gvk);
  let body: object;
  try {
    body =
      schemaName === undefined
        ? createThreeWayJSONMergePatch(original, modified, current)
        : createThreeWayMergePatch({ original, modified, current, schemaName, overwrite: options.overwrites });
  } catch (error) {
    const { message } = error as Error;
    if (schemaName !== undefined) warnOfDocuments(message, options);
    const texts = [text ?? '', `${marshalJson(modified)}\n`, `${marshalJson(current)}\n`];
    const [before, wanted, live] = texts as [string, string, string];
    throw withMessage(
      error,
      `creating patch with:\noriginal:\n${before}\nmodified:\n${wanted}\ncurrent:\n${live}\nfor: ${message}`,
    );
  }
  if (Object.keys(body).length === 0) return undefined;
  const type = schemaName === undefined ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json';
  return { type, body };
}

/** Upstream tries the server's OpenAPI documents first, then the types that it was built with. */
function warnOfDocuments(message: string, { context }: ApplyOptions): void {
  for (const document of ['openapi v3 spec', 'openapi spec'])
    context.streams.err.write(`warning: error calculating patch from ${document}: ${message}\n`);
}

async function deleteAndCreate(info: Info, modified: Unstructured, options: ApplyOptions): Promise<void> {
  const { rest, context } = options;
  const live = requireObject(info);
  await deleteInfo(rest, info, deleteOptionsBody(options.cascade, options.gracePeriodSeconds));
  const timeoutMs = options.timeoutMs === 0 ? WEEK_MS : options.timeoutMs;
  await poll(context.factory.clock, { intervalMs: 1000, timeoutMs }, async () => {
    try {
      await rest.get(info.mapping, { namespace: info.namespace || undefined, name: info.name });
      return false;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  });
  info.object = modified;
  try {
    await createInfo(rest, info, options);
  } catch (error) {
    info.object = live;
    try {
      await createInfo(rest, info, options);
    } catch (restoreError) {
      throw withMessage(
        new Error(),
        'An error occurred force-replacing the existing object with the newly provided one:\n\n' +
          `${(error as Error).message}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n` +
          (restoreError as Error).message,
      );
    }
    throw error;
  }
}
