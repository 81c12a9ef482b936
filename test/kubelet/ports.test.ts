import { describe, expect, it } from '@jest/globals';
import { configMap } from '../../src/resources/configmap.ts';
import { pod } from '../../src/resources/pod.ts';
import { secret } from '../../src/resources/secret.ts';
import { service } from '../../src/resources/service.ts';
import { createKubeletCluster, type KubeletCluster } from './cluster.ts';
import { exec } from './exec.ts';

const present = { imagePullPolicy: 'IfNotPresent' };

function nginx(): KubeletCluster {
  const c = createKubeletCluster();
  c.run({ containers: [{ ...present, name: 'web', image: 'nginx:1.25' }] });
  c.settle();
  return c;
}

async function talk(c: KubeletCluster, port: number, parts: readonly string[]): Promise<string> {
  const connection = c.connector.openPort(c.pod(), port);
  let answer = '';
  for (const part of parts)
    for (const bytes of await connection.send(Buffer.from(part))) answer += Buffer.from(bytes).toString();
  return answer;
}

describe('a forwarded port', () => {
  it('speaks HTTP, however the bytes come', async () => {
    const answer = await talk(nginx(), 80, ['GET / HT', 'TP/1.1\r\nHost: x\r\n', '\r\n']);
    expect(answer.split('\r\n').slice(0, 7)).toEqual([
      'HTTP/1.1 200 OK',
      'Server: nginx/1.25.5',
      'Date: Mon, 23 Nov 2026 14:00:04 GMT',
      'Content-Type: text/html',
      'Accept-Ranges: bytes',
      'Content-Length: 615',
      'Connection: keep-alive',
    ]);
    expect(answer).toContain('Welcome to nginx!');
  });

  it('keeps its connection for further requests', async () => {
    const request = 'HEAD /nope HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await talk(nginx(), 80, [request, request]);
    expect(answer.match(/^HTTP\/1.1 404 Not Found\r$/gm)).toHaveLength(2);
  });

  it('leaves a line in the log', async () => {
    const c = nginx();
    await talk(c, 80, ['GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: test\r\n\r\n']);
    const options = { container: 'web', previous: false, follow: false, timestamps: false, tailLines: 1 };
    expect(c.connector.logs(c.pod(), options).text).toBe(
      '127.0.0.1 - - [23/Nov/2026:14:00:04 +0000] "GET / HTTP/1.1" 200 615 "-" "test" "-"\n',
    );
  });

  it('is refused where nobody listens', () => {
    const c = nginx();
    expect(() => c.connector.openPort(c.pod(), 81)).toThrow(
      /^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-[0-9a-f-]{36}": failed to connect to localhost:81 inside namespace "[0-9a-f]{64}", IPv4: dial tcp4 127.0.0.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: connection refused $/,
    );
  });
});

describe('the environment', () => {
  it('comes from everywhere that a manifest names', async () => {
    const c = createKubeletCluster();
    const namespace = 'default';
    c.client.create(configMap, { metadata: { name: 'cm', namespace }, data: { a: '1', 'b.c': '2' } });
    c.client.create(secret, { metadata: { name: 'creds', namespace }, data: { token: 'c2VjcmV0' } });
    c.client.create(service, {
      metadata: { name: 'my-db', namespace },
      spec: { ports: [{ port: 5432, name: 'sql' }], clusterIP: '10.96.0.5' },
    });
    c.run({
      containers: [
        {
          ...present,
          name: 'c',
          image: 'busybox:1.36',
          command: ['sh', '-c', 'echo $(GREETING) $$(GREETING) $(NOPE); sleep 1d'],
          envFrom: [{ prefix: 'CM_', configMapRef: { name: 'cm' } }, { secretRef: { name: 'none', optional: true } }],
          resources: { limits: { memory: '64Mi', cpu: '500m' } },
          env: [
            { name: 'NAME', value: 'x' },
            { name: 'GREETING', value: 'hi $(NAME)' },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'creds', key: 'token' } } },
            { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
          ],
        },
      ],
    });
    c.settle();
    expect((await exec(c, { command: ['env'] })).stdout.trimEnd().split('\n')).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOSTNAME=web',
      'CM_a=1',
      'CM_b.c=2',
      'NAME=x',
      'GREETING=hi x',
      'TOKEN=secret',
      'POD=web',
      'IP=10.244.0.2',
      'MEMORY=67108864',
      'CPU=500',
      'MY_DB_SERVICE_HOST=10.96.0.5',
      'MY_DB_SERVICE_PORT=5432',
      'MY_DB_SERVICE_PORT_SQL=5432',
      'MY_DB_PORT=tcp://10.96.0.5:5432',
      'MY_DB_PORT_5432_TCP=tcp://10.96.0.5:5432',
      'MY_DB_PORT_5432_TCP_PROTO=tcp',
      'MY_DB_PORT_5432_TCP_PORT=5432',
      'MY_DB_PORT_5432_TCP_ADDR=10.96.0.5',
      'HOME=/root',
    ]);
    const options = { container: 'c', previous: false, follow: false, timestamps: false };
    expect(c.connector.logs(c.pod(), options).text).toBe(
      // What stays in the words is for the shell.
      'sh: GREETING: not found\nsh: NOPE: not found\nhi x\n',
    );
  });
});

describe('use of resources', () => {
  it.each<{ annotations: Record<string, string> | undefined; cpuMilli: [number, number]; memoryBytes: number }>([
    { annotations: undefined, cpuMilli: [0, 2], memoryBytes: 5_242_880 },
    { annotations: { 'sandkube.dev/cpu-load': '250m' }, cpuMilli: [250, 252], memoryBytes: 5_242_880 },
    { annotations: { 'sandkube.dev/cpu-load': '80%' }, cpuMilli: [160, 162], memoryBytes: 5_242_880 },
    { annotations: { 'sandkube.dev/cpu-load': '9' }, cpuMilli: [500, 500], memoryBytes: 5_242_880 },
    { annotations: { 'sandkube.dev/memory-load': '10Mi' }, cpuMilli: [0, 2], memoryBytes: 15_728_640 },
  ])('$annotations', ({ annotations, cpuMilli: [least, most], memoryBytes }) => {
    const c = createKubeletCluster();
    c.client.create(pod, {
      metadata: { name: 'web', namespace: 'default', ...(annotations ? { annotations } : {}) },
      spec: {
        nodeName: 'node-1',
        automountServiceAccountToken: false,
        containers: [
          {
            ...present,
            name: 'web',
            image: 'nginx:1.25',
            resources: { requests: { cpu: '200m' }, limits: { cpu: '500m' } },
          },
        ],
      },
    });
    expect(c.connector.usage({ namespace: 'default', name: 'web' })).toBeUndefined();
    c.settle();
    const [usage] = c.connector.usage({ namespace: 'default', name: 'web' })?.containers ?? [];
    expect(usage?.cpuMilli).toBeGreaterThanOrEqual(least);
    expect(usage?.cpuMilli).toBeLessThanOrEqual(most);
    expect(Math.abs((usage?.memoryBytes ?? 0) - memoryBytes)).toBeLessThan(200_000);
  });
});
