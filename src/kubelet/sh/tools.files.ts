// Programs on files: ls, mkdir, rm, touch, cp, mv, ln, chmod, stat, find, du, basename …
// Called by: sh/tools.ts. Must not know: the shell's grammar.
import { FsError, normalizePath, type VNode } from '../vfs.ts';
import { patternToRegExp } from './glob.ts';
import { UnsupportedError, type Tool, type ToolIO } from './host.ts';
import { parseOptions } from './options.ts';
import { complain } from './tools.text.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Runs an action on each path; a failure is complained about and gives status 1. */
function onEach(
  io: ToolIO,
  paths: readonly string[],
  verb: string,
  action: (full: string, path: string) => void,
): number {
  let status = 0;
  for (const path of paths) {
    try {
      action(io.shell.path(path), path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      io.err(
        io.host.os === 'debian'
          ? `${io.name}: cannot ${verb} '${path}': ${error.message}\n`
          : `${io.name}: can't ${verb} '${path}': ${error.message}\n`,
      );
      status = 1;
    }
  }
  return status;
}

function modeText(node: VNode): string {
  const type = node.kind === 'directory' ? 'd' : node.kind === 'link' ? 'l' : '-';
  const bits = [6, 3, 0].map((shift) => (node.mode >> shift) & 7);
  return type + bits.map((b) => `${b & 4 ? 'r' : '-'}${b & 2 ? 'w' : '-'}${b & 1 ? 'x' : '-'}`).join('');
}

function timeText(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const day = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
  const isRecent = Math.abs(nowMs - ms) < 182 * 86_400_000;
  return `${day} ${isRecent ? date.toISOString().slice(11, 16) : ` ${date.getUTCFullYear()}`}`;
}

function longLine(io: ToolIO, path: string, name: string): string {
  const node = io.host.fs.stat(path, true);
  if (!node) return '';
  const links = node.kind === 'directory' ? 2 : 1;
  const size = node.kind === 'directory' ? 4096 : node.kind === 'link' ? node.target.length : node.bytes.length;
  const time = timeText(node.mtimeMs, io.host.nowMs());
  const head =
    io.host.os === 'debian'
      ? `${modeText(node)} ${links} root root ${String(size).padStart(4)} ${time}`
      : `${modeText(node)} ${String(links).padStart(4)} root     root ${String(size).padStart(13)} ${time}`;
  return `${head} ${name}${node.kind === 'link' ? ` -> ${node.target}` : ''}`;
}

const ls: Tool = (io) => {
  const options = parseOptions(io.args, { flags: 'laA1dhFRrtSinopCs', long: { all: 'a', color: 'F' } });
  if (options.has('R')) throw new UnsupportedError('-R');
  const operands = options.operands.length > 0 ? options.operands : ['.'];
  let status = 0;
  const files: string[] = [];
  const directories: string[] = [];
  for (const operand of operands) {
    const node = io.host.fs.stat(io.shell.path(operand));
    if (!node) {
      const quoted = io.host.os === 'debian' ? `cannot access '${operand}'` : operand;
      io.err(`ls: ${quoted}: No such file or directory\n`);
      status = io.host.os === 'debian' ? 2 : 1;
    } else if (node.kind === 'directory' && !options.has('d')) directories.push(operand);
    else files.push(operand);
  }
  const show = (base: string, names: readonly string[]): void => {
    for (const name of names) io.out(`${options.has('l') ? longLine(io, normalizePath(name, base), name) : name}\n`);
  };
  show(io.shell.cwd, files);
  directories.forEach((directory, i) => {
    if (operands.length > 1) io.out(`${i + files.length > 0 ? '\n' : ''}${directory}:\n`);
    const full = io.shell.path(directory);
    const names = io.host.fs.list(full).filter((name) => !name.startsWith('.') || options.has('a') || options.has('A'));
    if (options.has('t')) {
      const mtime = (name: string): number => io.host.fs.stat(normalizePath(name, full), true)?.mtimeMs ?? 0;
      names.sort((a, b) => mtime(b) - mtime(a));
    }
    if (options.has('r')) names.reverse();
    const all = options.has('a') ? ['.', '..', ...names] : names;
    if (options.has('l')) io.out(`total ${names.length * 4}\n`);
    show(full, all);
  });
  return status;
};

const mkdir: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'pv', valued: 'm', long: { parents: 'p' } });
  return onEach(io, operands, 'create directory', (full) => io.host.fs.makeDirectory(full, { isRecursive: has('p') }));
};

const rm: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'rRfivd', long: { recursive: 'r', force: 'f' } });
  const isRecursive = has('r') || has('R');
  return onEach(io, operands, 'remove', (full) => {
    const node = io.host.fs.stat(full, true);
    if (!node && has('f')) return;
    if (node?.kind === 'directory' && !isRecursive) throw new FsError('EISDIR');
    io.host.fs.remove(full, { isRecursive });
  });
};

const rmdir: Tool = (io) => onEach(io, io.args, 'remove', (full) => io.host.fs.remove(full));

const touch: Tool = (io) => {
  const { operands } = parseOptions(io.args, { flags: 'acmh', valued: 'drt' });
  return onEach(io, operands, 'touch', (full) => io.host.fs.append(full, new Uint8Array()));
};

/** Where a file goes: into the target when that is a directory. */
function destination(io: ToolIO, from: string, to: string): string {
  const target = io.shell.path(to);
  const name = from.replace(/\/+$/, '').split('/').pop() ?? '';
  return io.host.fs.stat(target)?.kind === 'directory' ? normalizePath(name, target) : target;
}

function copyAll(io: ToolIO, from: string, to: string): void {
  const { fs } = io.host;
  for (const path of fs.walk(from)) {
    const node = fs.stat(path, true);
    const target = to + path.slice(from.length);
    if (node?.kind === 'directory') fs.makeDirectory(target, { isRecursive: true });
    else if (node?.kind === 'link') fs.link(node.target, target);
    else if (node) fs.write(target, node.bytes, node.mode);
  }
}

const cp: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'rRapfvLd', long: { recursive: 'r' } });
  const to = operands.at(-1) ?? '.';
  return onEach(io, operands.slice(0, -1), 'stat', (full, path) => {
    const node = io.host.fs.stat(full);
    if (!node) throw new FsError('ENOENT');
    if (node.kind === 'directory' && !has('r') && !has('R') && !has('a')) {
      io.err(
        `cp: ${io.host.os === 'debian' ? `-r not specified; omitting directory '${path}'` : `omitting directory '${path}'`}\n`,
      );
      return;
    }
    copyAll(io, full, destination(io, path, to));
  });
};

const mv: Tool = (io) => {
  const { operands } = parseOptions(io.args, { flags: 'finv' });
  const to = operands.at(-1) ?? '.';
  return onEach(io, operands.slice(0, -1), 'rename', (full, path) => {
    if (!io.host.fs.stat(full, true)) throw new FsError('ENOENT');
    copyAll(io, full, destination(io, path, to));
    io.host.fs.remove(full, { isRecursive: true });
  });
};

const ln: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'sfnv' });
  const [target = '', name = target.split('/').pop() ?? ''] = operands;
  const full = destination(io, target, name);
  if (has('f') && io.host.fs.stat(full, true)) io.host.fs.remove(full);
  return onEach(io, [full], 'create link', () => io.host.fs.link(target, full));
};

function newMode(text: string, old: number): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  let mode = old;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (!match) throw new UnsupportedError(text);
    const [, who = '', operator, letters = ''] = match;
    const bits = [...letters].reduce((sum, c) => sum | ({ r: 4, w: 2, x: 1 }[c] ?? 0), 0);
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (who !== '' && !who.includes('a') && !who.includes(letter)) continue;
      const part = bits << shift;
      mode = operator === '+' ? mode | part : operator === '-' ? mode & ~part : (mode & ~(7 << shift)) | part;
    }
  }
  return mode;
}

const chmod: Tool = (io) => {
  const { operands, has } = parseOptions(
    io.args.map((w) => (/^-[rwx]+$/.test(w) ? `a${w}` : w)),
    { flags: 'Rvf' },
  );
  const [mode = '', ...paths] = operands;
  const all = has('R') ? paths.flatMap((path) => io.host.fs.walk(io.shell.path(path))) : paths;
  return onEach(io, all, 'access', (full) => {
    const node = io.host.fs.stat(full);
    if (!node) throw new FsError('ENOENT');
    io.host.fs.setMode(full, newMode(mode, node.mode));
  });
};

const find: Tool = (io) => {
  const at = io.args.findIndex((word) => word.startsWith('-'));
  const roots = at === 0 ? ['.'] : io.args.slice(0, at < 0 ? undefined : at);
  const tests = at < 0 ? [] : io.args.slice(at);
  let name: RegExp | undefined;
  let type = '';
  let maxDepth = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tests.length; i += 2) {
    const value = tests[i + 1] ?? '';
    if (tests[i] === '-name') name = patternToRegExp(value);
    else if (tests[i] === '-type') type = value;
    else if (tests[i] === '-maxdepth') maxDepth = Number(value);
    else throw new UnsupportedError(tests[i] ?? '');
  }
  let status = 0;
  for (const root of roots.length > 0 ? roots : ['.']) {
    const full = io.shell.path(root);
    const paths = io.host.fs.walk(full);
    if (paths.length === 0) {
      complain(io, root, new FsError('ENOENT'));
      status = 1;
    }
    for (const path of paths) {
      const rest = path.slice(full === '/' ? 0 : full.length);
      if (rest.split('/').filter(Boolean).length > maxDepth) continue;
      const node = io.host.fs.stat(path, true);
      const kind = node?.kind === 'directory' ? 'd' : node?.kind === 'link' ? 'l' : 'f';
      if ((type && type !== kind) || (name && !name.test(path.split('/').pop() ?? ''))) continue;
      io.out(`${root === '/' ? rest || '/' : root + rest}\n`);
    }
  }
  return status;
};

const stat: Tool = (io) => {
  const { operands, value } = parseOptions(io.args, { flags: 'Lt', valued: 'c' });
  const format = value('c');
  if (format === undefined) throw new UnsupportedError('stat');
  return onEach(io, operands, 'stat', (full, path) => {
    const node = io.host.fs.stat(full, true);
    if (!node) throw new FsError('ENOENT');
    const kinds = { directory: 'directory', link: 'symbolic link', file: 'regular file' };
    const values: Record<string, string> = {
      n: path,
      s: String(node.bytes.length),
      a: node.mode.toString(8),
      A: modeText(node),
      U: 'root',
      G: 'root',
      u: '0',
      g: '0',
      Y: String(Math.floor(node.mtimeMs / 1000)),
      F: kinds[node.kind],
    };
    io.out(`${format.replace(/%(\w)/g, (whole, letter: string) => values[letter] ?? whole)}\n`);
  });
};

const readlink: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'fn' });
  const path = io.shell.path(operands[0] ?? '');
  if (has('f')) {
    io.out(`${io.host.fs.realPath(path)}\n`);
    return 0;
  }
  const node = io.host.fs.stat(path, true);
  if (node?.kind !== 'link') return 1;
  io.out(`${node.target}\n`);
  return 0;
};

const mktemp: Tool = (io) => {
  const { has } = parseOptions(io.args, { flags: 'dqu', valued: 'p' });
  const path = `/tmp/tmp.${Math.floor(io.host.fraction(`mktemp/${io.host.nowMs()}/${io.host.fs.changeCount}`) * 36 ** 6).toString(36)}`;
  if (has('d')) io.host.fs.makeDirectory(path);
  else io.host.fs.write(path, new Uint8Array(), 0o600);
  io.out(`${path}\n`);
  return 0;
};

const basename: Tool = ({ args, out }) => {
  const name = (args[0] ?? '').replace(/\/+$/, '').split('/').pop() ?? '';
  const suffix = args[1] ?? '';
  out(`${suffix !== '' && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name || '/'}\n`);
  return 0;
};

const dirname: Tool = ({ args, out }) => {
  const path = (args[0] ?? '').replace(/\/+$/, '');
  const at = path.lastIndexOf('/');
  out(`${at < 0 ? '.' : path.slice(0, at) || '/'}\n`);
  return 0;
};

export const fileTools: Readonly<Record<string, Tool>> = {
  ls,
  mkdir,
  rm,
  rmdir,
  touch,
  cp,
  mv,
  ln,
  chmod,
  chown: () => 0,
  chgrp: () => 0,
  find,
  stat,
  readlink,
  realpath: (io) => {
    io.out(`${io.host.fs.realPath(io.shell.path(io.args[0] ?? ''))}\n`);
    return 0;
  },
  mktemp,
  basename,
  dirname,
};
