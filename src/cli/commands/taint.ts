// kubectl taint: adds, changes and removes taints of nodes.
// Called by: cli/commands/index.ts. Must not know: the scheduler. Upstream: kubectl pkg/cmd/taint/taint.go.
import { deepEqual } from '../../machinery/meta.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import {
  allFlag,
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  selectorFlag,
  validateFlag,
  validationDirective,
  type DryRun,
} from '../commandflags.ts';
import { operationPrinter, printObject } from '../commandprinter.ts';
import { noResourceMatch, UsageError } from '../errors.ts';
import { printFlags } from '../printers.ts';
import { patchInfo } from '../requests.ts';
import { NoMatchError } from '../../client/types.ts';
import { isTaintWord, parseTaints, updatedTaints, type Taint, type TaintChanges } from './taint.parse.ts';

export const taint = defineCommand({
  use: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  group: 'Cluster Management Commands:',
  short: 'Update the taints on one or more nodes',
  long: `Change the taints of nodes. A taint is key=value:effect or key:effect; key:effect- and key- take taints away.

The effect is NoSchedule, PreferNoSchedule or NoExecute. Key and value begin with a letter or digit and hold
letters, digits, hyphens, dots and underscores, the key up to 253 characters, the value up to 63. A key may
begin with a DNS subdomain and a slash: example.com/my-app.`,
  example: `  # Keep pods without a matching toleration away from node foo
  kubectl taint nodes foo dedicated=special-user:NoSchedule

  # Take away the taint with that key and effect, and all with that key
  kubectl taint nodes foo dedicated:NoSchedule-
  kubectl taint nodes foo dedicated-

  # Nodes with a label
  kubectl taint node -l myLabel=X dedicated=foo:PreferNoSchedule`,
  flags: [
    ...printFlags(),
    allFlag(),
    dryRunFlag(),
    fieldManagerFlag('kubectl-taint'),
    {
      name: 'overwrite',
      type: 'bool',
      default: 'false',
      usage: 'Change taints that exist already, instead of refusing to.',
    },
    selectorFlag(),
    validateFlag(),
  ],
  run: runTaint,
});

async function runTaint(context: CommandContext): Promise<void> {
  const { args, flags, factory, commandPath } = context;
  const { namespace } = await factory.namespace();
  const dryRun = dryRunStrategy(context);
  const fieldValidation = validationDirective(flags);
  const { resources, words } = splitArgs(args);
  let changes: TaintChanges;
  try {
    changes = parseTaints(words);
  } catch (error) {
    throw new UsageError((error as Error).message, commandPath);
  }
  await requireNodeType(context, (resources[0] ?? '').toLowerCase());
  checkConflicts(changes);
  const selector = flags.string('selector');
  const isAll = flags.bool('all');
  if (isAll && selector !== '') throw new Error("setting 'all' parameter with a non empty selector is prohibited");
  if (!isAll && selector === '' && resources.length < 2)
    throw new Error("at least one resource name must be specified since 'all' parameter is not set");
  const builder = factory
    .builder()
    .typed()
    .continueOnError()
    .namespace(namespace, { isEnforced: false })
    .flatten()
    .latest();
  if (isAll) builder.selectAll(true).types('node');
  else if (selector !== '') builder.labelSelector(selector).types('node');
  else builder.resourceNames('node', resources.slice(1));
  await builder.check();
  await builder.visit((info) => taintNode(context, info, { changes, dryRun, fieldValidation }));
}

function splitArgs(args: readonly string[]): { resources: string[]; words: string[] } {
  const first = args.findIndex(isTaintWord);
  const resources = first < 0 ? [...args] : args.slice(0, first);
  const words = first < 0 ? [] : args.slice(first);
  const late = words.find((word) => !isTaintWord(word));
  if (late !== undefined) throw new Error(`all resources must be specified before taint changes: ${late}`);
  if (resources.length === 0) throw new Error('one or more resources must be specified as <resource> <name>');
  if (words.length === 0) throw new Error('at least one taint update is required');
  return { resources, words };
}

async function requireNodeType({ factory }: CommandContext, word: string): Promise<void> {
  try {
    const { gvk } = (await factory.mapper(2)).resourceFor(word);
    if (gvk.kind !== 'Node') throw new Error(`invalid resource type ${word}, only node types are supported`);
  } catch (error) {
    throw error instanceof NoMatchError ? noResourceMatch(error.word) : error;
  }
}

function checkConflicts({ added, removed }: TaintChanges): void {
  const conflicts = added.flatMap((a) =>
    removed
      .filter((r) => r.key === a.key && (r.effect === '' || r.effect === a.effect))
      .map((r) => `${r.key}=${r.effect}`),
  );
  if (conflicts.length === 0) return;
  throw new Error(`can not both modify and remove the following taint(s) in the same command: ${conflicts.join(', ')}`);
}

async function taintNode(
  context: CommandContext,
  info: Info,
  options: { changes: TaintChanges; dryRun: DryRun; fieldValidation: string },
): Promise<void> {
  const { flags, factory } = context;
  const { changes, dryRun, fieldValidation } = options;
  const { object } = info;
  if (!object) return;
  const spec = (object['spec'] ?? {}) as { taints?: Taint[] };
  const old = spec.taints ?? [];
  const { operation, taints } = updatedTaints(info.name, old, { ...changes, overwrites: flags.bool('overwrite') });
  // Upstream forgets to say that it was a dry run.
  const printer = operationPrinter(context, operation);
  if (dryRun === 'client') {
    const { taints: _, ...others } = spec;
    const changed = { ...object, spec: { ...others, ...(taints.length > 0 ? { taints } : {}) } };
    printObject(context, printer, changed as unknown as Unstructured);
    return;
  }
  const body = deepEqual(old, taints) ? {} : { spec: { taints: taints.length > 0 ? taints : null } };
  const patch = { type: 'application/strategic-merge-patch+json', body } as const;
  const fieldManager = flags.string('field-manager');
  printObject(
    context,
    printer,
    await patchInfo(await factory.rest(), info, patch, { dryRun, fieldManager, fieldValidation }),
  );
}
