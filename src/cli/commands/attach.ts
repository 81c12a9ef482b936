// kubectl attach: joins the process of a running container.
// Called by: cli/commands/index.ts. Must not know: how a node runs processes.
// Upstream: kubectl pkg/cmd/attach/attach.go.
import type { Unstructured } from '../../machinery/types.ts';
import type { Pod } from '../../resources/pod.ts';
import { attachToContainer } from '../attaching.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { containerFlag, podRunningTimeout, podRunningTimeoutFlag } from '../podflags.ts';
import { attachablePod } from '../podselection.ts';
import { terminalFlags } from '../podstreams.ts';

export const attach = defineCommand({
  use: 'attach (POD | TYPE/NAME) -c CONTAINER',
  group: 'Troubleshooting and Debugging Commands:',
  short: 'Attach to a running container',
  long: 'Attach to the process that a container runs: see what it prints and, with -i, send it input.',
  example: `  # See what a pod prints
  kubectl attach mypod

  # One of its containers
  kubectl attach mypod -c ruby

  # Type into it
  kubectl attach mypod -c ruby -i -t

  # A pod of a replica set
  kubectl attach rs/nginx`,
  flags: [containerFlag(), podRunningTimeoutFlag('1m0s'), ...terminalFlags()],
  run: runAttach,
});

async function runAttach(context: CommandContext): Promise<void> {
  const { args, flags, factory, commandPath } = context;
  const timeoutMs = podRunningTimeout(flags);
  if (args.length === 0) throw new Error('at least 1 argument is required for attach');
  if (args.length > 2)
    throw new Error(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
    );
  const rest = await factory.rest();
  const target = await readTarget(context);
  const search = { rest, mapper: await factory.mapper(), clock: factory.clock, timeoutMs };
  const pod = await attachablePod(search, target);
  requireActive(pod);
  await attachToContainer(context, pod, {
    container: flags.string('container'),
    stdin: flags.bool('stdin'),
    tty: flags.bool('tty'),
    quiet: flags.bool('quiet'),
    commandName: commandPath,
  });
}

async function readTarget({ args, factory }: CommandContext): Promise<Unstructured> {
  const { namespace } = await factory.namespace();
  const [first = '', second] = args;
  const builder = factory.builder().typed().namespace(namespace, { isEnforced: false });
  if (second === undefined) builder.resourceNames('pods', [first]);
  else builder.resourceNames(first, [second]);
  const [info] = await builder.infos();
  if (!info?.object) throw new Error('expected a resource');
  return info.object;
}

/** @throws Error for a pod that has ended. */
function requireActive({ status }: Pod): void {
  const { phase } = status;
  if (phase !== 'Succeeded' && phase !== 'Failed') return;
  throw new Error(`cannot attach a container in a completed pod; current phase is ${phase}`);
}
