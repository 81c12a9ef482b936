// `kubectl patch`.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/patch/patch.go.
import type { PatchType } from '../../client/types.ts';
import { deepEqual } from '../../machinery/meta.ts';
import { applyJsonPatch, applyMergePatch, type JsonPatchOperation } from '../../machinery/patch.ts';
import { reasonOf } from '../../machinery/status.ts';
import { applyStrategicPatch } from '../../machinery/strategic.ts';
import type { Unstructured } from '../../machinery/types.ts';
import { yamlToJson } from '../../machinery/yaml.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  filenameOptions,
  localFlag,
  recordFlag,
  subresourceFlag,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { readTextFile } from '../filevisitors.ts';
import { printFlags } from '../printers.ts';
import { isRecording, CHANGE_CAUSE } from '../recording.ts';
import { patchInfo, requireObject } from '../requests.ts';
import { unmarshalJson } from '../../machinery/gojson.ts';
import { definitionOfKind } from '../../machinery/schema.ts';

const PATCH_TYPES: Record<string, PatchType> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

export const patch = defineCommand({
  use: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Change fields of a resource',
  long: `Changes fields of an object by a strategic merge patch, a JSON merge patch or a JSON patch.

JSON and YAML formats are accepted. A strategic merge patch knows which lists are merged by key; custom resources do not have it.`,
  example: `# Change a node with a strategic merge patch, written as JSON
kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'

# Change an image; the container is found by its name
kubectl patch pod valid-pod -p '{"spec":{"containers":[{"name":"kubernetes-serve-hostname","image":"new image"}]}}'

# The same with a JSON patch
kubectl patch pod valid-pod --type='json' -p='[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]'

# Change the number of replicas through the scale subresource
kubectl patch deployment nginx-deployment --subresource='scale' --type='merge' -p '{"spec":{"replicas":2}}'`,
  flags: [
    ...printFlags(),
    { name: 'patch', shorthand: 'p', type: 'string', default: '', usage: 'The patch, as JSON or YAML.' },
    { name: 'patch-file', type: 'string', default: '', usage: 'File with the patch.' },
    {
      name: 'type',
      type: 'string',
      default: 'strategic',
      usage: 'Kind of the patch; one of [json merge strategic].',
    },
    dryRunFlag(),
    recordFlag(),
    ...filenameFlags('of what to change'),
    localFlag('patch'),
    fieldManagerFlag('kubectl-patch'),
    subresourceFlag('Patch this subresource of the object.'),
  ],
  async run(context) {
    const { flags, factory, args } = context;
    const dryRun = dryRunStrategy(context);
    const isLocal = flags.bool('local');
    const type = validate(context, dryRun === 'server');
    const patch = readPatch(context);
    const { namespace, isEnforced } = await factory.namespace();
    let builder = factory
      .builder()
      .continueOnError()
      .namespace(namespace, { isEnforced: isEnforced && flags.strings('filename').length > 0 })
      .filenames(filenameOptions(flags))
      .subresource(flags.string('subresource'))
      .args(args)
      .flatten();
    if (isLocal) builder = builder.local();
    await builder.check();
    let count = 0;
    await builder.visit(async (info) => {
      count++;
      const before = requireObject(info);
      const after =
        isLocal || dryRun === 'client'
          ? await patchHere(before, type, readHere(patch, type), info)
          : await patchThere(context, { ...info }, type, patch.sent);
      const operation = deepEqual(before, after) ? 'patched (no change)' : 'patched';
      // Upstream sets the operation after the dry run was noted: it is never told.
      operationPrinter(context, operation).print(after, context.streams.out);
    });
    if (count === 0) throw new Error('no objects passed to patch');
  },
});

function validate({ flags, args }: CommandContext, isServerDryRun: boolean): PatchType {
  const hasPatch = flags.string('patch') !== '';
  const hasFile = flags.string('patch-file') !== '';
  if (hasPatch && hasFile) throw new Error('cannot specify --patch and --patch-file together');
  if (!hasPatch && !hasFile)
    throw new Error('must specify --patch or --patch-file containing the contents of the patch');
  if (flags.bool('local') && args.length > 0) throw new Error('cannot specify --local and server resources');
  if (flags.bool('local') && isServerDryRun)
    throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  const word = flags.string('type') || 'strategic';
  const lower = word.toLowerCase();
  const type = Object.hasOwn(PATCH_TYPES, lower) ? PATCH_TYPES[lower] : undefined;
  if (!type) throw new Error(`--type must be one of [json merge strategic], not ${JSON.stringify(word)}`);
  return type;
}

interface PatchText {
  sent: string;
  /** @throws Error with Go's words for broken JSON. */
  read(): unknown;
}

/** @throws Error `unable to parse "x": yaml: …`. */
function readPatch({ flags, factory }: CommandContext): PatchText {
  const file = flags.string('patch-file');
  const given = flags.string('patch');
  let text = given;
  if (file !== '') {
    try {
      text = readTextFile(factory.cwd, file);
    } catch (error) {
      throw new Error(`unable to read patch file: ${(error as Error).message}`, { cause: error });
    }
  }
  // What looks like JSON goes to the server as it is: mistakes in it are the server's to find.
  if (text.trimStart().startsWith('{')) return { sent: text, read: () => unmarshalJson(text) };
  try {
    const value = yamlToJson(text);
    return { sent: JSON.stringify(value), read: () => value };
  } catch (error) {
    const reason = (error as Error).message.replace(/^error converting YAML to JSON: /, '');
    throw new Error(`unable to parse ${JSON.stringify(given)}: ${reason}`, { cause: error });
  }
}

/** Broken JSON has other words for each type of patch. */
function readHere(patch: PatchText, type: PatchType): unknown {
  try {
    return patch.read();
  } catch (error) {
    if (type === PATCH_TYPES['strategic']) throw new Error('invalid JSON document', { cause: error });
    if (type === PATCH_TYPES['merge']) throw new Error('Invalid JSON Patch', { cause: error });
    throw error;
  }
}

async function patchThere(context: CommandContext, info: Info, type: PatchType, body: string): Promise<Unstructured> {
  const { flags, factory } = context;
  const rest = await factory.rest();
  const options = {
    dryRun: dryRunStrategyOnce(context),
    fieldManager: flags.string('field-manager'),
    subresource: flags.string('subresource'),
  };
  try {
    const patched = await patchInfo(rest, info, { type, body }, options);
    if (!isRecording(context)) return patched;
    const record = { metadata: { annotations: { [CHANGE_CAUSE]: context.recordText ?? '' } } };
    return await patchInfo(rest, info, { type: 'application/merge-patch+json', body: record }, options);
  } catch (error) {
    if (reasonOf(error) !== 'UnsupportedMediaType') throw error;
    const { group, version, kind } = info.mapping.gvk;
    throw new Error(`${type} is not supported by ${group}/${version}, Kind=${kind}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Like dryRunStrategy, without warning again. */
function dryRunStrategyOnce({ flags }: CommandContext): 'none' | 'server' {
  return flags.string('dry-run') === 'server' ? 'server' : 'none';
}

async function patchHere(object: Unstructured, type: PatchType, body: unknown, info: Info): Promise<Unstructured> {
  if (type === PATCH_TYPES['json']) return applyJsonPatch(object, body as JsonPatchOperation[]) as Unstructured;
  if (type === PATCH_TYPES['merge']) return applyMergePatch(object, body) as Unstructured;
  const schemaName = definitionOfKind(info.mapping.gvk);
  if (schemaName === undefined) {
    const { group, version, kind } = info.mapping.gvk;
    throw new Error(
      `strategic merge patch is not supported for ${group}/${version}, Kind=${kind} locally, try --type merge`,
    );
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Error('invalid JSON document');
  return applyStrategicPatch(object, body as Record<string, unknown>, schemaName) as Unstructured;
}
