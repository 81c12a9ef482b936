// pods/attach: the main process of a container: what it prints, and a shell that waits for input.
// Called by: connector.ts. Must not know: how clients are connected.
import type { StreamHandler, StreamIO } from '../apiserver/types.ts';
import { statusSuccess, type Status } from '../machinery/status.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { ConnectorWorld } from './connector.ts';
import { containerMissing, emit, newExecution, signalProcess } from './execution.ts';
import { Keyboard } from './keyboard.ts';
import { typingTo } from './typing.ts';
import { followedRun, linesOfRun } from './logs.ts';
import { isShellOnInput } from './process.ts';
import { editRun, type RequestLine } from './podrecord.ts';
import { currentRun } from './runs.ts';
import { shellSession } from './session.ts';
import type { ExecOptions } from './types.ts';
import { baseName, imageOf, keyOfRun, mainCommand, viewOf, type ContainerRun } from './view.ts';

/** Whoever attaches this soon after the start sees the output from its beginning. */
const SOON_MS = 5000;
const LOOK_AHEAD_MS = 60_000;

/** Returns the stream of an attached client. */
export function attachTo(world: ConnectorWorld, pod: Pod, options: ExecOptions): StreamHandler {
  return async (io) => {
    const current = world.client.get(podResource, pod.metadata) ?? pod;
    const run = currentRun(world, current, options.container, world.clock.nowMs());
    if (!run) return containerMissing(options.container);
    const isTerminal = options.tty && (run.container.tty ?? false);
    if (options.stdin && io.readStdin && isShellOnInput(run)) return attachShell(world, run, io, isTerminal);
    return followOutput(world, run, options.container, { io, isTerminal });
  };
}

/** A person at the shell that is the container's process: when it ends, the container ends. */
async function attachShell(
  world: ConnectorWorld,
  run: ContainerRun,
  io: StreamIO,
  isTerminal: boolean,
): Promise<Status> {
  const lines: RequestLine[] = [];
  let rest = '';
  const keep = (bytes: Uint8Array): void => {
    const parts = (rest + Buffer.from(bytes).toString().replaceAll('\r', '')).split('\n');
    rest = parts.pop() ?? '';
    const atMs = world.clock.nowMs();
    for (const text of parts) lines.push({ atMs, stream: 'stdout', text });
  };
  const recorded: StreamIO = {
    ...(io.readStdin ? { readStdin: () => io.readStdin?.() ?? Promise.resolve(undefined) } : {}),
    waitOutside: (wait) => io.waitOutside?.(wait) ?? wait,
    writeStdout: (bytes) => (keep(bytes), io.writeStdout(bytes)),
    writeStderr: (bytes) => (keep(bytes), io.writeStderr(bytes)),
    signal: io.signal,
  };
  const view = viewOf(run, () => undefined);
  const name = baseName(mainCommand(view.command, imageOf(run))[0] ?? 'sh');
  const exitCode = await shellSession(newExecution(world, run, recorded, isTerminal), name);
  endShell(world, run, {
    exitCode,
    lines: rest === '' ? lines : [...lines, { atMs: world.clock.nowMs(), stream: 'stdout', text: rest }],
  });
  return statusSuccess();
}

function endShell(
  world: ConnectorWorld,
  run: ContainerRun,
  { exitCode, lines }: { exitCode: number; lines: RequestLine[] },
): void {
  const { client, clock } = world;
  if (client.get(podResource, run.pod.metadata)?.metadata.uid !== run.pod.metadata.uid) return;
  editRun(client.internal, keyOfRun(run), (record) => {
    record.stopping = { endsAtMs: clock.nowMs(), exitCode };
    record.requests = [...(record.requests ?? []), ...lines];
  });
}

/** Writes what the process prints until it ends or the client goes. Ctrl-C at its terminal is a signal to it. */
async function followOutput(
  world: ConnectorWorld,
  first: ContainerRun,
  name: string,
  { io, isTerminal }: { io: StreamIO; isTerminal: boolean },
): Promise<Status> {
  const { clock, client, time } = world;
  const isSoon = clock.nowMs() - first.startedAtMs <= SOON_MS;
  const seen = { ms: isSoon ? first.startedAtMs : clock.nowMs(), lines: 0 };
  const keyboard = new Keyboard(io, isTerminal);
  const typing = typingTo(world, first, { keyboard, io, isTerminal });
  const follow = async (): Promise<void> => {
    for (const { signal } = keyboard; !signal.aborted;) {
      const pod = client.get(podResource, first.pod.metadata);
      if (!pod || pod.metadata.uid !== first.pod.metadata.uid) return;
      const nowMs = clock.nowMs();
      const logged = followedRun(world, pod, first, nowMs);
      if (!logged) return;
      const lines = linesOfRun(logged, seen.ms, nowMs + 1);
      for (const { text, stream } of lines.slice(seen.lines)) emit(io, stream === 'stderr', isTerminal, `${text}\n`);
      // What is typed may be answered at this same instant.
      Object.assign(seen, { ms: nowMs, lines: lines.filter(({ atMs }) => atMs >= nowMs).length });
      if (logged.endedAtMs !== undefined || !time) return;
      if (typing?.handOn(nowMs)) {
        await keyboard.resume();
        continue;
      }
      const ahead = linesOfRun(logged, nowMs + 1, nowMs + LOOK_AHEAD_MS)[0];
      await waitBeside(keyboard, signal, (news) => time.waitForEvent(ahead?.atMs, news));
    }
    if (!io.signal.aborted) isSignalled = true;
  };
  let isSignalled: boolean;
  do {
    isSignalled = false;
    await (typing ? keyboard.listening(follow) : keyboard.during(follow));
    if (isSignalled) await keyboard.resume();
    const pod = isSignalled && client.get(podResource, first.pod.metadata);
    const run = pod && currentRun(world, pod, name, clock.nowMs());
    if (run) signalProcess(world, run, keyboard.lastSignal.name);
  } while (isSignalled);
  return statusSuccess();
}

/** Waits for something to happen, at the latest until something is typed. */
async function waitBeside(
  keyboard: Keyboard,
  signal: AbortSignal,
  wait: (news: AbortSignal) => Promise<void>,
): Promise<void> {
  const news = new AbortController();
  keyboard.onNews = () => news.abort();
  await wait(AbortSignal.any([signal, news.signal]));
  keyboard.onNews = () => undefined;
  if (news.signal.aborted && !signal.aborted) await keyboard.resume();
}
