// Local files as tar archives, and archives as local files. The door to tar-stream.
// Called by: commands/cp.ts. Must not know: pods. Loaded on first use.
// Upstream: kubectl pkg/cmd/cp/cp.go makeTar, untarAll.
import fs from 'node:fs';
import path from 'node:path';
import { extract, pack, type Header, type Pack } from 'tar-stream';
import { codeOf, goFileError } from '../../machinery/goerrno.ts';
import { archivePrefix, localPath, remotePath, stripPathShortcuts } from './cp.paths.ts';

const FOLDER_MODE = 0o755;

/** Returns an archive of a file or folder, which gets the name `name` in it. */
export function packFiles(place: string, name: string): AsyncIterable<Uint8Array> {
  const archive = pack();
  addFile(archive, place, name);
  archive.finalize();
  return archive as unknown as AsyncIterable<Uint8Array>;
}

/** Folders are only told when they are empty: the files' names imply the others. */
function addFile(archive: Pack, place: string, name: string): void {
  const stat = fs.lstatSync(place);
  const header = { name, mode: stat.mode & 0o7777, mtime: stat.mtime, uid: stat.uid, gid: stat.gid };
  if (stat.isDirectory()) {
    const files = fs.readdirSync(place).sort();
    if (files.length === 0) archive.entry({ ...header, type: 'directory' }, '');
    for (const file of files) addFile(archive, path.join(place, file), path.posix.join(name, file));
  } else if (stat.isSymbolicLink()) archive.entry({ ...header, type: 'symlink', linkname: fs.readlinkSync(place) }, '');
  else archive.entry({ ...header, type: 'file' }, fs.readFileSync(place));
}

export interface Unpacking {
  write(bytes: string | Uint8Array): void;
  /** There is nothing more to come. */
  end(): void;
  /** Resolves when all files are written. Rejects with Error `tar contents corrupted` and the like. */
  done: Promise<void>;
}

export interface UnpackOptions {
  cwd: string;
  /** The remote file or folder that was packed. */
  file: string;
  /** Where it goes, as the user wrote it. */
  target: string;
  warn(text: string): void;
  /** '-n "default" "pod"': where the user finds what was left out. */
  subject: string;
}

/** Writes the files of an archive as it comes in. Links are left out, and so is what would lie elsewhere. */
export function unpackFiles(options: UnpackOptions): Unpacking {
  const archive = extract();
  const place = new Unpacker(options);
  const done = (async () => {
    for await (const source of archive) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of source as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
      place.take(source.header, Buffer.concat(chunks));
    }
  })();
  return {
    write: (bytes) => void archive.write(Buffer.from(bytes as string)),
    end: () => void archive.end(undefined),
    done,
  };
}

class Unpacker {
  readonly #options: UnpackOptions;
  readonly #prefix: string;
  #hasWarned = false;

  constructor(options: UnpackOptions) {
    this.#options = options;
    this.#prefix = archivePrefix(options.file);
  }

  take({ name, type, linkname }: Header, content: Buffer): void {
    const { target, cwd, warn } = this.#options;
    if (!name.startsWith(this.#prefix)) throw new Error('tar contents corrupted');
    const shown = localPath(path.join(target, remotePath(name.slice(this.#prefix.length))));
    const place = path.resolve(cwd, shown);
    if (!isBelow(path.resolve(cwd, target), place)) {
      warn(`warning: file ${JSON.stringify(shown)} is outside target destination, skipping\n`);
      return;
    }
    fs.mkdirSync(path.dirname(place), { recursive: true, mode: FOLDER_MODE });
    if (type === 'directory') fs.mkdirSync(place, { recursive: true, mode: FOLDER_MODE });
    else if (type === 'symlink') this.#warnOfLink(shown, linkname);
    else writeFile(place, shown, content);
  }

  #warnOfLink(shown: string, target: string): void {
    const { warn, file, subject } = this.#options;
    const hint = ` (consider using "kubectl exec ${subject} -- tar cf - ${JSON.stringify(file)} | tar xf -")`;
    const link = `${JSON.stringify(shown)} -> ${JSON.stringify(target)}`;
    warn(`warning: skipping symlink: ${link}${this.#hasWarned ? '' : hint}\n`);
    this.#hasWarned = true;
  }
}

function isBelow(base: string, place: string): boolean {
  const relative = path.relative(base, place);
  return relative === '' || relative === stripPathShortcuts(relative);
}

/** @throws Error as Go words it: `open dir: is a directory`. */
function writeFile(place: string, shown: string, content: Buffer): void {
  try {
    fs.writeFileSync(place, content);
  } catch (error) {
    throw new Error(goFileError(codeOf(error) === 'ENOSPC' ? 'write' : 'open', shown, error), { cause: error });
  }
}
