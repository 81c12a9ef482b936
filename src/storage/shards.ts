// A shard: the objects of one resource in one namespace, in one JSON file with a line an object.
// Called by: journal.ts, state.ts, checkpoint.ts. Must not know: when shards are written.
import type { KubeObject } from '../machinery/types.ts';

export interface ShardDocument {
  format: number;
  /** 'pods', 'deployments.apps'. */
  resource: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  /** Every write up to this revision is in the objects. */
  revision: number;
  /** In key order. */
  objects: readonly KubeObject[];
}

/** Stands for the namespace of cluster-scoped objects; no namespace can have this name. */
const CLUSTER = '_cluster';

/** Returns 'pods/default' or 'nodes/_cluster': the shard's name, and its file's path below objects/ but for the ending. */
export function shardOf(resource: string, namespace: string): string {
  return `${resource}/${namespace === '' ? CLUSTER : namespace}`;
}

export function parseShard(shard: string): { resource: string; namespace: string } {
  const slash = shard.indexOf('/');
  const namespace = shard.slice(slash + 1);
  return { resource: shard.slice(0, slash), namespace: namespace === CLUSTER ? '' : namespace };
}

export function encodeShard({ objects, ...head }: ShardDocument): string {
  const lines = objects.map((object) => JSON.stringify(object)).join(',\n');
  return `${JSON.stringify(head).slice(0, -1)},"objects":[\n${lines}${lines === '' ? '' : '\n'}]}\n`;
}

export function isShardDocument(value: unknown): value is ShardDocument {
  if (typeof value !== 'object' || value === null) return false;
  const { revision, objects } = value as Partial<ShardDocument>;
  return typeof revision === 'number' && Array.isArray(objects) && objects.every(isObject);
}

function isObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { metadata } = value as Partial<KubeObject>;
  return typeof metadata === 'object' && metadata !== null && typeof metadata.name === 'string';
}
