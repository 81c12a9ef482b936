import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.out('kubectl create deployment web --image=nginx:1.25 --replicas=2');
  await sandbox.out('kubectl rollout status deploy/web');
});
afterAll(() => sandbox.close());

const fails = async (line: string) => {
  const { stdout, stderr, exitCode } = await sandbox.run(line);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  return stderr;
};

describe('kubectl scale', () => {
  it('changes the number of replicas', async () => {
    expect(await sandbox.out('kubectl scale deploy web --replicas=3 --current-replicas=2')).toBe(
      'deployment.apps/web scaled\n',
    );
    expect(await sandbox.out('kubectl get deploy web -o jsonpath={.spec.replicas}')).toBe('3');
  });
  it('refuses when the number is not the expected one', async () => {
    expect(await fails('kubectl scale deploy web --replicas=9 --current-replicas=7')).toBe(
      'error: Expected replicas to be 7, was 3\n',
    );
  });
  it('needs a kind that can be scaled', async () => {
    await sandbox.out('kubectl create cm fixed');
    expect(await fails('kubectl scale cm fixed --replicas=1')).toBe(
      'Error from server (NotFound): the server could not find the requested resource\n',
    );
  });
});

describe('kubectl rollout', () => {
  it('goes back and forth between revisions', async () => {
    await sandbox.out('kubectl annotate deploy web kubernetes.io/change-cause=first');
    expect(await sandbox.out('kubectl set image deploy/web nginx=nginx:1.26')).toBe(
      'deployment.apps/web image updated\n',
    );
    await sandbox.out('kubectl rollout status deploy/web');
    await sandbox.out('kubectl annotate deploy web kubernetes.io/change-cause=second --overwrite');
    expect(await sandbox.out('kubectl rollout history deploy/web')).toBe(
      'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         first\n2         second\n\n',
    );
    expect(await sandbox.out('kubectl rollout undo deploy/web')).toBe('deployment.apps/web rolled back\n');
    expect(await sandbox.out('kubectl get deploy web -o jsonpath={.spec.template.spec.containers[0].image}')).toBe(
      'nginx:1.25',
    );
    expect(await fails('kubectl rollout undo deploy/web --to-revision=9')).toBe(
      'error: unable to find specified revision 9 in history\n',
    );
  });
  it('pauses once', async () => {
    expect(await sandbox.out('kubectl rollout pause deploy/web')).toBe('deployment.apps/web paused\n');
    expect(await fails('kubectl rollout pause deploy/web')).toBe('error: deployments.apps "web" is already paused\n');
    expect(await fails('kubectl rollout restart deploy/web')).toBe(
      'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)\n',
    );
    expect(await sandbox.out('kubectl rollout resume deploy/web')).toBe('deployment.apps/web resumed\n');
  });
});

describe('kubectl expose and autoscale', () => {
  it('make objects that aim at the workload', async () => {
    expect(await sandbox.out('kubectl expose deploy web --port=80 --target-port=8080')).toBe('service/web exposed\n');
    expect(await sandbox.out('kubectl get svc web -o jsonpath={.spec.selector}{.spec.ports[0].targetPort}')).toBe(
      '{"app":"web"}8080',
    );
    expect(await sandbox.out('kubectl autoscale deploy web --max=5 --cpu=80%')).toBe(
      'horizontalpodautoscaler.autoscaling/web autoscaled\n',
    );
    expect(await fails('kubectl expose deploy web')).toBe(
      "error: couldn't find port via --port flag or introspection\n",
    );
  });
});

describe('kubectl run and debug', () => {
  it('attach to what was made, and remove it', async () => {
    const { stdout, exitCode } = await sandbox.run(
      'kubectl run once --rm -i --image=busybox --restart=Never -- echo hello',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/hello\n(.*\n)*pod "once" deleted from default namespace\n$/);
    expect(await sandbox.out('kubectl get pod once --ignore-not-found')).toBe('');
  });
  it('hand on the exit code of a failed pod', async () => {
    const { exitCode } = await sandbox.run(
      'kubectl run bad --attach --image=busybox --restart=Never -- sh -c "exit 3"',
    );
    expect(exitCode).toBe(3);
  });
  it('add a container to a pod, or copy it', async () => {
    await sandbox.out('kubectl run tool --image=nginx');
    expect(await sandbox.out('kubectl debug tool --profile=general --image=busybox -c look')).toBe('');
    expect(
      await sandbox.out(
        'kubectl get pod tool -o jsonpath={.spec.ephemeralContainers[0].name}{.spec.ephemeralContainers[0].securityContext}',
      ),
    ).toBe('look{"capabilities":{"add":["SYS_PTRACE"]}}');
    await sandbox.out('kubectl debug tool --profile=restricted --copy-to=copy --set-image=*=busybox');
    expect(await sandbox.out('kubectl get pod copy -o jsonpath={.spec.containers[*].image}')).toBe('busybox');
  });
});

describe('kubectl delete', () => {
  it('tells what it deleted, and what was not there', async () => {
    await sandbox.out('kubectl create cm a');
    await sandbox.out('kubectl create cm b');
    expect(await sandbox.run('kubectl delete cm a b c')).toEqual({
      stdout: 'configmap "a" deleted from default namespace\nconfigmap "b" deleted from default namespace\n',
      stderr: 'Error from server (NotFound): configmaps "c" not found\n',
      exitCode: 1,
    });
    expect(await sandbox.out('kubectl delete cm c --ignore-not-found')).toBe('');
    expect(await fails('kubectl delete cm')).toBe('error: resource(s) were provided, but no name was specified\n');
    expect(await fails('kubectl delete cm x --all')).toBe(
      'error: name cannot be provided when a selector is specified\n',
    );
  });
});

describe('kubectl wait', () => {
  it('waits for conditions and fields', async () => {
    expect(await sandbox.out('kubectl wait deploy/web --for=condition=Available')).toBe(
      'deployment.apps/web condition met\n',
    );
    expect(await sandbox.out('kubectl wait deploy/web --for=jsonpath={.metadata.name}=web')).toBe(
      'deployment.apps/web condition met\n',
    );
    expect(await fails('kubectl wait deploy/web --for=condition=Never --timeout=1s')).toBe(
      'error: timed out waiting for the condition on deployments/web\n',
    );
    expect(await fails('kubectl wait deploy/none --for=condition=Available')).toBe(
      'Error from server (NotFound): deployments.apps "none" not found\n',
    );
  });
});

describe('kubectl __complete', () => {
  it.each([
    ['rollout,u', 'undo\tGo back to an earlier revision\n:4\n'],
    ['get,-o,ya', 'yaml\n:4\n'],
    ['get,--output=ya', 'yaml\n:4\n'],
    ['get,configm', 'configmaps\n:4\n'],
    ['get,deploy,', 'web\n:4\n'],
    ['describe,deploy/', 'deploy/web\n:4\n'],
    ['scale,deploy', 'deployment\n:4\n'],
    ['logs,tool,', 'tool\n:4\n'],
    ['-n,kube-s', 'kube-system\n:4\n'],
    ['config,use-context,', 'sandkube\n:4\n'],
    ['apply,-f,', 'json\nyaml\nyml\n:8\n'],
    [
      'get,--all-n',
      '--all-namespaces\tTake the objects of all namespaces. A namespace given with --namespace is ignored.\n:4\n',
    ],
    ['nonsense,x', ':0\n'],
  ])('%s', async (words, expected) => {
    expect(await sandbox.out(['kubectl', '__complete', ...words.split(',')])).toBe(expected);
  });
});
