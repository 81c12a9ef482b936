// kubectl exec: runs a command in a container.
// Called by: cli/commands/index.ts. Must not know: how a node runs processes. Upstream: kubectl pkg/cmd/exec/exec.go.
import type { Unstructured } from '../../machinery/types.ts';
import type { Pod } from '../../resources/pod.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { filenameFlag } from '../commandflags.ts';
import { UsageError } from '../errors.ts';
import { findOrDefaultContainer } from '../podcontainers.ts';
import { containerFlag, podRunningTimeout, podRunningTimeoutFlag } from '../podflags.ts';
import { attachablePod } from '../podselection.ts';
import { runSession, setupTerminal, terminalFlags } from '../podstreams.ts';

export const exec = defineCommand({
  use: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  group: 'Troubleshooting and Debugging Commands:',
  short: 'Execute a command in a container',
  example: `  # A command in the first container of a pod
  kubectl exec mypod -- date

  # In a container of your choice
  kubectl exec mypod -c ruby -- date

  # A shell to type in
  kubectl exec mypod -it -- sh

  # In a pod of a deployment or of a service
  kubectl exec deploy/web -- date
  kubectl exec svc/web -- date`,
  flags: [
    containerFlag(),
    filenameFlag('of the object to run the command in'),
    podRunningTimeoutFlag('1m0s'),
    ...terminalFlags(),
  ],
  run: runExec,
});

async function runExec(context: CommandContext): Promise<void> {
  const { args, argsLenAtDash, flags, factory, streams, commandPath } = context;
  const filenames = flags.strings('filename');
  const word = argsLenAtDash === 0 ? undefined : args[0];
  if (argsLenAtDash < 0 && (args.length > 1 || (args.length > 0 && filenames.length > 0)))
    throw new UsageError(
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
      commandPath,
    );
  const command = argsLenAtDash < 0 ? [] : args.slice(argsLenAtDash);
  const timeoutMs = timeoutOrUsage(context);
  if (word === undefined && filenames.length === 0) throw new Error('pod, type/name or --filename must be specified');
  if (command.length === 0) throw new Error('you must specify at least one command for the container');
  const rest = await factory.rest();
  const target = await readTarget(context, word, filenames);
  const search = { rest, mapper: await factory.mapper(), clock: factory.clock, timeoutMs };
  const pod = await attachablePod(search, target);
  requireRunning(pod);
  const quiet = flags.bool('quiet');
  const named = flags.string('container');
  const container = named === '' ? findOrDefaultContainer(pod, '', quiet ? undefined : streams.err).name : named;
  const terminal = setupTerminal(streams, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), quiet });
  const query = new URLSearchParams([
    ...command.map((part): [string, string] => ['command', part]),
    ['container', container],
  ]);
  await runSession(rest, streams, { pod, subresource: 'exec', query, terminal });
}

function timeoutOrUsage({ flags, commandPath }: CommandContext): number {
  try {
    return podRunningTimeout(flags);
  } catch (error) {
    throw new UsageError((error as Error).message, commandPath);
  }
}

async function readTarget(
  { factory }: CommandContext,
  word: string | undefined,
  filenames: readonly string[],
): Promise<Unstructured> {
  const { namespace, isEnforced } = await factory.namespace();
  const builder = factory
    .builder()
    .typed()
    .filenames({ filenames })
    .namespace(namespace, { isEnforced: isEnforced && filenames.length > 0 });
  if (word !== undefined) builder.resourceNames('pods', [word]);
  const infos = await builder.infos();
  const [info] = infos;
  if (infos.length !== 1 || !info?.object || Array.isArray(info.object['items']))
    throw new Error('cannot exec into multiple objects at a time');
  return info.object;
}

/** @throws Error for a pod that has ended. */
function requireRunning({ status }: Pod): void {
  const { phase } = status;
  if (phase !== 'Succeeded' && phase !== 'Failed') return;
  throw new Error(`cannot exec into a container in a completed pod; current phase is ${phase}`);
}
