import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasGenuineKubectl, runGenuine } from '../genuine.ts';
import { createSandbox, type Sandbox } from '../harness.ts';
import { files } from './kustomize.cases.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ start: null });
  for (const [name, text] of Object.entries(files)) sandbox.write(name, text);
  fs.writeFileSync(`${sandbox.directory}/gen/bin.dat`, Buffer.from([0xff, 0xfe, 0]));
  for (const name of ['empty', 'cyc/x']) fs.mkdirSync(`${sandbox.directory}/${name}`, { recursive: true });
});
afterAll(() => sandbox.close());

/** Errors of generators show Go's pointers upstream. */
const UNCOMPARED = ['depr', 'ns', 'base', 'comp'];
const folders = Object.keys(files)
  .filter((name) => /^[^/]*\/kustomization.yaml$/.test(name))
  .map((name) => name.replace(/\/.*/, ''));

(hasGenuineKubectl ? describe : describe.skip)('kubectl kustomize, beside genuine kubectl', () => {
  it.each(['empty', 'nowhere', 'base', ...folders.filter((name) => !UNCOMPARED.includes(name))])(
    '%s',
    async (folder) => {
      const own = await sandbox.run(['kubectl', 'kustomize', folder], { env: { KUBECONFIG: '/dev/null' } });
      expect(own).toEqual(runGenuine(['kustomize', folder], { cwd: sandbox.directory }));
    },
  );

  it('writes a file for each object into a folder', async () => {
    const written = async (name: string, build: (folder: string) => unknown) => {
      const folder = `${sandbox.directory}/${name}`;
      fs.mkdirSync(folder);
      await build(name);
      return fs.readdirSync(folder).map((file) => [file, fs.readFileSync(`${folder}/${file}`, 'utf8')]);
    };
    for (const source of ['over', 'rbac', 'pair']) {
      const own = await written(`own-${source}`, (folder) => sandbox.out(`kubectl kustomize ${source} -o ${folder}`));
      const genuine = await written(`genuine-${source}`, (folder) =>
        runGenuine(['kustomize', source, '-o', folder], { cwd: sandbox.directory }),
      );
      expect(own).toEqual(genuine);
    }
  });
});

describe('kubectl kustomize', () => {
  it('refuses to generate what is there', async () => {
    expect((await sandbox.run('kubectl kustomize depr')).stderr).toBe(
      'error: merging from generator: id ConfigMap.v1.[noGrp]/conf.[noNs] exists; behavior must be merge or replace\n',
    );
    expect((await sandbox.run('kubectl kustomize ns')).stderr).toBe(
      'error: merging from generator: id ConfigMap.v1.[noGrp]/nope.[noNs] does not exist; cannot merge or replace\n',
    );
  });

  it('writes to a file', async () => {
    await sandbox.out('kubectl kustomize bigref -o out.yaml');
    expect(fs.readFileSync(`${sandbox.directory}/out.yaml`, 'utf8')).toBe(
      'apiVersion: x/v1\nkind: Foo\nmetadata:\n  name: f\nspec:\n  keep: 1\n  list:\n  - name: b\n',
    );
  });
});
