// nginx: the welcome page, files under its roots, its start-up lines and its two logs.
// Called by: images/index.ts. Must not know: pods beyond the container it is handed.
import { debianExecutables } from './executables.ts';
import {
  defineImage,
  type ContainerView,
  type LogLine,
  type SimulatedRequest,
  type SimulatedResponse,
} from './image.ts';
import {
  answerStatic,
  defaultConf,
  errorPage,
  nginxConf,
  page50x,
  parseServers,
  type ServerBlock,
  welcomePage,
} from './nginx.site.ts';
import { clfStamp, serverProgram, slashStamp, type StartLine } from './programs.ts';
import { parseReference } from './reference.ts';

const MIB = 1024 * 1024;
const NEWEST = '1.29.3';
const STABLE = '1.28.0';
/** The last patch release of each minor version that images exist for; 1.27 and later count on. */
const PATCHES: Readonly<Record<string, string>> = {
  '1.7': '12',
  '1.8': '1',
  '1.9': '15',
  '1.10': '3',
  '1.11': '13',
  '1.12': '2',
  '1.13': '12',
  '1.14': '2',
  '1.15': '12',
  '1.16': '1',
  '1.17': '10',
  '1.18': '0',
  '1.19': '10',
  '1.20': '2',
  '1.21': '6',
  '1.22': '1',
  '1.23': '4',
  '1.24': '0',
  '1.25': '5',
  '1.26': '3',
  '1.27': '5',
  '1.28': '0',
  '1.29': '3',
};

/** Returns the version that a tag stands for: '1.25' → '1.25.5', 'alpine' → the newest. */
export function nginxVersion(tag: string): string {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(tag);
  if (!match) return tag.startsWith('stable') ? STABLE : NEWEST;
  const [, major = '1', minor, patch] = match;
  if (minor === undefined) return NEWEST;
  return `${major}.${minor}.${patch ?? PATCHES[`${major}.${minor}`] ?? '0'}`;
}

function tagOf(container: ContainerView): string {
  return parseReference(container.image).tag || 'latest';
}

function startLines(container: ContainerView): StartLine[] {
  const tag = tagOf(container);
  const version = nginxVersion(tag);
  const minor = Number(version.split('.')[1]);
  // Images before 1.19 start nginx itself, which logs its start to a file.
  if (minor < 19) return [];
  const entrypoint = '/docker-entrypoint.sh: ';
  const notice = (text: string): StartLine => ({
    text: `${slashStamp(container.startedAtMs)} [notice] 1#1: ${text}`,
    stream: 'stderr',
  });
  const isAlpine = tag.includes('alpine');
  const built = isAlpine
    ? 'built by gcc 13.2.1 20240309 (Alpine 13.2.1_git20240309) '
    : 'built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) ';
  return [
    { text: `${entrypoint}/docker-entrypoint.d/ is not empty, will attempt to perform configuration` },
    { text: `${entrypoint}Looking for shell scripts in /docker-entrypoint.d/` },
    { text: `${entrypoint}Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh` },
    { text: '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf' },
    { text: '10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf' },
    { text: `${entrypoint}Sourcing /docker-entrypoint.d/15-local-resolvers.envsh` },
    { text: `${entrypoint}Launching /docker-entrypoint.d/20-envsubst-on-templates.sh` },
    { text: `${entrypoint}Launching /docker-entrypoint.d/30-tune-worker-processes.sh` },
    { text: `${entrypoint}Configuration complete; ready for start up` },
    notice('using the "epoll" event method'),
    notice(`nginx/${version}`),
    notice(built),
    notice('OS: Linux 6.12.48+deb13-amd64'),
    notice('getrlimit(RLIMIT_NOFILE): 1048576:1048576'),
    notice('start worker processes'),
    ...[29, 30].map((pid) => notice(`start worker process ${pid}`)),
  ];
}

function accessLog(request: SimulatedRequest, response: SimulatedResponse, atMs: number): LogLine[] {
  const { method, path, headers, remoteAddress } = request;
  const head = `${method} ${path} HTTP/1.1`;
  const bytes = method === 'HEAD' ? 0 : Buffer.byteLength(response.body);
  const agent = headers['user-agent'] ?? '-';
  const from = `"${headers['referer'] ?? '-'}" "${agent}" "${headers['x-forwarded-for'] ?? '-'}"`;
  const line = `${remoteAddress} - - [${clfStamp(atMs)}] "${head}" ${response.status} ${bytes} ${from}`;
  const missing = response.headers['x-sandkube-missing'];
  const error =
    missing === undefined
      ? []
      : [
          `${slashStamp(atMs)} [error] 29#29: *1 open() "${missing}" failed (2: No such file or directory), ` +
            `client: ${remoteAddress}, server: localhost, request: "${head}", host: "${headers['host'] ?? 'localhost'}"`,
        ];
  return [...error.map((text) => ({ atMs, stream: 'stderr' as const, text })), { atMs, stream: 'stdout', text: line }];
}

function serversOf(container: ContainerView): ServerBlock[] {
  const read = (path: string): string | undefined => {
    const bytes = container.readFile(path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };
  return parseServers(read);
}

export const nginx = defineImage({
  repositories: ['library/nginx', 'public.ecr.aws/nginx/nginx', 'nginxinc/nginx-unprivileged', 'bitnami/nginx'],
  tags: /^(latest|stable|mainline|perl|otel|alpine|bookworm|trixie|1|1\.(\d|[12]\d)(\.\d{1,2})?)(-[a-z][\w.-]*)?$/,
  sizeBytes: 72_186_000,
  startMs: 400,
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  env: { NGINX_VERSION: NEWEST, NJS_VERSION: '0.9.4', PKG_RELEASE: '1~bookworm' },
  exposedPorts: [80],
  executables: [...debianExecutables, 'nginx', 'nginx-debug', 'curl', 'docker-entrypoint.sh', 'openssl', 'envsubst'],
  servers: ['docker-entrypoint.sh', 'nginx'],
  os: 'debian',
  answer(command, container) {
    const version = nginxVersion(tagOf(container));
    const [name, option] = command;
    if (name !== 'nginx') return undefined;
    if (option === '-v' || option === '-V') return { stderr: `nginx version: nginx/${version}\n`, exitCode: 0 };
    if (option === '-s') return { exitCode: 0 };
    if (option !== '-t') return undefined;
    const file = '/etc/nginx/nginx.conf';
    const stderr = `nginx: the configuration file ${file} syntax is ok\nnginx: configuration file ${file} test is successful\n`;
    return { stderr, exitCode: 0 };
  },
  files: {
    '/usr/share/nginx/html/index.html': welcomePage,
    '/usr/share/nginx/html/50x.html': page50x,
    '/etc/nginx/nginx.conf': nginxConf,
    '/etc/nginx/conf.d/default.conf': defaultConf,
  },
  program(container) {
    const version = nginxVersion(tagOf(container));
    let known: ServerBlock[] | undefined;
    const servers = (): ServerBlock[] => (known ??= serversOf(container));
    return serverProgram({
      container,
      ports: () => [...new Set(servers().map(({ port }) => port))].map((port) => ({ port, protocol: 'http' })),
      startLines: () => startLines(container),
      cpuMilli: 0.3,
      memoryBytes: 5 * MIB,
      handle(request, port, nowMs) {
        // Read again: a ConfigMap under a root may have changed. The configuration itself is read at start only.
        const server = servers().find((s) => s.port === port) ?? servers()[0];
        const response = server ? answerStatic(container, server, request) : errorPage(404, version);
        response.headers = { Server: `nginx/${version}`, Date: new Date(nowMs).toUTCString(), ...response.headers };
        if (response.status >= 400) {
          response.headers['Content-Type'] = 'text/html';
          response.body = errorPage(response.status, version).body;
        }
        return response;
      },
      accessLog,
      stop: { afterMs: 100, exitCode: 0 },
    });
  },
});
