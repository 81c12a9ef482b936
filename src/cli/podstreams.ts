// A session with a process in a container: stdin, stdout, stderr, the terminal and the exit code.
// Called by: commands exec, attach, run, cp. Must not know: how a node runs processes.
// Upstream: kubectl pkg/cmd/exec/exec.go StreamOptions, client-go tools/remotecommand.
import type { RestClient } from '../client/types.ts';
import type { Status } from '../machinery/status.ts';
import type { Pod } from '../resources/pod.ts';
import type { FlagSpec, IOStreams } from './command.ts';
import { ExitError } from './errors.ts';

export interface TerminalRequest {
  /** -i, -t and -q. */
  stdin: boolean;
  tty: boolean;
  quiet: boolean;
}

/** What a session gets of what was asked for. */
export interface Terminal {
  hasStdin: boolean;
  /** The user's terminal is handed over, key by key. */
  isRaw: boolean;
}

/** Returns the flags that exec, attach and run share. */
export function terminalFlags(): FlagSpec[] {
  return [
    {
      name: 'quiet',
      shorthand: 'q',
      type: 'bool',
      default: 'false',
      usage: 'Print only what the remote process prints.',
    },
    { name: 'stdin', shorthand: 'i', type: 'bool', default: 'false', usage: 'Pass stdin to the container.' },
    { name: 'tty', shorthand: 't', type: 'bool', default: 'false', usage: 'Stdin is a terminal.' },
  ];
}

/** Returns whether there will be stdin and a terminal; tells the user when there cannot be one. */
export function setupTerminal({ in: input, err }: IOStreams, { stdin, tty, quiet }: TerminalRequest): Terminal {
  if (!stdin) return { hasStdin: false, isRaw: false };
  if (!tty) return { hasStdin: true, isRaw: false };
  if (input.isTerminal) return { hasStdin: true, isRaw: true };
  if (!quiet) err.write('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return { hasStdin: true, isRaw: false };
}

export interface Session {
  pod: Pod;
  /** 'exec' or 'attach'. */
  subresource: string;
  /** Container, command: what besides the streams is asked for. */
  query: URLSearchParams;
  terminal: Terminal;
  /** Default: true unless there is a terminal. */
  asksStderr?: boolean;
  signal?: AbortSignal;
}

/**
 * Runs a session to its end.
 * @throws ExitError with the process's exit code, StatusError when the server refuses, Error when the session fails.
 */
export async function runSession(rest: RestClient, streams: IOStreams, session: Session): Promise<void> {
  const { pod, subresource, terminal, asksStderr = !terminal.isRaw } = session;
  const query = new URLSearchParams(session.query);
  if (terminal.hasStdin) query.set('stdin', 'true');
  query.set('stdout', 'true');
  if (asksStderr) query.set('stderr', 'true');
  if (terminal.isRaw) query.set('tty', 'true');
  const { name, namespace = '' } = pod.metadata;
  const { in: input, out, err } = streams;
  const readStdin = terminal.hasStdin ? { readStdin: () => input.read() } : {};
  const terminalSize = terminal.isRaw
    ? {
        terminalSize: () => ({ columns: out.columns || 80, rows: out.rows || 24 }),
        onResize: (listener: () => void) => out.onResize?.(listener) ?? (() => undefined),
      }
    : {};
  if (terminal.isRaw) input.setRawMode(true);
  try {
    const status = await rest.stream(`/api/v1/namespaces/${namespace}/pods/${name}/${subresource}`, query, {
      ...readStdin,
      writeStdout: (bytes) => out.write(bytes),
      writeStderr: (bytes) => err.write(bytes),
      ...terminalSize,
      signal: session.signal ?? new AbortController().signal,
    });
    checkStatus(status);
  } finally {
    if (terminal.isRaw) input.setRawMode(false);
  }
}

/** Upstream: client-go tools/remotecommand/v4.go errorDecoderV4. */
function checkStatus({ status, reason, details, message = '' }: Status): void {
  if (status !== 'Failure') return;
  if (reason !== 'NonZeroExitCode') throw new Error(message);
  const cause = details?.causes?.find((c) => c.reason === 'ExitCode');
  if (!cause) throw new Error('error stream protocol error: no ExitCode cause given');
  const code = Number(cause.message);
  throw new ExitError(code, `command terminated with exit code ${code}`);
}
