// The built programs as processes of their own, each test on a home of its own. `npm test` builds them first.
// Called by: test/state/*.test.ts.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgsStringToArgv } from 'string-argv';
import { copyTemplate } from '../template.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));

export function projectFile(name: string): string {
  return path.join(project, name);
}

export interface Ended {
  stdout: string;
  stderr: string;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

const made: string[] = [];

export function removeFolders(): void {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
}

export class Machine {
  readonly directory: string;
  /** Where the state lies. */
  readonly home: string;
  readonly env: Record<string, string>;

  constructor() {
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-state-'));
    made.push(this.directory);
    this.home = path.join(this.directory, 'sandkube');
    this.env = {
      PATH: `${path.join(project, 'bin')}:${process.env['PATH']}`,
      HOME: this.directory,
      SANDKUBE_HOME: this.home,
    };
  }

  /** Files of the cluster's state. */
  file(...names: string[]): string {
    return path.join(this.home, 'clusters/sandkube', ...names);
  }

  /** Starts a program of the project, or any other. */
  start(argv: readonly string[], options: SpawnOptions = {}): Running {
    const [program = '', ...args] = argv;
    const own = path.join(project, 'bin', program);
    const child = spawn(fs.existsSync(own) ? own : program, args, {
      cwd: this.directory,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode, signal) => resolve({ ...text, exitCode, signal }));
    });
    return { child, ended };
  }

  run(line: string, options: SpawnOptions = {}): Promise<Ended> {
    return this.start(parseArgsStringToArgv(line), options).ended;
  }

  /** Runs a line of bash. */
  bash(line: string): Promise<Ended> {
    return this.start(['bash', '-c', line]).ended;
  }

  /** Runs a command that must succeed and say nothing on stderr. */
  async out(line: string): Promise<string> {
    const { stdout, stderr, exitCode } = await this.run(line);
    if (exitCode !== 0 || stderr !== '') throw new Error(`${line}: exit ${exitCode}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Names of the ConfigMaps that tests made. */
  async configMaps(): Promise<string[]> {
    const names = await this.out('kubectl get configmaps -o name');
    return names
      .split('\n')
      .map((line) => line.replace('configmap/', ''))
      .filter((name) => name !== '' && name !== 'kube-root-ca.crt');
  }
}

/** Returns a machine with a cluster on the manual clock. */
export async function startedMachine(): Promise<Machine> {
  const machine = new Machine();
  await copyTemplate('started by a process', machine.home, async (folder) => {
    const maker = new Machine();
    await maker.out('sandkube start --clock manual');
    fs.cpSync(maker.home, folder, { recursive: true });
  });
  return machine;
}

/** Returns every file below a folder with its bytes as text, to compare before and after. */
export function filesOf(directory: string): Record<string, string> {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => fs.statSync(path.join(directory, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(directory, name), 'latin1')]));
}
