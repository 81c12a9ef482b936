// A container's file system: trees of files, mounted into one another, with POSIX' errors.
// Called by: files.ts (builds them), the shells, tar. Must not know: pods, images, records.
import type { FileChange } from './podrecord.ts';

export interface VNode {
  kind: 'file' | 'directory' | 'link';
  bytes: Uint8Array;
  /** Of a link. */
  target: string;
  /** Permission bits. */
  mode: number;
  mtimeMs: number;
}

const EMPTY = new Uint8Array();

/** A file that grows by pieces; they are put together when somebody reads it. */
class GrowingFile implements VNode {
  readonly kind = 'file';
  readonly target = '';
  mode: number;
  mtimeMs: number;
  #parts: Uint8Array[];

  constructor(start: VNode) {
    this.mode = start.mode;
    this.mtimeMs = start.mtimeMs;
    this.#parts = [start.bytes];
  }

  get bytes(): Uint8Array {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] ?? EMPTY;
  }

  add(bytes: Uint8Array, mtimeMs: number): void {
    if (bytes.length > 0) this.#parts.push(bytes);
    this.mtimeMs = mtimeMs;
  }
}

export type FsErrorCode = 'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EROFS' | 'EEXIST' | 'ENOTEMPTY' | 'EINVAL' | 'ELOOP';

const WORDS: Readonly<Record<FsErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EROFS: 'Read-only file system',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
};

/** The message is strerror's: `No such file or directory`. */
export class FsError extends Error {
  readonly code: FsErrorCode;
  constructor(code: FsErrorCode) {
    super(WORDS[code]);
    this.code = code;
  }
}

/** Returns an absolute path without '.', '..' and double slashes. */
export function normalizePath(path: string, cwd = '/'): string {
  if (path.startsWith('/') && path.length > 1 && !/\/\.|\/$|\/\//.test(path)) return path;
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Writing again what is there changes nothing that a script could see but the time. */
function sameContent(node: VNode, content = ''): boolean {
  return Buffer.from(node.bytes).toString('base64') === content;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

/** One tree of files, by absolute path inside the tree. */
export class FileTree {
  readonly isReadOnly: boolean;
  /** Told of each change that is made through a file system. */
  onChange: ((change: FileChange, by: string) => void) | undefined;
  readonly #lower: FileTree | undefined;
  /** Paths of the lower tree that are gone. */
  readonly #gone = new Set<string>();
  #nodes = new Map<string, VNode>();

  /** `lower` shows through where this tree has nothing; it is never changed. */
  constructor({ isReadOnly = false, mtimeMs, lower }: { isReadOnly?: boolean; mtimeMs: number; lower?: FileTree }) {
    this.isReadOnly = isReadOnly;
    this.#lower = lower;
    if (!lower) this.#nodes.set('/', { kind: 'directory', bytes: EMPTY, target: '', mode: 0o755, mtimeMs });
  }

  get(path: string): VNode | undefined {
    return this.#nodes.get(path) ?? (this.#isGone(path) ? undefined : this.#lower?.get(path));
  }

  #isGone(path: string): boolean {
    if (this.#gone.size === 0) return false;
    for (let up = path; up !== '/'; up = parentOf(up)) if (this.#gone.has(up)) return true;
    return false;
  }

  /** Puts a node, and the directories above it. */
  set(path: string, node: VNode): void {
    for (let up = parentOf(path); up !== '/' && !this.get(up); up = parentOf(up))
      this.#nodes.set(up, { kind: 'directory', bytes: EMPTY, target: '', mode: 0o755, mtimeMs: node.mtimeMs });
    this.#nodes.set(path, node);
  }

  setFile(
    path: string,
    content: Uint8Array | string,
    { mode = 0o644, mtimeMs }: { mode?: number; mtimeMs: number },
  ): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.set(path, { kind: 'file', bytes, target: '', mode, mtimeMs });
  }

  setDirectory(path: string, mtimeMs: number, mode = 0o755): void {
    if (!this.get(path)) this.set(path, { kind: 'directory', bytes: EMPTY, target: '', mode, mtimeMs });
  }

  /** Removes a node and all beneath it. */
  remove(path: string): void {
    this.#nodes.delete(path);
    if (this.#lower?.get(path)) this.#gone.add(path);
    for (const key of this.#nodes.keys()) if (key.startsWith(`${path}/`)) this.#nodes.delete(key);
  }

  /** Names in a directory, sorted. */
  children(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = new Set(this.#lower?.children(path).filter((name) => !this.#isGone(prefix + name)));
    for (const key of this.#nodes.keys())
      if (key.length > prefix.length && key.startsWith(prefix) && !key.includes('/', prefix.length))
        names.add(key.slice(prefix.length));
    return [...names].sort();
  }

  clear(): void {
    const root = this.#nodes.get('/');
    this.#nodes = new Map(root ? [['/', root]] : []);
  }

  #append(path: string, bytes: Uint8Array, mtimeMs: number): void {
    const old = this.get(path);
    if (old?.kind !== 'file') return this.setFile(path, bytes, { mtimeMs });
    // A node of the lower tree is not ours to change.
    const own = old instanceof GrowingFile && this.#nodes.get(path) === old ? old : new GrowingFile(old);
    own.add(bytes, mtimeMs);
    this.set(path, own);
  }

  /** Returns the change that makes a path what it is here. */
  changeTo(path: string, atMs: number): FileChange {
    const node = this.get(path);
    if (!node) return { atMs, path, kind: 'removed' };
    const { kind, mode, target, bytes } = node;
    if (kind === 'directory') return { atMs, path, kind, mode };
    const content = Buffer.from(kind === 'link' ? target : bytes).toString('base64');
    return kind === 'link' ? { atMs, path, kind, content } : { atMs, path, kind, content, mode };
  }

  /** Repeats a recorded change. */
  apply(change: FileChange): void {
    const { path, kind, content = '', mode, atMs: mtimeMs } = change;
    if (kind === 'removed') this.remove(path);
    else if (kind === 'directory') this.setDirectory(path, mtimeMs, mode);
    else if (kind === 'appended') this.#append(path, Buffer.from(content, 'base64'), mtimeMs);
    else if (kind === 'link')
      this.set(path, { kind, bytes: EMPTY, target: Buffer.from(content, 'base64').toString(), mode: 0o777, mtimeMs });
    else this.setFile(path, Buffer.from(content, 'base64'), { mtimeMs, ...(mode === undefined ? {} : { mode }) });
  }
}

export interface Mount {
  /** Absolute path in the container. */
  path: string;
  tree: FileTree;
  /** Absolute path in the tree that is seen at `path`; may be a file. */
  root: string;
  isReadOnly: boolean;
}

interface Place {
  tree: FileTree;
  path: string;
  isReadOnly: boolean;
}

/** What one container sees: its root tree with others mounted into it. */
export class FileSystem {
  /** How many changes were made through it. */
  changeCount = 0;
  readonly #root: FileTree;
  readonly #mounts: readonly Mount[];
  readonly #now: () => number;
  readonly #name: string;

  /** `name` is what changes are attributed to. */
  constructor(root: FileTree, mounts: readonly Mount[], { now, name }: { now(): number; name: string }) {
    this.#root = root;
    this.#name = name;
    this.#mounts = [...mounts].sort((a, b) => b.path.length - a.path.length);
    this.#now = now;
  }

  #placeOf(path: string): Place {
    for (const { path: at, tree, root, isReadOnly } of this.#mounts) {
      if (path !== at && !path.startsWith(at === '/' ? '/' : `${at}/`)) continue;
      const rest = path.slice(at.length);
      return { tree, path: normalizePath(root + rest), isReadOnly: isReadOnly || tree.isReadOnly };
    }
    return { tree: this.#root, path, isReadOnly: this.#root.isReadOnly };
  }

  /** Returns the path with every link followed, the last one too unless `keepsLast`. The last part need not exist. */
  realPath(path: string, keepsLast = false): string {
    let todo = normalizePath(path).split('/').filter(Boolean);
    let done = '';
    for (let hops = 0; todo.length > 0;) {
      const next = `${done}/${todo[0]}`;
      const place = this.#placeOf(next);
      const node = place.tree.get(place.path);
      if (node?.kind === 'link' && !(keepsLast && todo.length === 1)) {
        if (++hops > 40) throw new FsError('ELOOP');
        todo = [
          ...normalizePath(node.target, done || '/')
            .split('/')
            .filter(Boolean),
          ...todo.slice(1),
        ];
        done = '';
        continue;
      }
      done = next;
      todo = todo.slice(1);
    }
    return done || '/';
  }

  #find(path: string, keepsLast = false): VNode | undefined {
    const place = this.#placeOf(this.realPath(path, keepsLast));
    return place.tree.get(place.path) ?? this.#mountPoint(path);
  }

  /** A mount's path is a directory even where the tree beneath has none. */
  #mountPoint(path: string): VNode | undefined {
    const wanted = normalizePath(path);
    const isAbove = this.#mounts.some((m) => m.path.startsWith(wanted === '/' ? '/' : `${wanted}/`));
    return isAbove ? { kind: 'directory', bytes: EMPTY, target: '', mode: 0o755, mtimeMs: 0 } : undefined;
  }

  stat(path: string, keepsLast = false): VNode | undefined {
    return this.#find(path, keepsLast);
  }

  /** @throws FsError */
  read(path: string): Uint8Array {
    const node = this.#find(path);
    if (!node) throw new FsError('ENOENT');
    if (node.kind === 'directory') throw new FsError('EISDIR');
    return node.bytes;
  }

  /** Returns names, sorted. @throws FsError */
  list(path: string): string[] {
    const real = this.realPath(path);
    const node = this.#find(real);
    if (!node) throw new FsError('ENOENT');
    if (node.kind !== 'directory') throw new FsError('ENOTDIR');
    const place = this.#placeOf(real);
    const names = new Set(place.tree.children(place.path));
    const prefix = real === '/' ? '/' : `${real}/`;
    for (const mount of this.#mounts)
      if (mount.path.startsWith(prefix)) names.add(mount.path.slice(prefix.length).split('/')[0] ?? '');
    return [...names].sort();
  }

  #writable(path: string): Place {
    const place = this.#placeOf(this.realPath(path, true));
    if (place.isReadOnly) throw new FsError('EROFS');
    const parent = this.#find(parentOf(normalizePath(path)));
    if (!parent) throw new FsError('ENOENT');
    if (parent.kind !== 'directory') throw new FsError('ENOTDIR');
    return place;
  }

  #record(place: Place, change: Omit<FileChange, 'atMs' | 'path'>): void {
    const full = { atMs: this.#now(), path: place.path, ...change };
    const old = place.tree.get(place.path);
    const isSame =
      change.kind === 'appended'
        ? (change.content ?? '') === ''
        : change.kind === 'file' &&
          old?.kind === 'file' &&
          old.mode === change.mode &&
          sameContent(old, change.content);
    if (!isSame) this.changeCount += 1;
    place.tree.apply(full);
    place.tree.onChange?.(full, this.#name);
  }

  /** @throws FsError */
  write(path: string, bytes: Uint8Array, mode?: number): void {
    const place = this.#writable(this.realPath(path));
    const old = place.tree.get(place.path);
    if (old?.kind === 'directory') throw new FsError('EISDIR');
    const bits = mode ?? old?.mode ?? 0o644;
    this.#record(place, { kind: 'file', content: Buffer.from(bytes).toString('base64'), mode: bits });
  }

  /** @throws FsError */
  append(path: string, bytes: Uint8Array): void {
    const real = this.realPath(path);
    const old = this.#find(real);
    if (!old) return this.write(path, bytes);
    if (old.kind === 'directory') throw new FsError('EISDIR');
    this.#record(this.#writable(real), { kind: 'appended', content: Buffer.from(bytes).toString('base64') });
  }

  /** @throws FsError EEXIST, ENOENT */
  makeDirectory(path: string, { isRecursive = false }: { isRecursive?: boolean } = {}): void {
    const existing = this.#find(path);
    if (existing) {
      if (isRecursive && existing.kind === 'directory') return;
      throw new FsError('EEXIST');
    }
    if (isRecursive) this.makeDirectory(parentOf(normalizePath(path)), { isRecursive });
    this.#record(this.#writable(path), { kind: 'directory', mode: 0o755 });
  }

  /** @throws FsError */
  link(target: string, path: string): void {
    if (this.#find(path, true)) throw new FsError('EEXIST');
    this.#record(this.#writable(path), { kind: 'link', content: Buffer.from(target).toString('base64') });
  }

  /** @throws FsError */
  remove(path: string, { isRecursive = false }: { isRecursive?: boolean } = {}): void {
    const node = this.#find(path, true);
    if (!node) throw new FsError('ENOENT');
    if (node.kind === 'directory' && !isRecursive && this.list(path).length > 0) throw new FsError('ENOTEMPTY');
    this.#record(this.#writable(path), { kind: 'removed' });
  }

  /** @throws FsError */
  setMode(path: string, mode: number): void {
    const node = this.#find(path);
    if (!node) throw new FsError('ENOENT');
    const place = this.#writable(path);
    if (node.kind === 'directory') {
      place.tree.get(place.path)!.mode = mode;
      this.#record(place, { kind: 'directory', mode });
    } else this.#record(place, { kind: 'file', content: Buffer.from(node.bytes).toString('base64'), mode });
  }

  /** Every path beneath a directory, itself first, in depth-first order. */
  walk(path: string): string[] {
    const node = this.#find(path, true);
    if (!node) return [];
    if (node.kind !== 'directory') return [path];
    return [path, ...this.list(path).flatMap((name) => this.walk(path === '/' ? `/${name}` : `${path}/${name}`))];
  }
}
