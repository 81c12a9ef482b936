// Whose files are whose: the person's own kubeconfig is none of ours, and a stopped cluster stands still.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Machine, removeFolders, startedMachine } from './program.ts';

afterAll(removeFolders);

describe('~/.kube/config', () => {
  it('is never read and never written', async () => {
    const machine = new Machine();
    const own = path.join(machine.directory, '.kube/config');
    fs.mkdirSync(path.dirname(own));
    fs.writeFileSync(own, ']: this is no YAML');
    fs.utimesSync(own, 1, 1);
    for (const line of [
      'sandkube start --clock manual',
      'kubectl get nodes',
      'kubectl create configmap mine',
      'kubectl config set-context dev --cluster=sandkube --user=sandkube --namespace=dev',
      'kubectl config use-context dev',
      'kubectl config view',
      'minikube start',
      'minikube stop',
      'sandkube reset',
    ]) {
      const { stderr, exitCode } = await machine.run(line);
      expect([line, exitCode, stderr]).toEqual([line, 0, '']);
    }
    expect(fs.readFileSync(own, 'utf8')).toBe(']: this is no YAML');
    expect(fs.statSync(own).mtimeMs).toBe(1000);
    expect(fs.readdirSync(path.dirname(own))).toEqual(['config']);
    expect(fs.readdirSync(machine.directory).sort()).toEqual(['.kube', 'sandkube']);
  });

  it('is not missed when there is no home folder at all', async () => {
    const machine = await startedMachine();
    const { HOME: _, ...env } = machine.env;
    const { stdout, stderr } = await machine.run('kubectl config current-context', { env });
    expect({ stdout, stderr }).toEqual({ stdout: 'sandkube\n', stderr: '' });
  });
});

describe('a stopped cluster', () => {
  it('answers, and its time stands still until it is started again', async () => {
    const machine = new Machine();
    await machine.out('sandkube start');
    await machine.out('sandkube stop');
    const now = async () => /clock: .*/.exec(await machine.out('sandkube status'))?.[0];
    const stopped = await now();
    await machine.out('kubectl create deployment web --image=nginx');
    const pods = await machine.out('kubectl get pods -o jsonpath={.items[*].status.phase}');
    expect(pods).toBe('Pending');
    expect(await now()).toBe(stopped);
    await machine.out('sandkube start');
    await machine.out('kubectl wait deployment/web --for=condition=Available --timeout=60s');
    expect(await machine.out('kubectl get pods -o jsonpath={.items[*].status.phase}')).toBe('Running');
  });

  it('has no time that could be moved', async () => {
    const machine = new Machine();
    await machine.out('sandkube start --clock manual');
    await machine.out('sandkube stop');
    for (const line of ['sandkube advance 1m', 'sandkube tick', 'sandkube settle'])
      expect(await machine.run(line)).toMatchObject({
        stdout: '',
        stderr: 'error: the cluster is stopped; its time goes on with "sandkube start"\n',
        exitCode: 1,
      });
    await machine.out('sandkube start');
    expect(await machine.out('sandkube advance 1m')).toBe('1m passed.\n');
  });

  it('of minikube is out of the kubeconfig, or refuses connections', async () => {
    const machine = new Machine();
    await machine.out('minikube start');
    await machine.out('minikube stop');
    expect((await machine.run('kubectl config current-context')).stderr).toBe('error: current-context is not set\n');
    await machine.out('minikube start');
    expect(await machine.out('kubectl get nodes -o name')).toBe('node/minikube\n');
    await machine.out('minikube stop --keep-context-active');
    const { stdout, stderr, exitCode } = await machine.run('kubectl get pods');
    expect(stdout).toBe('');
    expect(stderr).toContain('The connection to the server 192.168.49.2:8443 was refused');
    expect(exitCode).toBe(1);
  });
});
