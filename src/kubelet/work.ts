// One pod while the kubelet works on it: the object, a copy of its status and record to change, and what they say.
// Called by: kubelet.ts and the stages. Must not know: which stage does what.
import type { Container, EphemeralContainer } from 'kubernetes-types/core/v1';
import type { ControllerContext } from '../controllers/controller.ts';
import { formatTime, parseTime } from '../machinery/clock.ts';
import { clone, deepEqual } from '../machinery/meta.ts';
import type { Node } from '../resources/node.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { ContainerStatus, PodStatus } from './apitypes.ts';
import { type ContainerRecord, type PodRecord, readPodRecord, type RunRecord, writePodRecord } from './podrecord.ts';

export type ContainerSpec = Container;

export class PodWork {
  readonly context: ControllerContext;
  readonly pod: Pod;
  readonly node: Node;
  /** A copy: stages change it. */
  readonly status: PodStatus;
  /** A copy: stages change it. */
  readonly record: PodRecord;
  readonly nowMs: number;
  /** Set once all containers have been stopped for good. */
  isTerminal = false;
  /** Set when the pod's last trace is to go from the API server. */
  isRemoved = false;
  /** Set once all is written: nothing may be changed any more. */
  isCommitted = false;
  readonly #oldRecord: PodRecord | undefined;

  constructor(context: ControllerContext, pod: Pod, node: Node) {
    this.context = context;
    this.pod = pod;
    this.node = node;
    this.nowMs = context.nowMs;
    this.status = clone(pod.status) as PodStatus;
    const uid = pod.metadata.uid ?? '';
    this.#oldRecord = readPodRecord(context.client.internal, pod.metadata, uid);
    this.record = this.#oldRecord ? clone(this.#oldRecord) : { uid };
  }

  /** 'default/web', as it stands in hashes. */
  get uid(): string {
    return this.pod.metadata.uid ?? '';
  }
  get startedAtMs(): number | undefined {
    return parseTime(this.status.startTime);
  }
  /** The sandbox holds the pod's address: it is there once the pod has one. */
  get hasSandbox(): boolean {
    return this.status.podIP !== undefined;
  }
  get isDeleting(): boolean {
    return this.pod.metadata.deletionTimestamp !== undefined;
  }
  get isFinished(): boolean {
    return this.status.phase === 'Succeeded' || this.status.phase === 'Failed';
  }
  get initContainers(): readonly ContainerSpec[] {
    return this.pod.spec.initContainers ?? [];
  }
  get containers(): readonly ContainerSpec[] {
    return this.pod.spec.containers;
  }
  get ephemeralContainers(): readonly EphemeralContainer[] {
    return this.pod.spec.ephemeralContainers ?? [];
  }
  /** Everything that can run, init containers first. */
  get allContainers(): ContainerSpec[] {
    return [...this.initContainers, ...this.containers, ...(this.ephemeralContainers as ContainerSpec[])];
  }

  statusOf(name: string): ContainerStatus | undefined {
    const { initContainerStatuses, containerStatuses, ephemeralContainerStatuses } = this.status;
    for (const list of [containerStatuses, initContainerStatuses, ephemeralContainerStatuses]) {
      const found = list?.find((status) => status.name === name);
      if (found) return found;
    }
    return undefined;
  }

  containerRecord(name: string): ContainerRecord {
    const containers = (this.record.containers ??= {});
    return (containers[name] ??= {});
  }

  /** Returns the record of a container's current run, to be changed. */
  runRecord(name: string): RunRecord {
    const record = this.containerRecord(name);
    const restartCount = this.statusOf(name)?.restartCount ?? 0;
    if (record.run?.restartCount !== restartCount) record.run = { restartCount };
    return record.run;
  }

  /** Returns it only when there is one, without making it. */
  existingRun(name: string): RunRecord | undefined {
    const run = this.record.containers?.[name]?.run;
    return run?.restartCount === (this.statusOf(name)?.restartCount ?? 0) ? run : undefined;
  }

  /** Writes an event about the pod or, with a container, about that part of it. */
  event(type: 'Normal' | 'Warning', reason: string, message: string, container?: string): void {
    const fieldPath = container === undefined ? {} : { fieldPath: this.#fieldPath(container) };
    const host = this.pod.spec.nodeName ?? '';
    this.context.recorder.event(this.pod, type, reason, message, { ...fieldPath, component: 'kubelet', host });
  }

  #fieldPath(name: string): string {
    const isInit = this.initContainers.some((c) => c.name === name);
    const isEphemeral = this.ephemeralContainers.some((c) => c.name === name);
    return `spec.${isInit ? 'initContainers' : isEphemeral ? 'ephemeralContainers' : 'containers'}{${name}}`;
  }

  time(ms = this.nowMs): string {
    return formatTime(ms);
  }

  /** Writes what changed. */
  commit(): void {
    this.isCommitted = true;
    const { client } = this.context;
    const { namespace, name } = this.pod.metadata;
    const key = { namespace, name };
    pruneRecord(this.record);
    const isEmpty = Object.keys(this.record).length === 1;
    if (this.#oldRecord ? !deepEqual(this.#oldRecord, this.record) : !isEmpty)
      writePodRecord(client.internal, key, this.record);
    if (!deepEqual(this.status, this.pod.status))
      client.updateStatus(podResource, { ...this.pod, status: this.status as Pod['status'] });
    if (this.isRemoved) {
      const preconditions = { uid: this.uid };
      client.delete(podResource, key, { gracePeriodSeconds: 0, preconditions });
    }
  }
}

/** Drops empty objects, so that a pod of which nothing is to be kept has no record. */
function pruneRecord(record: PodRecord): void {
  for (const [name, container] of Object.entries(record.containers ?? {})) {
    const { run } = container;
    if (run && Object.keys(run).length === 1) delete container.run;
    if (Object.keys(container).length === 0) delete record.containers?.[name];
  }
  if (record.containers && Object.keys(record.containers).length === 0) delete record.containers;
}
