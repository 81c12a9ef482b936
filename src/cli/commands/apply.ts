// `kubectl apply`: makes the cluster agree with manifests, by a three-way patch or on the server.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/apply/apply.go.
import { isNotFound } from '../../machinery/status.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  filenameOptions,
  requireFilenames,
  selectorFlag,
  subresourceFlag,
  validateFlag,
  validationDirective,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { deleteFlags, parseCascade } from '../deletion.ts';
import { addSource, Aggregate, UsageError } from '../errors.ts';
import { LAST_APPLIED, withApplyAnnotation } from '../lastapplied.ts';
import { printFlags } from '../printers.ts';
import { createInfo, infoText, objectName, requireObject } from '../requests.ts';
import { getInfo } from '../visitors.ts';
import { editLastApplied } from './apply/editlastapplied.ts';
import { type ApplyOptions, modifiedConfiguration, pruneNulls, warnIfDeleting } from './apply/options.ts';
import { patchLive } from './apply/patcher.ts';
import { parsePruneResources, prune } from './apply/prune.ts';
import { applyOnServer } from './apply/serverside.ts';
import { setLastApplied } from './apply/setlastapplied.ts';
import { viewLastApplied } from './apply/viewlastapplied.ts';

export const apply = defineCommand({
  use: 'apply (-f FILENAME | -k DIRECTORY)',
  short: 'Apply a configuration from a file or stdin',
  long: `Makes objects agree with what files or stdin say: creates those that are not there, changes those that differ.

Fields that were applied before and are no longer in the manifest are removed; fields that others have set stay. Objects should be created by 'apply' or 'create --save-config' from the start.

JSON and YAML formats are accepted.`,
  example: `# Apply the configuration in pod.json
kubectl apply -f ./pod.json

# Apply the manifests of a folder with a kustomization.yaml
kubectl apply -k dir/

# Apply what comes from stdin
cat pod.json | kubectl apply -f -

# Apply the files that end in .json
kubectl apply -f '*.json'

# Apply the manifests with the label app=nginx and delete applied objects with that label that are in none of them
kubectl apply --prune -f manifest.yaml -l app=nginx`,
  flags: [
    ...filenameFlags('to apply'),
    ...deleteFlags(false),
    ...printFlags(),
    validateFlag(),
    dryRunFlag(),
    { name: 'server-side', type: 'bool', default: 'false', usage: 'Let the server work out what changes.' },
    {
      name: 'force-conflicts',
      type: 'bool',
      default: 'false',
      usage: 'Take over fields that others manage. With --server-side.',
    },
    fieldManagerFlag('kubectl-client-side-apply'),
    selectorFlag(),
    {
      name: 'prune',
      type: 'bool',
      default: 'false',
      usage: 'Delete objects that were applied before and are in no manifest now. Together with -l or --all.',
    },
    {
      name: 'prune-allowlist',
      type: 'stringArray',
      default: '[]',
      usage: 'Kinds that --prune looks at, as <group/version/kind>, instead of the usual ones.',
    },
    { name: 'all', type: 'bool', default: 'false', usage: 'With --prune: look at all objects of the namespace.' },
    {
      name: 'overwrite',
      type: 'bool',
      default: 'true',
      usage: 'Where manifest and live object contradict each other, the manifest wins.',
    },
    {
      name: 'openapi-patch',
      type: 'bool',
      default: 'true',
      usage: 'Take from the API documentation how lists are merged.',
    },
    subresourceFlag('Apply to this subresource. Only with --server-side.'),
  ],
  commands: [editLastApplied, setLastApplied, viewLastApplied],
  async run(context) {
    await runApply(await applyOptions(context));
  },
});

async function applyOptions(context: CommandContext): Promise<ApplyOptions> {
  const { args, flags, factory, streams, commandPath } = context;
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`, commandPath);
  const isServerSide = flags.bool('server-side');
  const dryRun = dryRunStrategy(context);
  const cascade = parseCascade(flags.string('cascade'), streams);
  const files = filenameOptions(flags);
  requireFilenames(files);
  const fieldValidation = validationDirective(flags);
  const manager = flags.string('field-manager');
  const { namespace, isEnforced } = await factory.namespace();
  const options: ApplyOptions = {
    context,
    rest: await factory.rest(),
    files,
    dryRun,
    isServerSide,
    forcesConflicts: flags.bool('force-conflicts'),
    fieldManager: flags.changed('field-manager') || !isServerSide ? manager : 'kubectl',
    fieldValidation,
    namespace,
    isEnforced,
    selector: flags.string('selector'),
    isForced: flags.bool('force'),
    cascade,
    gracePeriodSeconds: flags.int('grace-period'),
    timeoutMs: flags.duration('timeout'),
    prunes: flags.bool('prune'),
    pruneResources: [],
    prunesAll: flags.bool('all'),
    overwrites: flags.bool('overwrite'),
    subresource: flags.string('subresource'),
    printsObjects: !['', 'name'].includes(flags.string('output')),
    visitedUids: new Set(),
    visitedNamespaces: new Set(),
  };
  const allowed = options.prunes ? flags.strings('prune-allowlist') : [];
  if (allowed.length > 0) options.pruneResources = parsePruneResources(await factory.mapper(), allowed);
  validate(options);
  return options;
}

function validate(o: ApplyOptions): void {
  if (o.forcesConflicts && !o.isServerSide) throw new Error('--force-conflicts only works with --server-side');
  if (o.dryRun === 'client' && o.isServerSide)
    throw new Error("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (o.isServerSide && o.isForced) throw new Error('--force cannot be used with --server-side');
  if (o.dryRun === 'server' && o.isForced) throw new Error('--dry-run=server cannot be used with --force');
  if (o.prunesAll && o.selector !== '') throw new Error('cannot set --all and --selector at the same time');
  if (o.prunes) {
    if (o.isForced) throw new Error('--force cannot be used with --prune');
    if (!o.prunesAll && o.selector === '')
      throw new Error(
        'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. ' +
          'If you did not mean to prune all resources, specify a label selector',
      );
    if (o.isServerSide)
      throw new Error("--prune is in alpha and doesn't currently work on objects created by server-side apply");
  }
  if (o.subresource !== '' && !o.isServerSide) throw new Error('--subresource can only be specified for --server-side');
}

async function runApply(options: ApplyOptions): Promise<void> {
  const { factory } = options.context;
  if (options.isEnforced) options.visitedNamespaces.add(options.namespace);
  const { infos, error } = await factory
    .builder()
    .schema(options.fieldValidation)
    .continueOnError()
    .namespace(options.namespace, { isEnforced: options.isEnforced })
    .filenames(options.files)
    .labelSelector(options.selector)
    .flatten()
    .result();
  const errors: Error[] = error ? [error] : [];
  if (infos.length === 0 && errors.length === 0) throw new Error('no objects passed to apply');
  for (const info of infos) {
    try {
      await applyOne(info, options);
    } catch (failure) {
      errors.push(failure as Error);
    }
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new Aggregate(errors);
  printAll(infos, options);
  if (options.prunes) await prune(options);
}

async function applyOne(info: Info, options: ApplyOptions): Promise<void> {
  if (info.mapping.namespaced) options.visitedNamespaces.add(info.namespace);
  const { generateName } = requireObject(info).metadata ?? {};
  if (info.name === '' && generateName) throw new Error(`from ${generateName}: cannot use generate name with apply`);
  if (options.isServerSide) {
    await applyOnServer(info, options);
    print(info, 'serverside-applied', options);
    return;
  }
  const manifest = requireObject(info);
  if (!(await readLive(info, options))) {
    await create(info, manifest, options);
    print(info, 'created', options);
    return;
  }
  options.visitedUids.add(requireObject(info).metadata.uid ?? '');
  if (options.dryRun === 'client') {
    print(info, 'configured', options);
    return;
  }
  warnIfNotApplied(info, options);
  const isChanged = await patchLive(info, modifiedConfiguration(manifest), options);
  warnIfDeleting(info, options);
  print(info, isChanged ? 'configured' : 'unchanged', options);
}

/** Reads what is on the server into the info; false when it is not there. */
async function readLive(info: Info, options: ApplyOptions): Promise<boolean> {
  try {
    if (info.name === '') throw new Error('resource name may not be empty');
    await getInfo(options.rest, info);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw addSource(`retrieving current configuration of:\n${infoText(info)}\nfrom server for:`, info.source, error);
  }
}

async function create(info: Info, manifest: Unstructured, options: ApplyOptions): Promise<void> {
  info.object = pruneNulls(withApplyAnnotation(manifest)) as Unstructured;
  if (options.dryRun === 'client') return;
  try {
    await createInfo(options.rest, info, options);
  } catch (error) {
    throw addSource('creating', info.source, error);
  }
  options.visitedUids.add(requireObject(info).metadata.uid ?? '');
}

function warnIfNotApplied(info: Info, { context }: ApplyOptions): void {
  if (requireObject(info).metadata.annotations?.[LAST_APPLIED] !== undefined) return;
  context.streams.err.write(
    `Warning: resource ${objectName(info)} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. ` +
      'kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. ' +
      'The missing annotation will be patched automatically.\n',
  );
}

function print(info: Info, operation: string, options: ApplyOptions): void {
  if (options.printsObjects) return;
  const printer = operationPrinter(options.context, operation, { dryRun: options.dryRun });
  printer.print(requireObject(info), options.context.streams.out);
}

/** With -o yaml and the like, all objects are printed at the end: one as it is, several as a List. */
function printAll(infos: readonly Info[], options: ApplyOptions): void {
  if (!options.printsObjects || infos.length === 0) return;
  const printer = operationPrinter(options.context, '', { dryRun: options.dryRun });
  const objects = infos.map(requireObject);
  const list = { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} };
  printer.print(objects.length === 1 && objects[0] ? objects[0] : list, options.context.streams.out);
}
