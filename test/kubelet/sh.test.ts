import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { debianExecutables } from '../../src/images/executables.ts';
import { bytesOf, textOf } from '../../src/kubelet/sh/bytes.ts';
import type { ShellHost } from '../../src/kubelet/sh/host.ts';
import { Interpreter } from '../../src/kubelet/sh/interpreter.ts';
import { Input } from '../../src/kubelet/sh/streams.ts';
import { FileSystem, FileTree } from '../../src/kubelet/vfs.ts';
import { scripts } from './sh.cases.ts';

interface Outcome {
  stdout: string;
  stderr: string;
  exitCode: number;
  /** Simulated seconds that passed. */
  seconds: number;
  fs: FileSystem;
}

/** Runs a script in a container of its own; waiting ends at once. */
function run(script: string, os: ShellHost['os'] = 'debian'): Outcome {
  const root = new FileTree({ mtimeMs: 0 });
  for (const path of ['/tmp', '/etc', '/root']) root.setDirectory(path, 0);
  let nowMs = Date.parse('2026-11-23T14:00:00Z');
  const startMs = nowMs;
  const fs = new FileSystem(root, [], { now: () => nowMs, name: 'test' });
  const host: ShellHost = {
    nowMs: () => nowMs,
    fs,
    hostname: 'web',
    os,
    hasExecutable: (name) => [...debianExecutables, 'rev'].includes(name),
    isServer: () => false,
    user: { uid: 0, gid: 0, name: 'root' },
    podIp: '10.244.0.2',
    nameserver: '10.96.0.10',
    processes: () => [{ pid: 1, user: 'root', command: 'sh', startedAtMs: 0 }],
    http: () => ({ failure: 'dns', address: '', latencyMs: 0 }),
    connect: () => 'refused',
    resolve: () => undefined,
    fraction: () => 0.5,
  };
  let stdout = '';
  let stderr = '';
  const streams = {
    input: new Input(''),
    out: (text: string) => void (stdout += text),
    err: (text: string) => void (stderr += text),
  };
  const shell = new Interpreter({ host, env: { PATH: '/bin', HOME: '/root' }, cwd: '/', name: 'sh', streams });
  const steps = shell.command(['sh', '-c', script]);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return { stdout, stderr, exitCode: step.value, seconds: (nowMs - startMs) / 1000, fs };
    if (step.value.kind !== 'until') throw new Error(`waits: ${step.value.kind}`);
    nowMs = step.value.atMs;
  }
}

describe('scripts do what dash makes of them', () => {
  it.each(scripts)('%s', (script, stdout, stderr, exitCode) => {
    const outcome = run(script);
    expect({ stdout: outcome.stdout, stderr: outcome.stderr, exitCode: outcome.exitCode }).toEqual({
      stdout,
      stderr,
      exitCode,
    });
  });
});

describe('the small shell', () => {
  it('waits in simulated time', () => {
    const { stdout, seconds } = run('for i in 1 2 3; do date +%T; sleep 20; done');
    expect(stdout).toBe('14:00:00\n14:00:20\n14:00:40\n');
    expect(seconds).toBe(60);
  });

  it('does not stand still in a loop that never waits', () => {
    const { stdout, seconds } = run('i=0; while [ $i -lt 7000 ]; do i=$((i+1)); done; echo $i');
    expect(stdout).toBe('7000\n');
    expect(seconds).toBe(2);
  });

  it('speaks as busybox does where the image is one', () => {
    expect(run('nosuch; cat /nope; if then', 'busybox')).toMatchObject({
      stderr: 'sh: syntax error: unexpected "then"\n',
      exitCode: 2,
    });
    expect(run('nosuch; cat /nope; ls /nope', 'busybox')).toMatchObject({
      stderr:
        'sh: nosuch: not found\n' +
        "cat: can't open '/nope': No such file or directory\n" +
        'ls: /nope: No such file or directory\n',
    });
  });

  it('writes files', () => {
    const { fs } = run(
      'mkdir -p /a/b; echo one > /a/b/c; echo two >> /a/b/c; ln -s b /a/link; cp /a/link/c /a/d; chmod 600 /a/d',
    );
    expect(fs.walk('/a')).toEqual(['/a', '/a/b', '/a/b/c', '/a/d', '/a/link']);
    expect(Buffer.from(fs.read('/a/d')).toString()).toBe('one\ntwo\n');
    expect(fs.stat('/a/d')?.mode).toBe(0o600);
    expect(fs.realPath('/a/link/c')).toBe('/a/b/c');
  });

  it('keeps bytes that are no text', () => {
    const bytes = Uint8Array.from({ length: 1024 }, (_, index) => (index * 7) % 256);
    const encoded = Buffer.from(bytes).toString('base64');
    const { fs, stdout } = run(
      `printf '${encoded}' | base64 -d > /a; cat /a | cat > /b; sha1sum < /b; wc -c < /b; base64 -w 0 /b; printf 'gr\\303\\274n'`,
    );
    const hash = createHash('sha1').update(bytes).digest('hex');
    expect(stdout).toBe(`${hash}  -\n1024\n${encoded}gr${textOf(Uint8Array.of(0xc3))}${textOf(Uint8Array.of(0xbc))}n`);
    expect(bytesOf(stdout).toString().slice(-4)).toBe('grün');
    expect(fs.read('/b')).toEqual(Buffer.from(bytes));
  });
});
