// What the states of containers make of a pod: its phase and its conditions, with the kubelet's reasons and messages.
// Called by: kubelet.ts, after the stages. Must not know: how containers came into their states.
// Upstream: kubernetes pkg/kubelet/kubelet_pods.go getPhase, pkg/kubelet/status/generate.go.
import type { ContainerStatus, PodCondition } from './apitypes.ts';
import { isSidecar, restartPolicyOf, restartsAfter } from './containers.ts';
import type { PodWork } from './work.ts';

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

interface Counts {
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  restartable: number;
  succeeded: number;
}

/** Brings phase and conditions of the working status up to date with its container statuses. */
export function projectStatus(work: PodWork): void {
  const { status, pod } = work;
  const old = status.phase;
  if (!work.isFinished) status.phase = phaseOf(work);
  if (
    status.phase !== old &&
    old !== undefined &&
    !status.reason?.match(/^(DeadlineExceeded|Evicted|OutOf|NodeAffinity|NodeLost)/)
  ) {
    delete status.reason;
    delete status.message;
  }
  if (pod.metadata.generation !== undefined) status.observedGeneration = pod.metadata.generation;
  const made = [
    condition('PodReadyToStartContainers', hasSandbox(work)),
    initialized(work),
    ready(work),
    containersReady(work),
    condition('PodScheduled', true),
  ];
  const names = made.map(({ type }) => type);
  const foreign = (status.conditions ?? []).filter(({ type }) => !names.includes(type));
  const own = made.map((next) => keepTransition(work, next));
  status.conditions = [...foreign, ...own];
}

interface Draft {
  type: string;
  status: 'True' | 'False';
  reason?: string;
  message?: string;
}

function condition(type: string, isTrue: boolean, reason?: string, message?: string): Draft {
  return {
    type,
    status: isTrue ? 'True' : 'False',
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}

function keepTransition(work: PodWork, next: Draft): PodCondition {
  const old = work.status.conditions?.find(({ type }) => type === next.type);
  const isSame = old?.status === next.status && old.lastTransitionTime !== undefined;
  const { generation } = work.pod.metadata;
  return {
    type: next.type,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: next.status,
    lastProbeTime: null,
    lastTransitionTime: isSame ? (old.lastTransitionTime ?? '') : work.time(),
    ...(next.reason === undefined ? {} : { reason: next.reason }),
    ...(next.message === undefined ? {} : { message: next.message }),
  };
}

/** The sandbox is there from the first address to the end of the last container. */
function hasSandbox(work: PodWork): boolean {
  return work.hasSandbox && !work.isFinished && !work.isTerminal;
}

function phaseOf(work: PodWork): Phase {
  const { containers, initContainers } = work;
  const policy = restartPolicyOf(work.pod);
  let pendingInit = 0;
  let pendingSidecars = 0;
  const counts: Counts = { unknown: 0, running: 0, waiting: 0, stopped: 0, restartable: 0, succeeded: 0 };
  for (const container of initContainers) {
    const status = work.statusOf(container.name);
    if (isSidecar(container)) {
      if (status?.state.running) counts.running += 1;
      if (!status || (!status.state.terminated && !status.lastState.terminated && !status.started))
        pendingSidecars += 1;
      if (status?.state.waiting && !status.lastState.terminated) counts.waiting += 1;
      continue;
    }
    const ended = status?.state.terminated ?? (status?.state.waiting ? status.lastState.terminated : undefined);
    if (!ended) pendingInit += 1;
    else if (ended.exitCode !== 0 && policy === 'Never') return 'Failed';
    else if (ended.exitCode !== 0 && status?.state.waiting) pendingInit += 1;
  }
  for (const container of containers)
    count(counts, work.statusOf(container.name), (code) => restartsAfter(work.pod, container, code));
  const hasStarted = containers.some(({ name }) => hasEverStarted(work.statusOf(name)));
  if (pendingInit > 0 || (pendingSidecars > 0 && !hasStarted) || counts.waiting > 0) return 'Pending';
  if (counts.running > 0 && counts.unknown === 0) return 'Running';
  if (counts.running > 0 || counts.stopped === 0 || counts.unknown > 0) return 'Pending';
  if (!work.isTerminal && counts.restartable > 0) return 'Running';
  return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
}

function count(counts: Counts, status: ContainerStatus | undefined, restarts: (exitCode: number) => boolean): void {
  const ended = status?.state.terminated ?? (status?.state.waiting ? status.lastState.terminated : undefined);
  if (!status) counts.unknown += 1;
  else if (status.state.running) counts.running += 1;
  else if (!ended) counts.waiting += 1;
  else {
    counts.stopped += 1;
    if (restarts(ended.exitCode)) counts.restartable += 1;
    if (status.state.terminated && ended.exitCode === 0) counts.succeeded += 1;
  }
}

function hasEverStarted(status: ContainerStatus | undefined): boolean {
  return Boolean(status && (status.state.running || status.state.terminated || status.lastState.terminated));
}

/** Go prints lists of strings with spaces: `[web log]`. */
function list(names: readonly string[]): string {
  return `[${names.join(' ')}]`;
}

function initialized(work: PodWork): Draft {
  const type = 'Initialized';
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of work.initContainers) {
    const status = work.statusOf(container.name);
    if (!status) unknown.push(container.name);
    else if (isSidecar(container) ? !status.started : !status.ready) incomplete.push(container.name);
  }
  if (work.status.phase === 'Succeeded' && unknown.length === 0) return condition(type, true, 'PodCompleted');
  if (work.containers.some(({ name }) => hasEverStarted(work.statusOf(name)))) return condition(type, true);
  const message = messageOf(unknown, incomplete, 'incomplete');
  return message === '' ? condition(type, true) : condition(type, false, 'ContainersNotInitialized', message);
}

function messageOf(unknown: readonly string[], lacking: readonly string[], word: string): string {
  return [
    ...(unknown.length > 0 ? [`containers with unknown status: ${list(unknown)}`] : []),
    ...(lacking.length > 0 ? [`containers with ${word} status: ${list(lacking)}`] : []),
  ].join(', ');
}

function containersReady(work: PodWork): Draft {
  const type = 'ContainersReady';
  const { phase } = work.status;
  const unknown: string[] = [];
  const unready: string[] = [];
  for (const container of [...work.initContainers.filter(isSidecar), ...work.containers]) {
    const status = work.statusOf(container.name);
    if (!status) unknown.push(container.name);
    else if (!status.ready) unready.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return condition(type, false, 'PodCompleted');
  if (phase === 'Failed') return condition(type, false, 'PodFailed');
  const message = messageOf(unknown, unready, 'unready');
  return message === '' ? condition(type, true) : condition(type, false, 'ContainersNotReady', message);
}

function ready(work: PodWork): Draft {
  const containers = containersReady(work);
  if (containers.status !== 'True') return { ...containers, type: 'Ready' };
  const messages: string[] = [];
  for (const { conditionType } of work.pod.spec.readinessGates ?? []) {
    const found = work.status.conditions?.find(({ type }) => type === conditionType);
    if (!found) messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== 'True')
      messages.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
  }
  return messages.length === 0
    ? condition('Ready', true)
    : condition('Ready', false, 'ReadinessGatesNotReady', messages.join(', '));
}
