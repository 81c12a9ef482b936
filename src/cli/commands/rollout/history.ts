// `kubectl rollout history`.
// Called by: commands/rollout.ts. Upstream: kubectl pkg/cmd/rollout/rollout_history.go, pkg/polymorphichelpers/history.go.
import { TabWriter } from '../../../machinery/table.ts';
import { clone } from '../../../machinery/meta.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { filenameFlags, selectorFlag } from '../../commandflags.ts';
import { operationPrinter } from '../../commandprinter.ts';
import type { Info } from '../../builder.ts';
import { printFlags } from '../../printers.ts';
import { CHANGE_CAUSE } from '../../recording.ts';
import { requireObject } from '../../requests.ts';
import { rolloutBuilder } from './objects.ts';
import { readRevisions, requireRevisions, templateText, type Revision } from './revisions.ts';

export const history = defineCommand({
  use: 'history (TYPE NAME | TYPE/NAME) [flags]',
  short: 'List the revisions of a rollout',
  long: `Lists the revisions of a deployment, daemon set or stateful set, or shows one of them.`,
  example: `# List the revisions of a deployment
kubectl rollout history deployment/abc

# Show revision 3 of a daemon set
kubectl rollout history daemonset/abc --revision=3`,
  flags: [
    { name: 'revision', type: 'int64', default: '0', usage: 'Show this revision with its pod template.' },
    selectorFlag(),
    ...filenameFlags('of the workload'),
    ...printFlags(),
  ],
  async run(context) {
    const { flags, args } = context;
    const revision = flags.int('revision');
    if (revision < 0 && args.length > 0) throw new Error(`revision must be a positive integer: ${revision}`);
    const builder = await rolloutBuilder(context);
    await builder.visit((info) => showHistory(context, info, revision));
  },
});

async function showHistory(context: CommandContext, info: Info, revision: number): Promise<void> {
  const { flags, factory, streams } = context;
  requireRevisions(info.mapping, { retrieving: 'history', missing: 'history viewer' });
  const { revisions } = await readRevisions(factory, info);
  const byNumber = new Map(revisions.map((r) => [r.revision, r]));
  if (flags.string('output') !== '') {
    const printer = operationPrinter(context, '');
    for (const found of revision > 0 ? [wanted(byNumber, revision)] : sorted(byNumber))
      printer.print(found.object, streams.out);
    return;
  }
  const text =
    byNumber.size === 0
      ? 'No rollout history found.'
      : revision > 0
        ? await revisionText(wanted(byNumber, revision), info)
        : overview(sorted(byNumber));
  const head = revision > 0 ? `with revision #${revision}` : '';
  // An operation of nothing but a newline still stands apart from the name.
  operationPrinter(context, `${head}\n${text}`).print(requireObject(info), streams.out);
}

function wanted(byNumber: ReadonlyMap<number, Revision>, revision: number): Revision {
  const found = byNumber.get(revision);
  if (!found) throw new Error('unable to find the specified revision');
  return found;
}

function sorted(byNumber: ReadonlyMap<number, Revision>): Revision[] {
  return [...byNumber.values()].sort((a, b) => a.revision - b.revision);
}

/** A ReplicaSet's template is shown with the change cause of the ReplicaSet. */
function revisionText(found: Revision, info: Info): Promise<string> {
  if (info.mapping.gvk.kind !== 'Deployment' || found.changeCause === '') return templateText(found.template);
  const template = clone(found.template);
  const annotations = { ...template.metadata?.annotations, [CHANGE_CAUSE]: found.changeCause };
  return templateText({ ...template, metadata: { ...template.metadata, annotations } });
}

function overview(revisions: readonly Revision[]): string {
  let text = '';
  const writer = new TabWriter(
    {
      write: (chunk) => {
        text += chunk;
      },
    },
    { minWidth: 0, padding: 2 },
  );
  writer.write('REVISION\tCHANGE-CAUSE\n');
  for (const { revision, changeCause } of revisions) writer.write(`${revision}\t${changeCause || '<none>'}\n`);
  writer.flush();
  return text;
}
