// Where things lie in a state folder, and what meta.json holds.
// Called by: disk.ts, state.ts, checkpoint.ts, history.ts. Must not know: how files are written.
import path from 'node:path';
import type { Json, JsonObject } from '../machinery/types.ts';
import { encodeShard, isShardDocument, type ShardDocument } from './shards.ts';

/** How simulated time follows the wall clock. */
export interface ClockState {
  /** 'real': simulated time = simulatedMs + (wall clock - wallMs) × speed. 'manual': simulated time = simulatedMs. */
  mode: 'real' | 'manual';
  simulatedMs: number;
  wallMs: number;
  speed: number;
}

/** What a state remembers besides objects. Each field is replaced whole. */
export interface StateMeta {
  clock?: ClockState;
  seed?: string;
  settings?: JsonObject;
  /** The earliest simulated instant at which a controller has something to do. */
  nextDueAtMs?: number;
  /** Caches of controllers and the like: may be removed at any time. */
  [field: string]: Json | object | undefined;
}

export interface MetaDocument {
  format: number;
  /** Grows with every checkpoint; the journal of the same generation continues this document. */
  generation: number;
  /** The revision that the checkpoint holds. */
  revision: number;
  /** What `StateMeta` describes. */
  values: JsonObject;
  /** How many objects each shard held at the checkpoint, by resource and namespace. */
  shards: Record<string, Record<string, number>>;
}

export interface StatePaths {
  meta: string;
  journal: string;
  lock: string;
  objects: string;
  history: string;
}

export function pathsOf(directory: string): StatePaths {
  return {
    meta: path.join(directory, 'meta.json'),
    journal: path.join(directory, 'journal.jsonl'),
    lock: path.join(directory, 'lock'),
    objects: path.join(directory, 'objects'),
    history: path.join(directory, 'history'),
  };
}

/** Returns the file of a shard: objects/pods/default.json. */
export function shardFile(paths: StatePaths, shard: string): string {
  return path.join(paths.objects, `${shard.split('/').map(encodeURIComponent).join('/')}.json`);
}

/** Returns the file of the journal that ended with a generation. */
export function archiveFile(paths: StatePaths, generation: number): string {
  return path.join(paths.history, `${generation}.jsonl`);
}

export const metaShape = { isValid: isMetaDocument, encode: encodeMeta };
export const shardShape = {
  isValid: isShardDocument,
  encode: (shard: ShardDocument): string => encodeShard(shard),
};

/** One line a field, so that a person finds things and a difference is short. */
function encodeMeta({ values, shards, ...head }: MetaDocument): string {
  return `{
${JSON.stringify(head).slice(1, -1)},
"values":${encodeFields(values)},
"shards":${encodeFields(shards)}
}
`;
}

function encodeFields(fields: object): string {
  const lines = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n}`;
}

function isMetaDocument(value: unknown): value is MetaDocument {
  const { generation, revision, values, shards } = value as Partial<MetaDocument>;
  return (
    typeof generation === 'number' &&
    typeof revision === 'number' &&
    isRecord(values) &&
    isRecord(shards) &&
    Object.values(shards).every((counts) => isRecord(counts) && Object.values(counts).every(Number.isInteger))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
