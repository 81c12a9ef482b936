// One probe asked once: HTTP, TCP, gRPC or a command, answered by the simulated program.
// Called by: probes.ts, probes.log.ts. Must not know: thresholds. Upstream: kubernetes pkg/probe.
import type { Probe } from 'kubernetes-types/core/v1';
import type { SimulatedRequest, SimulatedResponse } from '../images/image.ts';
import { runQuietly } from './quietly.ts';
import type { ProbeKind } from './podrecord.ts';
import { executableProblem, programOf } from './process.ts';
import { expand } from './env.ts';
import type { ContainerRun } from './view.ts';

export interface ProbeResult {
  isSuccess: boolean;
  /** What the event says after `probe failed: `. */
  output: string;
  /** The probe itself could not be run. */
  isError?: boolean;
  /** Files that the application remembers things in. */
  writes?: Readonly<Record<string, string>>;
}

const PASSED: ProbeResult = { isSuccess: true, output: '' };

/** Returns what the probe finds at the run's instant. */
export function runProbe(run: ContainerRun, probe: Probe, kind: ProbeKind): ProbeResult {
  void kind;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec) return runExec(run, probe.exec.command ?? [], timeoutMs);
  if (probe.httpGet) return runHttp(run, probe, timeoutMs);
  if (probe.tcpSocket) return runTcp(run, probe.tcpSocket.port, probe.tcpSocket.host);
  if (probe.grpc) return runGrpc(run, probe.grpc.port);
  return PASSED;
}

/** Returns the number of a port that may be given by name. */
export function portNumber(run: ContainerRun, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return run.container.ports?.find(({ name }) => name === port)?.containerPort;
}

function runExec(run: ContainerRun, words: readonly string[], timeoutMs: number): ProbeResult {
  const plain = new Map((run.container.env ?? []).map(({ name, value }) => [name, value ?? '']));
  const command = words.map((word) => expand(word, (name) => plain.get(name)));
  const problem = executableProblem(run, command[0] ?? '');
  if (problem !== undefined) {
    const id = run.random.bytes('exec', `${run.pod.metadata.uid}/${run.nowMs}`).toString('hex');
    const runc = `OCI runtime exec failed: exec failed: unable to start container process: ${problem}`;
    return {
      isSuccess: false,
      isError: true,
      output: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "${id}": ${runc}`,
    };
  }
  const { output, exitCode, tookMs } = runQuietly(run, command, timeoutMs);
  if (tookMs > timeoutMs)
    return {
      isSuccess: false,
      output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`,
    };
  return exitCode === 0 ? PASSED : { isSuccess: false, output };
}

/** The request of an HTTP probe, and where it goes. */
export function probeRequest(
  run: ContainerRun,
  probe: Probe,
): { request: SimulatedRequest; port: number | undefined; url: string } {
  const { path = '/', port, scheme = 'HTTP', host, httpHeaders = [] } = probe.httpGet ?? { port: 80 };
  const number = portNumber(run, port);
  const address = host ?? run.pod.status.podIP ?? '';
  const headers: Record<string, string> = {
    host: `${address}:${number}`,
    'user-agent': 'kube-probe/1.35',
    accept: '*/*',
    connection: 'close',
  };
  for (const { name, value } of httpHeaders) headers[name.toLowerCase()] = value;
  const full = path.startsWith('/') ? path : `/${path}`;
  const url = `${scheme.toLowerCase()}://${address}:${number}${full}`;
  return { request: { method: 'GET', path: full, headers, remoteAddress: gatewayOf(address) }, port: number, url };
}

/** The kubelet reaches pods from the node's end of their network. */
function gatewayOf(podIp: string): string {
  return podIp.replace(/\.\d+$/, '.1');
}

/** Returns a program's answer to a probe, or undefined when nothing listens. */
export function answerToProbe(
  run: ContainerRun,
  request: SimulatedRequest,
  port: number,
): SimulatedResponse | undefined {
  const program = programOf(run);
  const isOpen = program.listens().some((l) => l.port === port && l.sinceMs <= run.nowMs);
  return isOpen ? program.handle?.(request, port, run.nowMs) : undefined;
}

function runHttp(run: ContainerRun, probe: Probe, timeoutMs: number): ProbeResult {
  const { request, port, url } = probeRequest(run, probe);
  const address = `${probe.httpGet?.host ?? run.pod.status.podIP ?? ''}:${port}`;
  if (port === undefined)
    return { isSuccess: false, isError: true, output: `couldn't find port: ${JSON.stringify(probe.httpGet?.port)}` };
  const response = answerToProbe(run, request, port);
  if (!response) return { isSuccess: false, output: `Get "${url}": dial tcp ${address}: connect: connection refused` };
  const writes = response.writes ? { writes: response.writes } : {};
  if (probe.httpGet?.scheme === 'HTTPS')
    return { isSuccess: false, output: `Get "${url}": http: server gave HTTP response to HTTPS client`, ...writes };
  if ((response.latencyMs ?? 0) > timeoutMs)
    return {
      isSuccess: false,
      output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      ...writes,
    };
  const isSuccess = response.status >= 200 && response.status < 400;
  return isSuccess
    ? { ...PASSED, ...writes }
    : { isSuccess, output: `HTTP probe failed with statuscode: ${response.status}`, ...writes };
}

function isListening(run: ContainerRun, port: number): boolean {
  return programOf(run)
    .listens()
    .some((l) => l.port === port && l.sinceMs <= run.nowMs);
}

function runTcp(run: ContainerRun, port: number | string, host: string | undefined): ProbeResult {
  const number = portNumber(run, port);
  const address = `${host ?? run.pod.status.podIP ?? ''}:${number}`;
  if (number !== undefined && isListening(run, number)) return PASSED;
  return { isSuccess: false, output: `dial tcp ${address}: connect: connection refused` };
}

function runGrpc(run: ContainerRun, port: number): ProbeResult {
  if (isListening(run, port)) return PASSED;
  const address = `${run.pod.status.podIP ?? ''}:${port}`;
  return {
    isSuccess: false,
    output: `timeout: failed to connect service "${address}" within 1s: context deadline exceeded`,
  };
}
