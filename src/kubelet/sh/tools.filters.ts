// Programs that choose and change lines: grep, sed, cut, tr, sort, uniq, rev, tac, xargs, checksums.
// Called by: sh/tools.ts. Must not know: the shell's grammar.
import { bytesOf, textOf } from './bytes.ts';
import { UnsupportedError, type Tool, type ToolIO, type Wait } from './host.ts';
import { parseOptions } from './options.ts';
import { linesOf, readInputs } from './tools.text.ts';

/** Returns a basic regular expression in JavaScript's form. */
function basicToRegExp(pattern: string): string {
  return pattern
    .replace(/\\([(){}|+?])|([(){}|+?])/g, (_whole, escaped: string | undefined, plain: string | undefined) =>
      escaped === undefined ? `\\${plain}` : escaped,
    )
    .replace(/\[\[:(\w+):\]\]/g, (_whole, name: string) => `[${CLASSES[name] ?? name}]`);
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  space: '\\s',
  upper: 'A-Z',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
};

function toRegExp(pattern: string, isExtended: boolean, flags: string): RegExp {
  try {
    return new RegExp(
      isExtended
        ? pattern.replace(/\[\[:(\w+):\]\]/g, (_w, n: string) => `[${CLASSES[n] ?? n}]`)
        : basicToRegExp(pattern),
      flags,
    );
  } catch {
    throw new UnsupportedError(pattern);
  }
}

const grep: Tool = (io) => {
  const options = parseOptions(io.args, {
    flags: 'EFGPivnclqrRohwxHsa',
    valued: 'emABC',
    long: {
      'ignore-case': 'i',
      quiet: 'q',
      count: 'c',
      color: 'a',
      colour: 'a',
      'extended-regexp': 'E',
      'invert-match': 'v',
    },
  });
  if (options.has('r') || options.has('R') || options.has('A') || options.has('B') || options.has('C'))
    throw new UnsupportedError('-r');
  const patterns = options.values('e');
  const operands = patterns.length > 0 ? options.operands : options.operands.slice(1);
  const wanted = patterns.length > 0 ? patterns : [options.operands[0] ?? ''];
  const isExtended = options.has('E') || options.has('P') || io.name === 'egrep';
  const isFixed = options.has('F') || io.name === 'fgrep';
  const sources = wanted.map((p) => (isFixed ? p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : p));
  const around = (s: string): string => (options.has('x') ? `^(?:${s})$` : options.has('w') ? `\\b(?:${s})\\b` : s);
  const matchers = sources.map(
    (s) => new RegExp(around(toRegExp(s, isExtended || isFixed, '').source), options.has('i') ? 'gi' : 'g'),
  );
  const { texts, status } = readInputs(io, operands);
  const limit = Number(options.value('m') ?? Number.POSITIVE_INFINITY);
  let isFound = false;
  for (const { name, text } of texts) {
    const prefix = (texts.length > 1 && !options.has('h')) || options.has('H') ? `${name}:` : '';
    const hits = linesOf(text)
      .map((line, i) => ({ line, number: i + 1 }))
      .filter(({ line }) => matchers.some((m) => line.search(m) >= 0) !== options.has('v'))
      .slice(0, limit);
    isFound ||= hits.length > 0;
    if (options.has('q')) continue;
    if (options.has('c')) io.out(`${prefix}${hits.length}\n`);
    else if (options.has('l')) io.out(hits.length > 0 ? `${name}\n` : '');
    else
      for (const { line, number } of hits) {
        const shown = options.has('o') ? matchers.flatMap((m) => line.match(m) ?? []) : [line];
        for (const found of shown) io.out(`${prefix}${options.has('n') ? `${number}:` : ''}${found}\n`);
      }
  }
  return isFound ? 0 : status === 0 ? 1 : 2;
};

interface SedCommand {
  matches(line: string, number: number, isLast: boolean): boolean;
  run(line: string, print: (line: string) => void): string | undefined;
  quits?: boolean;
}

/** Understands s, d, p, q with an address; anything else is for the larger shell. */
function parseSed(text: string, isExtended: boolean): SedCommand {
  const match = /^\s*(?:(\d+|\$|\/(?:\\.|[^/])*\/)(?:,(\d+|\$))?)?\s*(!?)\s*([sdpq])([\s\S]*)$/.exec(text);
  if (!match) throw new UnsupportedError(text);
  const [, from, to, negation, command = '', rest = ''] = match;
  const isAt = (address: string, line: string, n: number, isLast: boolean): boolean =>
    address === '$'
      ? isLast
      : address.startsWith('/')
        ? toRegExp(address.slice(1, -1), isExtended, '').test(line)
        : Number(address) === n;
  const matches = (line: string, n: number, isLast: boolean): boolean => {
    const isHit =
      from === undefined ||
      (to === undefined ? isAt(from, line, n, isLast) : n >= Number(from) && (to === '$' || n <= Number(to)));
    return isHit !== (negation === '!');
  };
  if (command === 's') {
    const separator = rest[0] ?? '/';
    const parts = rest.slice(1).split(new RegExp(`(?<!\\\\)\\${separator}`));
    const [pattern = '', replacement = '', flags = ''] = parts;
    if (/[^gipI0-9]/.test(flags.trim())) throw new UnsupportedError(text);
    const regexp = toRegExp(
      pattern.replaceAll(`\\${separator}`, separator),
      isExtended,
      `${flags.includes('g') ? 'g' : ''}${/i/i.test(flags) ? 'i' : ''}`,
    );
    const by = replacement
      .replaceAll(`\\${separator}`, separator)
      .replaceAll('$', '$$$$')
      .replace(/\\(\d)/g, '$$$1')
      .replace(/(?<!\\)&/g, '$$&')
      .replaceAll('\\n', '\n')
      .replaceAll('\\&', '&');
    return {
      matches,
      run(line, print) {
        const changed = line.replace(regexp, by);
        if (flags.includes('p') && changed !== line) print(changed);
        return changed;
      },
    };
  }
  if (rest.trim() !== '') throw new UnsupportedError(text);
  return {
    matches,
    run(line, print) {
      if (command === 'p') print(line);
      return command === 'd' ? undefined : line;
    },
    ...(command === 'q' ? { quits: true } : {}),
  };
}

const sed: Tool = (io) => {
  const options = parseOptions(io.args, {
    flags: 'nErisu',
    valued: 'e',
    long: { 'in-place': 'i', quiet: 'n', 'regexp-extended': 'E' },
  });
  const scripts = options.values('e');
  const operands = scripts.length > 0 ? options.operands : options.operands.slice(1);
  const isExtended = options.has('E') || options.has('r');
  const commands = (scripts.length > 0 ? scripts : [options.operands[0] ?? ''])
    .flatMap((script) => script.split(/\n|;(?=\s*(?:\d|\$|\/|[sdpq]))/))
    .filter((script) => script.trim() !== '')
    .map((script) => parseSed(script, isExtended));
  const { texts, status } = readInputs(io, operands);
  for (const { name, text } of texts) {
    let result = '';
    const print = (line: string): void => void (result += `${line}\n`);
    const lines = linesOf(text);
    for (const [i, line] of lines.entries()) {
      let current: string | undefined = line;
      let quits = false;
      for (const command of commands) {
        if (current === undefined || !command.matches(current, i + 1, i === lines.length - 1)) continue;
        current = command.run(current, print);
        quits ||= command.quits ?? false;
      }
      if (current !== undefined && !options.has('n')) print(current);
      if (quits) break;
    }
    if (options.has('i') && name !== '-') io.host.fs.write(io.shell.path(name), bytesOf(result));
    else io.out(result);
  }
  return status;
};

/** Returns the places that a list such as `1,3-5` names. */
function inList(list: string): (n: number) => boolean {
  const ranges = list.split(',').map((part) => {
    const [from = '', to] = part.split('-');
    return { from: Number(from || 1), to: to === undefined ? Number(from) : Number(to || Number.POSITIVE_INFINITY) };
  });
  return (n) => ranges.some(({ from, to }) => n >= from && n <= to);
}

const cut: Tool = (io) => {
  const options = parseOptions(io.args, { flags: 's', valued: 'dfcb' });
  const { texts, status } = readInputs(io, options.operands);
  const separator = options.value('d') ?? '\t';
  const fields = options.value('f');
  const wanted = inList(fields ?? options.value('c') ?? options.value('b') ?? '1-');
  for (const line of texts.flatMap(({ text }) => linesOf(text))) {
    if (fields === undefined) io.out(`${[...line].filter((_c, i) => wanted(i + 1)).join('')}\n`);
    else if (line.includes(separator))
      io.out(
        `${line
          .split(separator)
          .filter((_f, i) => wanted(i + 1))
          .join(separator)}\n`,
      );
    else if (!options.has('s')) io.out(`${line}\n`);
  }
  return status;
};

function characterSet(text: string): string[] {
  const plain = text
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\\\/g, '\\')
    .replace(
      /\[:(\w+):\]/g,
      (_whole, name: string) =>
        ({ upper: 'A-Z', lower: 'a-z', digit: '0-9', alpha: 'A-Za-z', alnum: 'A-Za-z0-9', space: ' \t\n\r' })[name] ??
        '',
    );
  const found: string[] = [];
  for (let i = 0; i < plain.length; i++) {
    const from = plain.charCodeAt(i);
    const to = plain[i + 1] === '-' && i + 2 < plain.length ? plain.charCodeAt(i + 2) : from;
    for (let c = from; c <= to; c++) found.push(String.fromCharCode(c));
    if (to !== from) i += 2;
  }
  return found;
}

const tr: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'dscC' });
  const from = characterSet(operands[0] ?? '');
  const to = characterSet(operands[1] ?? '');
  const isIn = (c: string): boolean => from.includes(c) !== (has('c') || has('C'));
  let last = '';
  let result = '';
  for (const c of io.input()) {
    if (has('d') && isIn(c)) continue;
    const changed =
      !has('d') && to.length > 0 && isIn(c)
        ? (to[Math.min(from.indexOf(c) < 0 ? to.length - 1 : from.indexOf(c), to.length - 1)] ?? '')
        : c;
    if (has('s') && changed === last && (to.length > 0 ? to.includes(changed) : isIn(changed))) continue;
    last = changed;
    result += changed;
  }
  io.out(result);
  return 0;
};

const sort: Tool = (io) => {
  const options = parseOptions(io.args, { flags: 'rnuhb', valued: 'kt' });
  if (options.has('h')) throw new UnsupportedError('-h');
  const { texts, status } = readInputs(io, options.operands);
  const place = Number((options.value('k') ?? '').split(',')[0]) || 0;
  const key = (line: string): string =>
    place === 0 ? line : (line.split(options.value('t') ?? /\s+/)[place - 1] ?? '');
  const compare = (a: string, b: string): number =>
    options.has('n')
      ? Number.parseFloat(key(a)) - Number.parseFloat(key(b)) || 0
      : key(a) < key(b)
        ? -1
        : key(a) > key(b)
          ? 1
          : 0;
  let lines = texts.flatMap(({ text }) => linesOf(text)).sort(compare);
  if (options.has('r')) lines.reverse();
  if (options.has('u')) lines = lines.filter((line, i) => i === 0 || line !== lines[i - 1]);
  io.out(lines.map((line) => `${line}\n`).join(''));
  return status;
};

const uniq: Tool = (io) => {
  const { operands, has } = parseOptions(io.args, { flags: 'cdu' });
  const { texts, status } = readInputs(io, operands);
  const groups: { line: string; count: number }[] = [];
  for (const line of texts.flatMap(({ text }) => linesOf(text))) {
    const last = groups.at(-1);
    if (last?.line === line) last.count += 1;
    else groups.push({ line, count: 1 });
  }
  for (const { line, count } of groups) {
    if ((has('d') && count === 1) || (has('u') && count > 1)) continue;
    io.out(has('c') ? `${String(count).padStart(7)} ${line}\n` : `${line}\n`);
  }
  return status;
};

function* xargs(io: ToolIO): Generator<Wait, number, void> {
  const { operands, value } = parseOptions(
    io.args.slice(
      0,
      Math.max(
        io.args.findIndex((w) => !w.startsWith('-')),
        0,
      ),
    ),
    { flags: 'rt0', valued: 'nI' },
  );
  const command = io.args.slice(io.args.findIndex((w) => !w.startsWith('-')));
  if (operands.length > 0) throw new UnsupportedError('xargs');
  const words = io.input().split(/\s+/).filter(Boolean);
  const size = Number(value('n') ?? (words.length || 1));
  let status = 0;
  for (let i = 0; i < Math.max(words.length, 1); i += size)
    status =
      (yield* io.shell.run([...(command.length > 0 ? command : ['echo']), ...words.slice(i, i + size)])) === 0
        ? status
        : 123;
  return status;
}

function checksum(algorithm: string): Tool {
  return (io) => {
    const { texts, status } = readInputs(io, io.args);
    const { createHash } = process.getBuiltinModule('node:crypto');
    for (const { name, text } of texts)
      io.out(`${createHash(algorithm).update(bytesOf(text)).digest('hex')}  ${name}\n`);
    return status;
  };
}

const base64: Tool = (io) => {
  const { operands, has, value } = parseOptions(io.args, {
    flags: 'di',
    valued: 'w',
    long: { decode: 'd', wrap: 'w' },
  });
  const { texts, status } = readInputs(io, operands);
  const width = Number(value('w') ?? 76);
  for (const { text } of texts) {
    if (has('d')) {
      io.out(textOf(Buffer.from(text, 'base64')));
      continue;
    }
    const encoded = bytesOf(text).toString('base64');
    // Unwrapped output has no end of line.
    io.out(width > 0 ? `${encoded.replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n')}\n` : encoded);
  }
  return status;
};

const rev: Tool = (io) => {
  const { texts, status } = readInputs(io, io.args);
  for (const line of texts.flatMap(({ text }) => linesOf(text))) io.out(`${[...line].reverse().join('')}\n`);
  return status;
};

const tac: Tool = (io) => {
  const { texts, status } = readInputs(io, io.args);
  for (const line of texts.flatMap(({ text }) => linesOf(text)).reverse()) io.out(`${line}\n`);
  return status;
};

export const filterTools: Readonly<Record<string, Tool>> = {
  grep,
  egrep: grep,
  fgrep: grep,
  sed,
  cut,
  tr,
  sort,
  uniq,
  xargs,
  rev,
  tac,
  base64,
  md5sum: checksum('md5'),
  sha1sum: checksum('sha1'),
  sha256sum: checksum('sha256'),
};
