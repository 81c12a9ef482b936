import { afterAll, describe, expect, it } from '@jest/globals';
import { commandIndex } from '../../src/cli/commands/index.ts';
import type { CommandSpec } from '../../src/cli/command.ts';
import { commandHelp, optionsText, rootHelp } from '../../src/cli/help.ts';
import { hasGenuineKubectl, openRecording, runGenuine } from '../genuine.ts';

/** The words of help texts are ours. What is compared is what scripts and fingers rely on. */
interface Outline {
  usage: string;
  /** `-f, --filename=[]` */
  flags: string[];
  commands: string[];
  headings: string[];
}

function outlineOf(text: string): Outline {
  const section = (heading: string) => new RegExp(`\\n${heading}:\\n([\\s\\S]*?)\\n\\n`).exec(text)?.[1] ?? '';
  const lines = (block: string) => block.split('\n').filter((line) => line !== '');
  return {
    usage: section('Usage').trim(),
    flags: lines(section('Options').replace(/\n\t.*/g, '')).filter((line) => /^ {4}(-\w, )?--/.test(line)),
    commands: lines(section('Available Commands')).map((line) => line.trim().split(' ')[0] ?? ''),
    headings: [...text.matchAll(/^([A-Z][\w ()]+):$/gm)].map((match) => match[1] ?? ''),
  };
}

const ours: { path: string; text: string }[] = [];
async function collect(spec: CommandSpec, path: string, parents: CommandSpec[]): Promise<void> {
  ours.push({ path, text: commandHelp(spec, path, parents) });
  for (const child of spec.commands ?? [])
    await collect(child, `${path} ${child.use.split(' ')[0]}`, [...parents, spec]);
}
for (const entry of commandIndex) if (!entry.isHidden) await collect(await entry.load(), `kubectl ${entry.name}`, []);

const itGenuine = hasGenuineKubectl ? it : it.skip;
const recording = openRecording<Outline>('help');
afterAll(() => recording.close());
const genuineOutline = (path: string) => outlineOf(runGenuine([...path.split(' ').slice(1), '--help']).stdout);

describe('help, beside genuine kubectl', () => {
  it.each(ours)('$path', ({ path, text }) => {
    const genuine = recording.answer(path, () => genuineOutline(path));
    const own = outlineOf(text);
    expect({ ...own, headings: [] }).toEqual({ ...genuine, headings: [] });
    // Not every command has examples where genuine kubectl has none, and the other way round.
    const headings = (outline: Outline) =>
      outline.headings.filter((heading) => !['Aliases', 'Examples'].includes(heading));
    expect(headings(own)).toEqual(headings(genuine));
  });

  itGenuine.each(recording.samples(ours.map(({ path }) => path)))('was asked: %s', (path) => {
    expect(recording.answer(path, () => genuineOutline(path))).toEqual(genuineOutline(path));
  });

  itGenuine('knows the same global flags', () => {
    const names = (text: string) =>
      [...text.matchAll(/^ {4}((?:-\w, )?--[^:]*):$/gm)].map((match) => match[1]?.replace(/^(--cache-dir=).*/, '$1'));
    expect(names(optionsText())).toEqual(names(runGenuine(['options']).stdout));
  });

  itGenuine('groups the commands alike', () => {
    const groups = (text: string) => {
      const found: string[] = [];
      for (const line of text.split('\n')) {
        if (/^\S.*:$/.test(line)) found.push(line);
        const name = /^ {2}([a-z-]+) {3}/.exec(line)?.[1];
        if (name) found.push(name);
      }
      return found;
    };
    const missing = ['alpha'];
    expect(groups(rootHelp(commandIndex))).toEqual(
      groups(runGenuine([]).stdout).filter((word) => !missing.includes(word)),
    );
  });
});
