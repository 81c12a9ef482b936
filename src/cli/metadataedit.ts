// Changing labels or annotations of many objects: what `label` and `annotate` have in common.
// Called by: commands/label.ts, commands/annotate.ts. Upstream: kubectl pkg/cmd/label/label.go, pkg/cmd/annotate/annotate.go.
import { marshalJson } from '../machinery/gofmt.ts';
import { clone } from '../machinery/meta.ts';
import { createMergePatch } from '../machinery/patch.ts';
import type { Unstructured } from '../machinery/types.ts';
import type { Builder, Info } from './builder.ts';
import type { CommandContext, FlagSpec } from './command.ts';
import {
  allFlag,
  allNamespacesFlag,
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  fieldSelectorFlag,
  filenameFlags,
  filenameOptions,
  localFlag,
  recordFlag,
  resourceVersionFlag,
  selectorFlag,
  type DryRun,
} from './commandflags.ts';
import { printFlags } from './printers.ts';
import { recorded } from './recording.ts';
import { patchInfo, requireObject } from './requests.ts';

export interface MetadataChange {
  field: 'labels' | 'annotations';
  /** 'label' or 'annotation' */
  word: string;
  resources: string[];
  added: ReadonlyMap<string, string>;
  removed: readonly string[];
  /** @throws Error when a key that is there would change without --overwrite. */
  requireNoOverwrites(current: Readonly<Record<string, string>>, added: ReadonlyMap<string, string>): void;
  /** Names of sample files in two messages. */
  sample: { yaml: string; json: string };
  /** Prints one object after the change. `before` and `after` are JSON texts. */
  print(info: Info, outcome: { before: string; after: string; answered: Unstructured }, dryRun: DryRun): void;
  /** Tells of keys that are not there and should go. */
  noteMissing?(key: string): void;
}

/** The flags that both commands have. */
export function metadataFlags(word: string, purpose: string): FlagSpec[] {
  return [
    ...filenameFlags(purpose),
    ...printFlags(),
    allFlag(),
    allNamespacesFlag(),
    dryRunFlag(),
    fieldManagerFlag(`kubectl-${word === 'label' ? 'label' : 'annotate'}`),
    fieldSelectorFlag(),
    selectorFlag(),
    recordFlag(),
    { name: 'list', type: 'bool', default: 'false', usage: `Print the ${word}s of each object.` },
    localFlag(word === 'label' ? 'label' : 'annotate'),
    {
      name: 'overwrite',
      type: 'bool',
      default: 'false',
      usage: `Change ${word}s that are there; otherwise they are refused.`,
    },
    resourceVersionFlag(`change the ${word}s`),
  ];
}

/** Refuses flags that contradict each other. @throws Error with kubectl's text. */
export function validateMetadataFlags(context: CommandContext, change: MetadataChange, dryRun: DryRun): void {
  const { flags } = context;
  const files = filenameOptions(flags);
  const hasFiles = files.filenames.length > 0 || files.kustomize !== '';
  const { yaml, json } = change.sample;
  if (flags.bool('list') && flags.string('output') !== '')
    throw new Error('--list and --output may not be specified together');
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new Error('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.string('field-selector') !== '')
    throw new Error('cannot set --all and --field-selector at the same time');
  if (flags.bool('local')) {
    if (dryRun === 'server')
      throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (change.resources.length > 0)
      throw new Error(`can only use local files by -f ${yaml} or --filename=${json} when --local=true is set`);
    if (!hasFiles) throw new Error(`one or more files must be specified as -f ${yaml} or --filename=${json}`);
  } else if (change.resources.length === 0 && !hasFiles)
    throw new Error('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (change.added.size === 0 && change.removed.length === 0 && !flags.bool('list'))
    throw new Error(`at least one ${change.word} update is required`);
}

/** Visits the objects and changes them. */
export async function runMetadataChange(context: CommandContext, change: MetadataChange): Promise<void> {
  const { flags } = context;
  const dryRun = dryRunStrategy(context);
  validateMetadataFlags(context, change, dryRun);
  const builder = await makeBuilder(context, change);
  await builder.check();
  const resourceVersion = flags.string('resource-version');
  const isSingle = await builder.isSingleItemImplied();
  if (!isSingle && resourceVersion !== '')
    throw new Error('--resource-version may only be used with a single resource');
  const staysHere = dryRun === 'client' || flags.bool('local') || flags.bool('list');
  await builder.visit(async (info) => {
    const object = withoutVersion(requireObject(info), resourceVersion !== '');
    if (!staysHere)
      for (const key of change.removed)
        if (object.metadata?.[change.field]?.[key] === undefined) change.noteMissing?.(key);
    let next = changed(object, change, flags.bool('overwrite'));
    if (resourceVersion !== '') next = { ...next, metadata: { ...next.metadata, resourceVersion } };
    next = staysHere ? next : recorded(context, next);
    let answered = next;
    if (!staysHere) {
      const patch = { type: 'application/merge-patch+json' as const, body: createMergePatch(object, next) };
      const options = { dryRun, fieldManager: flags.string('field-manager') };
      answered = await patchInfo(await context.factory.rest(), { ...info }, patch, options);
    }
    info.object = next;
    if (flags.bool('list')) list(context, info, change, isSingle);
    else change.print(info, { before: marshalJson(object), after: marshalJson(next), answered }, dryRun);
  });
}

async function makeBuilder({ flags, factory }: CommandContext, change: MetadataChange): Promise<Builder> {
  const { namespace, isEnforced } = await factory.namespace();
  const files = filenameOptions(flags);
  const hasFiles = files.filenames.length > 0 || files.kustomize !== '';
  const builder = factory
    .builder()
    .continueOnError()
    .namespace(namespace, { isEnforced: isEnforced && hasFiles })
    .filenames(files)
    .flatten();
  if (flags.bool('local')) return builder.local();
  return builder
    .labelSelector(flags.string('selector'))
    .fieldSelector(flags.string('field-selector'))
    .allNamespaces(flags.bool('all-namespaces'))
    .args(change.resources, { allowsEmptyTypes: flags.bool('all') })
    .latest();
}

function withoutVersion(object: Unstructured, clears: boolean): Unstructured {
  if (!clears) return object;
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function changed(object: Unstructured, change: MetadataChange, overwrites: boolean): Unstructured {
  const current = object.metadata?.[change.field] ?? {};
  if (!overwrites) change.requireNoOverwrites(current, change.added);
  const next: Record<string, string> = { ...current };
  for (const [key, value] of change.added) next[key] = value;
  for (const key of change.removed) delete next[key];
  const copy = clone(object);
  const { [change.field]: _, ...metadata } = copy.metadata ?? {};
  // What was set stays set, also when nothing is left of it.
  return { ...copy, metadata: { ...metadata, [change.field]: next } as Unstructured['metadata'] };
}

function list({ streams }: CommandContext, info: Info, change: MetadataChange, isSingle: boolean): void {
  const { kind, group } = info.mapping.gvk;
  if (!isSingle) streams.out.write(`Listing ${change.word}s for ${kind}.${group}/${info.name}:\n`);
  for (const [key, value] of Object.entries(requireObject(info).metadata[change.field] ?? {}))
    streams.out.write(`${isSingle ? '' : ' '}${key}=${value}\n`);
}
