// Runs the scripts of a pod in simulated time, all of them in the order of their instants.
// Called by: simulation.ts, probes, hooks. Must not know: files, pods.
import type { LogLine } from '../images/image.ts';
import { UnsupportedError, type Wait } from './sh/host.ts';
import type { Input } from './sh/streams.ts';

type Steps = Generator<Wait, number, void>;

/** A line of a loop that repeats itself; such lines are only kept for a while. */
export interface ScriptLine extends LogLine {
  /** Length of a round of the loop it came from; 0 for others. */
  periodMs: number;
}

interface Task {
  steps: Steps;
  wakeMs: number;
  process: ScriptProcess;
  isMain: boolean;
  isJoining: boolean;
  /** Waits for what comes on the input. */
  isReading: boolean;
}

/** A script that is the process of a container. */
export interface ScriptProcess {
  lines: ScriptLine[];
  exit?: { atMs: number; exitCode: number };
  /** Set once the script has become the image's server. */
  server?: { command: readonly string[]; sinceMs: number };
  /** Whether it is in a loop that repeats itself. */
  isSteady?(): boolean;
  /** What the process reads. */
  input?: Input;
  /** It runs without ever waiting. */
  isBusy?: boolean;
  /** When it asked whom ('host:port') over HTTP: the last calls. */
  calls?: Map<string, number[]>;
}

const MAX_STEPS = 2_000_000;
/** How much of a repeating loop's output is kept: this many rounds, but no less and no more than these times. */
const KEPT_ROUNDS = 1000;
const MIN_KEPT_MS = 20_000;
const MAX_KEPT_MS = 7_200_000;

/** Returns for how long the output of a loop with rounds of that length is kept. */
export function keptMs(periodMs: number): number {
  return Math.min(Math.max(periodMs * KEPT_ROUNDS, MIN_KEPT_MS), MAX_KEPT_MS);
}

export class Scheduler {
  nowMs: number;
  /** Told when a process ends or becomes a server. */
  onChange: (() => void) | undefined;
  #targetMs: number;
  #changedMs = Number.NEGATIVE_INFINITY;
  #tasks: Task[] = [];
  #steps = 0;

  readonly #keeps: boolean;

  /** With `keeps`, the output of the last rounds of repeating loops is there at the instant aimed at. */
  constructor(nowMs: number, keeps = true) {
    this.nowMs = nowMs;
    this.#keeps = keeps;
    this.#targetMs = nowMs;
  }

  /** Starts a script at an instant. `begin` gets the process to write lines to. */
  start(atMs: number, begin: (process: ScriptProcess) => Steps): ScriptProcess {
    const process: ScriptProcess = { lines: [] };
    this.#tasks.push({
      steps: begin(process),
      wakeMs: atMs,
      process,
      isMain: true,
      isJoining: false,
      isReading: false,
    });
    return process;
  }

  /** Starts a command beside a process: it ends with the process. */
  spawn(process: ScriptProcess, begin: () => Steps): void {
    this.#tasks.push({
      steps: begin(),
      wakeMs: this.nowMs,
      process,
      isMain: false,
      isJoining: false,
      isReading: false,
    });
  }

  /** Whole rounds of a loop that can be passed over on the way to the instant aimed at. */
  skippable(periodMs: number): number {
    const others = this.#tasks.filter((task) => task.isMain && task.wakeMs !== Number.POSITIVE_INFINITY);
    // Another script may change what this one sees.
    if (others.length > 1) return 0;
    // The round that is over began before something changed: only the next one tells whether it goes on so.
    if (this.nowMs - periodMs <= this.#changedMs) return 0;
    const untilMs = this.#targetMs - (this.#keeps ? keptMs(periodMs) : 0) - 2 * periodMs;
    return Math.max(0, Math.floor((untilMs - this.nowMs) / periodMs));
  }

  /** Something came on a process's input. */
  wake(process: ScriptProcess): void {
    for (const task of this.#tasks) if (task.process === process && task.isReading) task.wakeMs = this.nowMs;
  }

  /** Something that scripts see became otherwise now. */
  noteChange(): void {
    this.#changedMs = this.nowMs;
  }

  /** Whether nothing new will come: every script waits for ever or repeats itself. */
  isSettled(): boolean {
    return this.#tasks.every((task) => task.wakeMs === Number.POSITIVE_INFINITY || task.process.isSteady?.());
  }

  /** Runs everything up to and including an instant. Time never goes back. */
  advanceTo(ms: number): void {
    if (ms < this.nowMs) return;
    this.#targetMs = ms;
    for (;;) {
      let next: Task | undefined;
      for (const task of this.#tasks) if (task.wakeMs <= ms && (!next || task.wakeMs < next.wakeMs)) next = task;
      if (!next) break;
      this.nowMs = Math.max(this.nowMs, next.wakeMs);
      this.#step(next);
    }
    this.nowMs = ms;
  }

  #step(task: Task): void {
    if (++this.#steps > MAX_STEPS) {
      task.wakeMs = Number.POSITIVE_INFINITY;
      return;
    }
    let result: IteratorResult<Wait, number>;
    try {
      result = task.steps.next();
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      const text = `${error.message}: not available in this simulation`;
      task.process.lines.push({ atMs: this.nowMs, stream: 'stderr', text, periodMs: 0 });
      this.#end(task, 1);
      return;
    }
    if (result.done) {
      this.#end(task, result.value);
      return;
    }
    const wait = result.value;
    task.isReading = wait.kind === 'input';
    task.process.isBusy = wait.kind === 'until' && (wait.isBusy ?? false);
    if (wait.kind === 'until') task.wakeMs = Math.max(wait.atMs, this.nowMs);
    else if (wait.kind === 'join') {
      task.isJoining = true;
      task.wakeMs = this.#hasJobs(task.process) ? Number.POSITIVE_INFINITY : this.nowMs;
    } else {
      task.wakeMs = Number.POSITIVE_INFINITY;
      if (wait.kind === 'server') {
        task.process.server = { command: wait.command, sinceMs: this.nowMs };
        this.onChange?.();
      }
    }
  }

  #hasJobs(process: ScriptProcess): boolean {
    return this.#tasks.some((task) => task.process === process && !task.isMain);
  }

  #end(task: Task, exitCode: number): void {
    this.#tasks = this.#tasks.filter((other) => other !== task && !(task.isMain && other.process === task.process));
    if (task.isMain) {
      task.process.exit = { atMs: this.nowMs, exitCode };
      this.onChange?.();
      return;
    }
    if (this.#hasJobs(task.process)) return;
    for (const other of this.#tasks) if (other.process === task.process && other.isJoining) other.wakeMs = this.nowMs;
  }
}
