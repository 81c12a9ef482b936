// lowdb's door to the disk: adapters that read and write whole JSON documents, and append to a journal, durably.
// Called by: state.ts, checkpoint.ts, history.ts. Must not know: what documents mean. The only file that imports lowdb.
import { LowSync, type SyncAdapter } from 'lowdb';
import path from 'node:path';
import { codeOf } from '../machinery/goerrno.ts';
import {
  checkFormat,
  damaged,
  fileError,
  quietly,
  readText,
  replaceFile,
  STATE_FORMAT,
  syncFolder,
  writeWhole,
  type FileSystem,
} from './files.ts';
import { decodeBatch, decodeHeader, encodeHeader, type Batch, type JournalHeader } from './journal.ts';

interface DocumentShape<T> {
  isValid(value: unknown): value is T;
  encode(value: T): string;
}

/** Reads and replaces one JSON document. */
class DocumentAdapter<T extends { format: number }> implements SyncAdapter<T> {
  readonly #fs: FileSystem;
  readonly #file: string;
  readonly #shape: DocumentShape<T>;

  constructor(fs: FileSystem, file: string, shape: DocumentShape<T>) {
    this.#fs = fs;
    this.#file = file;
    this.#shape = shape;
  }

  read = (): T | null => {
    const text = readText(this.#fs, this.#file);
    if (text === undefined) return null;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw damaged(this.#file, error);
    }
    if (typeof value !== 'object' || value === null || !('format' in value) || typeof value.format !== 'number')
      throw damaged(this.#file);
    checkFormat(value.format, this.#file);
    if (!this.#shape.isValid(value)) throw damaged(this.#file);
    return value;
  };

  write = (value: T): void => {
    replaceFile(this.#fs, this.#file, this.#shape.encode(value));
    syncFolder(this.#fs, path.dirname(this.#file));
  };
}

/** Returns a document's content, undefined when there is no file. @throws StateError */
export function readDocument<T extends { format: number }>(
  fs: FileSystem,
  file: string,
  shape: DocumentShape<T>,
): T | undefined {
  const document = new LowSync<T | null>(new DocumentAdapter(fs, file, shape) as SyncAdapter<T | null>, null);
  document.read();
  return document.data ?? undefined;
}

/** Puts a document in its file's place, durably. @throws StateError */
export function writeDocument<T extends { format: number }>(
  fs: FileSystem,
  file: string,
  document: { shape: DocumentShape<T>; value: T },
): void {
  new LowSync<T>(new DocumentAdapter(fs, file, document.shape), document.value).write();
}

/** What a journal holds from some place on. */
export interface JournalPart {
  header: JournalHeader;
  batches: Batch[];
  /** Bytes after the last whole line: an append that was cut short, or is under way. */
  tornBytes: number;
  /** Lines to be appended by `write`. */
  unsaved: string;
}

/** Reads what is new in a journal file, and appends to it. */
class JournalAdapter implements SyncAdapter<JournalPart> {
  readonly #fs: FileSystem;
  readonly #file: string;
  generation = 0;
  /** Bytes of the whole lines that were read or written. */
  position = 0;
  lines = 0;

  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.#file = file;
  }

  read = (): JournalPart | null => {
    let bytes: Buffer;
    try {
      bytes = this.#fs.readFileSync(this.#file);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw fileError('read', this.#file, error);
    }
    const headerEnd = bytes.indexOf('\n') + 1;
    if (headerEnd === 0) throw damaged(`${this.#file} line 1`);
    const header = decodeHeader(bytes.toString('utf8', 0, headerEnd), `${this.#file} line 1`);
    const isContinued = header.generation === this.generation && this.position <= bytes.length;
    this.generation = header.generation;
    if (!isContinued) {
      this.position = headerEnd;
      this.lines = 1;
    }
    return { header, batches: this.#decode(bytes), tornBytes: bytes.length - this.position, unsaved: '' };
  };

  write = (part: JournalPart): void => {
    const bytes = Buffer.from(part.unsaved);
    let fd: number | undefined;
    try {
      fd = this.#fs.openSync(this.#file, 'r+');
      // What a dead process left unfinished must not end up inside the line.
      if (this.#fs.fstatSync(fd).size > this.position) this.#fs.ftruncateSync(fd, this.position);
      writeWhole(this.#fs, fd, bytes, this.position);
      this.#fs.fsyncSync(fd);
    } catch (error) {
      const { position } = this;
      if (fd !== undefined) {
        const opened = fd;
        quietly(() => this.#fs.ftruncateSync(opened, position));
        quietly(() => this.#fs.fsyncSync(opened));
      }
      throw fileError('write', this.#file, error);
    } finally {
      if (fd !== undefined) this.#fs.closeSync(fd);
    }
    this.position += bytes.length;
    for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) this.lines++;
  };

  /** A line that a crash cut short has no end, or zeros where the disk never got its bytes. */
  #decode(bytes: Buffer): Batch[] {
    const batches: Batch[] = [];
    for (let end = bytes.indexOf('\n', this.position); end >= 0; end = bytes.indexOf('\n', this.position)) {
      const line = bytes.subarray(this.position, end);
      const isLast = end === bytes.length - 1;
      if (isLast && line.includes(0)) break;
      batches.push(decodeBatch(line, `${this.#file} line ${this.lines + 1}`));
      this.position = end + 1;
      this.lines++;
    }
    return batches;
  }
}

/** A journal file, of which this process knows a beginning. */
export class Journal {
  readonly #fs: FileSystem;
  readonly #file: string;
  readonly #adapter: JournalAdapter;
  readonly #low: LowSync<JournalPart | null>;

  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.#file = file;
    this.#adapter = new JournalAdapter(fs, file);
    this.#low = new LowSync<JournalPart | null>(this.#adapter as SyncAdapter<JournalPart | null>, null);
  }

  /** Bytes of the part that is known. */
  get bytes(): number {
    return this.#adapter.position;
  }

  /** Says where to go on in a file of that generation. */
  seek(place: { generation: number; bytes: number; lines: number }): void {
    this.#adapter.generation = place.generation;
    this.#adapter.position = place.bytes;
    this.#adapter.lines = place.lines;
  }

  get place(): { generation: number; bytes: number; lines: number } {
    const { generation, position, lines } = this.#adapter;
    return { generation, bytes: position, lines };
  }

  /**
   * Returns what was appended since the last call; everything, when a new journal has taken the file's place.
   * Undefined when there is no file. @throws StateError
   */
  read(): JournalPart | undefined {
    this.#low.data = null;
    this.#low.read();
    return this.#low.data ?? undefined;
  }

  /** Appends lines and makes them durable. @throws StateError, having cut the file back to what it was. */
  append(lines: string): void {
    const { generation } = this.#adapter;
    const header = { format: STATE_FORMAT, generation, revision: 0 };
    this.#low.data = { header, batches: [], tornBytes: 0, unsaved: lines };
    this.#low.write();
  }

  /** Puts a new journal in the file's place. */
  restart(header: JournalHeader): void {
    const text = encodeHeader(header);
    replaceFile(this.#fs, this.#file, text);
    syncFolder(this.#fs, path.dirname(this.#file));
    this.seek({ generation: header.generation, bytes: Buffer.byteLength(text), lines: 1 });
  }
}
