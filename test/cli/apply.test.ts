import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const config = (name: string, data: string, labels = '') => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}${labels === '' ? '' : `\n  labels: {${labels}}`}
data: {${data}}
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

const dataOf = (name: string) => sandbox.out(`kubectl get cm ${name} -o jsonpath={.data}`);

describe('kubectl apply', () => {
  it('takes away what a manifest no longer says, and leaves what others added', async () => {
    sandbox.write('a.yaml', config('merged', 'kept: "1", gone: "1"'));
    expect(await sandbox.out('kubectl apply -f a.yaml')).toBe('configmap/merged created\n');
    await sandbox.out(['kubectl', 'patch', 'cm', 'merged', '-p', '{"data":{"added":"by hand"}}']);
    sandbox.write('a.yaml', config('merged', 'kept: "2"'));
    expect(await sandbox.out('kubectl apply -f a.yaml')).toBe('configmap/merged configured\n');
    expect(await dataOf('merged')).toBe('{"added":"by hand","kept":"2"}');
    expect(await sandbox.out('kubectl apply -f a.yaml')).toBe('configmap/merged unchanged\n');
  });

  it('changes nothing in a dry run', async () => {
    sandbox.write('dry.yaml', config('dry', 'a: "1"'));
    expect(await sandbox.out('kubectl apply -f dry.yaml --dry-run=client')).toBe('configmap/dry created (dry run)\n');
    expect(await sandbox.out('kubectl apply -f dry.yaml --dry-run=server')).toBe(
      'configmap/dry created (server dry run)\n',
    );
    expect(await sandbox.out('kubectl get cm dry --ignore-not-found')).toBe('');
  });

  it('warns of objects that it did not make', async () => {
    await sandbox.out('kubectl create cm foreign --from-literal=a=1');
    sandbox.write('foreign.yaml', config('foreign', 'a: "2"'));
    expect(await sandbox.run('kubectl apply -f foreign.yaml')).toEqual({
      stdout: 'configmap/foreign configured\n',
      stderr:
        'Warning: resource configmaps/foreign is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n',
      exitCode: 0,
    });
  });

  it('goes on after what the server refuses', async () => {
    sandbox.write('mixed.yaml', `${config('Bad_Name', 'a: "1"')}---\n${config('good', 'a: "1"')}`);
    const { stdout, stderr, exitCode } = await sandbox.run('kubectl apply -f mixed.yaml');
    expect({ stdout, exitCode }).toEqual({ stdout: 'configmap/good created\n', exitCode: 1 });
    expect(stderr).toMatch(/^The ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": /);
  });

  it('deletes with --prune what is no longer in the files', async () => {
    sandbox.write('pruned/one.yaml', config('one', 'a: "1"', 'set: p'));
    sandbox.write('pruned/two.yaml', config('two', 'a: "1"', 'set: p'));
    const line = 'kubectl apply -f pruned --prune -l set=p --prune-allowlist=core/v1/ConfigMap';
    expect(await sandbox.out(line)).toBe('configmap/one created\nconfigmap/two created\n');
    sandbox.write('pruned/two.yaml', '');
    expect(await sandbox.out(line)).toBe('configmap/one unchanged\nconfigmap/two pruned\n');
  });

  it('shows and sets what was applied last', async () => {
    sandbox.write('last.yaml', config('last', 'a: "1"'));
    await sandbox.out('kubectl create -f last.yaml');
    expect(await sandbox.out('kubectl apply view-last-applied cm last')).toBe('');
    expect((await sandbox.run('kubectl apply set-last-applied -f last.yaml')).stderr).toBe(
      'error: no last-applied-configuration annotation found on resource: last, to create the annotation, run the command with --create-annotation\n',
    );
    expect(await sandbox.out('kubectl apply set-last-applied -f last.yaml --create-annotation=true')).toBe(
      'configmap/last configured\n',
    );
    expect(await sandbox.out('kubectl apply view-last-applied cm last')).toBe(
      'apiVersion: v1\ndata:\n  a: "1"\nkind: ConfigMap\nmetadata:\n  name: last\n  namespace: default\n',
    );
  });
});

describe('kubectl edit', () => {
  const editor = (script: string) => ({ env: { KUBE_EDITOR: `sed -i ${script}` } });

  it('sends what the editor saved', async () => {
    await sandbox.out('kubectl create cm edited --from-literal=a=old');
    expect(await sandbox.out('kubectl edit cm edited', editor('s/old/new/'))).toBe('configmap/edited edited\n');
    expect(await dataOf('edited')).toBe('{"a":"new"}');
  });

  it('gives up when nothing was changed', async () => {
    await sandbox.out('kubectl create cm idle');
    const result = await sandbox.run('kubectl edit cm idle', editor('s/zzz/yyy/'));
    expect({ ...result, stdout: result.stdout + result.stderr, stderr: '' }).toEqual({
      stdout: 'Edit cancelled, no changes made.\n',
      stderr: '',
      exitCode: 0,
    });
  });

  it('keeps a copy of edits that are refused', async () => {
    await sandbox.out('kubectl create cm stubborn --from-literal=a=1');
    const { stderr, exitCode } = await sandbox.run('kubectl edit cm stubborn', editor('s/^data:/daat:/'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: configmaps "stubborn" is invalid\nA copy of your changes has been stored to ".*"\nerror: Edit cancelled, no valid changes were saved.\n$/,
    );
  });
});
