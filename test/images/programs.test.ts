import { describe, expect, it } from '@jest/globals';
import type { ContainerView, Program, SimulatedRequest } from '../../src/images/image.ts';
import { findImage, images } from '../../src/images/index.ts';
import { parseServers } from '../../src/images/nginx.site.ts';
import { nginxVersion } from '../../src/images/nginx.ts';
import { parseReference } from '../../src/images/reference.ts';

const startedAtMs = Date.parse('2026-11-23T14:00:00Z');

function view(image: string, more: Partial<ContainerView> = {}): ContainerView {
  const definition = findImage(parseReference(image));
  return {
    podName: 'web',
    namespace: 'default',
    podIp: '10.244.0.2',
    nodeName: 'node-1',
    containerName: 'c',
    image,
    command: [...(definition?.entrypoint ?? []), ...(definition?.cmd ?? [])],
    declaredPorts: [],
    env: {},
    workingDir: '/',
    startedAtMs,
    restartCount: 0,
    id: 'id',
    readFile: (path) => {
      const text = definition?.files?.[path];
      return text === undefined ? undefined : Buffer.from(text);
    },
    random: { fraction: () => 0.5 },
    ...more,
  };
}

function programOf(image: string, more: Partial<ContainerView> = {}): Program {
  const definition = findImage(parseReference(image));
  if (!definition) throw new Error(`no image ${image}`);
  return definition.program(view(image, more));
}

function request(path: string, method = 'GET', body?: string): SimulatedRequest {
  const headers = { host: 'web', 'user-agent': 'curl/8' };
  return {
    method,
    path,
    headers,
    remoteAddress: '10.244.0.9',
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  };
}

function text(program: Program, fromMs = 0, toMs = startedAtMs + 60_000): string[] {
  return program.logs(fromMs, toMs).map((line) => line.text);
}

describe('every image', () => {
  const all = images.map((image) => ({ name: image.repositories[0] ?? '', image }));
  it.each(all)('$name has executables for what it starts', ({ image }) => {
    for (const command of [image.entrypoint[0], image.entrypoint.length === 0 ? image.cmd[0] : undefined]) {
      if (command !== undefined) expect(image.executables).toContain(command.split('/').pop());
    }
    expect(image.sizeBytes).toBeGreaterThan(0);
  });

  it('is found under one definition only', () => {
    const names = images.flatMap((image) => image.repositories);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('nginx', () => {
  it.each([
    ['1.25', '1.25.5'],
    ['1.7.9', '1.7.9'],
    ['1.25.3-alpine', '1.25.3'],
    ['latest', '1.29.3'],
    ['stable', '1.28.0'],
  ])('%s is %s', (tag, version) => {
    expect(nginxVersion(tag)).toBe(version);
  });

  it('logs what it answers as genuine ones do', () => {
    const program = programOf('nginx:1.25');
    const lines = (path: string): string[] => {
      const response = program.handle?.(request(path), 80, startedAtMs);
      return (
        (response && program.accessLog?.(request(path), response, startedAtMs))?.map((l) => `${l.stream} ${l.text}`) ??
        []
      );
    };
    expect(lines('/')).toEqual([
      'stdout 10.244.0.9 - - [23/Nov/2026:14:00:00 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8" "-"',
    ]);
    expect(lines('/x')).toEqual([
      'stderr 2026/11/23 14:00:00 [error] 29#29: *1 open() "/usr/share/nginx/html/x" failed (2: No such file or directory), ' +
        'client: 10.244.0.9, server: localhost, request: "GET /x HTTP/1.1", host: "web"',
      'stdout 10.244.0.9 - - [23/Nov/2026:14:00:00 +0000] "GET /x HTTP/1.1" 404 153 "-" "curl/8" "-"',
    ]);
  });

  it('reads its configuration', () => {
    const conf = `
      server {
        listen 8080; # not 80
        location / { root /data; }
        location = /ping { return 200 'pong\\n'; }
        location /old { return 301 /new; }
      }`;
    const main = 'http { include /etc/nginx/conf.d/*.conf; }';
    const files: Record<string, string> = {
      '/etc/nginx/nginx.conf': main.replace('{ ', '{\n'),
      '/etc/nginx/conf.d/default.conf': conf,
      '/data/index.html': 'hello',
    };
    expect(parseServers((path) => files[path])).toMatchObject([{ port: 8080 }]);
    const readFile = (path: string): Uint8Array | undefined =>
      files[path] === undefined ? undefined : Buffer.from(files[path]);
    const program = programOf('nginx', { readFile });
    expect(program.listens()).toEqual([{ port: 8080, protocol: 'http', sinceMs: startedAtMs }]);
    const answer = (path: string) => {
      const { status, body, headers } = program.handle?.(request(path), 8080, startedAtMs) ?? {
        status: 0,
        body: '',
        headers: {},
      };
      return [status, Buffer.from(body).toString().split('\r\n')[0], headers['Location']];
    };
    expect(answer('/')).toEqual([200, 'hello', undefined]);
    expect(answer('/ping')).toEqual([200, 'pong\n', undefined]);
    expect(answer('/old')).toEqual([301, '/new', '/new']);
    expect(answer('/none')).toEqual([404, '<html>', undefined]);
  });
});

describe('kuard', () => {
  const image = 'gcr.io/kuar-demo/kuard-amd64:1';

  it('makes keys and ends', () => {
    const command = ['/kuard', '--keygen-enable', '--keygen-exit-on-complete', '--keygen-num-to-gen=3'];
    const program = programOf(image, { command });
    expect(program.exit()).toEqual({ atMs: startedAtMs + 2400, exitCode: 0 });
    expect(text(program, startedAtMs + 300)).toEqual([
      '2026/11/23 14:00:00 (ID 0) Workload starting',
      expect.stringMatching(/^2026\/11\/23 14:00:01 \(ID 0 1\/3\) Item done: SHA256:.{43}$/),
      expect.stringMatching(/^2026\/11\/23 14:00:01 \(ID 0 2\/3\) Item done: SHA256:.{43}$/),
      expect.stringMatching(/^2026\/11\/23 14:00:02 \(ID 0 3\/3\) Item done: SHA256:.{43}$/),
      '2026/11/23 14:00:02 (ID 0) Workload exiting',
    ]);
  });

  it.each([
    ['/healthy', 200, 'ok'],
    ['/ready', 200, 'ok'],
    ['/nope', 404, '404 page not found\n'],
    ['/env', 200, '{"commandLine":["/kuard"],"env":{"A":"1"}}\n'],
  ])('%s answers %s', (path, status, body) => {
    expect(programOf(image, { env: { A: '1' } }).handle?.(request(path), 8080, startedAtMs)).toMatchObject({
      status,
      body,
    });
  });

  it('fails as often as it is told to', () => {
    const files: Record<string, string> = {};
    const readFile = (path: string): Uint8Array | undefined =>
      files[path] === undefined ? undefined : Buffer.from(files[path]);
    const program = programOf(image, { readFile });
    const ask = (path: string, method?: string, body?: string): number => {
      const response = program.handle?.(request(path, method, body), 8080, startedAtMs);
      Object.assign(files, response?.writes);
      return response?.status ?? 0;
    };
    ask('/ready/api', 'PUT', '{"failNext":2}');
    expect([ask('/ready'), ask('/ready'), ask('/ready'), ask('/healthy')]).toEqual([500, 500, 200, 200]);
  });
});

describe('others', () => {
  it.each([
    ['postgres:16', {}, 1],
    ['postgres:16', { POSTGRES_PASSWORD: 'x' }, undefined],
    ['mysql:8', {}, 1],
    ['mysql:8', { MYSQL_ROOT_PASSWORD: 'x' }, undefined],
    ['redis', {}, undefined],
    ['busybox', {}, 0],
    ['hello-world', {}, 0],
  ])('%s with %j ends with %s', (image, env, exitCode) => {
    expect(programOf(image, { env }).exit()?.exitCode).toBe(exitCode);
  });

  it('pi has its digits', () => {
    const command = ['perl', '-Mbignum=bpi', '-wle', 'print bpi(50)'];
    expect(text(programOf('perl:5.34', { command }))).toEqual(['3.1415926535897932384626433832795028841971693993751']);
  });

  it('an unknown image listens where its manifest says', () => {
    const program = programOf('acme/shop', { declaredPorts: [8080, 9090] });
    expect(program.listens().map(({ port }) => port)).toEqual([8080, 9090]);
    expect(program.handle?.(request('/'), 8080, startedAtMs)?.body).toBe('acme/shop on web: GET /\n');
  });

  it('of hosts that are nowhere are none', () => {
    expect(findImage(parseReference('grc.io/kuar-demo/kuard-amd64:1'))).toBeUndefined();
  });
});
