// Attaching to a container of a pod, with the words around it.
// Called by: commands attach and run. Must not know: how a node runs processes.
// Upstream: kubectl pkg/cmd/attach/attach.go AttachOptions.Run.
import type { Pod } from '../resources/pod.ts';
import type { CommandContext } from './command.ts';
import { findOrDefaultContainer } from './podcontainers.ts';
import { runSession, setupTerminal, type TerminalRequest } from './podstreams.ts';

export interface AttachRequest extends TerminalRequest {
  /** '' for the default one. */
  container: string;
  /** What to type to come back: 'kubectl attach'. */
  commandName: string;
}

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and ' +
  'sensitive information passed through the command prompt.\n';

/** Runs the session to its end. @throws what runSession throws; Error for an unknown container. */
export async function attachToContainer(context: CommandContext, pod: Pod, request: AttachRequest): Promise<void> {
  const { streams, factory } = context;
  const { quiet, stdin } = request;
  const container = chooseContainer(context, pod, request);
  let { tty } = request;
  if (tty && !container.tty) {
    tty = false;
    if (!quiet) streams.err.write(`error: Unable to use a TTY - container ${container.name} did not allocate one\n`);
  } else if (container.tty) tty = true;
  const terminal = setupTerminal(streams, { stdin, tty, quiet });
  if (!quiet) streams.err.write(`${RECORDED}If you don't see a command prompt, try pressing enter.\n`);
  const query = new URLSearchParams({ container: container.name });
  await runSession(await factory.rest(), streams, {
    pod,
    subresource: 'attach',
    query,
    terminal,
  });
  if (!quiet && stdin && terminal.isRaw) streams.out.write(reattachText(pod, container.name, request.commandName));
}

function chooseContainer({ streams }: CommandContext, pod: Pod, { container, quiet }: AttachRequest) {
  try {
    return findOrDefaultContainer(pod, container, quiet ? undefined : streams.err);
  } catch (error) {
    throw new Error(`cannot attach to the container: ${(error as Error).message}`, { cause: error });
  }
}

function reattachText({ metadata, spec }: Pod, container: string, commandName: string): string {
  if (spec.restartPolicy !== 'Always') return '';
  const command = `'${commandName} ${metadata.name} -c ${container} -i -t'`;
  const isEphemeral = spec.ephemeralContainers?.some((c) => c.name === container);
  if (!isEphemeral) return `Session ended, resume using ${command} command when the pod is running\n`;
  return (
    'Session ended, the ephemeral container will not be restarted but may be reattached using ' +
    `${command} if it is still running\n`
  );
}
