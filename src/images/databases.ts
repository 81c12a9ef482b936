// Databases and caches: what they print when they start, the ports they listen on, and the settings they refuse to
// start without.
// Called by: images/index.ts. Must not know: pods beyond the container it is handed.
import { debianExecutables } from './executables.ts';
import { defineImage, type ContainerView, type ImageDefinition } from './image.ts';
import { finishedProgram, serverProgram, type StartLine } from './programs.ts';

const MIB = 1024 * 1024;

interface Database {
  repositories: readonly string[];
  tags?: RegExp;
  sizeMib: number;
  binary: string;
  tools: readonly string[];
  port: number;
  cpuMilli: number;
  memoryMib: number;
  readyAfterMs: number;
  lines(container: ContainerView): StartLine[];
  /** What its client says. */
  answer?: ImageDefinition['answer'];
  /** What it prints and exits with when a setting is missing. */
  refuses?(container: ContainerView): { lines: string[]; exitCode: number } | undefined;
}

function database(options: Database): ImageDefinition {
  const {
    repositories,
    tags,
    sizeMib,
    binary,
    tools,
    port,
    cpuMilli,
    memoryMib,
    readyAfterMs,
    lines,
    refuses,
    answer,
  } = options;
  return defineImage({
    repositories,
    ...(tags ? { tags } : {}),
    sizeBytes: sizeMib * MIB,
    startMs: 400,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: [binary],
    exposedPorts: [port],
    executables: [...debianExecutables, 'docker-entrypoint.sh', binary, ...tools],
    servers: ['docker-entrypoint.sh', binary],
    ...(answer ? { answer } : {}),
    os: 'debian',
    program(container) {
      const refusal = refuses?.(container);
      if (refusal)
        return finishedProgram({
          container,
          exitCode: refusal.exitCode,
          lines: refusal.lines.map((text) => ({ text, stream: 'stderr' })),
        });
      return serverProgram({
        container,
        ports: [{ port, protocol: 'tcp' }],
        readyAfterMs,
        startLines: () => lines(container),
        cpuMilli,
        memoryBytes: memoryMib * MIB,
        stop: { afterMs: 500, exitCode: 0 },
      });
    },
  });
}

function redisStamp(ms: number): string {
  const [, , day, month = '', year, time] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString()) ?? [];
  return `1:M ${day} ${month} ${year} ${time}.${String(ms % 1000).padStart(3, '0')}`;
}

const redis = database({
  repositories: ['library/redis', 'bitnami/redis', 'valkey/valkey', 'library/valkey'],
  tags: /^(latest|alpine|\d+(\.\d+){0,2})(-[a-z][\w.-]*)?$/,
  sizeMib: 49,
  binary: 'redis-server',
  tools: ['redis-cli', 'redis-sentinel', 'redis-benchmark', 'gosu'],
  answer: ([name, ...words]) =>
    name === 'redis-cli' && words.at(-1)?.toLowerCase() === 'ping' ? { stdout: 'PONG\n', exitCode: 0 } : undefined,
  port: 6379,
  cpuMilli: 3,
  memoryMib: 8,
  readyAfterMs: 100,
  lines: (c) => [
    { text: `${redisStamp(c.startedAtMs).replace('1:M', '1:C')} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo` },
    { text: `${redisStamp(c.startedAtMs)} * Running mode=standalone, port=6379.`, afterMs: 50 },
    { text: `${redisStamp(c.startedAtMs)} * Server initialized`, afterMs: 50 },
    { text: `${redisStamp(c.startedAtMs)} * Ready to accept connections tcp`, afterMs: 100 },
  ],
});

const POSTGRES_REFUSAL = [
  'Error: Database is uninitialized and superuser password is not specified.',
  '       You must specify POSTGRES_PASSWORD to a non-empty value for the',
  '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
  '',
  '       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all',
  '       connections without a password. This is *not* recommended.',
  '',
  '       See PostgreSQL documentation about "trust":',
  '       https://www.postgresql.org/docs/current/auth-trust.html',
];

const postgres = database({
  repositories: ['library/postgres'],
  tags: /^(latest|alpine|trixie|bookworm|9(\.\d)?|1[0-8])(\.\d{1,2}){0,2}(-[a-z][\w.-]*)?$/,
  sizeMib: 152,
  binary: 'postgres',
  tools: ['psql', 'pg_dump', 'pg_isready', 'createdb', 'gosu'],
  answer: ([name]) =>
    name === 'pg_isready' ? { stdout: '/var/run/postgresql:5432 - accepting connections\n', exitCode: 0 } : undefined,
  port: 5432,
  cpuMilli: 3,
  memoryMib: 42,
  readyAfterMs: 1500,
  refuses: ({ env }) =>
    env['POSTGRES_PASSWORD'] || env['POSTGRES_PASSWORD_FILE'] || env['POSTGRES_HOST_AUTH_METHOD'] === 'trust'
      ? undefined
      : { lines: POSTGRES_REFUSAL, exitCode: 1 },
  lines(c) {
    const stamp = `${new Date(c.startedAtMs).toISOString().slice(0, 23).replace('T', ' ')} UTC [1] LOG: `;
    return [
      { text: 'PostgreSQL init process complete; ready for start up.', afterMs: 1200 },
      { text: `${stamp} starting PostgreSQL on x86_64-pc-linux-gnu, 64-bit`, afterMs: 1300, stream: 'stderr' },
      { text: `${stamp} listening on IPv4 address "0.0.0.0", port 5432`, afterMs: 1300, stream: 'stderr' },
      { text: `${stamp} database system is ready to accept connections`, afterMs: 1500, stream: 'stderr' },
    ];
  },
});

const mysql = database({
  repositories: ['library/mysql', 'library/mariadb', 'library/percona'],
  sizeMib: 236,
  binary: 'mysqld',
  tools: ['mysql', 'mysqldump', 'mysqladmin', 'mariadb', 'gosu'],
  answer: ([name, ...words]) =>
    /^(mysql|mariadb)-?admin$/.test(name ?? '') && words.includes('ping')
      ? { stdout: 'mysqld is alive\n', exitCode: 0 }
      : undefined,
  port: 3306,
  cpuMilli: 6,
  memoryMib: 380,
  readyAfterMs: 3000,
  refuses: ({ env }) =>
    Object.keys(env).some((name) =>
      /^(MYSQL|MARIADB)_(ROOT_PASSWORD(_FILE)?|ALLOW_EMPTY(_ROOT)?_PASSWORD|RANDOM_ROOT_PASSWORD)$/.test(name),
    )
      ? undefined
      : {
          exitCode: 1,
          lines: [
            '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified',
            '    You need to specify one of the following as an environment variable:',
            '    - MYSQL_ROOT_PASSWORD',
            '    - MYSQL_ALLOW_EMPTY_PASSWORD',
            '    - MYSQL_RANDOM_ROOT_PASSWORD',
          ],
        },
  lines: (c) => [
    {
      text: `${new Date(c.startedAtMs).toISOString().replace('T', ' ').slice(0, 19)}+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server started.`,
    },
    {
      text: `${new Date(c.startedAtMs + 3000).toISOString().replace('Z', '000Z')} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections.`,
      afterMs: 3000,
      stream: 'stderr',
    },
  ],
});

const mongo = database({
  repositories: ['library/mongo'],
  sizeMib: 270,
  binary: 'mongod',
  tools: ['mongosh', 'mongodump'],
  port: 27017,
  cpuMilli: 8,
  memoryMib: 165,
  readyAfterMs: 1500,
  lines: () => [
    {
      text: '{"s":"I","c":"NETWORK","id":23016,"ctx":"listener","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}',
      afterMs: 1500,
    },
  ],
});

const memcached = database({
  repositories: ['library/memcached'],
  sizeMib: 32,
  binary: 'memcached',
  tools: [],
  port: 11211,
  cpuMilli: 1,
  memoryMib: 3,
  readyAfterMs: 100,
  lines: () => [],
});

export const databaseImages: readonly ImageDefinition[] = [redis, postgres, mysql, mongo, memcached];
