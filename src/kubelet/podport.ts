// What answers on a pod's port: the container that listens there.
// Called by: connector.ts, network (through the answerer it is handed), probes. Must not know: Services, clients.
import type { Program, SimulatedRequest, SimulatedResponse } from '../images/image.ts';
import type { Pod } from '../resources/pod.ts';
import { programOf } from './process.ts';
import { editRun, type RequestLine } from './podrecord.ts';
import { containerStatuses, currentRun, type NodeWorld } from './runs.ts';
import { keyOfRun, type ContainerRun } from './view.ts';

export interface Listener {
  run: ContainerRun;
  program: Program;
  protocol: 'http' | 'tcp';
}

/** Returns who listens on a port of the pod at an instant, or undefined: the connection is refused. */
export function listenerOf(world: NodeWorld, pod: Pod, port: number, nowMs: number): Listener | undefined {
  for (const { name, state } of containerStatuses(pod)) {
    if (!state.running) continue;
    const run = currentRun(world, pod, name, nowMs);
    if (!run) continue;
    const program = programOf(run);
    const listens = program.listens().find((l) => l.port === port && l.sinceMs <= nowMs);
    if (listens) return { run, program, protocol: listens.protocol };
  }
  return undefined;
}

/** Lines of access logs kept for a container. */
const MAX_REQUEST_LINES = 1000;

/**
 * Returns the answer of a listener to one request and, with `keeps`, keeps what the exchange leaves: lines of the
 * log, files that the application remembers things in.
 */
export function exchangeWith(
  world: NodeWorld,
  listener: Listener,
  port: number,
  request: SimulatedRequest,
  keeps = true,
): SimulatedResponse | undefined {
  const { run, program } = listener;
  const response = program.handle?.(request, port, run.nowMs);
  if (!response) return undefined;
  const lines = program.accessLog?.(request, response, run.nowMs) ?? [];
  if (keeps) keep(world, run, lines, response.writes ?? {});
  return withoutInternals(response);
}

function withoutInternals(response: SimulatedResponse): SimulatedResponse {
  const { writes: _writes, ...rest } = response;
  const headers = Object.fromEntries(Object.entries(rest.headers).filter(([name]) => !name.startsWith('x-sandkube-')));
  return { ...rest, headers };
}

function keep(
  world: NodeWorld,
  run: ContainerRun,
  lines: readonly RequestLine[],
  writes: Readonly<Record<string, string>>,
): void {
  const paths = Object.keys(writes);
  if (lines.length === 0 && paths.length === 0) return;
  const { nowMs: atMs } = run;
  run.record = editRun(world.client.internal, keyOfRun(run), (record) => {
    if (lines.length > 0) record.requests = [...(record.requests ?? []), ...lines].slice(-MAX_REQUEST_LINES);
    for (const path of paths) {
      const content = Buffer.from(writes[path] ?? '').toString('base64');
      record.files = [...(record.files ?? []), { atMs, path, kind: 'file', content, mode: 0o644 }];
    }
  });
}
