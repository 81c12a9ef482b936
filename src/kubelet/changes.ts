// Keeps what commands changed in a container: its own layer, its volumes, the node's files.
// Called by: exec.ts, podport.ts, hooks.ts. Must not know: commands.
import { pod as podResource } from '../resources/pod.ts';
import { clone } from '../machinery/meta.ts';
import { addHostFiles, compactChanges } from './hostfiles.ts';
import { readPodRecord, runIn, writePodRecord, type FileChange, type PodRecord } from './podrecord.ts';
import type { PodSimulation } from './simulation.ts';
import type { ContainerRun } from './view.ts';

/** Changes as they were made, in order. */
export interface ChangeLog {
  root: FileChange[];
  volumes: Record<string, FileChange[]>;
  host: FileChange[];
}

/** Lets changes that are made through the simulation's file systems go into a log; returns what ends that. */
export function watchChanges(simulation: PodSimulation, container: string): { log: ChangeLog; end(): void } {
  const log: ChangeLog = { root: [], volumes: {}, host: [] };
  simulation.sink = {
    root: (name, change) => void (name === container && log.root.push(change)),
    volume: (name, change) => void (log.volumes[name] ??= []).push(change),
    host: (change) => void log.host.push(change),
  };
  return {
    log,
    end: () => {
      simulation.sink = undefined;
    },
  };
}

export function hasChanges({ root, volumes, host }: ChangeLog): boolean {
  return root.length > 0 || host.length > 0 || Object.keys(volumes).length > 0;
}

/** Adds the changes to a record. Changes it. */
export function addChanges(
  record: PodRecord,
  container: string,
  restartCount: number,
  { root, volumes }: ChangeLog,
): void {
  if (root.length > 0) {
    const run = runIn(record, container, restartCount);
    run.files = compactChanges([...(run.files ?? []), ...root]);
  }
  for (const [name, list] of Object.entries(volumes)) {
    const kept = (record.volumes ??= {});
    kept[name] = compactChanges([...(kept[name] ?? []), ...list]);
  }
}

/** Writes the changes of a run into its pod's record and its node's files. */
export function saveChanges(
  { client, pod, container, restartCount }: ContainerRun,
  log: ChangeLog,
): PodRecord | undefined {
  const uid = pod.metadata.uid ?? '';
  const old = readPodRecord(client.internal, pod.metadata, uid);
  const isGone = client.get(podResource, pod.metadata)?.metadata.uid !== uid;
  if (isGone || !hasChanges(log)) return old;
  const record: PodRecord = clone(old ?? { uid });
  addChanges(record, container.name, restartCount, log);
  const { namespace, name } = pod.metadata;
  if (log.root.length > 0 || Object.keys(log.volumes).length > 0)
    writePodRecord(client.internal, { namespace, name }, record);
  addHostFiles(client.internal, pod.spec.nodeName ?? '', log.host);
  return record;
}
