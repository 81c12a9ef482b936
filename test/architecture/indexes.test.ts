import { describe, expect, it } from '@jest/globals';
import { sourceFiles, type SourceFile } from './source.ts';

const files = sourceFiles('src');

/** Files of a folder, without dotted siblings (parts of a kind, sub-commands) and folders below it, whose text makes a value of the kind, and which the index does not import. */
function unregistered(folder: string, made: RegExp, index: string): string[] {
  const known = files.find((file) => file.name === index)?.imports.map(({ target }) => target) ?? [];
  const makes = ({ name, text }: SourceFile): boolean =>
    name.startsWith(`${folder}/`) &&
    /^[^/.]+\.ts$/.test(name.slice(folder.length + 1)) &&
    name !== index &&
    made.test(text);
  return files.filter((file) => makes(file) && !known.includes(file.name)).map((file) => file.name);
}

describe('a file that its index does not name', () => {
  it.each([
    ['a kind', 'src/resources', /^export const \w+ = defineResource</m, 'src/resources/index.ts'],
    ['an image', 'src/images', /^export const \w+ = defineImage\(/m, 'src/images/index.ts'],
    ['a controller', 'src/controllers', /^export const \w+: Controller = /m, 'src/controllers/index.ts'],
    ['a command', 'src/cli/commands', /^export const \w+ = defineCommand\(/m, 'src/cli/commands/index.ts'],
  ])('is not there: %s', (_, folder, made, index) => {
    expect(unregistered(folder, made, index)).toEqual([]);
  });

  it('would be found', () => {
    const kinds = files.filter((file) => /^export const \w+ = defineResource</m.test(file.text));
    expect(kinds.length).toBeGreaterThan(15);
    expect(unregistered('src/resources', /^export const \w+ = defineResource</m, 'src/images/index.ts').length).toBe(
      kinds.filter((file) => file.name.startsWith('src/resources/')).length,
    );
  });
});
