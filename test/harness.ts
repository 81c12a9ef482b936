// One harness for tests of whole commands: a home of its own, a manual clock, commands run in this process.
// Called by: test/**. Each command opens the state anew, as a process of its own would.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgsStringToArgv } from 'string-argv';
import type { InputStream, IOStreams, OutputStream } from '../src/cli/command.ts';
import type { LocalNetwork } from '../src/cli/runtime.ts';
import { Clusters } from '../src/main.clusters.ts';
import { findHome } from '../src/main.home.ts';
import { runCommand } from '../src/main.programs.ts';
import type { RuntimeOptions } from '../src/main.runtime.ts';
import { throwawayFileSystem } from '../src/storage/files.ts';
import { copyTemplate } from './template.ts';

export interface RunOptions {
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  /** Stands in for Ctrl-C: when it resolves, waiting commands end. */
  interrupt?: Promise<void>;
  /** Where port-forward and proxy listen. Default: this machine's sockets. */
  network?: LocalNetwork;
  /** The world's own time, outside the cluster. Default: it stands, and sleeping takes none. */
  wall?: { nowMs(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
}

export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface Sandbox {
  /** Working directory of the commands, and where `write` puts files. */
  directory: string;
  home: string;
  /** Runs 'kubectl get pods', 'sandkube settle'; words are split as a shell splits them, quotes included. */
  run(line: string | readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Runs a command that must succeed silently on stderr, and returns its stdout. */
  out(line: string | readonly string[], options?: RunOptions): Promise<string>;
  write(file: string, text: string): void;
  close(): void;
}

export interface SandboxOptions {
  /** Options of `sandkube start` behind `--clock manual`; null: no cluster is made. */
  start?: string | null;
}

/** Returns a sandbox with a cluster on the manual clock. */
export async function createSandbox({ start = '' }: SandboxOptions = {}): Promise<Sandbox> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-test-'));
  const home = path.join(root, 'home');
  const directory = path.join(root, 'work');
  fs.mkdirSync(directory);
  const run: Sandbox['run'] = (line, options = {}) => runIn({ home, directory }, line, options);
  const sandbox: Sandbox = {
    directory,
    home,
    run,
    async out(line, options) {
      const { stdout, stderr, exitCode } = await run(line, options);
      if (exitCode !== 0 || stderr !== '') throw new Error(`${String(line)}: exit ${exitCode}\n${stdout}${stderr}`);
      return stdout;
    },
    write(file, text) {
      fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
      fs.writeFileSync(path.join(directory, file), text);
    },
    close: () => fs.rmSync(root, { recursive: true, force: true }),
  };
  if (start !== null) {
    const line = `sandkube start --clock manual ${start}`;
    await copyTemplate(line, home, async (made) => {
      const { stderr, exitCode } = await runIn({ home: made, directory }, line);
      if (exitCode !== 0 || stderr !== '') throw new Error(`${line}: exit ${exitCode}\n${stderr}`);
    });
  }
  return sandbox;
}

const standingWall = {
  nowMs: () => Date.UTC(2026, 5, 1),
  sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
};

/** Runs one command line on a home, in a working directory. */
export async function runIn(
  { home, directory }: { home: string; directory: string },
  line: string | readonly string[],
  { stdin = '', env = {}, interrupt, network, wall = standingWall }: RunOptions = {},
): Promise<RunResult> {
  const [program = '', ...argv] = typeof line === 'string' ? parseArgsStringToArgv(line) : line;
  const out = new Capture();
  const err = new Capture();
  const streams: IOStreams = { in: inputOf(stdin), out, err };
  const environment = { PATH: process.env['PATH'], HOME: home, SANDKUBE_HOME: home, TZ: 'UTC', ...env };
  const clusters = new Clusters(findHome(environment, directory), {
    wallNowMs: () => wall.nowMs(),
    sleep: (ms, signal) => wall.sleep(ms, signal),
    command: [program, ...argv].join(' '),
    flush: () => undefined,
    discard: () => undefined,
    warn: (message) => err.write(`sandkube: ${message}\n`),
    fs: throwawayFileSystem,
  });
  const onInterrupt: RuntimeOptions['onInterrupt'] = (listener) => {
    void interrupt?.then(() => listener('SIGINT'));
    return () => undefined;
  };
  const exitCode = await runCommand(program, argv, {
    clusters,
    streams,
    env: environment,
    cwd: directory,
    onInterrupt,
    ...(network ? { network } : {}),
  });
  return { stdout: out.text(), stderr: err.text(), exitCode };
}

class Capture implements OutputStream {
  readonly #chunks: Buffer[] = [];
  readonly isTerminal = false;
  readonly columns = 0;
  write(text: string | Uint8Array): void {
    this.#chunks.push(Buffer.from(text as string));
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

function inputOf(content: string | Uint8Array): InputStream {
  let rest: Uint8Array | undefined = Buffer.from(content as string);
  if (rest.length === 0) rest = undefined;
  const read = async (): Promise<Uint8Array | undefined> => {
    const chunk = rest;
    rest = undefined;
    return chunk;
  };
  return {
    read,
    readAll: async () => Buffer.from((await read()) ?? '').toString('utf8'),
    isTerminal: false,
    setRawMode: () => undefined,
  };
}
