// Which nodes cordon, uncordon and drain work on, and marking them.
// Called by: commands cordon, drain. Must not know: commands.
// Upstream: kubectl pkg/cmd/drain/drain.go, pkg/drain/cordon.go.
import type { Unstructured } from '../machinery/types.ts';
import type { Info } from './builder.ts';
import type { CommandContext } from './command.ts';
import { dryRunStrategy, type DryRun } from './commandflags.ts';
import { operationText } from './commandprinter.ts';
import { UsageError } from './errors.ts';
import { createPrinter } from './printers.ts';

/** Returns the dry-run strategy after the checks that come before it. @throws UsageError for wrong arguments. */
export function checkNodeArgs(context: CommandContext, use: string): DryRun {
  const { args, flags, commandPath } = context;
  if (args.length === 0 && !flags.changed('selector')) throw new UsageError(`USAGE: ${use} [flags]`, commandPath);
  if (args.length > 0 && flags.string('selector') !== '')
    throw new UsageError('error: cannot specify both a node name and a --selector option', commandPath);
  return dryRunStrategy(context);
}

/** Returns the nodes that arguments or the selector name. @throws what the builder throws. */
export async function selectNodes({ args, flags, factory }: CommandContext, limit = 500): Promise<Info[]> {
  const { namespace } = await factory.namespace();
  const selector = flags.string('selector');
  const builder = factory
    .builder()
    .typed()
    .namespace(namespace, { isEnforced: false })
    .limit(limit)
    .resourceNames('nodes', args)
    .singleResourceType()
    .flatten();
  if (selector !== '') builder.types('nodes').labelSelector(selector);
  const infos = await builder.infos();
  for (const { mapping } of infos) {
    const { group, version, resource } = mapping.gvr;
    if (group !== '' || resource !== 'nodes')
      throw new Error(`error: expected resource of type node, got "${group}/${version}, Resource=${resource}"`);
  }
  return infos;
}

/** Prints `node/x drained`, with what kind of dry run it was. */
export function printOperation(
  { streams, factory }: CommandContext,
  object: Unstructured,
  { operation, dryRun }: { operation: string; dryRun: DryRun },
): void {
  const { cwd, env } = factory;
  createPrinter({ output: '', operation: operationText(operation, dryRun), cwd, env }).print(object, streams.out);
}

/** Marks the nodes unschedulable or schedulable. What fails is told and does not stop the others. */
export async function markNodes(
  context: CommandContext,
  nodes: readonly Info[],
  { isCordon, dryRun }: { isCordon: boolean; dryRun: DryRun },
): Promise<void> {
  const { factory, streams } = context;
  const rest = await factory.rest();
  const word = isCordon ? 'cordon' : 'uncordon';
  for (const { mapping, name, object } of nodes) {
    if (!object) continue;
    const isCordoned = (object['spec'] as { unschedulable?: boolean } | undefined)?.unschedulable === true;
    if (isCordoned === isCordon) {
      printOperation(context, object, { operation: `already ${word}ed`, dryRun });
      continue;
    }
    try {
      const patch = { spec: { unschedulable: isCordon ? true : null } };
      const options = { dryRun: dryRun === 'server' ? 'All' : undefined };
      if (dryRun !== 'client')
        await rest.patch(mapping, { name }, 'application/strategic-merge-patch+json', patch, options);
      printOperation(context, object, { operation: `${word}ed`, dryRun });
    } catch (error) {
      const { message } = error as Error;
      streams.err.write(`error: unable to ${word} node ${JSON.stringify(name)}: ${message}\n`);
    }
  }
}
