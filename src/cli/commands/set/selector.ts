// `kubectl set selector`.
// Called by: commands/set.ts. Upstream: kubectl pkg/cmd/set/set_selector.go.
import { clone } from '../../../machinery/meta.ts';
import { createMergePatch } from '../../../machinery/patch.ts';
import { parseToLabelSelector } from '../../../machinery/selectors.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import { defineCommand } from '../../command.ts';
import {
  allFlag,
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlag,
  localFlag,
  recordFlag,
  recursiveFlag,
  resourceVersionFlag,
} from '../../commandflags.ts';
import { likeGoType, operationPrinter } from '../../commandprinter.ts';
import { printFlags } from '../../printers.ts';
import { recorded } from '../../recording.ts';
import { patchInfo, requireObject } from '../../requests.ts';

export const setSelector = defineCommand({
  use: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Change the selector of a service',
  long: `Changes the selector of a service; the old one is given up. Only equality can be asked for.`,
  example: `# Change the selector of my-svc
kubectl set selector service my-svc 'environment=qa'`,
  flags: [
    ...printFlags(),
    filenameFlag('of the service'),
    recursiveFlag(true),
    allFlag(),
    localFlag('change'),
    resourceVersionFlag('change the selector'),
    fieldManagerFlag('kubectl-set'),
    recordFlag(),
    dryRunFlag(),
  ],
  async run(context) {
    const { args, flags, factory, streams } = context;
    const dryRun = dryRunStrategy(context);
    const selector = args.length === 0 ? undefined : parseToLabelSelector(args.at(-1) ?? '');
    const printer = operationPrinter(context, 'selector updated', { dryRun });
    if (!selector) throw new Error('one selector is required');
    const { namespace, isEnforced } = await factory.namespace();
    const filenames = flags.strings('filename');
    let builder = factory
      .builder()
      .typed()
      .namespace(namespace, { isEnforced: isEnforced && filenames.length > 0 })
      .filenames({ filenames, recursive: flags.bool('recursive') })
      .continueOnError()
      .flatten();
    if (flags.bool('local')) builder = builder.local();
    else builder = builder.args(args.slice(0, -1)).selectAll(flags.bool('all')).latest();
    await builder.visit(async (info) => {
      const before = requireObject(info);
      if (before.kind !== 'Service') throw new Error('setting a selector is only supported for Services');
      if (selector.matchExpressions && selector.matchExpressions.length > 0)
        throw new Error(`match expression ${expressionsText(selector.matchExpressions)} not supported on this object`);
      const after = clone(before) as Unstructured & { spec?: object };
      after.spec = { ...after.spec, selector: selector.matchLabels };
      const version = flags.string('resource-version');
      const changed = recorded(context, after);
      if (flags.bool('local') || dryRun === 'client') {
        printer.print(likeGoType(changed), streams.out);
        return;
      }
      const patch = createMergePatch(before, changed) as { metadata?: object };
      const body = version === '' ? patch : { ...patch, metadata: { ...patch.metadata, resourceVersion: version } };
      const options = { dryRun, fieldManager: flags.string('field-manager') };
      const answered = await patchInfo(
        await factory.rest(),
        info,
        { type: 'application/merge-patch+json', body },
        options,
      );
      printer.print(answered, streams.out);
    });
  },
});

function expressionsText(
  expressions: readonly { key: string; operator: string; values?: readonly string[] }[],
): string {
  return `[${expressions.map((e) => `{${e.key} ${e.operator} [${(e.values ?? []).join(' ')}]}`).join(' ')}]`;
}
