// kubectl top: how much CPU and memory nodes and pods use.
// Called by: cli/commands/index.ts. Must not know: where the numbers come from. Upstream: kubectl pkg/cmd/top/top.go.
import { defineCommand } from '../command.ts';
import { topNode } from './top.node.ts';
import { topPod } from './top.pod.ts';

export const top = defineCommand({
  use: 'top [flags]',
  group: 'Cluster Management Commands:',
  short: 'Display resource (CPU/memory) usage',
  long: `Print how much CPU and memory nodes or pods have used lately, as the metrics API tells it. The numbers
are what autoscalers see, not what tools of the operating system measure.`,
  commands: [topNode, topPod],
});
