import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const configMap = (value: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: ${value}}
`;
const secret = (value: string) => `apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: ${value}}
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('settings.yaml', configMap('dark'));
  sandbox.write('light.yaml', configMap('light'));
  sandbox.write('key.yaml', secret('one'));
  sandbox.write('otherkey.yaml', secret('two'));
  await sandbox.out('kubectl apply -f settings.yaml -f key.yaml');
});
afterAll(() => sandbox.close());

async function run(line: string, program?: string) {
  const env = { TMPDIR: sandbox.directory, TZ: 'UTC', ...(program ? { KUBECTL_EXTERNAL_DIFF: program } : {}) };
  const { stdout, stderr, exitCode } = await sandbox.run(`kubectl diff ${line}`, { env });
  return { out: stdout, err: stderr, exitCode };
}

describe('kubectl diff', () => {
  it('says nothing when nothing would change', async () => {
    expect(await run('-f settings.yaml -f key.yaml')).toEqual({ out: '', err: '', exitCode: 0 });
  });

  it('shows what would change, with the time of the cluster', async () => {
    const { out, err, exitCode } = await run('-f light.yaml');
    const file = (folder: string) => `${sandbox.directory}/${folder}-1000000000/v1.ConfigMap.default.settings`;
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 1 });
    const [first, from, to, ...rest] = out.split('\n');
    expect([first, from, to]).toEqual([
      `diff -u -N ${file('LIVE')} ${file('MERGED')}`,
      `--- ${file('LIVE')}\t2026-01-01 00:00:00.000000000 +0000`,
      `+++ ${file('MERGED')}\t2026-01-01 00:00:00.000000000 +0000`,
    ]);
    expect(rest.filter((line) => /^[-+]/.test(line))).toEqual(['-  mode: dark', '+  mode: light']);
  });

  it('does not show secrets', async () => {
    const { out } = await run('-f otherkey.yaml');
    expect(out.split('\n').filter((line) => /^[-+] /.test(line))).toEqual([
      "-  password: '*** (before)'",
      "+  password: '*** (after)'",
    ]);
  });

  it('runs the program of the environment, with plain options only', async () => {
    expect(await run('-f light.yaml', 'echo -n --x=1 $(id)')).toEqual({
      out: `--x=1 ${sandbox.directory}/LIVE-1000000000 ${sandbox.directory}/MERGED-1000000000`,
      err: '',
      exitCode: 0,
    });
  });

  it.each([
    ['', 'error: must specify one of -f and -k\n'],
    ['x', "error: Unexpected args: [x]\nSee 'kubectl diff -h' for help and examples\n"],
    ['--nope', "error: unknown flag: --nope\nSee 'kubectl diff -h' for help and examples\n"],
    ['-f none.yaml', 'error: the path "none.yaml" does not exist\n'],
    ['-f light.yaml --force-conflicts', 'error: --force-conflicts only works with --server-side\n'],
  ])('gives %j the code of a failure', async (line, err) => {
    expect(await run(line)).toEqual({ out: '', err, exitCode: 2 });
  });

  it.each([
    ['nosuchprogram', 'error: failed to run "nosuchprogram": executable file not found in $PATH\n'],
    ['false-ish', 'error: failed to run "false-ish": executable file not found in $PATH\n'],
  ])('tells that %s is missing', async (program, err) => {
    expect(await run('-f light.yaml', program)).toEqual({ out: '', err, exitCode: 2 });
  });
});
