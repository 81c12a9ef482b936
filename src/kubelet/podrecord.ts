// What a node knows of a pod that the API does not show: pulls under way, probes' counts, files that containers
// changed.
// Called by: kubelet's stages, probes, files, connector. Must not know: what the facts mean for a pod's status.
import type { InternalStore } from '../client/loopback.ts';
import { clone } from '../machinery/meta.ts';
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import { internalResource } from './internal.ts';

/** An image pull of one container. */
export interface PullRecord {
  startedAtMs: number;
  endsAtMs: number;
  /** What the pull itself takes, without waiting for the node's other pulls. */
  pullMs: number;
  /** containerd's error; absent for a pull that will succeed. */
  error?: string;
}

export interface ProbeRecord {
  /** Failures or successes in a row, as the last result was. */
  failures: number;
  successes: number;
  /** The last instant at which the probe ran. */
  lastMs: number;
}
export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** A file, directory or link that differs from the image's; `content` is base64, for `appended` what was added. */
export interface FileChange {
  atMs: number;
  path: string;
  kind: 'file' | 'appended' | 'directory' | 'link' | 'removed';
  content?: string;
  mode?: number;
  /**
   * On the node's files: the run whose commands made the change ('uid/container/restarts'); they make it again when
   * replayed.
   */
  by?: string;
}

/** Facts of one run of a container; a restart begins a new one. */
export interface RunRecord {
  restartCount: number;
  probes?: Partial<Record<ProbeKind, ProbeRecord>>;
  files?: FileChange[];
  /** Set when the kubelet has told the container to stop: when it ends and how. */
  stopping?: { endsAtMs: number; exitCode: number };
  /** What its commands reach over the network, by what they ask for: how it was from which instant on. */
  network?: Record<string, { atMs: number; outcome: string }[]>;
  /** What was typed to its process, when; the end of the input without a text. */
  input?: { atMs: number; text?: string }[];
  /** What commands printed, kept at the end of a run that cannot be repeated alone. */
  output?: RequestLine[];
  /** What requests and load did: lines of the access log. */
  requests?: RequestLine[];
}

export interface RequestLine {
  atMs: number;
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface ContainerRecord {
  pull?: PullRecord;
  /** Attempts that failed, in a row. */
  failedPulls?: { count: number; lastAtMs: number; error: string };
  /** When the container could last not be made for its configuration. */
  checkedAtMs?: number;
  /** restartCount at which the back-off began anew, after a long run. */
  backoffBase?: number;
  run?: RunRecord;
  /** Log of the run before. */
  previousRun?: RunRecord;
}

export interface PodRecord {
  uid: string;
  /** How often mounting was tried without success. */
  mountAttempts?: number;
  /** When the containers were told to stop because the pod is deleted or past its deadline. */
  killedAtMs?: number;
  containers?: Record<string, ContainerRecord>;
  /** Files in the pod's emptyDir volumes, by volume. */
  volumes?: Record<string, FileChange[]>;
}

const RESOURCE = '_containers';

/** For watches: an event each time a record changes. */
export const podRecords = internalResource(RESOURCE);

/** Returns the record of a pod, or undefined when there is none or it belongs to an earlier pod of that name. */
export function readPodRecord(internal: InternalStore, key: ObjectKey, uid: string): PodRecord | undefined {
  const record = internal.get<PodRecord>(RESOURCE, key);
  return record?.uid === uid ? record : undefined;
}

/** Returns the record inside an event's or an index's object. */
export function recordIn(object: KubeObject): PodRecord {
  return (object as KubeObject & { value: PodRecord }).value;
}

export function writePodRecord(internal: InternalStore, key: ObjectKey, record: PodRecord): void {
  internal.put(RESOURCE, key, record);
}

export function deletePodRecord(internal: InternalStore, key: ObjectKey): void {
  if (internal.get(RESOURCE, key)) internal.delete(RESOURCE, key);
}

/** Names a run of a container. */
export interface RunKey {
  namespace: string | undefined;
  pod: string;
  uid: string;
  container: string;
  restartCount: number;
}

/** Returns the record of a run inside a pod's record, made when absent. To be changed. */
export function runIn(record: PodRecord, container: string, restartCount: number): RunRecord {
  const own = ((record.containers ??= {})[container] ??= {});
  if (own.run?.restartCount !== restartCount) own.run = { restartCount };
  return own.run;
}

/** Changes the record of a run and writes it. Returns the pod's record. */
export function editRun(internal: InternalStore, key: RunKey, edit: (run: RunRecord) => void): PodRecord {
  const { namespace, pod: name, uid, container, restartCount } = key;
  const record: PodRecord = clone(readPodRecord(internal, { namespace, name }, uid) ?? { uid });
  edit(runIn(record, container, restartCount));
  writePodRecord(internal, { namespace, name }, record);
  return record;
}
