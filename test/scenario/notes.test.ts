// The lessons cover the notes that they follow: every command and every manifest of those stands in one, as it was written.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseScenario } from '../../src/scenario/parse.ts';

const lessons = path.resolve(import.meta.dirname, '../../scenarios/notes');
const read = (name: string): string => fs.readFileSync(path.join(import.meta.dirname, name), 'utf8');
const steps = fs
  .readdirSync(lessons)
  .flatMap((name) => parseScenario(fs.readFileSync(path.join(lessons, name), 'utf8'), name).steps);

const commands = read('notes-commands.txt').trimEnd().split('\n');
const manifests = [...read('notes-manifests.md').matchAll(/^```yaml\n([^]*?)^```$/gm)].map((match) => match[1] ?? '');

describe('the notes', () => {
  const typed = new Set(steps.map((step) => (step.type === 'command' ? step.command.trimEnd() : '')));
  it.each(commands)('%s', (command) => {
    expect(typed).toContain(command);
  });

  const written = new Set(steps.map((step) => (step.type === 'file' ? step.text : '')));
  it.each(manifests.map((text) => [text.split('\n').slice(0, 5).join(' '), text]))('%s', (_, text) => {
    expect(written).toContain(text);
  });

  it('have as many commands and manifests as were counted', () => {
    expect([commands.length, manifests.length]).toEqual([61, 25]);
  });
});
