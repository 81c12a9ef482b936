// tar, as `kubectl cp` runs it in containers: makes an archive of files, unpacks one.
// Called by: exec.ts. Must not know: pods. Format: POSIX ustar, with GNU's long names when reading and writing.
import { FsError, normalizePath, type FileSystem } from './vfs.ts';

const BLOCK = 512;

interface TarRequest {
  mode: 'create' | 'extract' | 'list';
  directory: string;
  paths: string[];
  /** '-' or absent: standard input or output. */
  archive: string | undefined;
  isGzip: boolean;
  isVerbose: boolean;
}

export interface TarResult {
  stdout: Buffer;
  stderr: string;
  exitCode: number;
}

/** Returns what a command line asks of tar, or undefined when it is not understood. */
function parseArguments(args: readonly string[]): TarRequest | undefined {
  const request: TarRequest = {
    mode: 'list',
    directory: '',
    paths: [],
    archive: undefined,
    isGzip: false,
    isVerbose: false,
  };
  let isFirst = true;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') continue;
    const letters = word.startsWith('--')
      ? undefined
      : word.startsWith('-') && word.length > 1
        ? word.slice(1)
        : isFirst
          ? word
          : '';
    isFirst = false;
    if (letters === undefined) {
      if (/^--(no-same-|warning|exclude|same-)/.test(word)) continue;
      return undefined;
    }
    if (letters === '') request.paths.push(word);
    for (const letter of letters) {
      if (letter === 'c') request.mode = 'create';
      else if (letter === 'x') request.mode = 'extract';
      else if (letter === 't') request.mode = 'list';
      else if (letter === 'z') request.isGzip = true;
      else if (letter === 'v') request.isVerbose = true;
      else if (letter === 'f') request.archive = args[++i];
      else if (letter === 'C') request.directory = args[++i] ?? '';
      else if (!'mpok'.includes(letter)) return undefined;
    }
  }
  return request;
}

/** Runs tar; undefined when its options are not understood. */
export function runTar(
  fs: FileSystem,
  options: { args: readonly string[]; cwd: string; stdin: Buffer },
): TarResult | undefined {
  const request = parseArguments(options.args);
  if (!request) return undefined;
  const { gunzipSync, gzipSync } = process.getBuiltinModule('node:zlib');
  const base = normalizePath(request.directory || '.', options.cwd);
  const isStream = request.archive === undefined || request.archive === '-';
  try {
    if (request.mode === 'create') {
      const made = createArchive(fs, base, request.paths);
      const bytes = request.isGzip ? gzipSync(made.bytes) : made.bytes;
      if (!isStream) fs.write(normalizePath(request.archive ?? '', options.cwd), bytes);
      return {
        stdout: isStream ? bytes : Buffer.alloc(0),
        stderr: made.stderr,
        exitCode: made.stderr.includes('Cannot stat') || made.stderr.includes("can't") ? 2 : 0,
      };
    }
    const raw = isStream ? options.stdin : Buffer.from(fs.read(normalizePath(request.archive ?? '', options.cwd)));
    const archive = request.isGzip || (raw[0] === 0x1f && raw[1] === 0x8b) ? gunzipSync(raw) : raw;
    const names = request.mode === 'list' ? [...entries(archive)].map(({ name }) => name) : extract(fs, base, archive);
    const shows = request.mode === 'list' || request.isVerbose;
    return { stdout: Buffer.from(shows ? names.map((name) => `${name}\n`).join('') : ''), stderr: '', exitCode: 0 };
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return { stdout: Buffer.alloc(0), stderr: `tar: ${error.message}\n`, exitCode: 2 };
  }
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

interface Entry {
  name: string;
  type: '0' | '2' | '5' | 'L';
  mode: number;
  mtimeMs: number;
  bytes: Uint8Array;
  link: string;
}

function header({ name, type, mode, mtimeMs, bytes, link }: Entry): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name.slice(0, 100), 0, 'utf8');
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes.length, 12), 124);
  block.write(octal(Math.floor(mtimeMs / 1000), 12), 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(link.slice(0, 100), 157);
  block.write('ustar\x0000', 257);
  block.write('root', 265);
  block.write('root', 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function* blocksOf(entry: Entry): Generator<Buffer> {
  if (Buffer.byteLength(entry.name) > 100) {
    const bytes = Buffer.from(`${entry.name}\0`);
    yield* blocksOf({ name: '././@LongLink', type: 'L', mode: 0, mtimeMs: 0, bytes, link: '' });
  }
  yield header(entry);
  if (entry.bytes.length === 0) return;
  yield Buffer.from(entry.bytes);
  const rest = entry.bytes.length % BLOCK;
  if (rest > 0) yield Buffer.alloc(BLOCK - rest);
}

function createArchive(fs: FileSystem, base: string, paths: readonly string[]): { bytes: Buffer; stderr: string } {
  const parts: Buffer[] = [];
  let stderr = '';
  for (const path of paths) {
    const full = normalizePath(path, base);
    const found = fs.stat(full, true) ? fs.walk(full) : [];
    if (found.length === 0) stderr += `tar: ${path}: Cannot stat: No such file or directory\n`;
    if (path.startsWith('/') && found.length > 0) stderr += "tar: removing leading '/' from member names\n";
    for (const file of found) {
      const node = fs.stat(file, true);
      if (!node || file.startsWith('/proc/') || file.startsWith('/dev/')) continue;
      const name = (path.replace(/\/+$/, '') + file.slice(full === '/' ? 0 : full.length)).replace(/^\/+/, '') || '.';
      const type = node.kind === 'directory' ? '5' : node.kind === 'link' ? '2' : '0';
      const bytes = node.kind === 'file' ? node.bytes : new Uint8Array();
      const entry: Entry = {
        name: type === '5' ? `${name}/` : name,
        type,
        mode: node.mode,
        mtimeMs: node.mtimeMs,
        bytes,
        link: node.target,
      };
      parts.push(...blocksOf(entry));
    }
  }
  if (stderr.includes('Cannot stat')) stderr += 'tar: Exiting with failure status due to previous errors\n';
  return { bytes: Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), stderr };
}

function text(block: Buffer, from: number, length: number): string {
  const end = block.indexOf(0, from);
  return block.toString('utf8', from, end < 0 || end > from + length ? from + length : end);
}

function* entries(archive: Buffer): Generator<Entry> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const block = archive.subarray(at, at + BLOCK);
    if (block[0] === 0) return;
    const size = Number.parseInt(text(block, 124, 12).trim() || '0', 8);
    const bytes = archive.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = text(block, 156, 1) || '0';
    if (type === 'L') {
      longName = text(bytes as Buffer, 0, bytes.length);
      continue;
    }
    if (type === 'x' || type === 'g') {
      longName = /\d+ path=([^\n]*)\n/.exec(bytes.toString())?.[1] ?? longName;
      continue;
    }
    const prefix = text(block, 345, 155);
    const name =
      longName ??
      (prefix === '' || !block.toString('latin1', 257, 262).startsWith('ustar')
        ? text(block, 0, 100)
        : `${prefix}/${text(block, 0, 100)}`);
    longName = undefined;
    const mode = Number.parseInt(text(block, 100, 8).trim() || '644', 8) & 0o7777;
    const mtimeMs = Number.parseInt(text(block, 136, 12).trim() || '0', 8) * 1000;
    yield { name, type: type as Entry['type'], mode, mtimeMs, bytes, link: text(block, 157, 100) };
  }
}

function extract(fs: FileSystem, base: string, archive: Buffer): string[] {
  const names: string[] = [];
  for (const { name, type, mode, bytes, link } of entries(archive)) {
    const path = normalizePath(name, base);
    names.push(name);
    if (type === '5') {
      fs.makeDirectory(path, { isRecursive: true });
      continue;
    }
    fs.makeDirectory(normalizePath('..', path), { isRecursive: true });
    if (type === '2') {
      if (fs.stat(path, true)) fs.remove(path, { isRecursive: true });
      fs.link(link, path);
    } else fs.write(path, bytes, mode);
  }
  return names;
}
