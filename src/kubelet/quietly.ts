// Commands that the kubelet itself runs in containers, for probes and hooks: at once, without anyone watching.
// Called by: probes.run.ts, hooks.ts. Must not know: probes, hooks.
import { readContainerFile } from './process.ts';
import { UnsupportedError } from './sh/host.ts';
import { Interpreter } from './sh/interpreter.ts';
import { Input } from './sh/streams.ts';
import { shellHost } from './shellhost.ts';
import { simulationOf } from './simulation.ts';
import { watchChanges, type ChangeLog } from './changes.ts';
import { baseName, viewOf, type ContainerRun } from './view.ts';

export interface QuietResult {
  /** Both streams, as they were written. */
  output: string;
  exitCode: number;
  /** How long it took in simulated time; beyond the limit it was not followed. */
  tookMs: number;
  changes: ChangeLog;
}

const MAX_STEPS = 100_000;

/** Runs a command to its end, or until it has taken longer than `limitMs`. Time does not pass. */
export function runQuietly(run: ContainerRun, command: readonly string[], limitMs: number): QuietResult {
  const simulation = simulationOf(run);
  const files = simulation.files(run.container.name);
  const view = viewOf(run, (path) => readContainerFile(run, path));
  let output = '';
  let tookMs = 0;
  const watched = watchChanges(simulation, run.container.name);
  const write = (text: string): void => void (output += text);
  const finish = (exitCode: number): QuietResult => ({ output, exitCode, tookMs, changes: watched.log });
  try {
    if (!files) return finish(1);
    const host = shellHost(run, view, { fs: files.fs, now: () => run.nowMs + tookMs });
    const name = baseName(command[0] ?? 'sh');
    const shell = new Interpreter({
      host,
      env: view.env,
      cwd: view.workingDir,
      name,
      streams: { input: new Input(''), out: write, err: write },
    });
    const steps = shell.command(command);
    for (let i = 0; i < MAX_STEPS; i++) {
      const step = steps.next();
      if (step.done) return finish(step.value);
      const wait = step.value;
      // The image's own program given a word to say to its server: `nginx -s quit`.
      if (wait.kind === 'server') continue;
      if (wait.kind !== 'until') {
        tookMs = Number.POSITIVE_INFINITY;
        break;
      }
      tookMs = wait.atMs - run.nowMs;
      if (tookMs > limitMs) break;
    }
    return finish(137);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    write(`${error.message}: not available in this simulation\n`);
    return finish(1);
  } finally {
    watched.end();
  }
}
