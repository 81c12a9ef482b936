// `kubectl delete`.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/delete/delete.go.
import { isNotFound } from '../../machinery/status.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import {
  allNamespacesFlag,
  dryRunFlag,
  dryRunStrategy,
  fieldSelectorFlag,
  filenameFlags,
  filenameOptions,
  selectorFlag,
  type DryRun,
} from '../commandflags.ts';
import {
  deleteFlags,
  deleteOptionsBody,
  deletionLine,
  kindText,
  parseCascade,
  waitForDeletions,
  type Propagation,
} from '../deletion.ts';
import { addSource } from '../errors.ts';
import { deleteInfo } from '../requests.ts';
import { filterOut } from '../visitors.ts';
import { interruptible } from '../interrupt.ts';

export const deleteCommand = defineCommand({
  use: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file, name or selector',
  long: `Deletes objects that are named by files, by type and name, or by type and selector. Only one of these at a time.

Some objects end gracefully: a pod gets time to stop (--grace-period, --now). --force does not wait for that.

Most objects are waited for until they are gone, finalizers included (--wait=false does not wait). What an object owns is deleted after it, unless --cascade says otherwise.`,
  example: `# Delete the pod that pod.json names
kubectl delete -f ./pod.json

# Delete pods and services named baz and foo
kubectl delete pod,service baz foo

# Delete pods and services with a label
kubectl delete pods,services -l name=myLabel

# Delete a pod at once
kubectl delete pod foo --now

# Delete all pods
kubectl delete pods --all`,
  flags: [
    ...filenameFlags('of what to delete'),
    selectorFlag(),
    fieldSelectorFlag(),
    { name: 'all', type: 'bool', default: 'false', usage: 'Delete all objects of the named types in the namespace.' },
    allNamespacesFlag(),
    ...deleteFlags(true),
    {
      name: 'ignore-not-found',
      type: 'bool',
      default: 'false',
      usage: 'Take what is not there for deleted. "true" by itself with --all and selectors.',
    },
    { name: 'now', type: 'bool', default: 'false', usage: 'Stop at once: the same as --grace-period=1.' },
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      default: '',
      usage: 'Output mode. Use "-o name" for shorter output (resource/name).',
    },
    { name: 'raw', type: 'string', default: '', usage: 'Send DELETE to this path of the server.' },
    {
      name: 'interactive',
      shorthand: 'i',
      type: 'bool',
      default: 'false',
      usage: 'Ask before anything is deleted.',
    },
    dryRunFlag(),
  ],
  async run(context) {
    const cascade = parseCascade(context.flags.string('cascade'), context.streams);
    const gracePeriodSeconds = gracePeriod(context);
    const dryRun = dryRunStrategy(context);
    if (context.flags.string('raw') !== '') {
      validate(context, gracePeriodSeconds);
      await deleteRaw(context);
      return;
    }
    const builder = await makeBuilder(context);
    await builder.check();
    validate(context, gracePeriodSeconds);
    await deleteVisited(context, builder, { cascade, gracePeriodSeconds, dryRun });
  },
});

function gracePeriod({ flags }: CommandContext): number {
  let seconds = flags.int('grace-period');
  const isForced = flags.bool('force');
  if (flags.bool('now')) {
    if (seconds !== -1) throw new Error('--now and --grace-period cannot be specified together');
    seconds = 1;
  }
  if (seconds === 0 && !isForced) seconds = 1;
  return isForced && seconds < 0 ? 0 : seconds;
}

function validate({ flags, factory }: CommandContext, gracePeriodSeconds: number): void {
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new Error(`unexpected -o output mode: ${output}. We only support '-o name'`);
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new Error('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.string('field-selector') !== '')
    throw new Error('cannot set --all and --field-selector at the same time');
  if (!flags.bool('force')) return;
  if (gracePeriodSeconds > 0) throw new Error('--force and --grace-period greater than 0 cannot be specified together');
  factory.warn(
    'Immediate deletion does not wait for confirmation that the running resource has been terminated. ' +
      'The resource may continue to run on the cluster indefinitely.',
  );
}

async function deleteRaw({ flags, factory, streams }: CommandContext): Promise<void> {
  const filenames = flags.strings('filename');
  if (flags.bool('interactive')) throw new Error('--interactive can not be used with --raw');
  if (filenames.length > 1) throw new Error('--raw can only use a single local file or stdin');
  if (flags.bool('recursive')) throw new Error('--raw and --recursive are mutually exclusive');
  if (flags.string('output') !== '') throw new Error('--raw and --output are mutually exclusive');
  const { rawRequest } = await import('../rawrequest.ts');
  await rawRequest({ factory, streams, method: 'DELETE', path: flags.string('raw'), file: filenames[0] });
}

async function makeBuilder({ args, flags, factory }: CommandContext) {
  const { namespace, isEnforced } = await factory.namespace();
  const files = filenameOptions(flags);
  const hasFiles = files.filenames.length > 0 || files.kustomize !== '';
  return factory
    .builder()
    .continueOnError()
    .namespace(namespace, { isEnforced: isEnforced && hasFiles })
    .filenames(files)
    .labelSelector(flags.string('selector'))
    .fieldSelector(flags.string('field-selector'))
    .selectAll(flags.bool('all'))
    .allNamespaces(flags.bool('all-namespaces'))
    .args(args)
    .requireObject(false)
    .flatten();
}

interface Deletion {
  cascade: Propagation;
  gracePeriodSeconds: number;
  dryRun: DryRun;
}

async function deleteVisited(
  context: CommandContext,
  builder: Awaited<ReturnType<typeof makeBuilder>>,
  deletion: Deletion,
): Promise<void> {
  const { flags, factory, streams } = context;
  const ignoresNotFound =
    flags.bool('ignore-not-found') ||
    (!flags.changed('ignore-not-found') &&
      (flags.bool('all') || flags.string('selector') !== '' || flags.string('field-selector') !== ''));
  const confirmed = flags.bool('interactive') ? await confirm(context) : undefined;
  if (confirmed === 'no') return;
  const rest = await factory.rest();
  const { isEnforced } = await factory.namespace();
  let warnsOfScope = isEnforced && !flags.bool('all-namespaces');
  const uids = new Map<Info, string | undefined>();
  const deleted: Info[] = [];
  const line = (info: Info) => deletionLine(info, { ...deletion, output: flags.string('output') });
  try {
    await builder.visit(async (info) => {
      if (confirmed && !confirmed.has(placeOf(info))) return;
      deleted.push(info);
      if (warnsOfScope && !info.mapping.namespaced) {
        factory.warn('deleting cluster-scoped resources, not scoped to the provided namespace');
        warnsOfScope = false;
      }
      if (deletion.dryRun !== 'client') {
        try {
          const body = deleteOptionsBody(deletion.cascade, deletion.gracePeriodSeconds);
          uids.set(info, await deleteInfo(rest, info, body, { dryRun: deletion.dryRun }));
        } catch (error) {
          throw addSource('deleting', info.source, error);
        }
      }
      streams.out.write(line(info));
    });
  } catch (error) {
    const left = ignoresNotFound ? filterOut(error, isNotFound) : (error as Error);
    if (left) throw left;
  }
  if (deleted.length === 0) streams.out.write('No resources found\n');
  else if (flags.bool('wait') && deletion.dryRun === 'none') {
    const options = { rest, clock: factory.clock, streams, timeoutMs: flags.duration('timeout') };
    await interruptible(factory, (signal) => waitForDeletions(deleted, uids, { ...options, signal }));
  }
}

function placeOf({ mapping, namespace, name }: Info): string {
  return `${mapping.gvr.resource}.${mapping.gvr.group}/${namespace}/${name}`;
}

/** Lists what would be deleted and asks. Returns the places confirmed, or 'no'. */
async function confirm(context: CommandContext): Promise<Set<string> | 'no'> {
  const { streams } = context;
  const infos = await (await makeBuilder(context)).infos();
  if (infos.length === 0) {
    streams.out.write('No resources found\n');
    return 'no';
  }
  streams.out.write(`You are about to delete the following ${infos.length} resource(s):\n`);
  for (const info of infos) streams.out.write(`${kindText(info)}/${info.name}\n`);
  streams.out.write('Do you want to continue? (y/N): ');
  const [answer = ''] = (await streams.in.readAll()).split('\n');
  if (answer.trim().toLowerCase() === 'y') return new Set(infos.map(placeOf));
  streams.out.write('deletion is cancelled\n');
  return 'no';
}
