// Lifecycle hooks: what postStart and preStop do, how long they take, and what their failure leads to.
// Called by: stages.start.ts, stopping.ts. Must not know: when containers start and stop.
import type { LifecycleHandler } from 'kubernetes-types/core/v1';
import type { ContainerStatus } from './apitypes.ts';
import { addChanges } from './changes.ts';
import { addHostFiles } from './hostfiles.ts';
import { executableProblem, programOf } from './process.ts';
import { portNumber } from './probes.run.ts';
import { runQuietly } from './quietly.ts';
import { runOf } from './runof.ts';
import type { ContainerSpec, PodWork } from './work.ts';

interface HookResult {
  tookMs: number;
  /** Why it failed, in the kubelet's words. */
  failure?: string;
}

function runHook(
  work: PodWork,
  container: ContainerSpec,
  status: ContainerStatus,
  handler: LifecycleHandler,
  limitMs: number,
): HookResult {
  if (handler.sleep) return { tookMs: Math.min(handler.sleep.seconds * 1000, limitMs) };
  const run = runOf(work, container, status);
  if (handler.httpGet) {
    const { path = '/', port, host } = handler.httpGet;
    const number = portNumber(run, port) ?? 0;
    const isOpen = programOf(run)
      .listens()
      .some((l) => l.port === number);
    const address = `${host ?? work.status.podIP ?? ''}:${number}`;
    if (isOpen) return { tookMs: 0 };
    return {
      tookMs: 0,
      failure: `HTTP lifecycle hook (${path}) for Container "${container.name}" failed - error: Get "http://${address}${path}": dial tcp ${address}: connect: connection refused`,
    };
  }
  if (!handler.exec) return { tookMs: 0 };
  const command = handler.exec.command ?? [];
  const problem = executableProblem(run, command[0] ?? '');
  const { namespace, name } = work.pod.metadata;
  const where = `Exec lifecycle hook ([${command.join(' ')}]) for Container "${container.name}" in Pod "${name}_${namespace}(${work.uid})" failed`;
  if (problem !== undefined) return { tookMs: 0, failure: `${where} - error: ${problem}, message: ""` };
  const { output, exitCode, tookMs, changes } = runQuietly(run, command, limitMs);
  addChanges(work.record, container.name, status.restartCount, changes);
  addHostFiles(work.context.client.internal, work.pod.spec.nodeName ?? '', changes.host);
  const took = { tookMs: Math.min(tookMs, limitMs) };
  if (exitCode === 0 || tookMs > limitMs) return took;
  return {
    ...took,
    failure: `${where} - error: command '${command.join(' ')}' exited with ${exitCode}: ${output}, message: ${JSON.stringify(output)}`,
  };
}

const HOOK_LIMIT_MS = 3_600_000;

/** Runs the postStart hook of a container that has just started; when it fails the container is killed. */
export function runPostStart(work: PodWork, container: ContainerSpec, status: ContainerStatus): void {
  const handler = container.lifecycle?.postStart;
  if (!handler) return;
  const { failure } = runHook(work, container, status, handler, HOOK_LIMIT_MS);
  if (failure === undefined) return;
  work.event('Warning', 'FailedPostStartHook', 'PostStartHook failed', container.name);
  work.event('Normal', 'Killing', 'FailedPostStartHook', container.name);
  const stop = programOf(runOf(work, container, status)).stop?.() ?? { afterMs: 30_000, exitCode: 137 };
  work.runRecord(container.name).stopping = { endsAtMs: work.nowMs + stop.afterMs, exitCode: stop.exitCode };
}

/** Returns how long the preStop hook takes, in ms, at most `limitMs`; what it changes is kept. */
export function preStopMs(work: PodWork, container: ContainerSpec, status: ContainerStatus, limitMs: number): number {
  const handler = container.lifecycle?.preStop;
  return handler ? runHook(work, container, status, handler, limitMs).tookMs : 0;
}
