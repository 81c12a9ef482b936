// Programs that print or pass on text: echo, printf, cat, head, tail, wc, seq, tee.
// Called by: sh/tools.ts. Must not know: the shell's grammar.
import { FsError } from '../vfs.ts';
import { bytesOf, textOf } from './bytes.ts';
import { UnsupportedError, type Tool, type ToolIO, type Wait } from './host.ts';
import { parseOptions } from './options.ts';

/** Says that a file cannot be read, in busybox' or GNU's words. */
export function complain(io: ToolIO, path: string, error: unknown, verb = 'open'): void {
  if (!(error instanceof FsError)) throw error;
  const isGnu = io.host.os === 'debian';
  io.err(
    isGnu
      ? `${io.name}: ${gnuSubject(io.name, path)}: ${error.message}\n`
      : `${io.name}: can't ${verb} '${path}': ${error.message}\n`,
  );
}

function gnuSubject(name: string, path: string): string {
  if (name === 'head' || name === 'tail') return `cannot open '${path}' for reading`;
  if (name === 'ls') return `cannot access '${path}'`;
  return path;
}

/** Returns the texts of the files named, or of the input; a file that cannot be read is complained about. */
export function readInputs(
  io: ToolIO,
  paths: readonly string[],
  isEnough?: (text: string) => boolean,
): { texts: { name: string; text: string }[]; status: number } {
  if (paths.length === 0) return { texts: [{ name: '-', text: io.input(isEnough) }], status: 0 };
  const texts: { name: string; text: string }[] = [];
  let status = 0;
  for (const path of paths) {
    try {
      const text = path === '-' ? io.input() : textOf(readFile(io, path));
      texts.push({ name: path, text });
    } catch (error) {
      complain(io, path, error);
      status = 1;
    }
  }
  return { texts, status };
}

function readFile(io: ToolIO, path: string): Uint8Array {
  const full = io.shell.path(path);
  return full === '/dev/null' ? new Uint8Array() : io.host.fs.read(full);
}

/** Returns the lines of a text, without an empty one at the end. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** Replaces backslash escapes as printf and echo -e do. */
export function unescape(text: string): string {
  return text.replace(/\\(x[\da-fA-F]{1,2}|0?[0-7]{1,3}|.)/gs, (whole, code: string) => {
    if (/^x[\da-fA-F]/.test(code)) return textOf(Uint8Array.of(Number.parseInt(code.slice(1), 16)));
    if (/^[0-7]/.test(code)) return textOf(Uint8Array.of(Number.parseInt(code, 8)));
    return ESCAPES[code] ?? whole;
  });
}

/** dash's echo knows -n and always unescapes; busybox' and bash's know -e. */
const echo: Tool = ({ args, out, host, shell }) => {
  const isDash = host.os === 'debian' && shell.name === 'sh';
  let words = [...args];
  let hasNewline = true;
  let unescapes = isDash;
  while (words[0] !== undefined && (isDash ? words[0] === '-n' : /^-[neE]+$/.test(words[0]))) {
    const option = words[0];
    if (option.includes('n')) hasNewline = false;
    if (option.includes('e')) unescapes = true;
    words = words.slice(1);
  }
  const text = words.join(' ');
  out(`${unescapes ? unescape(text.replace(/\\c[\s\S]*/, '')) : text}${hasNewline ? '\n' : ''}`);
  return 0;
};

const printf: Tool = ({ args, out }) => {
  const [format = '', ...values] = args;
  let rest = values;
  let result = '';
  do {
    const before = rest.length;
    result += unescape(format).replace(
      /%(?:%|(-?0?)(\d*)(?:\.(\d+))?([sdiuxXcbfoq]))/g,
      (_whole, flag: string, width: string, precision: string | undefined, kind: string | undefined) => {
        if (kind === undefined) return '%';
        const [value = '', ...others] = rest;
        rest = others;
        return pad(formatOne(kind, value, precision), Number(width || 0), flag);
      },
    );
    if (rest.length === before) break;
  } while (rest.length > 0);
  out(result);
  return 0;
};

function formatOne(kind: string, value: string, precision: string | undefined): string {
  switch (kind) {
    case 's':
      return precision === undefined ? value : value.slice(0, Number(precision));
    case 'b':
      return unescape(value);
    case 'q':
      return `'${value}'`;
    case 'c':
      return value.slice(0, 1);
    case 'f':
      return (Number(value) || 0).toFixed(Number(precision ?? 6));
    case 'x':
      return (Math.trunc(Number(value)) || 0).toString(16);
    case 'X':
      return (Math.trunc(Number(value)) || 0).toString(16).toUpperCase();
    case 'o':
      return (Math.trunc(Number(value)) || 0).toString(8);
    default:
      return String(Math.trunc(Number(value)) || 0);
  }
}

function pad(text: string, width: number, flag: string): string {
  if (flag.startsWith('-')) return text.padEnd(width);
  return text.padStart(width, flag === '0' ? '0' : ' ');
}

const cat: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'nAvetuE' });
  if (operands.length === 0 && !has('n')) return passOn(io);
  const { texts, status } = readInputs(io, operands);
  let number = 0;
  for (const { text } of texts)
    io.out(
      has('n')
        ? linesOf(text)
            .map((line) => `${String(++number).padStart(6)}\t${line}\n`)
            .join('')
        : text,
    );
  return status;
};

/** What comes goes on at once. */
function passOn({ shell, out }: ToolIO): number {
  for (;;) {
    const text = shell.streams.input.some();
    if (text === undefined) return 0;
    out(text);
  }
}

/** -5 is -n 5. */
function countArgs(args: readonly string[]): string[] {
  return args.flatMap((word) => (/^-\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
}

const head: Tool = (io) => {
  const options = parseOptions(countArgs(io.args), { flags: 'qv', valued: 'nc', long: { lines: 'n', bytes: 'c' } });
  const count = Number(options.value('n') ?? 10);
  const bytes = options.value('c');
  const isEnough = (text: string): boolean =>
    bytes === undefined ? count >= 0 && text.split('\n').length > count : text.length >= Number(bytes);
  const { texts, status } = readInputs(io, options.operands, isEnough);
  texts.forEach(({ name, text }, i) => {
    if (texts.length > 1 && !options.has('q')) io.out(`${i > 0 ? '\n' : ''}==> ${name} <==\n`);
    if (bytes !== undefined) io.out(text.slice(0, Number(bytes)));
    else {
      const lines = linesOf(text);
      io.out((count < 0 ? lines.slice(0, count) : lines.slice(0, count)).map((line) => `${line}\n`).join(''));
    }
  });
  return status;
};

const tail: Tool = (io) => {
  const options = parseOptions(countArgs(io.args), {
    flags: 'fFqv',
    valued: 'ncs',
    long: { lines: 'n', follow: 'f', bytes: 'c' },
  });
  if (options.has('f') || options.has('F')) return follow(io, options.operands, options.value('n') ?? '10');
  const { texts, status } = readInputs(io, options.operands);
  for (const { text } of texts) {
    const bytes = options.value('c');
    io.out(bytes === undefined ? lastLines(text, options.value('n') ?? '10') : text.slice(-Number(bytes)));
  }
  return status;
};

function lastLines(text: string, count: string): string {
  const lines = linesOf(text);
  const chosen = count.startsWith('+')
    ? lines.slice(Number(count) - 1)
    : Number(count) === 0
      ? []
      : lines.slice(-Number(count));
  return chosen.map((line) => `${line}\n`).join('');
}

/** Looks again each second; files that cannot change (devices) are waited on for ever. */
function* follow(io: ToolIO, paths: readonly string[], count: string): Generator<Wait, number, void> {
  const full = paths.map((path) => io.shell.path(path));
  const files = full.filter((path) => !path.startsWith('/dev/') && !path.startsWith('/proc/'));
  const seen = new Map<string, number>();
  for (const path of files) {
    const node = io.host.fs.stat(path);
    if (!node) {
      complain(io, path, new FsError('ENOENT'));
      continue;
    }
    const text = textOf(node.bytes);
    io.out(lastLines(text, count));
    seen.set(path, text.length);
  }
  if (full.length > 0 && files.length > 0 && seen.size === 0 && !io.args.includes('-F')) return 1;
  while (files.length > 0) {
    yield { kind: 'until', atMs: io.host.nowMs() + 1000 };
    for (const path of files) {
      const text = textOf(io.host.fs.stat(path)?.bytes ?? new Uint8Array());
      const at = seen.get(path) ?? 0;
      if (text.length === at) continue;
      io.out(text.slice(text.length < at ? 0 : at));
      seen.set(path, text.length);
    }
  }
  yield { kind: 'forever' };
  return 0;
}

const wc: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'lwcm' });
  const { texts, status } = readInputs(io, operands);
  const all = !has('l') && !has('w') && !has('c') && !has('m');
  for (const { name, text } of texts) {
    const counts = [
      ...(all || has('l') ? [text.split('\n').length - 1] : []),
      ...(all || has('w') ? [text.split(/\s+/).filter(Boolean).length] : []),
      ...(all || has('c') || has('m') ? [bytesOf(text).length] : []),
    ];
    const numbers = counts.length === 1 ? String(counts[0]) : counts.map((n) => String(n).padStart(9)).join(' ');
    io.out(`${numbers}${name === '-' ? '' : ` ${name}`}\n`);
  }
  return status;
};

const seq: Tool = ({ args, out }) => {
  const { operands, value } = parseOptions(
    args.map((w) => (/^-\d/.test(w) ? ` ${w}` : w)),
    { valued: 's', flags: 'w' },
  );
  const numbers = operands.map(Number);
  const [first = 1, step = 1, last = 1] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  const found: string[] = [];
  for (let n = first; step > 0 ? n <= last : n >= last; n += step || 1) {
    found.push(String(n));
    if (found.length > 1_000_000) throw new UnsupportedError('seq');
  }
  if (found.length > 0) out(`${found.join(value('s') ?? '\n')}\n`);
  return 0;
};

const tee: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'ai' });
  const text = io.input();
  io.out(text);
  for (const path of operands) {
    const bytes = bytesOf(text);
    if (has('a')) io.host.fs.append(io.shell.path(path), bytes);
    else io.host.fs.write(io.shell.path(path), bytes);
  }
  return 0;
};

const yes: Tool = ({ args, out }) => {
  const line = `${args.length > 0 ? args.join(' ') : 'y'}\n`;
  // Its reader closes the pipe long before.
  for (;;) out(line.repeat(1024));
};

export const textTools: Readonly<Record<string, Tool>> = { echo, printf, cat, head, tail, wc, seq, tee, yes };
