// kubectl cordon and uncordon: mark nodes so that no pods, or pods again, are scheduled to them.
// Called by: cli/commands/index.ts. Must not know: the scheduler. Upstream: kubectl pkg/cmd/drain/drain.go.
import { defineCommand, type CommandContext } from '../command.ts';
import { dryRunFlag, selectorFlag } from '../commandflags.ts';
import { checkNodeArgs, markNodes, selectNodes } from '../nodeselection.ts';

export const cordon = defineCommand({
  use: 'cordon NODE',
  group: 'Cluster Management Commands:',
  short: 'Mark node as unschedulable',
  example: `  # No new pods on node foo
  kubectl cordon foo`,
  flags: [dryRunFlag(), selectorFlag()],
  run: async (context) => runMark(context, true),
});

export const uncordon = defineCommand({
  use: 'uncordon NODE',
  group: 'Cluster Management Commands:',
  short: 'Mark node as schedulable',
  example: `  # Let pods be scheduled to node foo again
  kubectl uncordon foo`,
  flags: [dryRunFlag(), selectorFlag()],
  run: async (context) => runMark(context, false),
});

async function runMark(context: CommandContext, isCordon: boolean): Promise<void> {
  const dryRun = checkNodeArgs(context, isCordon ? cordon.use : uncordon.use);
  await markNodes(context, await selectNodes(context), { isCordon, dryRun });
}
