// Runs a parsed script step by step: it yields when it waits, so that simulated time decides when it goes on.
// Called by: kubelet/script.ts, probes, hooks, exec. Must not know: pods, the clock's mover.
import { FsError } from '../vfs.ts';
import type { AndOr, Command, Pipeline, Script, SimpleCommand } from './ast.ts';
import { ArithmeticError } from './arithmetic.ts';
import { builtins } from './builtins.ts';
import { textOf } from './bytes.ts';
import { expandToPattern, expandToString, expandWords } from './expansion.ts';
import { patternToRegExp } from './glob.ts';
import { UnsupportedError, type ToolIO, type Wait } from './host.ts';
import { parseScript, ShellSyntaxError } from './parser.ts';
import { redirected } from './redirects.ts';
import { busyboxWords, ExitSignal, LoopSignal, ReturnSignal, ShellError } from './signals.ts';
import { ShellState, type StateOptions } from './state.ts';
import { Input, limited, PipeClosed, type Streams } from './streams.ts';
import { runTool, tools } from './tools.ts';

type Steps = Generator<Wait, number, void>;

export interface InterpreterOptions extends StateOptions {
  /** How many periods of a loop that changes nothing may be passed over at once. */
  skippable?(periodMs: number): number;
  /** Whether there is a larger shell for what this one cannot read: bash's arrays and the like. */
  leavesUnknown?: boolean;
  /** Starts a command beside this one: `&`. */
  spawn?(task: () => Steps): void;
}

/** Rounds of loops without waiting; beyond, the script counts as busy and a second passes. */
const BUSY_ROUNDS = 3000;
const BUSY_MS = 1000;
/** After this many rounds alike a loop is taken to go on so. */
const STEADY_ROUNDS = 3;
const MAX_DEPTH = 200;

interface Pace {
  steadyPeriodMs: number;
  /** Rounds of loops at one instant. */
  rounds: number;
  roundsAtMs: number;
}

export class Interpreter extends ShellState {
  readonly #options: InterpreterOptions;
  /** Shared by a shell and its subshells. */
  readonly #pace: Pace;
  #depth: number;

  constructor(options: InterpreterOptions, parent?: Interpreter) {
    super(options, parent);
    this.#options = options;
    this.#depth = parent ? parent.#depth : 0;
    this.#pace = parent ? parent.#pace : { steadyPeriodMs: 0, rounds: 0, roundsAtMs: 0 };
  }

  /** Length of a round of the endless loop that the script is in, once it repeats itself; 0 otherwise. */
  get steadyPeriodMs(): number {
    return this.#pace.steadyPeriodMs;
  }

  /** Returns a shell like this one that keeps its changes to itself. */
  subshell(streams: Streams = this.streams): Interpreter {
    return new Interpreter({ ...this.#options, cwd: this.cwd, streams, positional: this.positional }, this);
  }

  /** Runs a whole program: its errors are printed, `exit` gives its code, a trap for EXIT comes last. */
  *program(text: string): Steps {
    let code: number;
    try {
      code = yield* this.script(parseScript(text));
    } catch (error) {
      code = this.#codeOf(error);
    }
    const atExit = this.traps.get('EXIT');
    this.traps.delete('EXIT');
    if (atExit) yield* this.program(atExit);
    return code;
  }

  /** Runs a program without a shell around it. */
  *command(words: readonly string[]): Steps {
    return yield* this.#attempt(this.run(words));
  }

  #codeOf(error: unknown): number {
    if (error instanceof ShellSyntaxError && this.#options.leavesUnknown && this.name === 'bash')
      throw new UnsupportedError(error.message);
    if (error instanceof ExitSignal || error instanceof ReturnSignal) return error.code;
    if (error instanceof LoopSignal) return 0;
    const isDebian = this.host.os === 'debian';
    const head = `${this.name}: ${isDebian ? '1: ' : ''}`;
    if (error instanceof ShellSyntaxError) {
      this.streams.err(`${head}${isDebian ? `Syntax error: ${error.message}` : busyboxWords(error.message)}\n`);
      return 2;
    }
    if (error instanceof ShellError || error instanceof ArithmeticError) {
      this.streams.err(`${head}${error.message}\n`);
      return error instanceof ShellError ? error.code : 2;
    }
    throw error;
  }

  *script({ items }: Script): Steps {
    for (const item of items) {
      if (item.isBackground) this.#background(item);
      else this.lastStatus = yield* this.#andOr(item);
    }
    return this.lastStatus;
  }

  #background(item: AndOr): void {
    const shell = this.subshell();
    this.#options.spawn?.(() => shell.#attempt(shell.#andOr(item)));
    this.lastStatus = 0;
  }

  *#andOr({ first, rest }: AndOr): Steps {
    let status = yield* this.#pipeline(first, rest.length > 0);
    for (const [i, { operator, pipeline }] of rest.entries()) {
      if ((operator === '&&') !== (status === 0)) continue;
      this.lastStatus = status;
      status = yield* this.#pipeline(pipeline, i < rest.length - 1);
    }
    return status;
  }

  *#pipeline({ commands, isNegated }: Pipeline, isCondition: boolean): Steps {
    let status: number;
    if (commands.length === 1 && commands[0]) status = yield* this.#compound(commands[0]);
    else status = yield* this.#pipe(commands);
    if (isNegated) return status === 0 ? 1 : 0;
    if (status !== 0 && this.options.has('e') && !isCondition && this.#conditions === 0) throw new ExitSignal(status);
    return status;
  }

  /** Set while a condition is evaluated: `set -e` does not look at it. */
  #conditions = 0;

  /** One command after the other, the output of each kept for the next. */
  *#pipe(commands: readonly Command[]): Steps {
    let input = this.streams.input;
    let status = 0;
    const statuses: number[] = [];
    for (const [i, command] of commands.entries()) {
      let text = '';
      const isLast = i === commands.length - 1;
      const out = isLast ? this.streams.out : (more: string): void => void (text += limited(text, more));
      const shell = this.subshell({ ...this.streams, input, out });
      status = yield* shell.#attempt(shell.#compound(command));
      statuses.push(status);
      input = new Input(text);
    }
    return this.options.has('pipefail') ? (statuses.findLast((code) => code !== 0) ?? 0) : status;
  }

  /** Runs steps whose errors end only them. */
  *#attempt(steps: Steps): Steps {
    try {
      return yield* steps;
    } catch (error) {
      return error instanceof PipeClosed ? 141 : this.#codeOf(error);
    }
  }

  /** Returns the standard output of a script run in a subshell: `$(…)`. */
  *capture(script: Script): Generator<Wait, string, void> {
    let text = '';
    const shell = this.subshell({ ...this.streams, out: (more) => void (text += limited(text, more)) });
    try {
      this.lastStatus = yield* shell.script(script);
    } catch (error) {
      this.lastStatus = shell.#codeOf(error);
    }
    return text;
  }

  *#compound(command: Command): Steps {
    if (command.type === 'simple') return yield* this.#simple(command);
    if (command.type === 'function') {
      this.functions.set(command.name, command.body);
      return 0;
    }
    const saved = this.streams;
    try {
      if (command.redirects.length > 0) this.streams = yield* redirected(this, command.redirects);
      switch (command.type) {
        case 'group':
          return command.isSubshell ? yield* this.#inSubshell(command.body) : yield* this.script(command.body);
        case 'if':
          return yield* this.#if(command);
        case 'loop':
          return yield* this.#loop(command);
        case 'for':
          return yield* this.#for(command);
        default:
          return yield* this.#case(command);
      }
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.streams.err(`${this.name}: ${error.message}\n`);
      return 1;
    } finally {
      this.streams = saved;
    }
  }

  *#inSubshell(script: Script): Steps {
    const shell = this.subshell();
    return yield* shell.#attempt(shell.script(script));
  }

  *#condition(script: Script): Generator<Wait, boolean, void> {
    this.#conditions += 1;
    try {
      return (yield* this.script(script)) === 0;
    } finally {
      this.#conditions -= 1;
    }
  }

  *#if({ branches, otherwise }: Extract<Command, { type: 'if' }>): Steps {
    for (const { condition, body } of branches) if (yield* this.#condition(condition)) return yield* this.script(body);
    return otherwise ? yield* this.script(otherwise) : 0;
  }

  *#loop({ isUntil, condition, body }: Extract<Command, { type: 'loop' }>): Steps {
    let status = 0;
    let steady = 0;
    let periodMs = -1;
    for (;;) {
      const startMs = this.host.nowMs();
      const before = this.fingerprint();
      if ((yield* this.#condition(condition)) === isUntil) break;
      const turn = yield* this.#turn(body);
      if (turn === 'break') break;
      status = this.lastStatus;
      const tookMs = this.host.nowMs() - startMs;
      const isAlike = before === this.fingerprint() && tookMs === periodMs && tookMs > 0;
      steady = isAlike ? steady + 1 : 0;
      periodMs = tookMs;
      yield* this.#breathe();
      if (steady < STEADY_ROUNDS) continue;
      this.#pace.steadyPeriodMs = periodMs;
      const rounds = this.#options.skippable?.(periodMs) ?? 0;
      if (rounds > 0) yield { kind: 'until', atMs: this.host.nowMs() + rounds * periodMs };
    }
    this.#pace.steadyPeriodMs = 0;
    return status;
  }

  /** One round of a loop. */
  *#turn(body: Script): Generator<Wait, 'next' | 'break', void> {
    try {
      yield* this.script(body);
    } catch (error) {
      if (!(error instanceof LoopSignal)) throw error;
      if (--error.levels > 0) throw error;
      return error.kind === 'break' ? 'break' : 'next';
    }
    return 'next';
  }

  *#for({ name, words, body }: Extract<Command, { type: 'for' }>): Steps {
    const values = words ? yield* expandWords(this, words) : [...this.positional];
    this.lastStatus = 0;
    for (const value of values) {
      this.set(name, value);
      yield* this.#breathe();
      if ((yield* this.#turn(body)) === 'break') break;
    }
    return this.lastStatus;
  }

  *#case({ word, branches }: Extract<Command, { type: 'case' }>): Steps {
    const value = yield* expandToString(this, word);
    for (const { patterns, body } of branches) {
      for (const pattern of patterns)
        if (patternToRegExp(yield* expandToPattern(this, pattern)).test(value)) return yield* this.script(body);
    }
    return 0;
  }

  /** A script that never waits would stop the world: after many commands a second passes. */
  *#breathe(): Generator<Wait, void, void> {
    const pace = this.#pace;
    const nowMs = this.host.nowMs();
    pace.rounds = pace.roundsAtMs === nowMs ? pace.rounds + 1 : 0;
    pace.roundsAtMs = nowMs;
    if (pace.rounds < BUSY_ROUNDS) return;
    yield { kind: 'until', atMs: nowMs + BUSY_MS, isBusy: true };
  }

  *#simple({ assignments, words, redirects }: SimpleCommand): Steps {
    const fields = yield* expandWords(this, words);
    const saved = this.streams;
    const before: ReturnType<ShellState['saved']>[] = [];
    try {
      if (redirects.length > 0) this.streams = yield* redirected(this, redirects);
      for (const { name, value } of assignments) {
        const text = yield* expandToString(this, value);
        if (fields.length > 0) {
          before.push(this.saved(name));
          this.exported.add(name);
        }
        this.set(name, text);
      }
      if (fields.length === 0)
        return words.length > 0 || assignments.length > 0 ? this.#statusOfAssignment(assignments) : 0;
      if (this.options.has('x')) this.streams.err(`+ ${fields.join(' ')}\n`);
      return yield* this.run(fields);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.streams.err(`${this.name}: ${error.message}\n`);
      return 1;
    } finally {
      this.streams = saved;
      for (const saved of before) this.restore(saved);
    }
  }

  /** `x=$(false)` has the status of the substitution. */
  #statusOfAssignment(assignments: SimpleCommand['assignments']): number {
    const substitutes = assignments.some(({ value }) => value.parts.some((part) => part.type === 'command'));
    return substitutes ? this.lastStatus : 0;
  }

  /** Runs one command by its words: a function, a builtin, a program of the image. */
  *run(words: readonly string[]): Steps {
    const [name = '', ...args] = words;
    const body = this.functions.get(name);
    if (body) return yield* this.#call(body, args);
    const base = name.slice(name.lastIndexOf('/') + 1);
    const io: ToolIO = {
      args,
      name: base,
      input: (isEnough) => this.streams.input.rest(isEnough),
      out: this.streams.out,
      err: this.streams.err,
      shell: this,
      host: this.host,
    };
    const builtin = name.includes('/') ? undefined : builtins.get(name);
    const tool = builtin ?? (this.host.hasExecutable(base) ? tools.get(base) : undefined);
    if (!tool) return yield* this.#foreign(words, base);
    return yield* runTool(tool, io);
  }

  /** A server of the image, a script of the file system, or nothing that is there. */
  *#foreign(words: readonly string[], base: string): Steps {
    const name = words[0] ?? '';
    const answer = this.host.hasExecutable(base) ? this.host.answer?.([base, ...words.slice(1)]) : undefined;
    if (answer) {
      this.streams.out(answer.stdout ?? '');
      this.streams.err(answer.stderr ?? '');
      return answer.exitCode;
    }
    if (this.host.isServer(base)) {
      yield { kind: 'server', command: words };
      return 0;
    }
    if (name.includes('/')) {
      const node = this.host.fs.stat(this.path(name));
      if (node?.kind === 'file' && node.bytes.length > 0) {
        const shell = this.subshell();
        shell.positional = words.slice(1);
        return yield* shell.program(textOf(node.bytes));
      }
    }
    if (this.host.hasExecutable(base)) throw new UnsupportedError(base);
    const isDebian = this.host.os === 'debian';
    const missing = name.includes('/') ? 'No such file or directory' : 'not found';
    this.streams.err(
      this.name === 'bash'
        ? `bash: line 1: ${name}: ${name.includes('/') ? missing : 'command not found'}\n`
        : `${this.name}: ${isDebian ? '1: ' : ''}${name}: not found\n`,
    );
    return 127;
  }

  *#call(body: Command, args: readonly string[]): Steps {
    const saved = this.positional;
    this.positional = [...args];
    if (++this.#depth > MAX_DEPTH) throw new ShellError('too many nested function calls', 2);
    try {
      return yield* this.#compound(body);
    } catch (error) {
      if (error instanceof ReturnSignal) return error.code;
      throw error;
    } finally {
      this.#depth -= 1;
      this.positional = saved;
    }
  }
}
