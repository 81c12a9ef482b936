// `kubectl replace`.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/replace/replace.go.
import { isNotFound } from '../../machinery/status.ts';
import type { Builder, Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  filenameOptions,
  requireFilenames,
  saveConfigFlag,
  subresourceFlag,
  validateFlag,
  validationDirective,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { deleteFlags, deleteOptionsBody, deletionLine, parseCascade, waitForDeletions } from '../deletion.ts';
import { addSource } from '../errors.ts';
import { createOrUpdateAnnotation } from '../lastapplied.ts';
import { printFlags } from '../printers.ts';
import { createInfo, deleteInfo, replaceInfo, requireObject } from '../requests.ts';
import { filterOut, getInfo } from '../visitors.ts';
import { poll } from '../watching.ts';
import { interruptible } from '../interrupt.ts';

const FORCE_TIMEOUT_MS = 5 * 60 * 1000;

export const replace = defineCommand({
  use: 'replace -f FILENAME',
  short: 'Replace a resource by what a file or stdin says',
  long: `Replaces objects by what files or stdin say. The manifest must be complete; 'kubectl get TYPE NAME -o yaml' prints one.

--force deletes objects and creates them again.

JSON and YAML formats are accepted.`,
  example: `# Replace a pod by what pod.json says
kubectl replace -f ./pod.json

# Replace a pod by what comes from stdin
cat pod.json | kubectl replace -f -

# Delete and create again
kubectl replace --force -f ./pod.json`,
  flags: [
    ...printFlags(),
    ...filenameFlags('to use in place of the object'),
    ...deleteFlags(false),
    validateFlag(),
    saveConfigFlag(),
    dryRunFlag(),
    { name: 'raw', type: 'string', default: '', usage: 'Send PUT to this path of the server.' },
    fieldManagerFlag('kubectl-replace'),
    subresourceFlag('Replace this subresource of the object.'),
  ],
  async run(context) {
    const { flags } = context;
    const dryRun = dryRunStrategy(context);
    const cascade = parseCascade(flags.string('cascade'), context.streams);
    let gracePeriodSeconds = flags.int('grace-period');
    let waits = flags.bool('wait');
    if (gracePeriodSeconds === 0) {
      gracePeriodSeconds = 1;
      waits = true;
    }
    const files = filenameOptions(flags);
    requireFilenames(files);
    const isForced = flags.bool('force');
    if (gracePeriodSeconds >= 0 && !isForced) throw new Error('--grace-period must have --force specified');
    if (flags.duration('timeout') !== 0 && !isForced) throw new Error('--timeout must have --force specified');
    if (isForced && dryRun !== 'none') throw new Error('--dry-run can not be used when --force is set');
    if (flags.string('raw') !== '') await replaceRaw(context);
    else if (isForced) await forceReplace(context, { cascade, gracePeriodSeconds, waits });
    else await replaceEach(context);
  },
});

async function replaceRaw({ flags, factory, streams }: CommandContext): Promise<void> {
  const filenames = flags.strings('filename');
  const [file = ''] = filenames;
  if (filenames.length !== 1) throw new Error('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(file)) throw new Error('--raw cannot read from a url');
  if (flags.bool('recursive')) throw new Error('--raw and --recursive are mutually exclusive');
  if (flags.string('output') !== '') throw new Error('--raw and --output are mutually exclusive');
  const { rawRequest } = await import('../rawrequest.ts');
  await rawRequest({ factory, streams, method: 'PUT', path: flags.string('raw'), file });
}

async function manifests({ flags, factory }: CommandContext, files = filenameOptions(flags)): Promise<Builder> {
  const { namespace, isEnforced } = await factory.namespace();
  return factory
    .builder()
    .continueOnError()
    .namespace(namespace, { isEnforced })
    .filenames(files)
    .subresource(flags.string('subresource'))
    .flatten();
}

/** Returns what reads the manifests, more than once: stdin is kept. It is told of as the file that upstream keeps it in. */
async function repeatable(context: CommandContext): Promise<() => Promise<Builder>> {
  const { flags, factory, streams } = context;
  const options = filenameOptions(flags);
  if (!options.filenames.includes('-')) return () => manifests(context);
  const text = await streams.in.readAll();
  const digits = process.getBuiltinModule('node:crypto').randomInt(1e9, 4e9);
  const folder = (factory.env['TMPDIR'] || '/tmp').replace(/\/$/, '');
  const filenames = options.filenames.filter((name) => name !== '-');
  return async () => {
    const builder = await manifests(context, { ...options, filenames });
    return builder.stream(text, `${folder}/kubectl_replace_${digits}/resource.stdin`);
  };
}

async function replaceEach(context: CommandContext): Promise<void> {
  const { flags, factory, streams } = context;
  const dryRun = dryRunStrategy(context);
  const fieldValidation = validationDirective(flags);
  const printer = operationPrinter(context, 'replaced', { dryRun });
  const builder = (await manifests(context)).schema(fieldValidation);
  await builder.visit(async (info) => {
    info.object = createOrUpdateAnnotation(flags.bool('save-config'), requireObject(info));
    if (dryRun !== 'client') {
      try {
        await replaceInfo(await factory.rest(), info, {
          dryRun,
          fieldManager: flags.string('field-manager'),
          fieldValidation,
          subresource: flags.string('subresource'),
        });
      } catch (error) {
        throw addSource('replacing', info.source, error);
      }
    }
    printer.print(requireObject(info), streams.out);
  });
}

async function forceReplace(
  context: CommandContext,
  deletion: { cascade: ReturnType<typeof parseCascade>; gracePeriodSeconds: number; waits: boolean },
): Promise<void> {
  const { flags, factory, streams } = context;
  const rest = await factory.rest();
  const fieldValidation = validationDirective(flags);
  const printer = operationPrinter(context, 'replaced');
  const read = await repeatable(context);
  const infos = await (await read()).requireObject(false).infos();
  await deleteAll(context, infos, deletion);
  const timeoutMs = flags.duration('timeout') || FORCE_TIMEOUT_MS;
  for (const info of infos) {
    await poll(factory.clock, { intervalMs: 1000, timeoutMs }, async () => {
      try {
        await getInfo(rest, { ...info });
        return false;
      } catch (error) {
        if (isNotFound(error)) return true;
        throw error;
      }
    });
  }
  // What is checked is checked only now.
  let count = 0;
  await (await read()).schema(fieldValidation).visit(async (info) => {
    info.object = createOrUpdateAnnotation(flags.bool('save-config'), requireObject(info));
    await createInfo(rest, info, { fieldManager: flags.string('field-manager'), fieldValidation });
    count++;
    printer.print(requireObject(info), streams.out);
  });
  if (count === 0) throw new Error('no objects passed to replace');
}

async function deleteAll(
  context: CommandContext,
  infos: readonly Info[],
  deletion: { cascade: ReturnType<typeof parseCascade>; gracePeriodSeconds: number; waits: boolean },
): Promise<void> {
  const { flags, factory, streams } = context;
  const rest = await factory.rest();
  const uids = new Map<Info, string | undefined>();
  let found = 0;
  for (const info of infos) {
    found++;
    try {
      uids.set(info, await deleteInfo(rest, info, deleteOptionsBody(deletion.cascade, deletion.gracePeriodSeconds)));
      const output = flags.string('output');
      streams.out.write(deletionLine(info, { ...deletion, dryRun: 'none', output }));
    } catch (error) {
      const left = filterOut(addSource('deleting', info.source, error), isNotFound);
      if (left) throw left;
    }
  }
  if (found === 0) streams.out.write('No resources found\n');
  if (!deletion.waits || uids.size === 0) return;
  const options = { rest, clock: factory.clock, streams, timeoutMs: flags.duration('timeout') };
  await interruptible(factory, (signal) => waitForDeletions([...uids.keys()], uids, { ...options, signal }));
}
