// The first lesson on the cluster of this home: shown as it runs, and the cluster stays for the commands after it.
// Called by: main.programs.ts (sandkube demo). Must not know: how scenarios are compared.
import fs from 'node:fs';
import path from 'node:path';
import type { IOStreams } from './cli/command.ts';
import { projectFolder, type Home } from './main.home.ts';
import type { Scenario } from './scenario/scenario.ts';

const LESSONS = path.join(projectFolder, 'scenarios/notes');

export interface DemoOptions {
  home: Home;
  streams: IOStreams;
  /** Runs a command line's words in a folder, its output going to the streams. @returns its exit code. */
  run(argv: readonly string[], cwd: string): Promise<number>;
}

/** Shows the first lesson. @returns the folder with its manifests. */
export async function showFirstLesson({ home, streams, run }: DemoOptions): Promise<string> {
  const { parseScenario } = await import('./scenario/parse.ts');
  const { parseSimpleCommand } = await import('./scenario/commandline.ts');
  const file = path.join(
    LESSONS,
    fs
      .readdirSync(LESSONS)
      .filter((name) => name.endsWith('.md'))
      .sort()[0] ?? '',
  );
  const scenario = parseScenario(fs.readFileSync(file, 'utf8'), file);
  const folder = path.join(home.directory, 'lesson');
  fs.mkdirSync(folder, { recursive: true });
  for (const part of partsOf(scenario)) {
    if (part.type === 'prose') streams.out.write(`${part.text}\n`);
    else if (part.type === 'file') {
      fs.writeFileSync(path.join(folder, part.name), part.text);
      streams.out.write(`${part.name}:\n${part.text.replace(/^(?=.)/gm, '    ')}`);
    } else {
      streams.out.write(`$ ${part.command}\n`);
      const exitCode = await run(parseSimpleCommand(part.command)?.argv ?? [], folder);
      if (exitCode !== 0) streams.out.write(`[exit ${exitCode}]\n`);
    }
  }
  return folder;
}

type Part =
  | { type: 'prose'; text: string }
  | { type: 'file'; name: string; text: string }
  | { type: 'command'; command: string };

/** Returns what the document shows, in order: prose line by line, files, commands without what was expected of them. */
function partsOf({ lines, steps }: Scenario): Part[] {
  const parts: Part[] = [];
  let at = lines[0] === '---' ? lines.indexOf('---', 1) + 1 : 0;
  for (const step of steps) {
    const opening = step.type === 'command' ? step.place.fence.openedAt : step.line - 1;
    for (; at < opening; at++) parts.push({ type: 'prose', text: lines[at] ?? '' });
    if (step.type === 'file') {
      parts.push({ type: 'file', name: step.name, text: step.text });
      at = opening + step.text.split('\n').length + 1;
    } else {
      parts.push({ type: 'command', command: step.command });
      at = step.place.fence.closedAt + 1;
    }
  }
  return parts;
}
