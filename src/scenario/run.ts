// Runs a scenario's steps in order through functions it is handed, and compares or rewrites what is expected.
// Called by: main.ts, tests. Must not know: the cli, the cluster, the disk.
import { describeDifference, isSame } from './expect.ts';
import type { CommandOutcome, CommandStep, Fence, Scenario, ScenarioSettings } from './scenario.ts';
import { formatOutcome } from './transcript.ts';

export interface CommandContext {
  /** The scenario's folder. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin: string;
}

/** What a scenario needs of the world. */
export interface ScenarioHost {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Makes the cluster that the commands will find. */
  begin(settings: ScenarioSettings): Promise<void>;
  /** Writes a file below `cwd`; folders are made. */
  writeFile(name: string, text: string): Promise<void>;
  /** Runs a command line as a shell in `cwd` would. */
  exec(commandLine: string, context: CommandContext): Promise<CommandOutcome>;
}

interface Difference {
  step: CommandStep;
  actual: CommandOutcome;
  /** For people, ending in a newline: file, line and command, then the lines that differ. */
  text: string;
}

export interface ScenarioResult {
  /** How many commands ran. */
  commands: number;
  differences: Difference[];
  /** The document with the outcomes that commands had in place of those expected; equal to it when there is no difference. */
  updatedText: string;
}

/** Runs every step, also after differences. Throws what the host throws. */
export async function runScenario(scenario: Scenario, host: ScenarioHost): Promise<ScenarioResult> {
  const differences: Difference[] = [];
  let commands = 0;
  await host.begin(scenario.settings);
  for (const step of scenario.steps) {
    if (step.type === 'file') {
      await host.writeFile(step.name, step.text);
      continue;
    }
    commands++;
    const actual = await host.exec(step.command, { cwd: host.cwd, env: host.env, stdin: '' });
    if (!isSame(step.expected, actual)) differences.push({ step, actual, text: textOf(scenario, step, actual) });
  }
  return { commands, differences, updatedText: rewrite(scenario, differences) };
}

function textOf({ file }: Scenario, step: CommandStep, actual: CommandOutcome): string {
  const command = step.command.replaceAll('\n', '\n> ');
  const lines = describeDifference(step.expected, actual).map((line) => `    ${line}\n`);
  return `${file}:${step.line}: $ ${command}\n${lines.join('')}`;
}

/** Returns the document with the outcomes in their places; every other byte stays. */
function rewrite({ lines, lineEnd }: Scenario, differences: readonly Difference[]): string {
  const rewritten = [...lines];
  let fence: Fence | undefined;
  // From the end, so that places before a change stay where they were found.
  for (const { step, actual } of differences.toReversed()) {
    const { start, end } = step.place;
    if (step.place.fence !== fence) {
      fence = step.place.fence;
      lengthenFence(rewritten, fence, differences);
    }
    const { indent } = fence;
    const outcome = formatOutcome(actual).map((line) => (line === '' ? indent.trimEnd() : indent + line));
    rewritten.splice(start, end - start, ...outcome);
  }
  return rewritten.join(lineEnd);
}

/** A line of backticks in the output would end its block: the block then gets longer ones. */
function lengthenFence(lines: string[], fence: Fence, differences: readonly Difference[]): void {
  const { markup, openedAt, closedAt } = fence;
  const outputs = differences
    .filter(({ step }) => step.place.fence === fence)
    .flatMap(({ actual }) => actual.output.split('\n'));
  const runs = outputs.map((line) => /^ {0,3}(`+|~+)/.exec(line)?.[1] ?? '').filter((run) => run[0] === markup[0]);
  const longest = Math.max(0, ...runs.map((run) => run.length));
  if (longest < markup.length) return;
  const longer = (markup[0] ?? '').repeat(longest + 1);
  for (const at of [openedAt, closedAt]) {
    const line = lines[at];
    // The last block of a document need not be closed.
    if (line !== undefined) lines[at] = line.replace(markup, longer);
  }
}
