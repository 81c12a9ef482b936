// The lines of a journal: one committed batch each, whose writes are parsed only when somebody needs them.
// Called by: adapters.ts, state.ts, history.ts. Must not know: the disk.
import type { Json, JsonObject, KubeObject } from '../machinery/types.ts';
import { checkFormat, damaged } from './files.ts';
import { shardOf } from './shards.ts';
import type { StoredEvent } from './types.ts';

/** The first line of a journal file. */
export interface JournalHeader {
  format: number;
  generation: number;
  /** The state's revision when the journal began. */
  revision: number;
}

interface BatchWrite {
  type: StoredEvent['type'];
  resource: string;
  /** With the write's revision as resourceVersion; for DELETED the last state. */
  object: KubeObject;
}

export interface BatchHead {
  /** The revision after the batch. */
  revision: number;
  /** Simulated time of the commit. */
  atMs: number;
  /** What the person typed, or what did it. */
  command: string;
  /** Shards that the writes touch: 'pods/default', 'nodes/_cluster'. */
  shards: string[];
  /** Fields of meta that the batch sets; null removes one. */
  meta?: JsonObject;
}

/** One committed batch. */
export interface Batch extends BatchHead {
  /** Returns its events, oldest first, each with the object as it was before. */
  events(): readonly StoredEvent[];
}

interface BatchLine extends BatchHead {
  writes: BatchWrite[];
  /** Objects that the batch changed or removed, as they were before it. */
  before: { resource: string; object: KubeObject }[];
}

/** Begins the part of a line that is not parsed at once. Inside a JSON string its quotes would be escaped. */
const WRITES = ',"writes":[';
const BRACE = 0x7d;

export function encodeHeader(header: JournalHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/** Returns the journal's line for events that happened since the last one. */
export function encodeBatch(head: Omit<BatchHead, 'shards'>, events: readonly StoredEvent[]): string {
  const touched = new Set<string>();
  const seen = new Set<string>();
  const before: BatchLine['before'] = [];
  const writes = events.map(({ type, resource, object, previous }): BatchWrite => {
    touched.add(shardOf(resource, object.metadata.namespace ?? ''));
    const id = idOf(resource, object);
    if (!seen.has(id) && previous) before.push({ resource, object: previous });
    seen.add(id);
    return { type, resource, object };
  });
  const { revision, atMs, command, meta } = head;
  const shards = [...touched].sort();
  const line: BatchLine = { revision, atMs, command, shards, ...(meta ? { meta } : {}), writes, before };
  return `${JSON.stringify(line)}\n`;
}

/** Returns a batch whose writes are parsed, and even decoded, on first use. `where` names the line in errors. @throws StateError */
export function decodeBatch(line: Buffer, where: string): Batch {
  const at = line.indexOf(WRITES);
  const text = at < 0 ? line.toString('utf8') : `${line.toString('utf8', 0, at)}}`;
  const { revision, atMs, command, shards, meta } = parseLine(text, where) as Partial<BatchLine>;
  if (
    typeof revision !== 'number' ||
    typeof atMs !== 'number' ||
    typeof command !== 'string' ||
    !Array.isArray(shards) ||
    line.at(-1) !== BRACE
  )
    throw damaged(where);
  let events: readonly StoredEvent[] | undefined;
  return {
    revision,
    atMs,
    command,
    shards,
    ...(meta ? { meta } : {}),
    events: () => (events ??= eventsOf(parseLine(line.toString('utf8'), where) as unknown as BatchLine, where)),
  };
}

/** @throws StateError when the line is not a header of this or another format. */
export function decodeHeader(line: string, where: string): JournalHeader {
  const { format, generation, revision } = parseLine(line, where) as Partial<JournalHeader>;
  if (typeof format !== 'number') throw damaged(where);
  checkFormat(format, where);
  if (typeof generation !== 'number' || typeof revision !== 'number') throw damaged(where);
  return { format, generation, revision };
}

function eventsOf({ writes, before }: BatchLine, where: string): readonly StoredEvent[] {
  if (!Array.isArray(writes) || !Array.isArray(before)) throw damaged(where);
  const last = new Map<string, KubeObject>();
  for (const { resource, object } of before) last.set(idOf(resource, object), object);
  return writes.map(({ type, resource, object }) => {
    const id = idOf(resource, object);
    const previous = last.get(id);
    if (type === 'DELETED') last.delete(id);
    else last.set(id, object);
    const revision = Number(object.metadata.resourceVersion);
    return { type, revision, resource, object, ...(previous ? { previous } : {}) };
  });
}

function idOf(resource: string, { metadata }: KubeObject): string {
  return `${resource}/${metadata.namespace ?? ''}/${metadata.name}`;
}

function parseLine(line: string, where: string): JsonObject {
  try {
    const value = JSON.parse(line) as Json;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw damaged(where, error);
  }
  throw damaged(where);
}
