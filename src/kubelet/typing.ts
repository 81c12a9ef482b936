// What is typed to the process of a container that reads its input: kept in the record, so that it is read again on replay.
// Called by: attach.ts. Must not know: how clients are connected, what the process does.
import type { StreamIO } from '../apiserver/types.ts';
import type { ConnectorWorld } from './connector.ts';
import type { Keyboard } from './keyboard.ts';
import { editRun } from './podrecord.ts';
import { bytesOf } from './sh/bytes.ts';
import { simulationOf } from './simulation.ts';
import { Decoder, TerminalLines } from './terminal.ts';
import { keyOfRun, type ContainerRun } from './view.ts';

interface Typing {
  /** Gives the process what was typed, at an instant. Returns whether there was something. */
  handOn(atMs: number): boolean;
}

/** Returns the way to the process's input, undefined when it has none. */
export function typingTo(
  world: ConnectorWorld,
  run: ContainerRun,
  { keyboard, io, isTerminal }: { keyboard: Keyboard; io: StreamIO; isTerminal: boolean },
): Typing | undefined {
  if (!io.readStdin || !run.container.stdin || !simulationOf(run).process(run.container.name)) return undefined;
  const decoder = new Decoder();
  const lines = isTerminal ? new TerminalLines((text) => io.writeStdout(bytesOf(text))) : undefined;
  let hasEnded = false;
  const next = (): { text: string; isEnd: boolean } => {
    const { bytes, isEnded } = keyboard.taken();
    const keys = decoder.text(bytes) + (isEnded ? decoder.end() : '');
    const { text, isEnd } = lines?.take(keys) ?? { text: keys, isEnd: false };
    // A client that goes ends the input of a process that is to have only one.
    return { text, isEnd: isEnd || (isEnded && (run.container.stdinOnce ?? false)) };
  };
  return {
    handOn(atMs) {
      if (hasEnded) return false;
      const { text, isEnd } = next();
      if (text === '' && !isEnd) return false;
      hasEnded = isEnd;
      editRun(world.client.internal, keyOfRun(run), (record) => {
        const typed = [...(text === '' ? [] : [{ atMs, text }]), ...(isEnd ? [{ atMs }] : [])];
        record.input = [...(record.input ?? []), ...typed];
      });
      return true;
    },
  };
}
