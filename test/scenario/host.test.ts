// What scenarios find around their commands: jobs in the background, ports in memory, time, a shell.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { curl, LoopbackNetwork } from '../../src/main.scenario.network.ts';
import { runScenarioFile } from '../../src/main.scenario.ts';

/** Returns the console block that the commands become. */
async function play(...commands: string[]): Promise<string[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-lesson-'));
  const file = path.join(folder, 'lesson.md');
  fs.writeFileSync(file, `\`\`\`console\n${commands.map((command) => `$ ${command}\n`).join('')}\`\`\`\n`);
  try {
    await runScenarioFile(file, { isUpdate: true });
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(1, -1);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

describe('a command in the background', () => {
  it('goes on until it is killed, and its port with it', async () => {
    expect(
      await play(
        'kubectl proxy &',
        'curl -s localhost:8001/healthz',
        'kill %1',
        'kill %1',
        'curl localhost:8001/healthz',
      ),
    ).toEqual([
      '$ kubectl proxy &',
      'Starting to serve on 127.0.0.1:8001',
      '$ curl -s localhost:8001/healthz',
      'ok',
      '[no newline]',
      '$ kill %1',
      '$ kill %1',
      'bash: kill: %1: no such job',
      '[exit 1]',
      '$ curl localhost:8001/healthz',
      'curl: (7) Failed to connect to localhost port 8001 after 0 ms: Could not connect to server',
      '[exit 7]',
    ]);
  });

  it('is refused a port that another one has', async () => {
    expect(await play('kubectl proxy &', 'kubectl proxy')).toEqual([
      '$ kubectl proxy &',
      'Starting to serve on 127.0.0.1:8001',
      '$ kubectl proxy',
      'error: listen tcp 127.0.0.1:8001: bind: address already in use',
      '[exit 1]',
    ]);
  });

  it('sees what the commands after it do', async () => {
    const lines = await play('kubectl get configmaps -w --no-headers -o name &', 'kubectl create configmap strings');
    expect(lines).toEqual([
      '$ kubectl get configmaps -w --no-headers -o name &',
      'configmap/kube-root-ca.crt',
      '$ kubectl create configmap strings',
      'configmap/strings created',
      'configmap/strings',
    ]);
  });
});

describe('time', () => {
  it('passes with sleep', async () => {
    const lines = await play('kubectl create configmap strings', 'sleep 1m 30', 'kubectl get configmap strings');
    expect(lines.slice(2)).toEqual([
      '$ sleep 1m 30',
      '$ kubectl get configmap strings',
      'NAME      DATA   AGE',
      'strings   0      90s',
    ]);
  });
});

describe('bash', () => {
  it('words its errors as at a prompt, and keeps what is exported', async () => {
    expect(await play('kubectl get <name>', 'kubcetl get pods', 'export TUNE=EADGBE', 'echo $TUNE | tr E e')).toEqual([
      '$ kubectl get <name>',
      "bash: syntax error near unexpected token `newline'",
      '[exit 2]',
      '$ kubcetl get pods',
      'bash: kubcetl: command not found',
      '[exit 127]',
      '$ export TUNE=EADGBE',
      '$ echo $TUNE | tr E e',
      'eADGBe',
    ]);
  });
});

describe('curl', () => {
  const network = new LoopbackNetwork();
  const server = http.createServer((request, response) => {
    response.sendDate = false;
    if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
    else if (request.url === '/none') response.writeHead(404).end('none\n');
    else if (request.url === '/cut') response.destroy();
    else void respond(request, response);
  });
  const respond = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    let body = '';
    for await (const part of request) body += String(part);
    response.end(`${request.method} ${request.url} ${request.headers['x-tune'] ?? '-'} ${body || '-'}\n`);
  };
  const ready = network.listen(
    { network: 'tcp4', address: '127.0.0.1', port: 80 },
    (connection) => void server.emit('connection', connection),
  );

  it.each([
    [['localhost/a?b=c'], { output: 'GET /a?b=c - -\n', exitCode: 0 }],
    [['-X', 'PUT', '-d', 'x', '-H', 'X-Tune: E', 'http://127.0.0.1/a'], { output: 'PUT /a E x\n', exitCode: 0 }],
    [['-d', 'x', 'localhost'], { output: 'POST / - x\n', exitCode: 0 }],
    [['localhost/old'], { output: '', exitCode: 0 }],
    [['-L', 'localhost/old'], { output: 'GET /new - -\n', exitCode: 0 }],
    [['-o', '/dev/null', '-w', '%{http_code}\\n', 'localhost/none'], { output: '404\n', exitCode: 0 }],
    [['-f', 'localhost/none'], { output: 'curl: (22) The requested URL returned error: 404\n', exitCode: 22 }],
    [['-s', 'localhost:81'], { output: '', exitCode: 7 }],
    [['-sS', 'localhost/cut'], { output: 'curl: (52) Empty reply from server\n', exitCode: 52 }],
    [['example.com'], undefined],
    [['--compressed', 'localhost'], undefined],
  ])('%j', async (args, outcome) => {
    await ready;
    expect(await curl(args, network)).toEqual(outcome);
  });
});
