// Writes on the object of an info, with dry run, field manager and validation.
// Called by: cli/commands/*. Must not know: commands. Upstream: cli-runtime/pkg/resource/helper.go.
import type { PatchType, RequestOptions, RestClient } from '../client/types.ts';
import type { Unstructured } from '../machinery/types.ts';
import type { Info } from './builder.ts';
import type { DryRun } from './commandflags.ts';

export interface WriteOptions {
  dryRun?: DryRun;
  fieldManager?: string;
  fieldValidation?: string;
  subresource?: string;
  force?: boolean;
}

function requestOptions(options: WriteOptions): RequestOptions {
  return {
    dryRun: options.dryRun === 'server' ? 'All' : undefined,
    fieldManager: options.fieldManager || undefined,
    fieldValidation: options.fieldValidation || undefined,
    subresource: options.subresource || undefined,
    force: options.force,
  };
}

function keyOfInfo(info: Info): { namespace: string | undefined; name: string } {
  return { namespace: info.namespace || undefined, name: info.name };
}

/** Takes what the server answered into the info. Upstream: Info.Refresh. */
export function refresh(info: Info, object: Unstructured): void {
  info.object = object;
  info.name = object.metadata?.name ?? info.name;
  info.namespace = object.metadata?.namespace ?? info.namespace;
}

/** Creates the info's object; a version and a uid that the manifest has are dropped. Refreshes the info. */
export async function createInfo(rest: RestClient, info: Info, options: WriteOptions): Promise<Unstructured> {
  const object = withoutVersion(requireObject(info));
  const created = await rest.create(info.mapping, info.namespace || undefined, object, requestOptions(options));
  refresh(info, created);
  return created;
}

function withoutVersion(object: Unstructured): Unstructured {
  if (!object.metadata?.resourceVersion) return object;
  const { resourceVersion: _, uid: __, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Patches the info's object and refreshes the info. */
export async function patchInfo(
  rest: RestClient,
  info: Info,
  patch: { type: PatchType; body: unknown },
  options: WriteOptions,
): Promise<Unstructured> {
  const patched = await rest.patch(info.mapping, keyOfInfo(info), patch.type, patch.body, requestOptions(options));
  refresh(info, patched);
  return patched;
}

/** Replaces the info's object; without a resourceVersion the one on the server is taken first. Upstream: Helper.Replace. */
export async function replaceInfo(rest: RestClient, info: Info, options: WriteOptions): Promise<Unstructured> {
  let object = requireObject(info);
  if (!object.metadata?.resourceVersion) {
    const get = options.subresource ? { subresource: options.subresource } : {};
    const current = await readOrUndefined(rest, info, get);
    const { resourceVersion } = current?.metadata ?? {};
    if (resourceVersion !== undefined) object = { ...object, metadata: { ...object.metadata, resourceVersion } };
  }
  const replaced = await rest.update(info.mapping, keyOfInfo(info), object, requestOptions(options));
  refresh(info, replaced);
  return replaced;
}

/** A failed read does not stop a replace: the write itself says what is wrong. */
async function readOrUndefined(
  rest: RestClient,
  info: Info,
  options: { subresource?: string },
): Promise<Unstructured | undefined> {
  try {
    return await rest.get(info.mapping, keyOfInfo(info), options);
  } catch {
    return undefined;
  }
}

/** Deletes the info's object and returns the uid of what was deleted, when the server told it. */
export async function deleteInfo(
  rest: RestClient,
  info: Info,
  body: { gracePeriodSeconds?: number; propagationPolicy?: string },
  options: WriteOptions = {},
): Promise<string | undefined> {
  const { dryRun } = options;
  const response = await rest.delete(
    info.mapping,
    keyOfInfo(info),
    dryRun === 'server' ? { ...body, dryRun: ['All'] } : body,
    requestOptions(options),
  );
  if (response.kind === 'Status' && 'details' in response) return response.details?.uid;
  return 'uid' in response.metadata ? response.metadata.uid : undefined;
}

/** Returns the object of an info. @throws Error (an assertion) when none was read. */
export function requireObject(info: Info): Unstructured {
  if (!info.object) throw new Error(`assertion: ${info.mapping.gvr.resource}/${info.name} was not read`);
  return info.object;
}

/** 'deployments/web': how waits name an object. Upstream: Info.ObjectName. */
export function objectName(info: Info): string {
  return `${info.mapping.gvr.resource}/${info.name}`;
}

/** Two lines that name an object in long error texts. Upstream: Info.String. */
export function infoText(info: Info): string {
  const { gvr, gvk, namespaced: _ } = info.mapping;
  const prefix = `${gvr.group}/${gvr.version}`;
  return (
    `Resource: ${JSON.stringify(`${prefix}, Resource=${gvr.resource}`)}, ` +
    `GroupVersionKind: ${JSON.stringify(`${prefix}, Kind=${gvk.kind}`)}\n` +
    `Name: ${JSON.stringify(info.name)}, Namespace: ${JSON.stringify(info.namespace)}`
  );
}
