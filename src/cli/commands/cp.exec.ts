// Runs a command in a pod with streams of the caller's.
// Called by: commands/cp.ts. Must not know: tar. Upstream: kubectl pkg/cmd/cp/cp.go CopyOptions.execute.
import { typedMapping } from '../../client/typed.ts';
import type { Pod } from '../../resources/pod.ts';
import type { CommandContext, IOStreams, OutputStream } from '../command.ts';
import { findOrDefaultContainer } from '../podcontainers.ts';
import { runSession } from '../podstreams.ts';

type Sink = (bytes: string | Uint8Array) => void;

export interface Execution {
  command: readonly string[];
  out: Sink;
  err: Sink;
  /** Returns the next piece of stdin; absent: there is none. */
  read?(): Promise<Uint8Array | undefined>;
}

/** @throws ExitError with the command's exit code; StatusError for a pod that is not there. */
export async function execInPod(
  { factory, flags }: CommandContext,
  key: { namespace: string; name: string },
  { command, out, err, read }: Execution,
): Promise<void> {
  const rest = await factory.rest();
  const mapping = typedMapping('v1', 'Pod');
  const pod = (await rest.get(mapping, key)) as unknown as Pod;
  const { phase } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new Error(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  const streams: IOStreams = { in: inputOf(read), out: outputOf(out), err: outputOf(err) };
  const named = flags.string('container');
  const container = named === '' ? findOrDefaultContainer(pod, '', streams.err).name : named;
  const words = command.map((part): [string, string] => ['command', part]);
  await runSession(rest, streams, {
    pod,
    subresource: 'exec',
    query: new URLSearchParams([...words, ['container', container]]),
    terminal: { hasStdin: read !== undefined, isRaw: false },
  });
}

function outputOf(write: Sink): OutputStream {
  return { write, isTerminal: false, columns: 0 };
}

function inputOf(read: Execution['read']): IOStreams['in'] {
  return {
    read: read ?? (async () => undefined),
    readAll: async () => '',
    isTerminal: false,
    setRawMode: () => undefined,
  };
}
