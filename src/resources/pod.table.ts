// The row of `kubectl get pods`: the STATUS, READY and RESTARTS that people read.
// Called by: pod.ts. Must not know: HTTP, storage, the kubelet.
import type { ContainerStatus } from 'kubernetes-types/core/v1';
import { translateTimestampSince } from '../machinery/duration.ts';
import { ageCell, ageColumn, nameColumn, textColumn, wideColumn } from './columns.ts';
import type { Cell, TableSpec } from './definition.ts';
import type { Pod } from './pod.ts';

/** Upstream: kubernetes pkg/printers/internalversion/printers.go printPod. */
export const podTable: TableSpec<Pod> = {
  columns: [
    nameColumn,
    textColumn('Ready'),
    textColumn('Status'),
    textColumn('Restarts'),
    ageColumn,
    wideColumn('IP'),
    wideColumn('Node'),
    wideColumn('Nominated Node'),
    wideColumn('Readiness Gates'),
  ],
  row: podRow,
  conditions(pod) {
    const completed = { type: 'Completed', status: 'True' };
    if (pod.status.phase === 'Succeeded')
      return [{ ...completed, reason: 'Succeeded', message: 'The pod has completed successfully.' }];
    if (pod.status.phase === 'Failed') return [{ ...completed, reason: 'Failed', message: 'The pod failed.' }];
    return [];
  },
};

interface Summary {
  reason: string;
  ready: number;
  restarts: number;
  /** When the last of the counted restarts ended; '' when unknown. */
  lastRestart: string;
}

function podRow(pod: Pod, nowMs: number): Cell[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name);
  const total = (pod.spec.containers ?? []).length + sidecars.length;
  const { reason, ready, restarts, lastRestart } = summarize(pod, sidecars);
  const restartsCell =
    restarts !== 0 && lastRestart !== ''
      ? `${restarts} (${translateTimestampSince(lastRestart, nowMs)} ago)`
      : String(restarts);
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    reason,
    restartsCell,
    ageCell(pod, nowMs),
    pod.status.podIPs?.[0]?.ip || '<none>',
    pod.spec.nodeName || '<none>',
    pod.status.nominatedNodeName || '<none>',
    readinessGatesCell(pod),
  ];
}

function summarize(pod: Pod, sidecars: readonly string[]): Summary {
  const { status } = pod;
  let reason = status.reason || status.phase || '';
  if (status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated'))
    reason = 'SchedulingGated';
  const init = summarizeInit(pod, sidecars);
  let summary: Summary = { ...init.all, reason: init.reason ?? reason };
  const isInitialized = status.conditions?.some((c) => c.type === 'Initialized' && c.status === 'True') ?? false;
  if (init.reason === undefined || isInitialized)
    summary = summarizeContainers(pod, { ...init.sidecars, ready: init.all.ready, reason: init.reason ?? reason });
  if (pod.metadata.deletionTimestamp && status.reason === 'NodeLost') summary.reason = 'Unknown';
  else if (pod.metadata.deletionTimestamp && status.phase !== 'Succeeded' && status.phase !== 'Failed')
    summary.reason = 'Terminating';
  return summary;
}

interface Restarts {
  restarts: number;
  lastRestart: string;
}

function addRestarts(sum: Restarts, container: ContainerStatus): void {
  sum.restarts += container.restartCount ?? 0;
  const finishedAt = container.lastState?.terminated?.finishedAt ?? '';
  if (finishedAt > sum.lastRestart) sum.lastRestart = finishedAt;
}

interface InitSummary {
  all: Restarts & { ready: number };
  sidecars: Restarts;
  /** What keeps the pod initializing; undefined when nothing does. */
  reason: string | undefined;
}

function summarizeInit(pod: Pod, sidecars: readonly string[]): InitSummary {
  const summary: InitSummary = {
    all: { restarts: 0, lastRestart: '', ready: 0 },
    sidecars: { restarts: 0, lastRestart: '' },
    reason: undefined,
  };
  for (const [i, container] of (pod.status.initContainerStatuses ?? []).entries()) {
    const isSidecar = sidecars.includes(container.name);
    addRestarts(summary.all, container);
    if (isSidecar) addRestarts(summary.sidecars, container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar && container.started) {
      if (container.ready) summary.all.ready++;
      continue;
    }
    if (terminated) summary.reason = `Init:${terminationReason(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${i}/${(pod.spec.initContainers ?? []).length}`;
    break;
  }
  return summary;
}

function terminationReason(terminated: { reason?: string; signal?: number; exitCode: number }): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function summarizeContainers(pod: Pod, start: Summary): Summary {
  const summary = { ...start };
  let hasRunning = false;
  let errorReason = '';
  // From the last to the first: the first container's word is the pod's.
  for (const container of [...(pod.status.containerStatuses ?? [])].reverse()) {
    addRestarts(summary, container);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) {
      summary.reason = terminationReason(terminated);
      if (terminated.exitCode !== 0) errorReason = summary.reason;
    } else if (container.ready && running) {
      hasRunning = true;
      summary.ready++;
    }
  }
  if (summary.reason !== 'Completed') return summary;
  const isReady = pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  if (hasRunning && isReady) summary.reason = 'Running';
  else if (errorReason !== '') summary.reason = errorReason;
  else if (hasRunning) summary.reason = 'NotReady';
  return summary;
}

function readinessGatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const conditions = pod.status.conditions ?? [];
  const met = gates.filter((g) => conditions.find((c) => c.type === g.conditionType)?.status === 'True');
  return `${met.length}/${gates.length}`;
}
