// A pod's containers in time: their file systems, and the scripts that run in them, brought forward to any instant.
// Called by: script.ts, process.ts (files), exec, probes. A cache: it can be dropped and made again from the objects
// and the record without changing a byte. Must not know: a pod's stages, HTTP.
import type { LoopbackClient } from '../client/loopback.ts';
import { parseTime } from '../machinery/clock.ts';
import type { Pod } from '../resources/pod.ts';
import { containerFiles, VolumeTrees, type ContainerFiles } from './files.ts';
import { readHostFiles } from './hostfiles.ts';
import type { FileChange, PodRecord, RunRecord } from './podrecord.ts';
import { Scheduler, type ScriptProcess } from './scheduler.ts';
import { startScript } from './script.ts';
import type { FileTree } from './vfs.ts';
import { imageOf, isScript, viewOf, type ContainerRun } from './view.ts';

interface Simulated {
  run: ContainerRun;
  files: ContainerFiles;
  process: ScriptProcess | undefined;
  /** How much of the record's input it has got. */
  inputUsed: number;
}

/** Names a run in what it leaves on its node. */
function runId({ pod, container, restartCount }: ContainerRun): string {
  return `${pod.metadata.uid}/${container.name}/${restartCount}`;
}

/** Stands for the node's files among the names of volumes, which cannot have a slash. */
const HOST = '/host';

/** A tree and the changes of the record that belong to it. */
interface TrackedTree {
  tree: FileTree;
  changes(record: PodRecord | undefined): readonly FileChange[];
  /** How many of them the tree has. */
  used: number;
}

/** Receives changes of files as they are made; for those that are to be kept. */
export interface ChangeSink {
  root(container: string, change: FileChange): void;
  volume(name: string, change: FileChange): void;
  host(change: FileChange): void;
}

export class PodSimulation {
  readonly scheduler: Scheduler;
  readonly #containers = new Map<string, Simulated>();
  readonly #volumes: VolumeTrees;
  readonly #trees: TrackedTree[] = [];
  /** What scripts changed in volumes: kept when their container ends. */
  readonly #written = new Map<string, { tree: FileTree; volume: string; path: string; atMs: number; by: string }>();
  readonly #ids: ReadonlyMap<string, string>;
  /** Instants at which scripts changed something, ascending. */
  readonly changeTimes: number[] = [];
  sink: ChangeSink | undefined;

  /** With `keepsOutput`, what endless loops printed last is there; without, only what comes of them. */
  constructor(runs: readonly ContainerRun[], keepsOutput = true) {
    const [first] = runs;
    if (!first) throw new Error('assertion: a simulation needs a container');
    const { client, pod } = first;
    this.#volumes = new VolumeTrees(client, pod);
    this.scheduler = new Scheduler(Math.min(...runs.map((run) => run.startedAtMs)), keepsOutput);
    this.scheduler.onChange = () => this.#note();
    this.#ids = new Map(runs.map((run) => [run.container.name, runId(run)]));
    const own = new Set(this.#ids.values());
    for (const change of readHostFiles(client.internal, pod.spec.nodeName ?? ''))
      if (!change.by || !own.has(change.by)) this.#volumes.host.apply(change);
    this.#volumes.host.onChange = (change, by) => {
      if (this.sink) this.sink.host(change);
      else this.#noteWritten(HOST, this.#volumes.host, change, by);
      this.#note();
    };
    for (const [name, tree] of this.#volumes.writable()) this.#addVolume(name, tree);
    for (const run of runs) this.#addContainer(run);
  }

  #addVolume(name: string, tree: FileTree): void {
    this.#trees.push({ tree, changes: (record) => record?.volumes?.[name] ?? [], used: 0 });
    tree.onChange = (change, by) => {
      if (this.sink) this.sink.volume(name, change);
      else this.#noteWritten(name, tree, change, by);
      this.#note();
    };
  }

  #noteWritten(volume: string, tree: FileTree, { path, atMs }: FileChange, by: string): void {
    this.#written.set(`${volume}${path}`, { tree, volume, path, atMs, by });
  }

  /**
   * Returns what the commands of a container left in volumes, as it stands now: by volume; on the node's files under
   * `host`.
   */
  leftBy(container: string): { volumes: Record<string, FileChange[]>; host: FileChange[] } {
    const volumes: Record<string, FileChange[]> = {};
    const host: FileChange[] = [];
    for (const { tree, volume, path, atMs, by } of this.#written.values()) {
      if (by !== container) continue;
      const change = tree.changeTo(path, atMs);
      if (volume === HOST) host.push({ ...change, by: this.#ids.get(by) ?? '' });
      else (volumes[volume] ??= []).push(change);
    }
    return { volumes, host };
  }

  /** Remembers that something changed now. */
  #note(): void {
    const { nowMs } = this.scheduler;
    if (this.changeTimes.at(-1) !== nowMs && this.changeTimes.length < MAX_CHANGE_TIMES) this.changeTimes.push(nowMs);
  }

  #addContainer(run: ContainerRun): void {
    const { client, pod, container, startedAtMs } = run;
    let fs: ContainerFiles['fs'] | undefined;
    const view = viewOf(run, (path) => (fs?.stat(path) ? fs.read(path) : undefined));
    const files = containerFiles({
      client,
      pod,
      container,
      image: imageOf(run),
      env: view.env,
      volumes: this.#volumes,
      clusterDomain: 'cluster.local',
      startedAtMs,
      now: () => this.scheduler.nowMs,
    });
    const changes = (record: PodRecord | undefined): readonly FileChange[] => {
      const own = record?.containers?.[container.name];
      const found = own?.run?.restartCount === run.restartCount ? own.run : own?.previousRun;
      return found?.restartCount === run.restartCount ? (found.files ?? []) : [];
    };
    this.#trees.push({ tree: files.root, changes, used: 0 });
    files.root.onChange = (change) => {
      this.sink?.root(container.name, change);
      this.#note();
    };
    fs = files.fs;
    const process = isScript(run) ? startScript(run, view, this.scheduler, files.fs) : undefined;
    this.#containers.set(container.name, { run, files, process, inputUsed: 0 });
  }

  files(container: string): ContainerFiles | undefined {
    return this.#containers.get(container)?.files;
  }

  process(container: string): ScriptProcess | undefined {
    return this.#containers.get(container)?.process;
  }

  /** Lets scripts run up to and including an instant; changes from outside take place at theirs. */
  advanceTo(ms: number, record: PodRecord | undefined, pod: Pod): void {
    // A script that asks a neighbour which asks back finds things as they are.
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      this.#advance(ms, record, pod);
    } finally {
      this.#isAdvancing = false;
    }
  }

  #isAdvancing = false;

  #advance(ms: number, record: PodRecord | undefined, pod: Pod): void {
    this.#volumes.refresh(pod);
    for (;;) {
      const next = this.#nextChange(record);
      const newsMs = nextNewsMs(record, this.scheduler.nowMs);
      const changeMs = next?.change.atMs ?? Number.POSITIVE_INFINITY;
      const inputMs = this.#nextInputMs(record);
      if (Math.min(newsMs, changeMs, inputMs) > ms) break;
      if (inputMs <= Math.min(newsMs, changeMs)) {
        this.scheduler.advanceTo(inputMs);
        this.#feed(record, inputMs);
        continue;
      }
      // No loop passes over an instant at which something is different.
      this.scheduler.advanceTo(Math.min(newsMs, changeMs) - 1);
      if (changeMs <= newsMs && next) {
        next.entry.tree.apply(next.change);
        next.entry.used += 1;
      } else this.scheduler.advanceTo(newsMs);
      this.scheduler.noteChange();
    }
    this.scheduler.advanceTo(ms);
  }

  #nextInputMs(record: PodRecord | undefined): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { run, inputUsed } of this.#containers.values())
      nextMs = Math.min(nextMs, inputOf(record, run)[inputUsed]?.atMs ?? nextMs);
    return nextMs;
  }

  /** Gives processes what was typed to them up to an instant. */
  #feed(record: PodRecord | undefined, untilMs: number): void {
    for (const simulated of this.#containers.values()) {
      const { run, process } = simulated;
      for (const { atMs, text } of inputOf(record, run).slice(simulated.inputUsed)) {
        if (atMs > untilMs) break;
        simulated.inputUsed += 1;
        if (text === undefined) process?.input?.end();
        else process?.input?.push(text);
        if (process) this.scheduler.wake(process);
      }
    }
  }

  #nextChange(record: PodRecord | undefined) {
    let best: { entry: TrackedTree; change: FileChange } | undefined;
    for (const entry of this.#trees) {
      const change = entry.changes(record)[entry.used];
      if (change && (!best || change.atMs < best.change.atMs)) best = { entry, change };
    }
    return best;
  }

  /**
   * Returns whether the instant lies ahead and the record only grew, not in the past, since this simulation looked at
   * it.
   */
  canReach(ms: number, record: PodRecord | undefined): boolean {
    if (this.#isAdvancing) return true;
    if (ms < this.scheduler.nowMs || this.#nextInputMs(record) < this.scheduler.nowMs) return false;
    return this.#trees.every(({ changes, used }) => {
      const list = changes(record);
      const next = list[used];
      return list.length >= used && (!next || next.atMs >= this.scheduler.nowMs);
    });
  }

  /** Counts changes that were made through this simulation and are in the record now. */
  acknowledge(record: PodRecord | undefined): void {
    for (const entry of this.#trees) entry.used = entry.changes(record).length;
  }
}

function inputOf(record: PodRecord | undefined, { container, restartCount }: ContainerRun) {
  const own = record?.containers?.[container.name];
  const found = own?.run?.restartCount === restartCount ? own.run : own?.previousRun;
  return (found?.restartCount === restartCount ? found.input : undefined) ?? [];
}

/**
 * Returns the next instant after `afterMs` at which something that scripts reach over the network became otherwise.
 */
function nextNewsMs(record: PodRecord | undefined, afterMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { run } of Object.values(record?.containers ?? {}))
    for (const list of Object.values(run?.network ?? {}))
      for (const { atMs } of list) if (atMs > afterMs && atMs < next) next = atMs;
  return next;
}

const MAX_CACHED = 256;
const MAX_CHANGE_TIMES = 10_000;
const caches = new WeakMap<LoopbackClient, Map<string, { signature: string; simulation: PodSimulation }>>();

/**
 * Returns a text that changes when the simulation of a run must be made anew; changes of files are told apart by
 * `canReach`.
 */
function shapeOf(run: ContainerRun, runs: readonly ContainerRun[]): string {
  const generation = run.pod.metadata.generation ?? 0;
  return runs.map((r) => `${r.container.name}/${r.restartCount}/${r.startedAtMs}/${generation}`).join(' ');
}

/** Returns a text that changes when something changed from outside that scripts may see. */
export function signatureOf(run: ContainerRun): string {
  const { record } = run;
  const counts = Object.values(record?.volumes ?? {}).map((list) => list.length);
  for (const { run: own } of Object.values(record?.containers ?? {}))
    counts.push(own?.files?.length ?? 0, changesOf(own?.network), own?.input?.length ?? 0);
  return `${shapeOf(run, runsBeside(run))} ${counts.join('/')}`;
}

/** Returns a simulation of the run and those beside it, at their start, that is only asked what comes of them. */
export function newSimulation(run: ContainerRun): PodSimulation {
  return new PodSimulation(runsBeside(run), false);
}

/** Returns the simulation that the run is part of, at the run's instant. Shared. */
export function simulationOf(run: ContainerRun): PodSimulation {
  const { client, pod, nowMs, record } = run;
  let cache = caches.get(client);
  if (!cache) caches.set(client, (cache = new Map()));
  const runs = runsBeside(run);
  const signature = `${shapeOf(run, runs)} ${runs.map((r) => ownNetworkChanges(r)).join('/')}`;
  const key = `${pod.metadata.uid}/${isCurrent(run) ? '' : `${run.container.name}/${run.restartCount}`}`;
  let found = cache.get(key);
  if (!found || found.signature !== signature || !found.simulation.canReach(nowMs, record))
    found = { signature, simulation: new PodSimulation(runs) };
  cache.delete(key);
  cache.set(key, found);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  found.simulation.advanceTo(nowMs, record, pod);
  return found.simulation;
}

function ownNetworkChanges({ record, container }: ContainerRun): number {
  return changesOf(record?.containers?.[container.name]?.run?.network);
}

/** How often something became otherwise; what is asked for the first time changes nothing that went before. */
function changesOf(network: RunRecord['network']): number {
  return Object.values(network ?? {}).reduce((sum, list) => sum + list.length - 1, 0);
}

function statusesOf(pod: Pod) {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}

/** Whether the run goes on now. A run of the past is simulated on its own. */
function isCurrent({ pod, container, restartCount }: ContainerRun): boolean {
  const status = statusesOf(pod).find(({ name }) => name === container.name);
  return status?.restartCount === restartCount && status.state?.running !== undefined;
}

function runsBeside(run: ContainerRun): ContainerRun[] {
  if (!isCurrent(run)) return [run];
  const { spec } = run.pod;
  const specs = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  const runs: ContainerRun[] = [];
  for (const status of statusesOf(run.pod)) {
    const container = specs.find(({ name }) => name === status.name);
    const startedAtMs = parseTime(status.state?.running?.startedAt);
    if (!container || startedAtMs === undefined) continue;
    if (container.name === run.container.name) runs.push(run);
    else runs.push({ ...run, container, restartCount: status.restartCount, startedAtMs });
  }
  return runs;
}
