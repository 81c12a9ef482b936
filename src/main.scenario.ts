// Runs a scenario in a home and a folder of its own: simple commands in this process, everything else in a real bash.
// Called by: main.programs.ts, tests. Must not know: how scenarios are written or compared.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ScenarioReport } from './cli/sandkube/simulator.ts';
import { projectFolder } from './main.home.ts';
import { advanceClusters, Job } from './main.scenario.jobs.ts';
import { curl, LoopbackNetwork } from './main.scenario.network.ts';
import { parseSimpleCommand, type SimpleCommand } from './scenario/commandline.ts';
import type { ScenarioHost } from './scenario/run.ts';
import type { CommandOutcome, ScenarioSettings } from './scenario/scenario.ts';

const PROGRAMS = ['kubectl', 'sandkube', 'minikube'];
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A line in bash that takes longer than this, in real time, waits for something that never comes. */
const BASH_TIMEOUT_MS = 60_000;
/** What `minikube docker-env` puts first in PATH. */
const DOCKER_FOLDER = path.join(projectFolder, 'bin/docker');

/**
 * Runs one scenario file and compares what its commands print; with `isUpdate` rewrites the expected output.
 * @throws ScenarioError for a file that is not written as a scenario should be.
 */
export async function runScenarioFile(file: string, { isUpdate }: { isUpdate: boolean }): Promise<ScenarioReport> {
  const { parseScenario } = await import('./scenario/parse.ts');
  const { runScenario } = await import('./scenario/run.ts');
  const scenario = parseScenario(fs.readFileSync(file, 'utf8'), file);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-scenario-'));
  const host = new Host(root);
  process.once('beforeExit', reportStandstill);
  try {
    const { commands, differences, updatedText } = await runScenario(scenario, host);
    const isUpdated = isUpdate && differences.length > 0;
    if (isUpdated) fs.writeFileSync(file, updatedText);
    return { file, commands, differences: differences.map(({ text }) => text), isUpdated };
  } finally {
    await host.end();
    process.off('beforeExit', reportStandstill);
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** Nothing will ever happen again, and yet a command has not ended: a bug of ours that must not look like success. */
function reportStandstill(): void {
  process.stderr.write('error: assertion: the scenario has come to a standstill\n');
  process.exitCode = 1;
}

class Host implements ScenarioHost {
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
  readonly #root: string;
  readonly #network = new LoopbackNetwork();
  /** Commands in the background, by their number from 1. */
  readonly #background: Job[] = [];
  /** What commands wrote, those in the background among them. */
  #screen: Uint8Array[] = [];

  constructor(root: string) {
    const home = path.join(root, 'home');
    this.#root = root;
    this.cwd = path.join(root, 'work');
    fs.mkdirSync(this.cwd);
    fs.mkdirSync(home);
    this.env = {
      PATH: `${path.join(projectFolder, 'bin')}:${process.env['PATH']}`,
      HOME: home,
      SANDKUBE_HOME: path.join(home, 'sandkube'),
      LC_ALL: 'C',
      TZ: 'UTC',
    };
  }

  async begin({ starter, clock, seed, failedNodes, legacyApis }: ScenarioSettings): Promise<void> {
    this.env['SANDKUBE_CLOCK'] = clock;
    const start = ['--starter', starter, '--clock', clock, '--seed', seed, `--legacy-apis=${legacyApis}`];
    for (const argv of [['start', ...start], ...failedNodes.map((name) => ['node', 'fail', name])]) {
      const exitCode = await this.#runHere({ argv: ['sandkube', ...argv], env: {} });
      if (exitCode !== 0) throw new Error(`sandkube ${argv.join(' ')}: ${this.#takeScreen().trimEnd()}`);
    }
  }

  async writeFile(name: string, text: string): Promise<void> {
    const target = path.join(this.cwd, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }

  async exec(line: string): Promise<CommandOutcome> {
    this.#screen = [];
    const exitCode = (await this.#runWithoutShell(line)) ?? (await this.#runInBash(line));
    for (const job of this.#background) await job.resume();
    return { output: this.#takeScreen(), exitCode };
  }

  /** Ends what still runs in the background. */
  async end(): Promise<void> {
    for (const job of this.#background) await job.interrupt();
  }

  #takeScreen(): string {
    return Buffer.concat(this.#screen.splice(0)).toString('utf8');
  }

  /** Returns the exit code; undefined when a shell is needed. */
  async #runWithoutShell(line: string): Promise<number | undefined> {
    const behind = /^([^&]*[^&\s])\s*&$/.exec(line);
    const simple = parseSimpleCommand(behind?.[1] ?? line);
    const [program = '', ...args] = simple?.argv ?? [];
    if (!simple) return undefined;
    if (this.#isOurs(program)) return behind ? this.#runBehind(simple) : this.#runHere(simple);
    if (behind) return undefined;
    if (program === 'sleep') return this.#sleep(args);
    if (program === 'kill' && /^%\d+$/.test(args[0] ?? '')) return this.#kill(Number(args[0]?.slice(1)));
    if (program !== 'curl') return undefined;
    const outcome = await curl(args, this.#network);
    if (outcome) this.#screen.push(Buffer.from(outcome.output));
    return outcome?.exitCode;
  }

  #isOurs(program: string): boolean {
    return PROGRAMS.includes(program) || (program === 'docker' && this.env['PATH']?.startsWith(DOCKER_FOLDER) === true);
  }

  #start({ argv, env, stdin = '' }: SimpleCommand): Job {
    return new Job(argv, {
      cwd: this.cwd,
      env: { ...this.env, ...env },
      stdin,
      network: this.#network,
      write: (bytes) => void this.#screen.push(bytes),
    });
  }

  /** Who waits for the world outside would wait for ever, so this is where Ctrl-C is pressed: as meant, not as a failure. */
  async #runHere(command: SimpleCommand): Promise<number> {
    const job = this.#start(command);
    const exitCode = await job.rest();
    if (exitCode === undefined) await job.interrupt();
    return exitCode ?? 0;
  }

  async #runBehind(command: SimpleCommand): Promise<number> {
    const job = this.#start(command);
    this.#background.push(job);
    await job.rest();
    return 0;
  }

  async #kill(number: number): Promise<number> {
    const job = this.#background[number - 1];
    if (job?.isRunning) {
      await job.interrupt();
      return 0;
    }
    this.#screen.push(Buffer.from(`bash: kill: %${number}: no such job\n`));
    return 1;
  }

  /** Lets simulated time pass. @returns undefined for what the machine's own sleep should refuse. */
  async #sleep(spans: readonly string[]): Promise<number | undefined> {
    const seconds = spans.map((span) => /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(span));
    if (seconds.length === 0 || seconds.includes(null)) return undefined;
    const ms = seconds.map((match) => Number(match?.[1]) * (UNIT_MS[match?.[2] || 's'] ?? 1000));
    await advanceClusters(this, Math.round(ms.reduce((sum, span) => sum + span, 0)));
    return 0;
  }

  /** Runs a line in bash; what it exports stays for the lines after it. */
  async #runInBash(line: string): Promise<number> {
    const { spawnSync } = await import('node:child_process');
    const variables = path.join(this.#root, 'environment');
    const script = 'eval "$1" 2>&1; code=$?; env -0 > "$2"; exit "$code"';
    const { cwd, env } = this;
    const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', line, variables], {
      cwd,
      env,
      encoding: 'utf8',
      timeout: BASH_TIMEOUT_MS,
    });
    this.#screen.push(Buffer.from(asAtPrompt(stdout)));
    if (fs.existsSync(variables)) {
      for (const entry of fs.readFileSync(variables, 'utf8').split('\0').filter(Boolean)) {
        const name = entry.slice(0, entry.indexOf('='));
        if (!['_', 'SHLVL', 'PWD', 'OLDPWD'].includes(name)) env[name] = entry.slice(name.length + 1);
      }
      fs.rmSync(variables);
    }
    return status ?? 1;
  }
}

/** Words bash's own errors as it does at a prompt: without the line's number, and without repeating the line. */
function asAtPrompt(output: string): string {
  return output
    .replace(/^(bash: )(?:eval: )?line \d+: (syntax error .*\n)bash: eval: line \d+: `.*\n/gm, '$1$2')
    .replace(/^(bash: )line \d+: /gm, '$1');
}
