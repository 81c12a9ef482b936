// A container's file system as just-bash asks for it: promises, and errors with Node's codes.
// Called by: kubelet/shell.ts. Must not know: the shell.
import type { FsStat, IFileSystem } from 'just-bash';
import { FsError, normalizePath, type FileSystem, type VNode } from './vfs.ts';

function toStat(node: VNode): FsStat {
  return {
    isFile: node.kind === 'file',
    isDirectory: node.kind === 'directory',
    isSymbolicLink: node.kind === 'link',
    mode: node.mode,
    size: node.kind === 'file' ? node.bytes.length : 4096,
    mtime: new Date(node.mtimeMs),
  };
}

/** Node's form of an error: `ENOENT: no such file or directory, open '/x'`. */
function nodeError(code: string, path: string): Error {
  const words = new FsError(code as FsError['code']).message.toLowerCase();
  return Object.assign(new Error(`${code}: ${words}, open '${path}'`), { code });
}

/** Runs a step; errors get Node's form. */
async function attempt<T>(path: string, step: () => T): Promise<T> {
  try {
    return step();
  } catch (error) {
    throw error instanceof FsError ? nodeError(error.code, path) : error;
  }
}

function toBytes(content: string | Uint8Array, options?: unknown): Uint8Array {
  if (typeof content !== 'string') return content;
  const encoding =
    typeof options === 'string' ? options : ((options as { encoding?: string } | undefined)?.encoding ?? 'utf8');
  return Buffer.from(content, encoding as 'utf8');
}

/** Returns the adapter. */
export function shellFileSystem(fs: FileSystem): IFileSystem {
  const statOf = (path: string, keepsLast: boolean): FsStat => {
    const node = fs.stat(path, keepsLast);
    if (!node) throw new FsError('ENOENT');
    return toStat(node);
  };
  const copy = (from: string, to: string): void => {
    for (const path of fs.walk(from)) {
      const node = fs.stat(path, true);
      const target = to + path.slice(from.length);
      if (node?.kind === 'directory') fs.makeDirectory(target, { isRecursive: true });
      else if (node?.kind === 'link') fs.link(node.target, target);
      else if (node) fs.write(target, node.bytes, node.mode);
    }
  };
  return {
    readFile: (path, options) =>
      attempt(path, () => {
        const encoding = typeof options === 'string' ? options : (options?.encoding ?? 'utf8');
        return Buffer.from(fs.read(path)).toString(encoding as 'utf8');
      }),
    readFileBuffer: (path) => attempt(path, () => fs.read(path)),
    writeFile: (path, content, options) => attempt(path, () => fs.write(path, toBytes(content, options))),
    appendFile: (path, content, options) => attempt(path, () => fs.append(path, toBytes(content, options))),
    exists: async (path) => fs.stat(path) !== undefined,
    stat: (path) => attempt(path, () => statOf(path, false)),
    lstat: (path) => attempt(path, () => statOf(path, true)),
    mkdir: (path, options) => attempt(path, () => fs.makeDirectory(path, { isRecursive: options?.recursive ?? false })),
    readdir: (path) => attempt(path, () => fs.list(path)),
    rm: (path, options) =>
      attempt(path, () => {
        if (options?.force && !fs.stat(path, true)) return;
        fs.remove(path, { isRecursive: options?.recursive ?? false });
      }),
    cp: (from, to) => attempt(from, () => copy(from, to)),
    mv: (from, to) =>
      attempt(from, () => {
        copy(from, to);
        fs.remove(from, { isRecursive: true });
      }),
    resolvePath: (base, path) => normalizePath(path, base),
    getAllPaths: () => fs.walk('/'),
    chmod: (path, mode) => attempt(path, () => fs.setMode(path, mode)),
    symlink: (target, path) => attempt(path, () => fs.link(target, path)),
    link: (existing, path) => attempt(path, () => fs.write(path, fs.read(existing))),
    readlink: (path) =>
      attempt(path, () => {
        const node = fs.stat(path, true);
        if (node?.kind !== 'link') throw new FsError('EINVAL');
        return node.target;
      }),
    realpath: (path) => attempt(path, () => fs.realPath(path)),
    utimes: async () => undefined,
  };
}
