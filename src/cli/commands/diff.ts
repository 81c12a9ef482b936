// kubectl diff: what an apply would change, shown by a diff program.
// Called by: cli/commands/index.ts. Must not know: the server's rules. Upstream: kubectl pkg/cmd/diff/diff.go.
import { isConflict, isNotFound } from '../../machinery/status.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { fieldManagerFlag, filenameFlags, filenameOptions, requireFilenames, selectorFlag } from '../commandflags.ts';
import { describeFailure, ExitError, UsageError } from '../errors.ts';
import { configurationText, LAST_APPLIED } from '../lastapplied.ts';
import { createInfo, patchInfo } from '../requests.ts';
import { extractItems, getInfo } from '../visitors.ts';
import type { ApplyOptions } from './apply/options.ts';
import { patchLive } from './apply/patcher.ts';
import { parsePruneResources, usualMappings } from './apply/prune.ts';
import { DiffFolders, runDiff } from './diff.program.ts';
import { maskSecrets } from './diff.masking.ts';

const MAX_RETRIES = 4;

export const diff = defineCommand({
  use: 'diff -f FILENAME',
  group: 'Advanced Commands:',
  short: 'Diff the live version against a would-be applied version',
  long: `Show how live objects differ from what 'apply' would make of them.

The program diff is run with -u and -N on YAML files. KUBECTL_EXTERNAL_DIFF names another, with options:
KUBECTL_EXTERNAL_DIFF="colordiff -N -u".

Exit status: 0 for no differences, 1 for differences, more than 1 when kubectl or diff failed.`,
  example: `  # What would change
  kubectl diff -f pod.json

  # The same for what comes from stdin
  cat service.yaml | kubectl diff -f -`,
  flags: [
    {
      name: 'concurrency',
      type: 'int',
      default: '1',
      usage: 'Accepted for compatibility: objects are compared one after another.',
    },
    fieldManagerFlag('kubectl-client-side-apply'),
    ...filenameFlags('to compare'),
    {
      name: 'force-conflicts',
      type: 'bool',
      default: 'false',
      usage: 'Take over fields that others manage. With --server-side.',
    },
    {
      name: 'prune',
      type: 'bool',
      default: 'false',
      usage: 'Show the objects too that a pruning apply would delete.',
    },
    {
      name: 'prune-allowlist',
      type: 'stringArray',
      default: '[]',
      usage: 'Kinds that --prune looks at, as <group/version/kind>, instead of the usual ones.',
    },
    selectorFlag(),
    { name: 'server-side', type: 'bool', default: 'false', usage: 'Let the server work out what changes.' },
    { name: 'show-managed-fields', type: 'bool', default: 'false', usage: 'Compare managedFields too.' },
  ],
  flagError: (message, path) => new ExitError(2, `error: ${message}\nSee '${path} -h' for help and examples`),
  run: runWithDiffCodes,
});

/** 1 means that there are differences, so failures get the next code. Upstream: cmdutil.CheckDiffErr. */
async function runWithDiffCodes(context: CommandContext): Promise<void> {
  let exitCode: number;
  try {
    exitCode = await run(context);
  } catch (error) {
    const failure = describeFailure(error);
    throw new ExitError(failure.exitCode + 1, failure.text);
  }
  if (exitCode !== 0) throw new ExitError(exitCode);
}

async function run(context: CommandContext): Promise<number> {
  const { args, flags, factory, commandPath } = context;
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`, commandPath);
  const files = filenameOptions(flags);
  requireFilenames(files);
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    throw new Error('--force-conflicts only works with --server-side');
  const options = await diffOptions(context, files);
  const folders = new DiffFolders(factory);
  try {
    await factory
      .builder()
      .namespace(options.namespace, { isEnforced: options.isEnforced })
      .filenames(files)
      .labelSelector(options.selector)
      .flatten()
      .visit((info) => diffOne(info, options, folders));
    if (options.prunes) await addPruned(options, folders);
    await factory.yieldState();
    return await runDiff(context, folders);
  } finally {
    folders.remove();
  }
}

/** What a dry run of `apply` with these flags is told. */
async function diffOptions(context: CommandContext, files: ApplyOptions['files']): Promise<ApplyOptions> {
  const { flags, factory } = context;
  const isServerSide = flags.bool('server-side');
  const { namespace, isEnforced } = await factory.namespace();
  const prunes = flags.bool('prune');
  const mapper = prunes ? await factory.mapper() : undefined;
  return {
    context,
    rest: await factory.rest(),
    files,
    dryRun: 'server',
    isServerSide,
    forcesConflicts: flags.bool('force-conflicts'),
    fieldManager: flags.changed('field-manager') || !isServerSide ? flags.string('field-manager') : 'kubectl',
    fieldValidation: 'Warn',
    namespace,
    isEnforced,
    selector: flags.string('selector'),
    isForced: false,
    cascade: 'Background',
    gracePeriodSeconds: -1,
    timeoutMs: 0,
    prunes,
    pruneResources: mapper ? parsePruneResources(mapper, flags.strings('prune-allowlist')) : [],
    prunesAll: false,
    overwrites: true,
    subresource: '',
    printsObjects: false,
    visitedUids: new Set(),
    visitedNamespaces: new Set(),
  };
}

async function diffOne(info: Info, options: ApplyOptions, folders: DiffFolders): Promise<void> {
  const local = info.object;
  if (!local) return;
  for (let attempt = 1; ; attempt++) {
    const live = await readLive(info, options);
    if (info.mapping.namespaced) options.visitedNamespaces.add(info.namespace);
    if (live?.metadata.uid) options.visitedUids.add(live.metadata.uid);
    try {
      addVersions(info, { live, merged: await mergedObject(info, { live, local }, options) }, { options, folders });
      warnIfDeleting(live, options);
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === MAX_RETRIES) throw error;
    }
  }
}

async function readLive(info: Info, { rest }: ApplyOptions): Promise<Unstructured | undefined> {
  try {
    await getInfo(rest, info);
    return info.object;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return undefined;
  }
}

/** Returns what the object would be after an apply. */
async function mergedObject(
  info: Info,
  { live, local }: { live: Unstructured | undefined; local: Unstructured },
  options: ApplyOptions,
): Promise<Unstructured | undefined> {
  const { rest } = options;
  const merged: Info = { ...info, object: live ?? local };
  if (options.isServerSide) {
    const patch = { type: 'application/apply-patch+yaml', body: local } as const;
    await patchInfo(rest, merged, patch, { ...options, force: options.forcesConflicts });
  } else if (live) await patchLive(merged, JSON.parse(configurationText(local)) as Unstructured, options);
  else await createInfo(rest, merged, options);
  return merged.object;
}

function addVersions(
  info: Info,
  { live, merged }: { live: Unstructured | undefined; merged: Unstructured | undefined },
  { options, folders }: { options: ApplyOptions; folders: DiffFolders },
): void {
  const shows = options.context.flags.bool('show-managed-fields');
  const [from, to] = [live, merged].map((object) => (shows || !object ? object : withoutManagedFields(object)));
  const isSecret = to?.apiVersion === 'v1' && to.kind === 'Secret';
  const [left, right] = isSecret ? maskSecrets(from, to) : [from, to];
  const name = fileName(info.mapping.gvk, info);
  folders.addLive(name, left);
  folders.addMerged(name, right);
}

function withoutManagedFields(object: Unstructured): Unstructured {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Returns 'apps.v1.Deployment.default.web'. */
function fileName(
  { group, version, kind }: { group: string; version: string; kind: string },
  { namespace, name }: { namespace: string; name: string },
): string {
  return `${group === '' ? '' : `${group}.`}${version}.${kind}.${namespace}.${name}`;
}

function warnIfDeleting(live: Unstructured | undefined, { context }: ApplyOptions): void {
  if (live?.metadata.deletionTimestamp === undefined) return;
  const { name } = live.metadata;
  context.streams.err.write(`Warning: Detected changes to resource ${name} which is currently being deleted.\n`);
}

/**
 * What was applied before and is in no manifest stands on the live side only.
 * Upstream: kubectl pkg/cmd/diff/prune.go.
 */
async function addPruned(options: ApplyOptions, folders: DiffFolders): Promise<void> {
  const { rest, context, selector, visitedNamespaces, visitedUids, pruneResources } = options;
  const mappings = pruneResources.length > 0 ? pruneResources : usualMappings(await context.factory.mapper());
  for (const mapping of mappings)
    for (const namespace of mapping.namespaced ? visitedNamespaces : ['']) {
      const list = await rest.list(mapping, namespace || undefined, { labelSelector: selector || undefined });
      for (const object of extractItems(list)) {
        const { annotations, uid = '', name } = object.metadata;
        if (annotations?.[LAST_APPLIED] === undefined || visitedUids.has(uid)) continue;
        folders.addLive(fileName(mapping.gvk, { namespace, name }), object);
      }
    }
}
