// The end of a container's run: its last words, what its commands leave in volumes, its state.
// Called by: stages.run.ts, stages.stop.ts. Must not know: why it ended.
import { parseTime } from '../machinery/clock.ts';
import type { ContainerStatus } from './apitypes.ts';
import { addChanges } from './changes.ts';
import { setTerminated } from './containers.ts';
import { addHostFiles } from './hostfiles.ts';
import { linesOfRun } from './logs.ts';
import { runOf } from './runof.ts';
import { simulationOf } from './simulation.ts';
import { isScript, type ContainerRun } from './view.ts';
import type { ContainerSpec, PodWork } from './work.ts';

export interface RunEnd {
  exitCode: number;
  finishedAtMs: number;
  reason?: string;
  message?: string;
}

/** Upstream: kubernetes pkg/kubelet/container MaxContainerTerminationMessageLength and its log fallback. */
const MAX_MESSAGE = 4096;
const MAX_LOG_LINES = 80;
const MAX_LOG_BYTES = 2048;

/** Ends the run that goes on: changes the status and the record. */
export function endRun(work: PodWork, container: ContainerSpec, status: ContainerStatus, end: RunEnd): void {
  const startedAtMs = parseTime(status.state.running?.startedAt) ?? work.nowMs;
  flushScript(work, container, status, end.finishedAtMs);
  keepOutput(work, container, status, end);
  const message = end.message ?? terminationMessage(work, container, status, end);
  setTerminated(work, container, status, { ...end, startedAtMs, ...(message === undefined ? {} : { message }) });
}

/** The run at its end: its last ms may lie ahead of the second in which the kubelet notices. */
function endOf(run: ContainerRun, atMs: number): ContainerRun {
  return { ...run, nowMs: Math.max(run.nowMs, atMs) };
}

/** Whether others see the files that the container writes. */
function sharesFiles({ pod }: PodWork, container: ContainerSpec): boolean {
  const volumes = pod.spec.volumes ?? [];
  return (container.volumeMounts ?? []).some(({ name }) =>
    volumes.some((v) => v.name === name && (v.emptyDir ?? v.hostPath ?? v.persistentVolumeClaim ?? v.ephemeral)),
  );
}

/** Keeps what the commands of a run wrote into volumes: they are not run again once the run is over. */
export function flushScript(work: PodWork, container: ContainerSpec, status: ContainerStatus, atMs = work.nowMs): void {
  const run = endOf(runOf(work, container, status), atMs);
  if (!sharesFiles(work, container) || !isScript(run)) return;
  const { volumes, host } = simulationOf(run).leftBy(container.name);
  addChanges(work.record, container.name, status.restartCount, { root: [], volumes, host: [] });
  addHostFiles(work.context.client.internal, work.pod.spec.nodeName ?? '', host);
}

/** Lines of a finished run that are kept at most. */
const MAX_OUTPUT_LINES = 2000;

/**
 * A run that others took part in (through volumes, the network, exec) is not told again by running its commands
 * alone.
 */
function keepOutput(work: PodWork, container: ContainerSpec, status: ContainerStatus, end: RunEnd): void {
  const run = endOf(runOf(work, container, status), end.finishedAtMs);
  if (!isScript(run)) return;
  const own = work.existingRun(container.name);
  const hadOthers = sharesFiles(work, container) || own?.files !== undefined || own?.network !== undefined;
  if (!hadOthers) return;
  const lines = simulationOf(run).process(container.name)?.lines ?? [];
  const kept = lines.slice(-MAX_OUTPUT_LINES).map(({ atMs, stream, text }) => ({ atMs, stream, text }));
  if (kept.length > 0) work.runRecord(container.name).output = kept;
}

function terminationMessage(
  work: PodWork,
  container: ContainerSpec,
  status: ContainerStatus,
  { exitCode, finishedAtMs }: RunEnd,
): string | undefined {
  const run = endOf(runOf(work, container, status), finishedAtMs);
  if (isScript(run)) {
    const fs = simulationOf(run).files(container.name)?.fs;
    const path = container.terminationMessagePath ?? '/dev/termination-log';
    const bytes = fs?.stat(path)?.bytes;
    if (bytes && bytes.length > 0) return Buffer.from(bytes).toString().slice(-MAX_MESSAGE);
  }
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0) return undefined;
  const lines = linesOfRun({ run, endedAtMs: undefined }, 0, work.nowMs + 1).slice(-MAX_LOG_LINES);
  const text = lines.map((line) => `${line.text}\n`).join('');
  return text === '' ? undefined : text.slice(-MAX_LOG_BYTES);
}
