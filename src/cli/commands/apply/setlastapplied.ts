// `kubectl apply set-last-applied`.
// Called by: commands/apply.ts. Upstream: kubectl pkg/cmd/apply/apply_set_last_applied.go.
import { marshalJson } from '../../../machinery/gofmt.ts';
import { deepEqual } from '../../../machinery/meta.ts';
import { isNotFound } from '../../../machinery/status.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import { defineCommand } from '../../command.ts';
import { dryRunFlag, dryRunStrategy, filenameFlag } from '../../commandflags.ts';
import { operationPrinter } from '../../commandprinter.ts';
import { addSource } from '../../errors.ts';
import { LAST_APPLIED, originalConfiguration } from '../../lastapplied.ts';
import { printFlags } from '../../printers.ts';
import { infoText, patchInfo, requireObject } from '../../requests.ts';
import { getInfo } from '../../visitors.ts';

export const setLastApplied = defineCommand({
  use: 'set-last-applied -f FILENAME',
  short: 'Take a file for what was applied last',
  long: `Writes what a file says into the annotation that remembers the last apply. Nothing else of the object changes.`,
  example: `# Take deploy.yaml for what was applied last
kubectl apply set-last-applied -f deploy.yaml

# The same for an object that was never applied
kubectl apply set-last-applied -f deploy.yaml --create-annotation=true`,
  flags: [
    ...printFlags(),
    dryRunFlag(),
    {
      name: 'create-annotation',
      type: 'bool',
      default: 'false',
      usage: 'Add the annotation to objects that do not have it.',
    },
    filenameFlag('to take'),
  ],
  async run(context) {
    const { flags, factory, streams } = context;
    const dryRun = dryRunStrategy(context);
    const { namespace, isEnforced } = await factory.namespace();
    const printer = operationPrinter(context, 'configured', { dryRun });
    const rest = await factory.rest();
    const changes: { info: Info; text: string }[] = [];
    await factory
      .builder()
      .namespace(namespace, { isEnforced })
      .filenames({ filenames: flags.strings('filename') })
      .flatten()
      .visit(async (info) => {
        const manifest = requireObject(info);
        const before = await readAnnotation(info);
        if (before === undefined && !flags.bool('create-annotation'))
          throw new Error(
            `no last-applied-configuration annotation found on resource: ${info.name}, ` +
              'to create the annotation, run the command with --create-annotation',
          );
        if (before !== undefined && deepEqual(JSON.parse(before), manifest))
          streams.out.write(`set-last-applied ${info.name}: no changes required.\n`);
        else changes.push({ info, text: `${marshalJson(manifest)}\n` });
      });
    for (const { info, text } of changes) {
      if (dryRun !== 'client') {
        const body = { metadata: { annotations: { [LAST_APPLIED]: text } } };
        await patchInfo(rest, info, { type: 'application/merge-patch+json', body }, { dryRun });
      }
      printer.print(requireObject(info), streams.out);
    }

    async function readAnnotation(info: Info): Promise<string | undefined> {
      let live: Unstructured;
      try {
        live = await getInfo(rest, info);
      } catch (error) {
        if (isNotFound(error)) throw error;
        throw addSource(
          `retrieving current configuration of:\n${infoText(info)}\nfrom server for:`,
          info.source,
          error,
        );
      }
      return originalConfiguration(live);
    }
  },
});
