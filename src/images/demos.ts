// Small servers that tutorials use to show which pod answers: httpd, http-echo, hello-app, whoami, echoserver,
// hello-world.
// Called by: images/index.ts. Must not know: pods beyond the container it is handed.
import { debianExecutables } from './executables.ts';
import {
  defineImage,
  type ContainerView,
  type ImageDefinition,
  type SimulatedRequest,
  type SimulatedResponse,
} from './image.ts';
import { argument, clfStamp, finishedProgram, linesBetween, serverProgram, slashStamp, wobble } from './programs.ts';
import { parseReference } from './reference.ts';

const MIB = 1024 * 1024;

function text(body: string, headers: Record<string, string> = {}): SimulatedResponse {
  return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body };
}

function requestDump(request: SimulatedRequest): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  return `${request.method} ${request.path} HTTP/1.1\n${headers.join('\n')}\n`;
}

const httpd = defineImage({
  repositories: ['library/httpd'],
  tags: /^(latest|alpine|trixie|bookworm|2(\.[0-4](\.\d{1,2})?)?)(-[a-z][\w.-]*)?$/,
  sizeBytes: 45_189_000,
  startMs: 400,
  entrypoint: [],
  cmd: ['httpd-foreground'],
  workingDir: '/usr/local/apache2',
  exposedPorts: [80],
  executables: [...debianExecutables, 'httpd-foreground', 'httpd', 'apachectl'],
  servers: ['httpd-foreground', 'httpd'],
  os: 'debian',
  files: { '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n' },
  program(container) {
    const name = `[mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.66 (Unix) configured -- resuming normal operations`;
    const server = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${container.podIp}. Set the 'ServerName' directive globally to suppress this message`;
    return serverProgram({
      container,
      ports: [{ port: 80, protocol: 'http' }],
      startLines: [
        { text: server, stream: 'stderr' },
        { text: `[${new Date(container.startedAtMs).toUTCString().replace(',', '')}] ${name}`, stream: 'stderr' },
      ],
      cpuMilli: 1,
      memoryBytes: 9 * MIB,
      handle(request) {
        const path = (request.path.split('?')[0] ?? '/').replace(/\/$/, '/index.html');
        const bytes = container.readFile(`/usr/local/apache2/htdocs${path}`);
        const headers = { Server: 'Apache/2.4.66 (Unix)', 'Content-Type': 'text/html' };
        if (bytes) return { status: 200, headers, body: bytes };
        const page =
          '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n';
        return { status: 404, headers, body: page };
      },
      accessLog: (request, response, atMs) => [
        {
          atMs,
          stream: 'stdout',
          text: `${request.remoteAddress} - - [${clfStamp(atMs)}] "${request.method} ${request.path} HTTP/1.1" ${response.status} ${Buffer.byteLength(response.body)}`,
        },
      ],
      stop: { afterMs: 200, exitCode: 0 },
    });
  },
});

/** A server that gives one text, whatever is asked. */
function echoServer(options: {
  repositories: readonly string[];
  binary: string;
  port(container: ContainerView): number;
  start(container: ContainerView, port: number): string[];
  answer(container: ContainerView, request: SimulatedRequest): SimulatedResponse;
  logs?(request: SimulatedRequest, response: SimulatedResponse, atMs: number): string;
}): ImageDefinition {
  const { repositories, binary, port, start, answer, logs } = options;
  return defineImage({
    repositories,
    sizeBytes: 4_500_000,
    startMs: 200,
    entrypoint: [`/${binary}`],
    cmd: [],
    exposedPorts: [],
    executables: [binary],
    servers: [binary],
    os: 'none',
    program(container) {
      const at = port(container);
      return serverProgram({
        container,
        ports: [{ port: at, protocol: 'http' }],
        startLines: start(container, at).map((line) => ({
          text: `${slashStamp(container.startedAtMs)} ${line}`,
          stream: 'stderr',
        })),
        cpuMilli: 1,
        memoryBytes: 5 * MIB,
        handle: (request) => answer(container, request),
        accessLog: (request, response, atMs) =>
          logs ? [{ atMs, stream: 'stdout', text: logs(request, response, atMs) }] : [],
        stop: { afterMs: 0, exitCode: 0 },
      });
    },
  });
}

function portOf(address: string | undefined, fallback: number): number {
  return Number((address ?? '').split(':').pop()) || fallback;
}

const httpEcho = echoServer({
  repositories: ['hashicorp/http-echo', 'mendhak/http-https-echo'],
  binary: 'http-echo',
  port: (c) => portOf(argument(c.command, 'listen'), 5678),
  start: (_c, port) => [`[INFO] server is listening on :${port}`],
  answer: (c) =>
    text(`${argument(c.command, 'text') ?? c.env['ECHO_TEXT'] ?? 'hello-world'}\n`, {
      'X-App-Name': 'http-echo',
      'X-App-Version': '1.0.0',
    }),
  logs: (request, response, atMs) =>
    `${slashStamp(atMs)} ${request.headers['host'] ?? ''} ${request.remoteAddress}:40000 "${request.method} ${request.path} HTTP/1.1" ${response.status} ${Buffer.byteLength(response.body)} "${request.headers['user-agent'] ?? ''}" 20µs`,
});

const helloApp = echoServer({
  repositories: [
    'gcr.io/google-samples/hello-app',
    'us-docker.pkg.dev/google-samples/containers/gke/hello-app',
    'gcr.io/google-samples/node-hello',
  ],
  binary: 'hello-app',
  port: (c) => Number(c.env['PORT']) || 8080,
  start: (_c, port) => [`Server listening on port ${port}`],
  answer: (c) =>
    text(
      `Hello, world!\nVersion: ${/^\d/.test(parseReference(c.image).tag) ? parseReference(c.image).tag : '1.0'}.0\nHostname: ${c.podName}\n`,
    ),
  logs: (request, _response, atMs) => `${slashStamp(atMs)} Serving request: ${request.path}`,
});

const whoami = echoServer({
  repositories: ['traefik/whoami', 'containous/whoami', 'jwilder/whoami'],
  binary: 'whoami',
  port: (c) => Number(argument(c.command, 'port') ?? c.env['WHOAMI_PORT_NUMBER']) || 80,
  start: (_c, port) => [`Starting up on port ${port}`],
  answer: (c, request) =>
    text(
      `Hostname: ${c.podName}\nIP: 127.0.0.1\nIP: ::1\nIP: ${c.podIp}\nRemoteAddr: ${request.remoteAddress}:40000\n${requestDump(request)}\n`,
    ),
});

const echo = echoServer({
  repositories: [
    'registry.k8s.io/echoserver',
    'k8s.gcr.io/echoserver',
    'gcr.io/google_containers/echoserver',
    'registry.k8s.io/e2e-test-images/agnhost',
    'ealen/echo-server',
    'jmalloc/echo-server',
  ],
  binary: 'echoserver',
  port: () => 8080,
  start: () => ['Generating self-signed cert', 'Starting nginx'],
  answer: (c, request) =>
    text(
      `\n\nHostname: ${c.podName}\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n\tserver_version=nginx: 1.14.2\n\n` +
        `Request Information:\n\tclient_address=${request.remoteAddress}\n\tmethod=${request.method}\n\treal path=${request.path}\n\n` +
        `Request Headers:\n${Object.entries(request.headers)
          .map(([k, v]) => `\t${k.toLowerCase()}=${v}`)
          .join('\n')}\n\nRequest Body:\n\t-no body in request-\n\n`,
    ),
});

const helloWorld = defineImage({
  repositories: ['library/hello-world'],
  sizeBytes: 3_962,
  startMs: 100,
  entrypoint: [],
  cmd: ['/hello'],
  exposedPorts: [],
  executables: ['hello'],
  servers: ['hello'],
  os: 'none',
  program: (container) =>
    finishedProgram({
      container,
      exitCode: 0,
      lines: [
        '',
        'Hello from Docker!',
        'This message shows that your installation appears to be working correctly.',
        '',
      ].map((line) => ({ text: line })),
    }),
});

/** The autoscaler's example: each request counts for a while. */
const hpaExample = defineImage({
  repositories: ['registry.k8s.io/hpa-example', 'k8s.gcr.io/hpa-example', 'gcr.io/google_containers/hpa-example'],
  sizeBytes: 180_788_000,
  startMs: 400,
  entrypoint: ['docker-php-entrypoint'],
  cmd: ['apache2-foreground'],
  exposedPorts: [80],
  executables: [...debianExecutables, 'docker-php-entrypoint', 'apache2-foreground', 'php', 'curl'],
  servers: ['docker-php-entrypoint', 'apache2-foreground'],
  requestCpuMs: 10,
  os: 'debian',
  program: (container) =>
    serverProgram({
      container,
      ports: [{ port: 80, protocol: 'http' }],
      cpuMilli: 1,
      memoryBytes: 12 * MIB,
      handle: () => ({
        ...text('OK!', { Server: 'Apache/2.4.10 (Debian)', 'X-Powered-By': 'PHP/5.6.14' }),
        latencyMs: 8,
      }),
      accessLog: (request, response, atMs) => [
        {
          atMs,
          stream: 'stdout',
          text: `${request.remoteAddress} - - [${clfStamp(atMs)}] "${request.method} ${request.path} HTTP/1.1" ${response.status} 207`,
        },
      ],
      stop: { afterMs: 200, exitCode: 0 },
    }),
});

/** Returns pi with so many digits after the first, by Machin's formula. */
function pi(digits: number): string {
  const unit = 10n ** BigInt(digits + 10);
  const arctan = (x: bigint): bigint => {
    let term = unit / x;
    let sum = term;
    for (let n = 3n, sign = -1n; term !== 0n; n += 2n, sign = -sign) {
      term /= x * x;
      sum += (sign * term) / n;
    }
    return sum;
  };
  const value = String((4n * (4n * arctan(5n) - arctan(239n))) / 10n ** 10n);
  return `${value[0]}.${value.slice(1, digits + 1)}`;
}

/** perl, for the one program that Job examples run: pi to many digits. */
const perl = defineImage({
  repositories: ['library/perl'],
  sizeBytes: 335_000_000,
  startMs: 300,
  entrypoint: [],
  cmd: ['perl', '-de0'],
  exposedPorts: [],
  executables: [...debianExecutables, 'cpan', 'prove'],
  servers: ['perl'],
  os: 'debian',
  program(container) {
    const digits = /bpi\((\d+)\)/.exec(container.command.join(' '))?.[1];
    if (digits === undefined) return finishedProgram({ container, lines: [], exitCode: 0 });
    const count = Math.min(Number(digits), 10_000);
    return {
      ...finishedProgram({ container, lines: [], exitCode: 0, afterMs: 4000 + count }),
      logs: (fromMs, toMs) =>
        linesBetween([{ text: pi(count - 1), afterMs: 4000 + count }], container.startedAtMs, fromMs, toMs),
      usage: (atMs) => wobble(container, atMs, { cpuMilli: 990, memoryBytes: 18 * MIB }),
    };
  },
});

const UNITS: Readonly<Record<string, number>> = { B: 1, K: 1024, M: MIB, G: 1024 * MIB };

/** stress, which takes as much CPU and memory as it is told to. */
const stress = defineImage({
  repositories: ['polinux/stress', 'progrium/stress'],
  sizeBytes: 4_041_495,
  startMs: 200,
  entrypoint: [],
  cmd: ['stress', '--verbose'],
  exposedPorts: [],
  executables: [...debianExecutables, 'stress'],
  servers: ['stress'],
  os: 'alpine',
  program(container) {
    const count = (name: string): number => Number(argument(container.command, name) ?? 0) || 0;
    const [cpu, io, vm, hdd] = [count('cpu'), count('io'), count('vm'), count('hdd')];
    const [, size = '256', unit = 'M'] = /^(\d+)([BKMG]?)/.exec(argument(container.command, 'vm-bytes') ?? '') ?? [];
    const line = `stress: info: [1] dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`;
    const idleWorkers = argument(container.command, 'vm-hang') === undefined ? 0 : vm;
    return serverProgram({
      container,
      ports: [],
      startLines: [{ text: line }],
      cpuMilli: 1000 * (cpu + io + vm + hdd - idleWorkers),
      memoryBytes: MIB + vm * Number(size) * (UNITS[unit || 'B'] ?? 1),
      stop: { afterMs: 0, exitCode: 143 },
    });
  },
});

export const demoImages: readonly ImageDefinition[] = [
  httpd,
  httpEcho,
  helloApp,
  whoami,
  echo,
  helloWorld,
  hpaExample,
  perl,
  stress,
];
