// The node side of a pod's subresources: logs, exec, attach, ports, metrics.
// Called by: sim, which hands it to the API server. Must not know: HTTP requests of clients.
import type { StreamHandler } from '../apiserver/types.ts';
import type { LoopbackClient } from '../client/loopback.ts';
import type { ClusterSettings } from '../controllers/controller.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { newServiceUnavailable, newUnknown, statusSuccess } from '../machinery/status.ts';
import { node as nodeResource } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';
import { attachTo } from './attach.ts';
import { execIn } from './exec.ts';
import { failedStatus, INTERNAL } from './execution.ts';
import { isNodeDown } from './faults.ts';
import { hostIpOf } from './nodes.ts';
import { followedRun, formatLine, linesOfRun, loggedRun, logText, sinceMs } from './logs.ts';
import { openPodPort } from './portforward.ts';
import type { NodeWorld } from './runs.ts';
import { pod as podResource } from '../resources/pod.ts';
import type { LogOptions, NodeConnector } from './types.ts';
import { podUsage, systemUsage } from './usage.ts';
import { answerOnPort, recordedNetwork } from './scriptnetwork.ts';
import type { ContainerRun } from './view.ts';

/** How streams let simulated time pass. Absent: it stands still while they run. */
export interface NodeTime {
  /** Lets simulated time pass: a jump on the manual clock, sleep on the real one. Ends as soon as `isOver`, if given. */
  sleep(ms: number, signal?: AbortSignal, isOver?: () => boolean): Promise<void>;
  /** Lets time pass until something may have happened, at the latest until an instant. */
  waitForEvent(endsAtMs: number | undefined, signal?: AbortSignal): Promise<void>;
  /** Resolves when something that others do makes `isOver` true, or at the signal; moves no time. Absent where nobody else does anything. */
  until?(isOver: () => boolean, signal: AbortSignal): Promise<void>;
}

export interface NodeConnectorOptions {
  client: LoopbackClient;
  clock: Clock;
  random: Random;
  settings: ClusterSettings;
  time?: NodeTime;
}

/** What the connector's parts share. */
export interface ConnectorWorld extends NodeWorld {
  clock: Clock;
  settings: ClusterSettings;
  time: NodeTime | undefined;
}

const never = (): boolean => false;

/** Returns what the API server's pod subresources call. */
export function createNodeConnector({ client, clock, random, settings, time }: NodeConnectorOptions): NodeConnector {
  const world: ConnectorWorld = {
    client,
    random,
    clock,
    settings,
    time,
    networkOf: (run) => recordedNetwork(world, run, never),
  };
  return {
    logs(object, options) {
      const pod = object as Pod;
      const dial = dialError(world, pod);
      const { namespace, name } = pod.metadata;
      if (dial)
        throw newUnknown(
          `Get "https://${dial.address}/containerLogs/${namespace}/${name}/${options.container}": ${dial.text}`,
        );
      const nowMs = clock.nowMs();
      const logged = loggedRun(world, pod, options.container, { previous: options.previous, nowMs });
      const text = logText(linesOfRun(logged, sinceMs(options, nowMs), nowMs + 1), options);
      if (!options.follow || logged.endedAtMs !== undefined) return { text };
      return { text, stream: followLogs(world, logged.run, options, text) };
    },
    exec: (object, options) => unreachable(world, object as Pod) ?? execIn(world, object as Pod, options),
    attach: (object, options) => unreachable(world, object as Pod) ?? attachTo(world, object as Pod, options),
    openPort(object, port) {
      const dial = dialError(world, object as Pod);
      if (dial) throw new Error(`error upgrading connection: error dialing backend: ${dial.text}`);
      return openPodPort(world, object as Pod, port);
    },
    proxy(object, port, request) {
      const pod = object as Pod;
      const answer = isNodeDown(client, pod.spec.nodeName ?? '')
        ? undefined
        : answerOnPort(world, pod, { port, request, nowMs: clock.nowMs() });
      if (answer) return answer;
      const address = `${pod.status.podIP ?? ''}:${port}`;
      throw newServiceUnavailable(`error trying to reach service: dial tcp ${address}: connect: connection refused`);
    },
    usage(key) {
      const pod = client.get(podResource, key);
      return pod && !isNodeDown(client, pod.spec.nodeName ?? '') ? podUsage(world, pod, clock.nowMs()) : undefined;
    },
    nodeUsage(name) {
      const isUp = client.get(nodeResource, { name }) && !isNodeDown(client, name);
      return isUp ? systemUsage(random, name) : undefined;
    },
  };
}

/** Returns what the server gets when it calls the kubelet of a node that is down. */
function dialError({ client }: ConnectorWorld, pod: Pod): { address: string; text: string } | undefined {
  const nodeName = pod.spec.nodeName ?? '';
  if (!isNodeDown(client, nodeName)) return undefined;
  const node = client.get(nodeResource, { name: nodeName });
  const address = `${(node && hostIpOf(node)) ?? nodeName}:10250`;
  return { address, text: `dial tcp ${address}: connect: no route to host` };
}

function unreachable(world: ConnectorWorld, pod: Pod): StreamHandler | undefined {
  const dial = dialError(world, pod);
  return dial && (async () => failedStatus(`${INTERNAL}error dialing backend: ${dial.text}`));
}

/** Writes what is there, then what comes, until the container ends or the reader goes. */
function followLogs(world: ConnectorWorld, run: ContainerRun, options: LogOptions, first: string): StreamHandler {
  return async (io) => {
    if (first !== '') io.writeStdout(Buffer.from(first));
    const { clock, client, time } = world;
    const { metadata } = run.pod;
    let seenMs = clock.nowMs() + 1;
    for (; !io.signal.aborted;) {
      if (!time) break;
      const current = client.get(podResource, metadata);
      if (current?.metadata.uid !== metadata.uid || !current) break;
      const nowMs = clock.nowMs();
      const logged = followedRun(world, current, run, nowMs);
      if (!logged) break;
      for (const line of linesOfRun(logged, seenMs, nowMs + 1))
        io.writeStdout(Buffer.from(formatLine(line, options.timestamps)));
      seenMs = nowMs + 1;
      if (logged.endedAtMs !== undefined) break;
      const ahead = linesOfRun(logged, seenMs, seenMs + LOOK_AHEAD_MS)[0];
      await time.waitForEvent(ahead?.atMs, io.signal);
    }
    return statusSuccess();
  };
}

const LOOK_AHEAD_MS = 60_000;
