import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serveCluster, type ServedCluster } from './fixture.ts';
import { genuine, type GenuineResult } from './genuine.ts';

const kubectl = genuine('kubectl');
const describeGenuine = kubectl ? describe : describe.skip;

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster({ advancesOnWait: true });
});
afterAll(() => served.close());

async function run(line: string, stdin?: string): Promise<GenuineResult> {
  if (!kubectl) throw new Error('no kubectl');
  return kubectl(line.split(' '), { kubeconfig: served.kubeconfig, ...(stdin === undefined ? {} : { stdin }) });
}

async function out(line: string, stdin?: string): Promise<string> {
  const { stdout, stderr, exitCode } = await run(line, stdin);
  if (exitCode !== 0) throw new Error(`${line}: exit ${exitCode}\n${stderr}`);
  return stdout;
}

describeGenuine('genuine kubectl', () => {
  it('finds the version', async () => {
    expect(await out('version')).toBe('Client Version: v1.35.2\nKustomize Version: v5.7.1\nServer Version: v1.35.2\n');
  });

  it('creates a Deployment, in protobuf, and waits for it: time moves on', async () => {
    expect(await out('create deployment web --image=nginx --replicas=2 --port=80')).toBe(
      'deployment.apps/web created\n',
    );
    expect(await out('rollout status deployment/web')).toBe(
      'Waiting for deployment "web" rollout to finish: 0 of 2 updated replicas are available...\n' +
        'deployment "web" successfully rolled out\n',
    );
    const jsonpath = 'jsonpath={.spec.replicas}{.spec.template.spec.containers[0].ports[0].containerPort}';
    expect(await out(`get deployment web -o ${jsonpath}`)).toBe('280');
  });

  it.each([
    ['create configmap settings --from-literal=mode=dark', 'configmap/settings', '{.data.mode}', 'dark'],
    ['create secret generic key --from-literal=password=geheim', 'secret/key', '{.data.password}', 'Z2VoZWlt'],
    ['create namespace team', 'namespace/team', '{.status.phase}', 'Active'],
    ['create serviceaccount robot', 'serviceaccount/robot', '{.metadata.namespace}', 'default'],
    [
      'create job once --image=busybox -- date',
      'job.batch/once',
      '{.spec.template.spec.containers[0].command[0]}',
      'date',
    ],
    [
      'create ingress door --rule=a.example.com/x=web:80',
      'ingress.networking.k8s.io/door',
      '{.spec.rules[0].http.paths[0].backend.service.port.number}',
      '80',
    ],
    [
      'create service nodeport web --tcp=80:8080 --node-port=30080',
      'service/web',
      '{.spec.ports[0].targetPort}/{.spec.ports[0].nodePort}',
      '8080/30080',
    ],
  ])('%s', async (line, subject, jsonpath, value) => {
    expect(await out(line)).toBe(`${subject} created\n`);
    const namespace = subject.startsWith('namespace/') ? '' : ' -n default';
    expect(await out(`get ${subject} -o jsonpath=${jsonpath}${namespace}`)).toBe(value);
  });

  it('applies, and is told what changed', async () => {
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'applied' },
      data: { a: '1' },
    });
    expect(await out('apply -f -', manifest)).toBe('configmap/applied created\n');
    expect(await out('apply -f -', manifest)).toBe('configmap/applied unchanged\n');
    expect(await out('apply -f -', manifest.replace('"1"', '"2"'))).toBe('configmap/applied configured\n');
  });

  it('is refused in words it prints as they are', async () => {
    expect(await run('get pods nosuch')).toEqual({
      stdout: '',
      stderr: 'Error from server (NotFound): pods "nosuch" not found\n',
      exitCode: 1,
    });
    expect(await run('create configmap settings')).toEqual({
      stdout: '',
      stderr: 'error: failed to create configmap: configmaps "settings" already exists\n',
      exitCode: 1,
    });
  });

  it('drains a node: who polls moves time, too', async () => {
    const { stdout, exitCode } = await run('drain node-1 --ignore-daemonsets --delete-emptydir-data');
    expect([stdout.split('\n')[0], stdout.trimEnd().split('\n').at(-1), exitCode]).toEqual([
      'node/node-1 cordoned',
      'node/node-1 drained',
      0,
    ]);
  });

  it('explains fields from the OpenAPI documents', async () => {
    const text = await out('explain deployment.spec.replicas');
    expect(text).toMatch(/^GROUP: {6}apps\nKIND: {7}Deployment\nVERSION: {4}v1\n\nFIELD: replicas <integer>\n/);
  });
});
