// Many processes on one home at once: nothing that was reported is lost, whoever is killed, and nobody waits for the dead.
import { afterAll, describe, expect, it } from '@jest/globals';
import { Machine, removeFolders, startedMachine, type Ended } from './program.ts';

afterAll(removeFolders);

describe('sixteen processes at once', () => {
  it('all write, and nothing is lost', async () => {
    const machine = await startedMachine();
    const names = Array.from({ length: 16 }, (_, i) => `c-${String(i).padStart(2, '0')}`);
    const all = names.map((name) => machine.start(['kubectl', 'create', 'configmap', name]));
    const results = await Promise.all(all.map(({ ended }) => ended));
    expect(results).toEqual(
      names.map((name) => ({ stdout: `configmap/${name} created\n`, stderr: '', exitCode: 0, signal: null })),
    );
    expect(await machine.configMaps()).toEqual(names);
    const versions = await machine.out('kubectl get configmaps -o jsonpath={.items[*].metadata.resourceVersion}');
    expect(new Set(versions.split(' ')).size).toBe(names.length + 1);
  });

  it('all change one object, and every change is in it', async () => {
    const machine = await startedMachine();
    await machine.out('kubectl create configmap shared');
    const all = Array.from({ length: 16 }, (_, i) => machine.start(['kubectl', 'label', 'configmap', 'shared', `l${i}=x`]));
    const results = await Promise.all(all.map(({ ended }) => ended));
    expect(results.map(({ stdout, stderr }) => stdout + stderr)).toEqual(all.map(() => 'configmap/shared labeled\n'));
    const labels = JSON.parse(await machine.out('kubectl get configmap shared -o jsonpath={.metadata.labels}')) as object;
    expect(Object.keys(labels)).toHaveLength(16);
  });

  it('read while one writes, and each sees one whole state', async () => {
    const machine = await startedMachine();
    await machine.out('kubectl create deployment web --image=nginx --replicas=3');
    const readers = Array.from({ length: 15 }, () => machine.start(['kubectl', 'get', 'pods', '-o', 'name']));
    const writer = machine.start(['kubectl', 'scale', 'deployment', 'web', '--replicas=9']);
    const seen = await Promise.all(readers.map(({ ended }) => ended));
    expect((await writer.ended).stdout).toBe('deployment.apps/web scaled\n');
    for (const { stdout, stderr, exitCode } of seen) {
      expect([stderr, exitCode]).toEqual(['', 0]);
      expect([3, 9]).toContain(stdout.trim().split('\n').length);
    }
  });
});

describe('a process that is killed', () => {
  it('at any moment leaves a state that holds all that was reported', async () => {
    const machine = await startedMachine();
    const reported: string[] = [];
    const kill = async (name: string, afterMs: number): Promise<Ended> => {
      const { child, ended } = machine.start(['kubectl', 'create', 'configmap', name]);
      const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
      const result = await ended;
      clearTimeout(timer);
      if (result.stdout.includes('created')) reported.push(name);
      return result;
    };
    const killed: Ended[] = [];
    for (let afterMs = 20; afterMs <= 260; afterMs += 12) killed.push(await kill(`k-${afterMs}`, afterMs));
    expect(killed.some(({ signal }) => signal === 'SIGKILL')).toBe(true);
    const names = await machine.configMaps();
    expect(names).toEqual(expect.arrayContaining(reported));
    // Nobody waits for a lock whose owner is dead.
    expect(await machine.out('kubectl create configmap afterwards')).toBe('configmap/afterwards created\n');
    expect(await machine.configMaps()).toHaveLength(names.length + 1);
  });

  it('while others write takes nothing from them', async () => {
    const machine = await startedMachine();
    const victims = Array.from({ length: 6 }, (_, i) => machine.start(['kubectl', 'create', 'configmap', `v-${i}`]));
    const others = Array.from({ length: 6 }, (_, i) => machine.start(['kubectl', 'create', 'configmap', `o-${i}`]));
    for (const [i, { child }] of victims.entries()) setTimeout(() => child.kill('SIGKILL'), 60 + 60 * i);
    const results = await Promise.all(others.map(({ ended }) => ended));
    await Promise.all(victims.map(({ ended }) => ended));
    expect(results.map(({ exitCode }) => exitCode)).toEqual(others.map(() => 0));
    expect(await machine.configMaps()).toEqual(expect.arrayContaining(others.map((_, i) => `o-${i}`)));
  });
});

describe('a wait that is broken off', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends, and nobody waits for it', async (signal) => {
    const machine = new Machine();
    await machine.out('kubectl create deployment slow --image=nginx:9.9.9');
    const { child, ended } = machine.start(['kubectl', 'rollout', 'status', 'deployment', 'slow']);
    child.stdout?.once('data', () => child.kill(signal));
    expect(await ended).toEqual({
      stdout: 'Waiting for deployment "slow" rollout to finish: 0 of 1 updated replicas are available...\n',
      stderr: '',
      exitCode: 1,
      signal: null,
    });
    expect(await machine.out('kubectl create configmap afterwards')).toBe('configmap/afterwards created\n');
  });
});

describe('a reader that goes away', () => {
  it.each([
    ['before anything is written', 'kubectl get pods -A -o yaml | true'],
    ['after the first line', 'kubectl get pods -A -o json | head -n 1 > /dev/null'],
  ])('%s ends the command silently', async (_, line) => {
    const machine = await startedMachine();
    const { stderr, stdout } = await machine.bash(`${line}; echo "\${PIPESTATUS[0]}"`);
    expect(stderr).toBe('');
    expect(['0\n', '141\n']).toContain(stdout);
  });

  it('does not undo what the command did', async () => {
    const machine = await startedMachine();
    await machine.bash('kubectl create configmap kept -o yaml | true');
    expect(await machine.configMaps()).toEqual(['kept']);
  });
});
