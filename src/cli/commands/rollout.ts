// `kubectl rollout`: history, undo, status, pause, resume and restart.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/rollout/rollout.go.
import { defineCommand } from '../command.ts';
import { history } from './rollout/history.ts';
import { pause, restart, resume } from './rollout/change.ts';
import { status } from './rollout/status.ts';
import { undo } from './rollout/undo.ts';

export const rollout = defineCommand({
  use: 'rollout SUBCOMMAND',
  short: 'Look at and steer the rollout of a resource',
  long: `Looks at and steers the rollout of deployments, daemon sets and stateful sets.`,
  example: `# Go back to the revision before
kubectl rollout undo deployment/abc

# Wait until a daemon set is rolled out
kubectl rollout status daemonset/foo

# Start all pods of a deployment anew
kubectl rollout restart deployment/abc`,
  printsHelp: true,
  commands: [history, pause, restart, resume, status, undo],
});
