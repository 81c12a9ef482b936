// What the commands of a container reach over the network: as it is now, or as it was when a script asked.
// Scripts are run again whenever somebody looks, so how the network was for them is kept: one entry each time it
// changed.
// Called by: connector.ts, runof.ts, shellhost.ts, kubelet.ts. Must not know: shells.
import { resolveName, type NameAnswer } from '../network/dns.ts';
import type { SimulatedRequest, SimulatedResponse } from '../images/image.ts';
import { isIngressController } from '../network/ingress.ts';
import { connectTo, exchangeHttp, exchangeThroughIngress, isWebPort } from '../network/request.ts';
import type { Pod } from '../resources/pod.ts';
import type { Failure, NetworkOptions, Origin, PodPorts } from '../network/types.ts';
import { isNodeDown } from './faults.ts';
import { exchangeWith, listenerOf } from './podport.ts';
import { runIn, type RunRecord } from './podrecord.ts';
import type { NodeWorld } from './runs.ts';
import type { HttpAnswer, HttpCall, HttpFailure, ScriptNetwork } from './sh/host.ts';
import type { ContainerRun } from './view.ts';

/** Returns what pods do with what reaches them at an instant. With `keeps`, exchanges leave their traces. */
export function podPorts(world: NodeWorld, nowMs: number, keeps: boolean): PodPorts {
  return {
    isReachable: (pod) => !isNodeDown(world.client, pod.spec.nodeName ?? ''),
    protocolOf: (pod, port) => listenerOf(world, pod, port, nowMs)?.protocol,
    exchange(pod, port, request) {
      const listener = listenerOf(world, pod, port, nowMs);
      return listener && exchangeWith(world, listener, port, request, keeps);
    },
  };
}

/** Returns a pod's answer to a request from outside the cluster; an ingress controller hands it on. */
export function answerOnPort(
  world: NodeWorld,
  pod: Pod,
  { port, request, nowMs }: { port: number; request: SimulatedRequest; nowMs: number },
): SimulatedResponse | undefined {
  if (!isIngressController(pod) || !isWebPort(port)) return podPorts(world, nowMs, true).exchange(pod, port, request);
  const { method, path, headers, body, remoteAddress: address } = request;
  const url = new URL(path, `http://${headers['host'] ?? 'localhost'}`);
  const call = { method, url, headers, purpose: `${path}/${nowMs}`, ...(body ? { body } : {}) };
  return exchangeThroughIngress(optionsAt(world, nowMs, true), { address }, call);
}

function optionsAt({ client, random, settings }: NodeWorld, nowMs: number, keeps: boolean): NetworkOptions {
  const world: NodeWorld = { client, random, settings };
  return { client, random, settings, ports: podPorts(world, nowMs, keeps) };
}

function originOf({ pod }: ContainerRun): Origin {
  return { pod, address: pod.status.podIP ?? '' };
}

/** The network as it is: for commands that somebody runs now. */
export function liveNetwork(world: NodeWorld, run: ContainerRun): ScriptNetwork {
  const origin = originOf(run);
  return {
    http: (call, atMs) =>
      exchangeHttp(optionsAt(world, atMs, true), origin, { ...call, purpose: purposeOf(call, atMs) }),
    connect: (host, port, atMs) => connectTo(optionsAt(world, atMs, false), origin, host, port),
    resolve: (name, atMs) => resolveName(optionsAt(world, atMs, false), origin, name),
  };
}

function purposeOf({ url }: HttpCall, atMs: number): string {
  return `${url.href}/${atMs}`;
}

/**
 * The network as scripts found it. What is asked for the first time is looked up now; while `records` (as long as the
 * kubelet works on the pod) it is kept.
 */
export function recordedNetwork(world: NodeWorld, run: ContainerRun, records: () => boolean): ScriptNetwork {
  const known = (key: string, atMs: number): string => {
    const list = networkOf(run)?.[key];
    if (list) return (list.findLast((entry) => entry.atMs <= atMs) ?? list[0])?.outcome ?? '';
    const outcome = outcomeOf(world, run, key);
    if (records()) remember(run, key, { atMs: Math.min(atMs, run.nowMs), outcome });
    return outcome;
  };
  return {
    resolve(name, atMs) {
      const outcome = known(`dns ${name}`, atMs);
      return outcome === '' ? undefined : (JSON.parse(outcome) as NameAnswer);
    },
    connect: (host, port, atMs) => known(`tcp ${host}:${port}`, atMs) as 'open' | Failure,
    http: (call, atMs) => recordedExchange(world, run, call, { atMs, state: known(`tcp ${targetOf(call.url)}`, atMs) }),
  };
}

function targetOf(url: URL): string {
  return `${url.hostname}:${Number(url.port) || (url.protocol === 'https:' ? 443 : 80)}`;
}

const FAILURE_MS: Readonly<Record<string, number>> = { timeout: 130_000, unreachable: 3000 };

function recordedExchange(
  world: NodeWorld,
  run: ContainerRun,
  call: HttpCall,
  { atMs, state }: { atMs: number; state: string },
): HttpAnswer | HttpFailure {
  if (state !== 'open')
    return { failure: state as Failure, address: call.url.hostname, latencyMs: FAILURE_MS[state] ?? 0 };
  // The future of others is not known: they are asked as they are now.
  const options = optionsAt(world, Math.min(atMs, run.nowMs), false);
  return exchangeHttp(options, originOf(run), { ...call, purpose: purposeOf(call, atMs) });
}

function networkOf({ record, container, restartCount }: ContainerRun): RunRecord['network'] {
  const own = record?.containers?.[container.name];
  return [own?.run, own?.previousRun].find((r) => r?.restartCount === restartCount)?.network;
}

/** Returns how a question stands now: 'open' and the like for a connection, the answer as JSON for a name. */
function outcomeOf(world: NodeWorld, run: ContainerRun, key: string): string {
  const options = optionsAt(world, run.nowMs, false);
  const [kind = '', question = ''] = key.split(/ (.*)/s);
  if (kind === 'dns') {
    const answer = resolveName(options, originOf(run), question);
    return answer ? JSON.stringify(answer) : '';
  }
  const colon = question.lastIndexOf(':');
  return connectTo(options, originOf(run), question.slice(0, colon), Number(question.slice(colon + 1)));
}

function remember(run: ContainerRun, key: string, entry: { atMs: number; outcome: string }): void {
  const { record, container, restartCount } = run;
  if (!record) return;
  const network = (runIn(record, container.name, restartCount).network ??= {});
  network[key] = [...(network[key] ?? []), entry];
}

/** Notes what became otherwise for a run since it was last looked at. Changes the run's record. */
export function refreshNetwork(world: NodeWorld, run: ContainerRun): void {
  for (const [key, list] of Object.entries(networkOf(run) ?? {})) {
    const outcome = outcomeOf(world, run, key);
    if (list.at(-1)?.outcome !== outcome) remember(run, key, { atMs: run.nowMs, outcome });
  }
}
