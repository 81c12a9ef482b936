// Commands that are part of the shell: they change its variables, its directory, its control flow.
// Called by: sh/interpreter.ts. Must not know: programs of images.
import { FsError } from '../vfs.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { textOf } from './bytes.ts';
import { UnsupportedError, type Tool, type ToolIO, type Wait } from './host.ts';
import { parseScript } from './parser.ts';
import { ExitSignal, LoopSignal, ReturnSignal } from './signals.ts';
import { tools } from './tools.ts';

type Steps = Generator<Wait, number, void>;

function codeOf({ args, shell }: ToolIO): number {
  return args[0] === undefined ? shell.lastStatus : Number(args[0]) & 255;
}

function assign({ args, shell }: ToolIO, each: (name: string) => void): number {
  for (const word of args) {
    if (word.startsWith('-')) continue;
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    if (at >= 0) shell.set(name, word.slice(at + 1));
    each(name);
  }
  return 0;
}

function cd({ args, shell, host, err }: ToolIO): number {
  const target = args[0] === '-' ? (shell.get('OLDPWD') ?? '/') : (args[0] ?? shell.get('HOME') ?? '/');
  const path = shell.path(target);
  const node = host.fs.stat(path);
  if (node?.kind !== 'directory') {
    const why = node ? 'Not a directory' : 'No such file or directory';
    err(
      host.os === 'debian' && shell.name !== 'bash'
        ? `${shell.name}: 1: cd: can't cd to ${target}\n`
        : `${shell.name}: cd: ${target}: ${why}\n`,
    );
    return host.os === 'debian' ? 2 : 1;
  }
  shell.set('OLDPWD', shell.cwd);
  shell.cwd = path;
  return 0;
}

function set({ args, shell, out }: ToolIO): number {
  if (args.length === 0) {
    for (const [name, value] of shell.variables()) out(`${name}='${value}'\n`);
    return 0;
  }
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') {
      shell.positional = args.slice(i + 1);
      return 0;
    }
    if (word === '-o' || word === '+o') {
      const names: Record<string, string> = { errexit: 'e', nounset: 'u', xtrace: 'x', noglob: 'f' };
      const option = names[args[++i] ?? ''] ?? args[i] ?? '';
      if (word === '-o') shell.options.add(option);
      else shell.options.delete(option);
    } else if (/^[-+][a-z]+$/.test(word)) {
      for (const letter of word.slice(1)) {
        if (letter === 'o') shell.options.add(args[++i] ?? '');
        else if (word.startsWith('-')) shell.options.add(letter);
        else shell.options.delete(letter);
      }
    } else {
      shell.positional = args.slice(i);
      return 0;
    }
  }
  return 0;
}

function read({ args, shell }: ToolIO): number {
  const names = args.filter((word) => !word.startsWith('-'));
  const line = shell.streams.input.line();
  const isRaw = args.includes('-r');
  const text = (isRaw ? line : line?.replace(/\\(.)/g, '$1')) ?? '';
  const words = text.trim().split(/\s+/);
  const targets = names.length > 0 ? names : ['REPLY'];
  targets.forEach((name, i) => shell.set(name, i === targets.length - 1 ? words.slice(i).join(' ') : (words[i] ?? '')));
  return line === undefined ? 1 : 0;
}

function* evaluate({ args, shell }: ToolIO): Steps {
  return yield* shell.script(parseScript(args.join(' ')));
}

function* source({ args, shell, host, err }: ToolIO): Steps {
  try {
    const text = textOf(host.fs.read(shell.path(args[0] ?? '')));
    return yield* shell.script(parseScript(text));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    err(`${shell.name}: .: ${args[0]}: not found\n`);
    return 2;
  }
}

function* replaceShell({ args, shell }: ToolIO): Steps {
  if (args.length === 0) return 0;
  throw new ExitSignal(yield* shell.run(args));
}

function* command({ args, shell, host, out }: ToolIO): Steps {
  const [first = '', ...rest] = args;
  if (first === '-v' || first === '-V') {
    const name = rest[0] ?? '';
    if (builtins.has(name) || shell.functions.has(name)) out(`${name}\n`);
    else if (host.hasExecutable(name)) out(`/usr/bin/${name}\n`);
    else return 127;
    return 0;
  }
  return args.length === 0 ? 0 : yield* shell.run(args);
}

function type({ args, shell, host, out, err }: ToolIO): number {
  let status = 0;
  for (const name of args) {
    if (shell.functions.has(name)) out(`${name} is a function\n`);
    else if (builtins.has(name)) out(`${name} is a shell builtin\n`);
    else if (host.hasExecutable(name)) out(`${name} is /usr/bin/${name}\n`);
    else {
      err(`${name}: not found\n`);
      status = 127;
    }
  }
  return status;
}

function trap({ args, shell }: ToolIO): number {
  const [action = '', ...signals] = args;
  for (const signal of signals) {
    const name = signal.replace(/^SIG/, '').replace(/^15$/, 'TERM').replace(/^0$/, 'EXIT').replace(/^2$/, 'INT');
    if (action === '-') shell.traps.delete(name);
    else shell.traps.set(name, action);
  }
  return 0;
}

function* wait(): Steps {
  yield { kind: 'join' };
  return 0;
}

function shift({ args, shell }: ToolIO): number {
  const n = Number(args[0] ?? 1);
  if (n > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(n);
  return 0;
}

function unset({ args, shell }: ToolIO): number {
  for (const name of args) {
    if (name === '-f' || name === '-v') continue;
    shell.unset(name);
    shell.functions.delete(name);
  }
  return 0;
}

export const builtins: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  [':', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  ['cd', cd],
  ['export', (io) => assign(io, (name) => io.shell.exported.add(name))],
  ['readonly', (io) => assign(io, () => undefined)],
  ['local', (io) => assign(io, () => undefined)],
  ['declare', (io) => assign(io, () => undefined)],
  ['unset', unset],
  ['set', set],
  ['shift', shift],
  ['read', read],
  ['eval', evaluate],
  ['.', source],
  ['source', source],
  ['exec', replaceShell],
  ['command', command],
  ['type', type],
  ['trap', trap],
  ['wait', wait],
  ['umask', () => 0],
  ['ulimit', ({ out }) => (out('unlimited\n'), 0)],
  ['let', ({ args, shell }) => (args.map((text) => evaluateArithmetic(text, shell)).at(-1) === 0 ? 1 : 0)],
  ['alias', () => 0],
  [
    'exit',
    (io) => {
      throw new ExitSignal(codeOf(io));
    },
  ],
  [
    'return',
    (io) => {
      throw new ReturnSignal(codeOf(io));
    },
  ],
  [
    'break',
    ({ args }) => {
      throw new LoopSignal('break', Number(args[0] ?? 1));
    },
  ],
  [
    'continue',
    ({ args }) => {
      throw new LoopSignal('continue', Number(args[0] ?? 1));
    },
  ],
  // Part of every shell, and programs as well.
  ...['echo', 'printf', 'test', '[', '[[', 'pwd', 'kill'].map((name): [string, Tool] => [
    name,
    (io) => {
      const tool = tools.get(name);
      if (!tool) throw new UnsupportedError(name);
      return tool(io);
    },
  ]),
]);
