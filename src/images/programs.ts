// What most programs have in common: a server that prints lines when it starts, listens, and stops when told to.
// Called by: image definitions. Must not know: any single image.
import type { ContainerView, LogLine, Program, SimulatedRequest, SimulatedResponse } from './image.ts';

type Lazy<T> = T | (() => T);

export interface ServerOptions {
  container: ContainerView;
  /** Lists that take work to make are given as functions: mostly nobody asks. */
  ports: Lazy<readonly { port: number; protocol: 'http' | 'tcp' }[]>;
  /** From the start of the container to the first accepted connection. Default 0. */
  readyAfterMs?: number;
  /** What it prints when it starts. */
  startLines?: Lazy<readonly StartLine[]>;
  cpuMilli: number;
  memoryBytes: number;
  handle?(request: SimulatedRequest, port: number, nowMs: number): SimulatedResponse | undefined;
  accessLog?(request: SimulatedRequest, response: SimulatedResponse, nowMs: number): readonly LogLine[];
  /** Default: ends at once with 0; null: ignores SIGTERM. */
  stop?: { afterMs: number; exitCode: number } | null;
}

export interface StartLine {
  text: string;
  /** Since the start of the container. Default 0. */
  afterMs?: number;
  stream?: 'stdout' | 'stderr';
}

function force<T extends object>(value: Lazy<T>): T {
  return typeof value === 'function' ? value() : value;
}

/** Returns a program that runs until it is told to stop. */
export function serverProgram(options: ServerOptions): Program {
  const { container, ports, readyAfterMs = 0, startLines = [], cpuMilli, memoryBytes, handle, accessLog } = options;
  const sinceMs = container.startedAtMs + readyAfterMs;
  const { stop = { afterMs: 0, exitCode: 0 } } = options;
  return {
    logs: (fromMs, toMs) => linesBetween(force(startLines), container.startedAtMs, fromMs, toMs),
    exit: () => undefined,
    listens: () => force(ports).map((p) => ({ ...p, sinceMs })),
    usage: (atMs) => wobble(container, atMs, { cpuMilli, memoryBytes }),
    ...(handle ? { handle } : {}),
    ...(accessLog ? { accessLog } : {}),
    ...(stop === null ? {} : { stop: () => stop }),
  };
}

/** Returns a program that prints and ends by itself. */
export function finishedProgram(options: {
  container: ContainerView;
  lines: readonly StartLine[];
  exitCode: number;
  afterMs?: number;
}): Program {
  const { container, lines, exitCode, afterMs = 0 } = options;
  return {
    logs: (fromMs, toMs) => linesBetween(lines, container.startedAtMs, fromMs, toMs),
    exit: () => ({ atMs: container.startedAtMs + afterMs, exitCode }),
    listens: () => [],
    usage: () => ({ cpuMilli: 0, memoryBytes: 0 }),
    stop: () => ({ afterMs: 0, exitCode: 143 }),
  };
}

/** Returns the lines whose instant lies in [fromMs, toMs). */
export function linesBetween(lines: readonly StartLine[], startMs: number, fromMs: number, toMs: number): LogLine[] {
  return lines
    .map(({ text, afterMs = 0, stream = 'stdout' }) => ({ atMs: startMs + afterMs, stream, text }))
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
}

const USAGE_WINDOW_MS = 15_000;

/**
 * Returns a use of resources that moves a little from one metrics window (15 s) to the next, and never by more than a
 * fifth.
 */
export function wobble(
  container: ContainerView,
  atMs: number,
  { cpuMilli, memoryBytes }: { cpuMilli: number; memoryBytes: number },
): { cpuMilli: number; memoryBytes: number } {
  const window = Math.floor(atMs / USAGE_WINDOW_MS);
  const cpu = 0.8 + 0.4 * container.random.fraction(`cpu/${window}`);
  const memory = 0.98 + 0.04 * container.random.fraction(`memory/${window}`);
  return { cpuMilli: Math.max(cpuMilli * cpu, 0), memoryBytes: Math.round(memoryBytes * memory) };
}

/** Returns '2026/11/23 14:23:00', the stamp of Go's log package and of nginx' error log. */
export function slashStamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns '23/Nov/2026:14:23:00 +0000', the stamp of the common log format. */
export function clfStamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** Returns the value of `--name=value` or `--name value` (or -name) among arguments, or undefined. */
export function argument(command: readonly string[], name: string): string | undefined {
  for (const [i, word] of command.entries()) {
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(word);
    if (match?.[1] !== name) continue;
    if (match[2] !== undefined) return match[2];
    const next = command[i + 1];
    return next === undefined || next.startsWith('-') ? 'true' : next;
  }
  return undefined;
}
