// A small cluster in a state folder, worked on as programs do: each opening is a process, which locks, works, commits and lets go.
// Called by: test/sim/*.test.ts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { JsonObject, KubeObject } from '../../src/machinery/types.ts';
import { createCluster, defaultSettings, type Cluster } from '../../src/sim/cluster.ts';
import { Session } from '../../src/sim/session.ts';
import { throwawayFileSystem } from '../../src/storage/files.ts';
import type { ResourceObjects } from '../../src/storage/memory.ts';
import { openState } from '../../src/storage/state.ts';

export const START_MS = Date.UTC(2026, 0, 1);
export const NODES = ['n1', 'n2', 'n3'];
export const PODS_PER_NODE = 12;
export const CPU_PER_NODE = '2';

const made: string[] = [];

export function removeWorlds(): void {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
}

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-sim-'));
  made.push(folder);
  return path.join(folder, 'state');
}

function nodes(): KubeObject[] {
  const size = { cpu: CPU_PER_NODE, memory: '4Gi', pods: String(PODS_PER_NODE), 'ephemeral-storage': '20Gi' };
  return NODES.map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { capacity: size, allocatable: size },
  }));
}

export interface WorldOptions {
  seed?: string;
  /** Close and open the state between any two commands. */
  reopens?: boolean;
  /** Lose the saved due times between any two commands. */
  dropsDue?: boolean;
  /** Bytes of journal after which a checkpoint is made. */
  checkpointBytes?: number;
}

export class World {
  readonly directory = newFolder();
  readonly #options: WorldOptions;
  #session: Session | undefined;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
  }

  /** Makes the cluster of three nodes. */
  async create(): Promise<this> {
    await this.#open().create({
      seed: this.#options.seed ?? '1',
      settings: defaultSettings as unknown as JsonObject,
      clock: { mode: 'manual', simulatedMs: START_MS, wallMs: 0, speed: 1 },
      bootMs: 60_000,
      objects: nodes(),
    });
    this.#leave();
    return this;
  }

  /** Takes over what another world holds. */
  static copyOf(other: World, options: WorldOptions): World {
    const world = new World(options);
    fs.cpSync(other.directory, world.directory, { recursive: true });
    return world;
  }

  /** Runs one command: inside the lock, committed when it ends. */
  async command<T>(work: (cluster: Cluster, session: Session) => T | Promise<T>): Promise<T> {
    if (this.#options.dropsDue) this.#dropDue();
    const session = this.#open();
    const result = await work(await session.enter(), session);
    this.#leave();
    return result;
  }

  /** Everything that lasts: every object of every resource, the simulator's own too, as JSON; revision; clock. */
  content(): { revision: number; nowMs: number; nextDueAtMs: number | undefined; objects: Record<string, string> } {
    const state = openState(this.directory, { fs: throwawayFileSystem });
    const objects: Record<string, string> = {};
    for (const { resource, objects: list } of state.objects())
      for (const object of list)
        objects[`${resource} ${object.metadata.namespace ?? ''}/${object.metadata.name}`] = JSON.stringify(object);
    const { clock, nextDueAtMs } = state.meta;
    return { revision: state.store.revision, nowMs: clock?.simulatedMs ?? 0, nextDueAtMs, objects };
  }

  /** Every object, the simulator's own too. */
  objects(): ResourceObjects[] {
    return openState(this.directory, { fs: throwawayFileSystem }).objects();
  }

  #open(): Session {
    if (this.#session) return this.#session;
    const { checkpointBytes } = this.#options;
    const state = openState(this.directory, {
      fs: throwawayFileSystem,
      ...(checkpointBytes === undefined ? {} : { checkpointBytes }),
    });
    this.#session = new Session(state, {
      wallNowMs: () => 0,
      sleep: async () => undefined,
      command: 'test',
      flush: () => undefined,
      discard: () => undefined,
      loadCluster: async ({ clock }) =>
        createCluster({
          store: state.store,
          clock,
          seed: state.meta.seed ?? '',
          settings: defaultSettings,
          savedDue: () => state.meta['due'],
        }),
    });
    return this.#session;
  }

  #leave(): void {
    this.#session?.leave();
    if (this.#options.reopens) this.#session = undefined;
  }

  #dropDue(): void {
    const state = openState(this.directory, { fs: throwawayFileSystem });
    state.lockSync();
    state.updateMeta({ due: undefined, nextDueAtMs: undefined });
    state.commit({ command: 'drop', atMs: 0 });
    state.close();
    this.#session = undefined;
  }
}
