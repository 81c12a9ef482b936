// The program of a container whose manifest gives commands, as the rest of the kubelet asks for it.
// Called by: process.ts. Must not know: a pod's stages.
import type { ContainerView, Program } from '../images/image.ts';
import { wobble } from '../images/programs.ts';
import { parseScript } from './sh/parser.ts';
import { foresee } from './foresight.ts';
import { keptMs, type ScriptProcess } from './scheduler.ts';
import { simulationOf } from './simulation.ts';
import { imageOf, mainCommand, type ContainerRun } from './view.ts';

const MIB = 1024 * 1024;

/** Returns the program; it is brought forward to the instants at which it is asked. */
export function scriptProgram(run: ContainerRun, view: ContainerView): Program {
  const at = (nowMs: number): ScriptProcess | undefined => simulationOf({ ...run, nowMs }).process(run.container.name);
  const serverOf = (process: ScriptProcess | undefined): Program | undefined => {
    if (!process?.server) return undefined;
    const startedAtMs = process.server.sinceMs;
    return imageOf(run).program({ ...view, command: process.server.command, startedAtMs });
  };
  const stop = (): { afterMs: number; exitCode: number } | undefined =>
    serverOf(at(run.nowMs))?.stop?.() ?? trapEnding(mainCommand(view.command, imageOf(run)));
  return {
    logs(fromMs, toMs) {
      const process = at(Math.max(toMs - 1, run.startedAtMs));
      const lines = (process?.lines ?? []).filter(
        ({ atMs, periodMs }) => atMs >= fromMs && atMs < toMs && (periodMs === 0 || atMs >= toMs - keptMs(periodMs)),
      );
      const started = serverOf(process)?.logs(fromMs, toMs) ?? [];
      return [...lines.map(({ atMs, stream, text }) => ({ atMs, stream, text })), ...started];
    },
    exit: () => foresee(run).exit,
    foreseen: () => foresee(run),
    listens: () => serverOf(at(run.nowMs))?.listens() ?? [],
    handle: (request, port, nowMs) => serverOf(at(nowMs))?.handle?.(request, port, nowMs),
    accessLog: (request, response, nowMs) => serverOf(at(nowMs))?.accessLog?.(request, response, nowMs) ?? [],
    usage(atMs) {
      const process = at(atMs);
      const server = serverOf(process);
      if (server) return server.usage(atMs);
      return wobble(view, atMs, { cpuMilli: process?.isBusy ? 1000 : 0.5, memoryBytes: MIB });
    },
    // Process 1 has no default action for SIGTERM: only a server, or a shell with a trap, ends by it.
    get stop() {
      const ending = stop();
      return ending ? () => ending : undefined;
    },
  } as Program;
}

/** A shell that traps SIGTERM with an `exit` ends within a second; its code is the one it gives. */
function trapEnding(command: readonly string[]): { afterMs: number; exitCode: number } | undefined {
  const text = command.find((word) => /\btrap\b/.test(word));
  if (text === undefined) return undefined;
  const handler = /trap\s+(?:'([^']*)'|"([^"]*)"|(\S+))\s+[^\n;]*\b(?:SIG)?TERM\b/.exec(text);
  const action = handler?.[1] ?? handler?.[2] ?? handler?.[3];
  if (action === undefined) return undefined;
  const called = new RegExp(`\\b${action.replace(/\W/g, '')}\\s*\\(\\)\\s*\\{([^}]*)\\}`).exec(text)?.[1] ?? action;
  const exit = /\bexit\b\s*(\d*)/.exec(called);
  return exit && isScriptText(called) ? { afterMs: 500, exitCode: Number(exit[1] || 0) } : undefined;
}

function isScriptText(text: string): boolean {
  try {
    parseScript(text);
    return true;
  } catch {
    return false;
  }
}
