// The probes of a container, each on one line.
// Called by: pod.describe.containers.ts. Must not know: how probes are run.
import type { HTTPGetAction, Probe } from 'kubernetes-types/core/v1';
import { joinHostPort } from './describe.metadata.ts';
import type { PrefixWriter } from './describe.writer.ts';
import type { Container } from './podspec.types.ts';

export function writeProbes(w: PrefixWriter, { livenessProbe, readinessProbe, startupProbe }: Container): void {
  if (livenessProbe) w.field(2, 'Liveness', probeText(livenessProbe));
  if (readinessProbe) w.field(2, 'Readiness', probeText(readinessProbe));
  if (startupProbe) w.field(2, 'Startup', probeText(startupProbe));
}

/** Upstream: DescribeProbe. */
function probeText(probe: Probe): string {
  const { exec, httpGet, tcpSocket, grpc } = probe;
  const attributes = [
    `delay=${probe.initialDelaySeconds ?? 0}s`,
    `timeout=${probe.timeoutSeconds ?? 0}s`,
    `period=${probe.periodSeconds ?? 0}s`,
    `#success=${probe.successThreshold ?? 0}`,
    `#failure=${probe.failureThreshold ?? 0}`,
  ].join(' ');
  if (exec) return `exec [${(exec.command ?? []).join(' ')}] ${attributes}`;
  if (httpGet) return `http-get ${urlText(httpGet)} ${attributes}`;
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${attributes}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${attributes}`;
  return `unknown ${attributes}`;
}

/** A question mark in the path is part of the path, and so it is escaped. Upstream: Go net/url URL.String. */
function urlText({ scheme = '', host = '', port, path = '' }: HTTPGetAction): string {
  const escaped = path === '*' ? path : path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/gu, percentEncode);
  const slash = escaped === '' || escaped.startsWith('/') ? '' : '/';
  const protocol = scheme === '' ? '' : `${scheme.toLowerCase()}:`;
  return `${protocol}//${joinHostPort(host, port)}${slash}${escaped}`;
}

function percentEncode(char: string): string {
  const bytes = [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  return bytes.join('');
}
