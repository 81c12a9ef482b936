// What kuard answers. What its switches remember lies in files of the container, so a restart forgets it.
// Called by: images/kuard.ts. Must not know: logs, the key generator.
import type { ContainerView, SimulatedRequest, SimulatedResponse } from './image.ts';
import { parseReference } from './reference.ts';

/** Kept out of sight of `ls /`: kuard itself keeps this in memory. */
const STATE = '/run/kuard';
export const DEFAULT_FILES: Readonly<Record<string, string>> = { '/kuard': '' };

function read(container: ContainerView, name: string): string | undefined {
  const bytes = container.readFile(`${STATE}/${name}`);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

/** Returns the bytes that /mem/api/alloc has taken. */
export function memoryOf(container: ContainerView): number {
  return Number(read(container, 'memory') ?? 0);
}

function json(value: unknown, status = 200): SimulatedResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

function text(body: string, status = 200): SimulatedResponse {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body };
}

/** Returns kuard's answer to one request. */
export function answerKuard(container: ContainerView, request: SimulatedRequest, nowMs: number): SimulatedResponse {
  const url = new URL(request.path, 'http://kuard');
  const path = url.pathname;
  if (path === '/healthy') return check(container, 'healthy');
  if (path === '/ready') return check(container, 'ready');
  if (path === '/healthy/api' || path === '/ready/api') return switchOf(container, request, path.split('/')[1] ?? '');
  if (path === '/env' || path === '/env/api') return json({ commandLine: container.command, env: container.env });
  if (path === '/mem' || path.startsWith('/mem/api')) return memory(container, url);
  if (path.startsWith('/fs/')) return file(container, decodeURIComponent(path.slice(3)));
  if (path === '/dns' || path === '/dns/api') return json({ result: '' });
  if (path === '/' || path === '/index.html') return page(container, request, nowMs);
  return text('404 page not found\n', 404);
}

/** The number of checks still to fail is written back; -1 fails for ever. */
function check(container: ContainerView, name: string): SimulatedResponse {
  const failNext = Number(read(container, name) ?? 0);
  if (failNext === 0) return text('ok');
  const response = text('fail', 500);
  if (failNext > 0) response.writes = { [`${STATE}/${name}`]: String(failNext - 1) };
  return response;
}

function switchOf(container: ContainerView, request: SimulatedRequest, name: string): SimulatedResponse {
  const failNext = Number(read(container, name) ?? 0);
  const state = (n: number): object => ({ failNext: n, history: [] });
  if (request.method !== 'PUT' && request.method !== 'POST') return json(state(failNext));
  let wanted: unknown;
  try {
    wanted = JSON.parse(Buffer.from(request.body ?? new Uint8Array()).toString());
  } catch {
    return text('invalid character in body\n', 400);
  }
  const next = Number((wanted as { failNext?: unknown } | null)?.failNext ?? 0) || 0;
  return { ...json(state(next)), writes: { [`${STATE}/${name}`]: String(next) } };
}

function memory(container: ContainerView, url: URL): SimulatedResponse {
  const held = memoryOf(container);
  if (url.pathname === '/mem/api/alloc') {
    const size = Number(url.searchParams.get('size') ?? 0) || 0;
    return { ...text(''), writes: { [`${STATE}/memory`]: String(held + size) } };
  }
  if (url.pathname === '/mem/api/clear') return { ...text(''), writes: { [`${STATE}/memory`]: '0' } };
  return json({ memStats: { alloc: 2_097_152 + held, sys: 8_388_608 + held } });
}

function file(container: ContainerView, path: string): SimulatedResponse {
  const bytes = container.readFile(path);
  return bytes
    ? { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: bytes }
    : text('404 page not found\n', 404);
}

const COLORS: Readonly<Record<string, string>> = { '1': 'blue', '2': 'green', '3': 'purple', latest: 'blue' };

function page(container: ContainerView, request: SimulatedRequest, nowMs: number): SimulatedResponse {
  const { tag } = parseReference(container.image);
  const color = COLORS[tag] ?? /(blue|green|purple)$/.exec(tag)?.[1] ?? 'blue';
  const version = `v0.10.0-${color}`;
  const context = {
    urlBase: '',
    hostname: container.podName,
    addrs: [container.podIp],
    version,
    versionColor: color,
    requestDump: `${request.method} ${request.path} HTTP/1.1`,
    requestProto: 'HTTP/1.1',
    requestAddr: request.remoteAddress,
    time: new Date(nowMs).toISOString(),
  };
  const body = `<!doctype html>

<html lang="en">
<head>
  <meta charset="utf-8">
  <title>KUAR Demo</title>
  <script>
var pageContext = ${JSON.stringify(context).replaceAll('<', '\\u003c')};
  </script>
</head>
<body>
  <h1>Demo application version <i>${version}</i></h1>
  <p>Serving on ${container.podName}</p>
  <ul>
    <li><a href="/env">Server Env</a></li>
    <li><a href="/mem">Memory</a></li>
    <li><a href="/healthy">Liveness Probe</a></li>
    <li><a href="/ready">Readiness Probe</a></li>
    <li><a href="/fs/">File system browser</a></li>
  </ul>
</body>
</html>
`;
  return { status: 200, headers: { 'Content-Type': 'text/html' }, body };
}
