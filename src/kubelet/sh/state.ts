// What a shell remembers: variables, functions, options, its directory, and whether anything of it changed.
// Called by: sh/interpreter.ts (extends it), builtins. Must not know: how commands run.
import { normalizePath } from '../vfs.ts';
import type { Command, Word } from './ast.ts';
import type { ShellHost } from './host.ts';
import { parseScript } from './parser.ts';
import type { Streams } from './streams.ts';

export interface StateOptions {
  host: ShellHost;
  env: Readonly<Record<string, string>>;
  cwd: string;
  streams: Streams;
  /** $0. */
  name: string;
  positional?: readonly string[];
}

export class ShellState {
  readonly host: ShellHost;
  readonly options = new Set<string>();
  readonly functions = new Map<string, Command>();
  readonly traps = new Map<string, string>();
  positional: string[];
  cwd: string;
  streams: Streams;
  lastStatus = 0;
  /** $0, and what its messages begin with. */
  name: string;
  readonly #variables: Map<string, string>;
  readonly exported: Set<string>;
  #changes = 0;

  constructor(options: StateOptions, parent?: ShellState) {
    this.host = options.host;
    this.cwd = options.cwd;
    this.streams = options.streams;
    this.name = options.name;
    this.positional = [...(options.positional ?? [])];
    this.#variables = new Map(parent ? parent.#variables : Object.entries(options.env));
    this.exported = new Set(parent ? parent.exported : Object.keys(options.env));
    if (!parent) return;
    for (const option of parent.options) this.options.add(option);
    for (const [name, body] of parent.functions) this.functions.set(name, body);
    this.lastStatus = parent.lastStatus;
  }

  get(name: string): string | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? this.name : this.positional[Number(name) - 1];
    switch (name) {
      case '?':
        return String(this.lastStatus);
      case '#':
        return String(this.positional.length);
      case '$':
        return '1';
      case '!':
        return '7';
      case '-':
        return [...this.options].join('');
      case '@':
      case '*':
        return this.positional.join(' ');
      case 'RANDOM':
        return String(Math.floor(this.host.fraction(`random/${this.host.nowMs()}/${this.#changes++}`) * 32768));
      case 'SECONDS':
        return String(Math.floor(this.host.nowMs() / 1000) % 100_000);
      case 'PWD':
        return this.cwd;
      default:
        return this.#variables.get(name);
    }
  }

  set(name: string, value: string): void {
    if (this.#variables.get(name) === value) return;
    this.#changes += 1;
    this.#variables.set(name, value);
  }

  unset(name: string): void {
    this.#variables.delete(name);
    this.exported.delete(name);
    this.#changes += 1;
  }

  /** Returns what a program started now finds in its environment. */
  environment(): Record<string, string> {
    const env: Record<string, string> = {};
    for (const name of this.exported) env[name] = this.get(name) ?? '';
    return env;
  }

  /** All variables, sorted, for `set`. */
  variables(): [string, string][] {
    return [...this.#variables].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  path(path: string): string {
    return normalizePath(path, this.cwd);
  }

  /** Returns a text of arithmetic as a word, so that its variables and commands are expanded. */
  reparse(text: string): Word {
    const item = parseScript(`x "${text.replaceAll('"', '')}"`).items[0];
    const command = item?.first.commands[0];
    return command?.type === 'simple' ? (command.words[1] ?? { parts: [] }) : { parts: [] };
  }

  /** Returns a text that differs when something that later commands can see has changed. */
  fingerprint(): string {
    return `${this.#changes}/${this.host.fs.changeCount}/${this.cwd}`;
  }

  /** Returns a variable's value and whether it is exported, to be put back by `restore`. */
  saved(name: string): { name: string; value: string | undefined; isExported: boolean } {
    return { name, value: this.#variables.get(name), isExported: this.exported.has(name) };
  }

  restore({ name, value, isExported }: ReturnType<ShellState['saved']>): void {
    if (value === undefined) this.unset(name);
    else this.set(name, value);
    if (!isExported) this.exported.delete(name);
  }
}
