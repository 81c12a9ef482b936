// The run of a container while the kubelet works on its pod: with the status and record as they are being changed.
// Called by: the stages, probes, hooks. Must not know: programs.
import { parseTime } from '../machinery/clock.ts';
import type { Pod } from '../resources/pod.ts';
import type { ContainerStatus } from './apitypes.ts';
import { recordedNetwork } from './scriptnetwork.ts';
import type { ContainerRun } from './view.ts';
import type { ContainerSpec, PodWork } from './work.ts';

/** When a stage is to act. */
export interface Due {
  atMs: number;
  /** True for what may wait for ever: retries after a failure. */
  isBackground?: boolean;
}

/** Returns the run of a container as programs and files are asked for it. */
export function runOf(work: PodWork, container: ContainerSpec, status: ContainerStatus): ContainerRun {
  const { client, random } = work.context;
  const run: ContainerRun = {
    client,
    random,
    pod: { ...work.pod, status: work.status as Pod['status'] },
    container,
    restartCount: status.restartCount,
    startedAtMs: parseTime(status.state.running?.startedAt) ?? work.nowMs,
    record: work.record,
    nowMs: work.nowMs,
  };
  run.network = recordedNetwork({ client, random, settings: work.context.settings }, run, () => !work.isCommitted);
  return run;
}
