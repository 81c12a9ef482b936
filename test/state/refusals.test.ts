// What a disk refuses, or holds but should not: one line that says what is wrong, exit code 1, and no file touched.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { filesOf, Machine, projectFile, removeFolders, startedMachine } from './program.ts';

let machine: Machine;

beforeAll(async () => {
  machine = await startedMachine();
  await machine.out('kubectl create configmap settled');
});
afterAll(removeFolders);

/** Returns a copy, so that each test breaks its own. */
function copy(): Machine {
  const other = new Machine();
  fs.cpSync(machine.home, other.home, { recursive: true });
  return other;
}

/** With what kubectl's own commands put in front of any reason. */
const COMMANDS = [
  ['kubectl get pods', ''],
  ['kubectl create configmap more', 'failed to create configmap: '],
  ['kubectl label configmap settled a=b', ''],
  ['sandkube settle', ''],
] as const;

async function expectRefusal(broken: Machine, message: (file: string) => string): Promise<void> {
  const before = filesOf(broken.home);
  for (const [line, what] of COMMANDS) {
    const result = await broken.run(line);
    const stderr = `error: ${what}${message(broken.file())}\n`;
    expect([line, result]).toEqual([line, { stdout: '', stderr, exitCode: 1, signal: null }]);
  }
  expect(filesOf(broken.home)).toEqual(before);
}

describe('a damaged state', () => {
  it('with a meta.json that is cut short', async () => {
    const broken = copy();
    fs.truncateSync(broken.file('meta.json'), 40);
    await expectRefusal(
      broken,
      (folder) => `${folder}/meta.json is damaged: ${messageOf(fs.readFileSync(broken.file('meta.json'), 'utf8'))}`,
    );
  });

  it('with an object file that is no JSON is told of by the commands that need it', async () => {
    const broken = copy();
    const [file = ''] = fs
      .readdirSync(broken.file('objects/pods'))
      .map((name) => broken.file('objects/pods', name));
    fs.writeFileSync(file, '{"format":1,');
    const before = filesOf(broken.home);
    const result = await broken.run('kubectl get pods -n kube-system');
    const reason = messageOf('{"format":1,');
    expect(result).toEqual({ stdout: '', stderr: `error: ${file} is damaged: ${reason}\n`, exitCode: 1, signal: null });
    expect(await broken.out('kubectl get configmaps settled -o name')).toBe('configmap/settled\n');
    expect(filesOf(broken.home)).toEqual(before);
  });

  it('with a broken line in the journal', async () => {
    const broken = copy();
    const journal = broken.file('journal.jsonl');
    const lines = fs.readFileSync(journal, 'utf8').split('\n');
    expect(lines.length).toBeGreaterThan(2);
    lines[1] = lines[1]?.replace('"revision"', '"revision') ?? '';
    fs.writeFileSync(journal, lines.join('\n'));
    await expectRefusal(broken, (folder) => {
      const head = lines[1]?.slice(0, lines[1].indexOf(',"writes":[')) ?? '';
      return `${folder}/journal.jsonl line 2 is damaged: ${messageOf(`${head}}`)}`;
    });
  });

  it.each(['meta.json', 'journal.jsonl'])('with a broken %s can be reset', async (name) => {
    const broken = copy();
    fs.writeFileSync(broken.file(name), '{"format":1,\n{');
    expect(await broken.out('sandkube reset')).toBe('Cluster deleted.\n');
    expect(await broken.out('kubectl get configmaps -o name')).toBe('configmap/kube-root-ca.crt\n');
  });

  it('with a last line that a crash cut short goes on without it, and says so once it writes', async () => {
    const broken = copy();
    fs.appendFileSync(broken.file('journal.jsonl'), '{"revision":99,"at');
    const { stdout, stderr, exitCode } = await broken.run('kubectl create configmap more');
    expect(stdout).toBe('configmap/more created\n');
    expect(stderr).toBe(
      `sandkube: the last 18 bytes of ${broken.file('journal.jsonl')} were cut short by a crash and are dropped; ` +
        'nothing that a command reported is in them\n',
    );
    expect(exitCode).toBe(0);
    expect(await broken.configMaps()).toEqual(['more', 'settled']);
  });
});

function messageOf(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return (error as Error).message.replace(/\s+/g, ' ');
  }
  throw new Error('this text is JSON');
}

describe('a state of a newer program', () => {
  it('is neither read nor written', async () => {
    const broken = copy();
    const meta = fs.readFileSync(broken.file('meta.json'), 'utf8');
    fs.writeFileSync(broken.file('meta.json'), meta.replace('"format":1', '"format":2'));
    await expectRefusal(
      broken,
      (folder) => `state format 2 is newer than this program understands (1): ${folder}/meta.json`,
    );
    const before = filesOf(broken.home);
    expect((await broken.run('sandkube reset')).exitCode).toBe(1);
    expect(filesOf(broken.home)).toEqual(before);
  });
});

describe('a disk that takes no more', () => {
  it('lets the command fail, and keeps what was there', async () => {
    const full = copy();
    const before = filesOf(full.home);
    // The shell's way of a full disk: files may not grow beyond 4 KiB.
    const limited = (line: string) => full.bash(`trap "" XFSZ; ulimit -f 4; ${line}`);
    const { stdout, stderr, exitCode } = await limited(
      'kubectl create configmap more --from-literal=a="$(head -c 9000 /dev/zero | tr "\\0" x)"',
    );
    expect(stdout).toBe('');
    expect(stderr).toBe(`error: cannot write ${full.file('journal.jsonl')}: file too large\n`);
    expect(exitCode).toBe(1);
    expect(filesOf(full.home)).toEqual(before);
    expect(await full.configMaps()).toEqual(['settled']);
    expect(await full.out('kubectl create configmap more')).toBe('configmap/more created\n');
  });

  it('lets no cluster begin', async () => {
    const none = new Machine();
    fs.writeFileSync(none.home, 'a file where the folder should be');
    const { stdout, stderr, exitCode } = await none.run('sandkube start --clock manual');
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: cannot (read|write|lock) .*: not a directory\n$/);
    expect(exitCode).toBe(1);
  });
});

describe('a folder that may only be read', () => {
  // Permissions do not bind the administrator.
  const isRoot = process.getuid?.() === 0;
  const asNobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  // Others than the administrator may not be let into the project's folder.
  const canRun = spawnSync('test', ['-r', projectFile('bin/kubectl')], asNobody).status === 0;

  (canRun ? it : it.skip)('can be read, and a command that writes says why it cannot', async () => {
    const readOnly = copy();
    fs.chmodSync(readOnly.directory, 0o755);
    for (const name of fs.readdirSync(readOnly.home, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(readOnly.home, name);
      fs.chmodSync(file, fs.statSync(file).isDirectory() ? 0o555 : 0o444);
    }
    fs.chmodSync(readOnly.home, 0o555);
    const before = filesOf(readOnly.home);
    const write = await readOnly.run('kubectl create configmap more', asNobody);
    expect(write).toEqual({
      stdout: '',
      stderr: `error: failed to create configmap: cannot lock ${readOnly.file('lock')}: permission denied\n`,
      exitCode: 1,
      signal: null,
    });
    const read = await readOnly.run('kubectl get configmap settled -o name', asNobody);
    expect(read).toEqual({ stdout: 'configmap/settled\n', stderr: '', exitCode: 0, signal: null });
    expect(filesOf(readOnly.home)).toEqual(before);
  });
});
