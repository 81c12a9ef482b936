// Runs a scenario in a home and a folder of its own: simple commands in this process, everything else in a real bash.
// Called by: main.programs.ts, tests. Must not know: how scenarios are written or compared.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { InputStream, IOStreams, OutputStream } from './cli/command.ts';
import type { ScenarioReport } from './cli/sandkube/simulator.ts';
import { Clusters } from './main.clusters.ts';
import { findHome, projectFolder } from './main.home.ts';
import { runCommand } from './main.programs.ts';
import type { ScenarioHost } from './scenario/run.ts';
import type { CommandOutcome, ScenarioSettings } from './scenario/scenario.ts';

/** Wall time of scenarios on the real clock, so that they print the same dates each time. */
const WALL_MS = Date.UTC(2026, 0, 1);
const PROGRAMS = ['kubectl', 'sandkube', 'minikube'];

/**
 * Runs one scenario file and compares what its commands print; with `isUpdate` rewrites the expected output.
 * @throws ScenarioError for a file that is not written as a scenario should be.
 */
export async function runScenarioFile(file: string, { isUpdate }: { isUpdate: boolean }): Promise<ScenarioReport> {
  const { parseScenario } = await import('./scenario/parse.ts');
  const { runScenario } = await import('./scenario/run.ts');
  const scenario = parseScenario(fs.readFileSync(file, 'utf8'), file);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-scenario-'));
  try {
    const { commands, differences, updatedText } = await runScenario(scenario, createHost(root));
    const isUpdated = isUpdate && differences.length > 0;
    if (isUpdated) fs.writeFileSync(file, updatedText);
    return { file, commands, differences: differences.map(({ text }) => text), isUpdated };
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function createHost(root: string): ScenarioHost {
  const cwd = path.join(root, 'work');
  const home = path.join(root, 'home');
  fs.mkdirSync(cwd);
  fs.mkdirSync(home);
  const env: Record<string, string | undefined> = {
    PATH: `${path.join(projectFolder, 'bin')}:${process.env['PATH']}`,
    HOME: home,
    SANDKUBE_HOME: path.join(home, 'sandkube'),
    LC_ALL: 'C',
    TZ: 'UTC',
  };
  const inside = (argv: readonly string[], options: { env?: Record<string, string>; stdin?: string } = {}) =>
    runInside(argv, { cwd, env: { ...env, ...options.env }, stdin: options.stdin ?? '' });
  return {
    cwd,
    env,
    begin: (settings) => begin(settings, inside),
    async writeFile(name, text) {
      const target = path.join(cwd, name);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, text);
    },
    async exec(line) {
      const { parseSimpleCommand } = await import('./scenario/commandline.ts');
      const simple = parseSimpleCommand(line);
      const [program = '', ...args] = simple?.argv ?? [];
      if (simple && program === 'sleep') return inside(['sandkube', 'advance', `${args[0]}s`]).then(silently);
      if (simple && PROGRAMS.includes(program)) return inside(simple.argv, simple);
      return runInBash(line, { cwd, env, root });
    },
  };
}

function silently({ output, exitCode }: CommandOutcome): CommandOutcome {
  return { output: exitCode === 0 ? '' : output, exitCode };
}

async function begin(
  { starter, clock, seed, failedNodes, legacyApis }: ScenarioSettings,
  inside: (argv: readonly string[]) => Promise<CommandOutcome>,
): Promise<void> {
  const start = ['--starter', starter, '--clock', clock, '--seed', seed, `--legacy-apis=${legacyApis}`];
  for (const argv of [['start', ...start], ...failedNodes.map((name) => ['node', 'fail', name])]) {
    const { output, exitCode } = await inside(['sandkube', ...argv]);
    if (exitCode !== 0) throw new Error(`sandkube ${argv.join(' ')}: ${output.trimEnd()}`);
  }
}

interface Inside {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin: string;
}

/** Runs a command of ours as a process of its own would: on the state as it lies on disk. */
async function runInside([program = '', ...argv]: readonly string[], { cwd, env, stdin }: Inside): Promise<CommandOutcome> {
  const chunks: Buffer[] = [];
  const out: OutputStream = {
    write: (text) => void chunks.push(Buffer.from(text as string)),
    isTerminal: false,
    columns: 0,
  };
  const streams: IOStreams = { in: inputOf(stdin), out, err: out };
  let interrupt: () => void = () => undefined;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const clusters = new Clusters(findHome(env, cwd), {
    wallNowMs: () => WALL_MS,
    // Nothing else writes: whoever waits for the world outside would wait for ever, so this is where Ctrl-C is pressed.
    sleep: async () => interrupt(),
    command: [program, ...argv].join(' '),
    flush: () => undefined,
    discard: () => undefined,
    warn: (message) => out.write(`sandkube: ${message}\n`),
  });
  const exitCode = await runCommand(program, argv, { clusters, streams, env, cwd, interrupted: () => interrupted });
  return { output: Buffer.concat(chunks).toString('utf8'), exitCode };
}

function inputOf(text: string): InputStream {
  let rest: string | undefined = text === '' ? undefined : text;
  const take = (): string | undefined => {
    const taken = rest;
    rest = undefined;
    return taken;
  };
  return {
    read: async () => {
      const taken = take();
      return taken === undefined ? undefined : Buffer.from(taken);
    },
    readAll: async () => take() ?? '',
    isTerminal: false,
    setRawMode: () => undefined,
  };
}

/** Runs a line in bash; what it exports stays for the lines after it. */
async function runInBash(
  line: string,
  { cwd, env, root }: { cwd: string; env: Record<string, string | undefined>; root: string },
): Promise<CommandOutcome> {
  const { spawnSync } = await import('node:child_process');
  const variables = path.join(root, 'environment');
  const script = 'eval "$0" 2>&1; code=$?; env -0 > "$1"; exit "$code"';
  const { stdout, status } = spawnSync('bash', ['-c', script, line, variables], { cwd, env, encoding: 'utf8' });
  if (fs.existsSync(variables)) {
    for (const entry of fs.readFileSync(variables, 'utf8').split('\0').filter(Boolean)) {
      const name = entry.slice(0, entry.indexOf('='));
      if (!['_', 'SHLVL', 'PWD', 'OLDPWD'].includes(name)) env[name] = entry.slice(name.length + 1);
    }
    fs.rmSync(variables);
  }
  return { output: stdout, exitCode: status ?? 1 };
}
