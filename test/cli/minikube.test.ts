import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const env = { SANDKUBE_CLOCK: 'manual' };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.out('minikube start', { env });
});
afterAll(() => sandbox.close());

it('is what time and faults are about while its context is the current one', async () => {
  const running = 'kubectl get pods -o jsonpath={.items[*].status.phase}';
  await sandbox.out('kubectl run web --image=nginx');
  await sandbox.out('sandkube advance 5s');
  expect(await sandbox.out(running)).toBe('Running');
  await sandbox.out('sandkube node fail minikube');
  await sandbox.out('sandkube advance 1m');
  expect(await sandbox.out('kubectl get nodes --no-headers')).toMatch(/^minikube +NotReady /);
  await sandbox.out('sandkube node recover minikube');
  await sandbox.out('kubectl config use-context sandkube');
  expect(await sandbox.run('sandkube node fail minikube')).toMatchObject({
    stderr: 'error: nodes "minikube" not found\n',
    exitCode: 1,
  });
});

const status = (kubeconfig: string, more = ''): string =>
  `minikube\ntype: Control Plane\nhost: Running\nkubelet: Running\napiserver: Running\nkubeconfig: ${kubeconfig}\n${more}\n`;

it('is configured as long as the kubeconfig leads to it', async () => {
  expect(await sandbox.out('minikube status')).toBe(status('Configured'));
  expect(await sandbox.out('minikube status', { env: { MINIKUBE_ACTIVE_DOCKERD: 'minikube' } })).toBe(
    status('Configured', 'docker-env: in-use\n'),
  );
  await sandbox.out('kubectl config delete-cluster minikube');
  const stale =
    '\nWARNING: Your kubectl is pointing to stale minikube-vm.\nTo fix the kubectl context, run `minikube update-context`\n';
  expect(await sandbox.run('minikube status')).toEqual({
    stdout: `${status('Misconfigured')}${stale}`,
    stderr: '',
    exitCode: 4,
  });
  expect(await sandbox.out('minikube update-context')).toBe(
    '🎉  "minikube" context has been updated to point to 192.168.49.2:8443\n💗  Current context is "minikube"\n',
  );
  expect(await sandbox.out('minikube update-context')).toBe(
    '🙄  No changes required for the "minikube" context\n💗  Current context is "minikube"\n',
  );
});

it('leaves the kubeconfig with its deletion', async () => {
  await sandbox.out('kubectl config set-context mine --cluster=minikube');
  await sandbox.out('minikube delete');
  expect(await sandbox.out('kubectl config get-contexts -o name')).toBe('mine\nsandkube\n');
  expect(await sandbox.run('kubectl config current-context')).toMatchObject({
    stderr: 'error: current-context is not set\n',
    exitCode: 1,
  });
});
