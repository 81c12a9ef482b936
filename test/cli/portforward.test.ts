import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type RunResult, type Sandbox } from '../harness.ts';
import { LoopbackNetwork } from '../loopback.ts';

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - {name: web, image: nginx, ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: main, port: 8080, targetPort: http}, {name: dns, port: 53, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: waiting}
spec:
  nodeSelector: {no: node}
  containers: [{name: c, image: nginx}]
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('web.yaml', manifest);
  await sandbox.out('kubectl apply -f web.yaml');
  await sandbox.out('sandkube settle');
});
afterAll(() => sandbox.close());

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** Forwards while `use` talks to a local port, then interrupts it. */
async function forward(
  line: string,
  { key, network = new LoopbackNetwork() }: { key: string; network?: LoopbackNetwork },
  use: (exchange: (text: string) => Promise<string>) => Promise<void>,
): Promise<RunResult> {
  let stop = (): void => undefined;
  const interrupt = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const result = sandbox.run(`kubectl port-forward ${line}`, { network, interrupt });
  await network.opened(key);
  await use((text) => network.exchange(key, text));
  stop();
  return result;
}

describe('kubectl port-forward', () => {
  it.each([
    ['web 8000:80', '127.0.0.1:8000', 'Forwarding from 127.0.0.1:8000 -> 80\nForwarding from [::1]:8000 -> 80\n', 8000],
    [
      'pod/web :http',
      '127.0.0.1:40000',
      'Forwarding from 127.0.0.1:40000 -> 80\nForwarding from [::1]:40000 -> 80\n',
      40000,
    ],
    [
      'svc/web 8080',
      '127.0.0.1:8080',
      'Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n',
      8080,
    ],
    [
      'svc/web main',
      '127.0.0.1:8080',
      'Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n',
      8080,
    ],
    ['web 80 --address=0.0.0.0', '0.0.0.0:80', 'Forwarding from 0.0.0.0:80 -> 80\n', 80],
  ])('%s', async (line, key, stdout, port) => {
    const result = await forward(line, { key }, async (exchange) => {
      const answer = await exchange(GET);
      expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
      expect(answer).toContain('<title>Welcome to nginx!</title>');
    });
    const handled = `Handling connection for ${port}\n`;
    expect(result).toEqual({ stdout: stdout + handled, stderr: '', exitCode: 0 });
  });

  it('forwards several ports', async () => {
    const result = await forward('web 1000:80 2000:80', { key: '127.0.0.1:2000' }, async () => undefined);
    expect(result.stdout).toBe(
      'Forwarding from 127.0.0.1:1000 -> 80\nForwarding from [::1]:1000 -> 80\n' +
        'Forwarding from 127.0.0.1:2000 -> 80\nForwarding from [::1]:2000 -> 80\n',
    );
  });

  it('ends when nothing answers in the pod', async () => {
    const result = await forward('web 8000:99', { key: '127.0.0.1:8000' }, async (exchange) => {
      await expect(exchange(GET)).rejects.toThrow('Premature close');
    });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe(
      'Forwarding from 127.0.0.1:8000 -> 99\nForwarding from [::1]:8000 -> 99\nHandling connection for 8000\n',
    );
    expect(result.stderr).toMatch(
      /^E0101 00:00:\d\d\.\d{6} +\d+ portforward\.go:424\] "Unhandled Error" err="an error occurred forwarding 8000 -> 99: .*connection refused.*"\nerror: lost connection to pod\n$/,
    );
  });

  it('goes on without an address that is taken, but not without all', async () => {
    const network = new LoopbackNetwork();
    await network.listen({ network: 'tcp6', address: '::1', port: 8000 }, () => undefined);
    const result = await forward('web 8000:80', { key: '127.0.0.1:8000', network }, async () => undefined);
    expect(result).toEqual({ stdout: 'Forwarding from 127.0.0.1:8000 -> 80\n', stderr: '', exitCode: 0 });
    await network.listen({ network: 'tcp4', address: '127.0.0.1', port: 8000 }, () => undefined);
    const problem = (family: number, address: string): string =>
      `unable to create listener: Error listen tcp${family} ${address}:8000: bind: address already in use`;
    expect(await sandbox.run('kubectl port-forward web 8000:80', { network })).toEqual({
      stdout: '',
      stderr:
        'Unable to listen on port 8000: Listeners failed to create with the following errors: ' +
        `[${problem(4, '127.0.0.1')} ${problem(6, '::1')}]\n` +
        'error: unable to listen on any of the requested ports: [{8000 80}]\n',
      exitCode: 1,
    });
  });

  it.each([
    [
      'web',
      "TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl port-forward -h' for help and examples",
    ],
    ['waiting 80', 'unable to forward port because pod is not running. Current status=Pending'],
    ['web x', "Pod 'web' does not have a named port 'x'"],
    ['web 99999', `error parsing local port '99999': strconv.ParseUint: parsing "99999": value out of range`],
    ['web 8000:0', 'remote port must be > 0'],
    ['web 53', 'UDP protocol is not supported for 53'],
    ['web 80 --address=here', 'here is not a valid IP'],
    ['svc/web 81', 'Service web does not have a service port 81'],
    ['svc/web x', "Service 'web' does not have a named port 'x'"],
    ['svc/web 53', 'UDP protocol is not supported for 53'],
    ['node/node-1 80', 'cannot attach to *v1.Node: selector for *v1.Node not implemented'],
  ])('refuses %s', async (line, message) => {
    expect(await sandbox.run(`kubectl port-forward ${line}`)).toEqual({
      stdout: '',
      stderr: `error: ${message}\n`,
      exitCode: 1,
    });
  });
});
