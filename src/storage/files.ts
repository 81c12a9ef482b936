// The few things this folder does with a disk: read a text, replace files durably, say in one line what went wrong.
// Called by: adapters.ts, lock.ts, state.ts. Must not know: what the files hold.
import nodeFs from 'node:fs';
import path from 'node:path';
import { codeOf, errnoText } from '../machinery/goerrno.ts';

/** The format of every file that this program writes; raised when an older program could not read it. */
export const STATE_FORMAT = 1;

/** What is used of node:fs, so that tests can count and refuse. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'copyFileSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readSync'
  | 'readdirSync'
  | 'renameSync'
  | 'rmSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>;

export const diskFileSystem: FileSystem = nodeFs;

/** A disk that is not waited for: for states that are thrown away when their process ends. */
export const throwawayFileSystem: FileSystem = Object.create(nodeFs, { fsyncSync: { value: () => undefined } });

/** The state cannot be read or written. `message` is one line for the person at the terminal. */
export class StateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StateError';
  }
}

/** A file is not what this program wrote. */
export class DamagedStateError extends StateError {}

/** Returns an error's message on one line; it may quote a file. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return (typeof message === 'string' ? message : String(error)).replace(/\s+/g, ' ');
}

/** Returns a StateError such as `cannot write /s/meta.json: no space left on device`. */
export function fileError(action: 'read' | 'write' | 'lock', file: string, error: unknown): StateError {
  if (error instanceof StateError) return error;
  const reason = errnoText(error) ?? messageOf(error);
  return new StateError(`cannot ${action} ${file}: ${reason}`, { cause: error });
}

/** Returns `/s/meta.json is damaged: Unexpected end of JSON input`. */
export function damaged(what: string, cause?: unknown): DamagedStateError {
  const reason = cause === undefined ? '' : `: ${messageOf(cause)}`;
  return new DamagedStateError(`${what} is damaged${reason}`, { cause });
}

/** @throws StateError when a newer program wrote `where`. */
export function checkFormat(format: number, where: string): void {
  if (format <= STATE_FORMAT) return;
  throw new StateError(`state format ${format} is newer than this program understands (${STATE_FORMAT}): ${where}`);
}

/** Returns a file's text, undefined when there is none. @throws StateError when it cannot be read. */
export function readText(fs: FileSystem, file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileError('read', file, error);
  }
}

let asideCounter = 0;

/** Returns a name beside the file that no other process and no other call uses. */
export function asideName(file: string): string {
  return `${file}.${process.pid}-${++asideCounter}.tmp`;
}

/**
 * Puts a text in the file's place: written aside and made durable first, so that a reader sees the old or the new, whole.
 * The folder's entry is not durable before `syncFolder`. @throws StateError, having removed what it wrote.
 */
export function replaceFile(fs: FileSystem, file: string, text: string): void {
  const aside = asideName(file);
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const fd = fs.openSync(aside, 'wx');
    try {
      writeWhole(fs, fd, Buffer.from(text), 0);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(aside, file);
  } catch (error) {
    quietly(() => fs.rmSync(aside, { force: true }));
    throw fileError('write', file, error);
  }
}

/** Writes all bytes from a position on; a disk may take fewer at a time. */
export function writeWhole(fs: FileSystem, fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done);
}

/** Makes names in a folder durable. File systems that cannot do it for folders are left alone. */
export function syncFolder(fs: FileSystem, folder: string): void {
  quietly(() => {
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  });
}

/** Runs a clean-up whose failure must not hide what went wrong before it. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // What matters was, or will be, reported by the caller.
  }
}
