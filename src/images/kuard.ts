// kuard, the demo application of "Kubernetes: Up and Running": pages about its pod, health switches, a key generator.
// Called by: images/index.ts. Must not know: pods beyond the container it is handed.
import { defineImage, type ContainerView, type LogLine, type Program } from './image.ts';
import { answerKuard, DEFAULT_FILES, memoryOf } from './kuard.pages.ts';
import { argument, linesBetween, serverProgram, slashStamp, type StartLine } from './programs.ts';
import { parseReference } from './reference.ts';

const MIB = 1024 * 1024;
const KEY_MS = 700;
const BOOT_MS = 300;

interface KeygenOptions {
  isEnabled: boolean;
  exitsOnComplete: boolean;
  exitCode: number;
  /** 0: without end. */
  count: number;
  /** Seconds; 0: no limit. */
  timeToRun: number;
}

function keygenOptions(command: readonly string[]): KeygenOptions {
  const number = (name: string): number => Number(argument(command, name) ?? 0) || 0;
  return {
    isEnabled: argument(command, 'keygen-enable') === 'true',
    exitsOnComplete: argument(command, 'keygen-exit-on-complete') === 'true',
    exitCode: number('keygen-exit-code'),
    count: number('keygen-num-to-gen'),
    timeToRun: number('keygen-time-to-run'),
  };
}

/** '1' and 'blue' … name the colour of the page. */
export function kuardVersion(tag: string): string {
  const color = { '1': 'blue', '2': 'green', '3': 'purple', latest: 'blue' }[tag] ?? tag.replace(/^v[\d.]+-\d*-?/, '');
  return tag.startsWith('v') ? tag : `v0.10.0-${color}`;
}

function startLines(container: ContainerView, keygen: KeygenOptions): StartLine[] {
  const stamp = slashStamp(container.startedAtMs);
  const version = kuardVersion(parseReference(container.image).tag);
  const line = (text: string): StartLine => ({ text: `${stamp} ${text}` });
  const config = {
    address: argument(container.command, 'address') ?? ':8080',
    debug: argument(container.command, 'debug') === 'true',
    'debug-sitedata-dir': './sitedata',
    keygen: {
      enable: keygen.isEnabled,
      'exit-code': keygen.exitCode,
      'exit-on-complete': keygen.exitsOnComplete,
      'memq-queue': '',
      'memq-server': '',
      'num-to-gen': keygen.count,
      'time-to-run': keygen.timeToRun,
    },
    liveness: { 'fail-next': 0 },
    readiness: { 'fail-next': 0 },
    'tls-address': ':8443',
    'tls-dir': '/tls',
  };
  return [
    line(`Starting kuard version: ${version}`),
    line('**********************************************************************'),
    line('* WARNING: This server may expose sensitive'),
    line('* and secret information. Be careful.'),
    line('**********************************************************************'),
    line('Config: '),
    ...JSON.stringify(config, null, 2)
      .split('\n')
      .map((text): StartLine => ({ text })),
    line('Could not find certificates to serve TLS'),
    line(`Serving on HTTP on ${config.address}`),
  ];
}

/** How many keys are made in all, or undefined for without end, and when the last one is. */
function keygenEnd(keygen: KeygenOptions, startMs: number): number | undefined {
  const byCount = keygen.count > 0 ? BOOT_MS + keygen.count * KEY_MS : Number.POSITIVE_INFINITY;
  const byTime = keygen.timeToRun > 0 ? BOOT_MS + keygen.timeToRun * 1000 : Number.POSITIVE_INFINITY;
  const end = Math.min(byCount, byTime);
  return Number.isFinite(end) ? startMs + end : undefined;
}

function keygenLines(container: ContainerView, keygen: KeygenOptions, fromMs: number, toMs: number): LogLine[] {
  const startMs = container.startedAtMs;
  const endMs = keygenEnd(keygen, startMs) ?? Number.POSITIVE_INFINITY;
  const lines: LogLine[] = [];
  const add = (atMs: number, text: string): void => {
    if (atMs >= fromMs && atMs < toMs) lines.push({ atMs, stream: 'stdout', text: `${slashStamp(atMs)} ${text}` });
  };
  add(startMs + BOOT_MS, '(ID 0) Workload starting');
  const first = Math.max(1, Math.floor((fromMs - startMs - BOOT_MS) / KEY_MS));
  const last = Math.floor((Math.min(toMs, endMs) - startMs - BOOT_MS) / KEY_MS);
  for (let i = first; i <= last; i++) {
    const place = keygen.count > 0 ? `${i}/${keygen.count}` : `${i}/-1`;
    add(startMs + BOOT_MS + i * KEY_MS, `(ID 0 ${place}) Item done: SHA256:${fingerprint(container, i)}`);
  }
  if (Number.isFinite(endMs)) add(endMs, '(ID 0) Workload exiting');
  return lines;
}

function fingerprint(container: ContainerView, i: number): string {
  const bytes = Buffer.alloc(36);
  for (let at = 0; at < 6; at++)
    bytes.writeUIntBE(Math.floor(container.random.fraction(`key/${i}/${at}`) * 2 ** 48), at * 6, 6);
  return bytes.subarray(0, 32).toString('base64').slice(0, 43);
}

function program(container: ContainerView): Program {
  const keygen = keygenOptions(container.command);
  const port = Number((argument(container.command, 'address') ?? ':8080').split(':').pop()) || 8080;
  const server = serverProgram({
    container,
    ports: [{ port, protocol: 'http' }],
    cpuMilli: keygen.isEnabled ? 900 : 1,
    memoryBytes: 8 * MIB,
    handle: (request, _port, nowMs) => answerKuard(container, request, nowMs),
    accessLog: (request, _response, atMs) => [
      {
        atMs,
        stream: 'stdout',
        text: `${slashStamp(atMs)} ${request.remoteAddress}:${40_000 + (atMs % 20_000)} ${request.method} ${request.path}`,
      },
    ],
    stop: { afterMs: 0, exitCode: 2 },
  });
  const started = startLines(container, keygen);
  return {
    ...server,
    logs(fromMs, toMs) {
      const lines = linesBetween(started, container.startedAtMs, fromMs, toMs);
      return keygen.isEnabled ? [...lines, ...keygenLines(container, keygen, fromMs, toMs)] : lines;
    },
    exit() {
      const atMs = keygen.isEnabled && keygen.exitsOnComplete ? keygenEnd(keygen, container.startedAtMs) : undefined;
      return atMs === undefined ? undefined : { atMs, exitCode: keygen.exitCode };
    },
    usage(atMs) {
      const { cpuMilli, memoryBytes } = server.usage(atMs);
      return { cpuMilli, memoryBytes: memoryBytes + memoryOf(container) };
    },
  };
}

export const kuard = defineImage({
  repositories: [
    'gcr.io/kuar-demo/kuard-amd64',
    'gcr.io/kuar-demo/kuard-arm64',
    'gcr.io/kuar-demo/kuard',
    'gcr.io/kuard-demo/kuard-amd64',
  ],
  tags: /^(latest|1|2|3|blue|green|purple|v0\.\d+(\.\d+)?(-\d)?(-(blue|green|purple))?)$/,
  sizeBytes: 11_562_496,
  startMs: 300,
  entrypoint: ['/kuard'],
  cmd: [],
  exposedPorts: [8080],
  executables: [
    'kuard',
    'sh',
    'ash',
    ...'cat cp date df echo env false free grep head hostname id kill ls mkdir mv nslookup ping printenv ps pwd rm sed sleep sort tail tar test top touch tr true uname vi wc wget which whoami'.split(
      ' ',
    ),
  ],
  servers: ['kuard'],
  files: { ...DEFAULT_FILES },
  os: 'alpine',
  program,
});
