// Options of programs: single letters, joined or apart, with or without values; long ones.
// Called by: the tools. Must not know: any tool.
import { UnsupportedError } from './host.ts';

export interface Options {
  has(letter: string): boolean;
  value(letter: string): string | undefined;
  /** Every value of an option that may be repeated. */
  values(letter: string): string[];
  operands: string[];
}

/**
 * Reads options. `flags` are letters without, `valued` letters with a value; `long` maps long names to letters.
 * @throws UnsupportedError for one that is not listed.
 */
export function parseOptions(
  args: readonly string[],
  { flags = '', valued = '', long = {} }: { flags?: string; valued?: string; long?: Readonly<Record<string, string>> },
): Options {
  const found = new Map<string, string[]>();
  const operands: string[] = [];
  const add = (letter: string, value: string): void => void found.set(letter, [...(found.get(letter) ?? []), value]);
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s);
      const letter = long[name];
      if (letter === undefined) throw new UnsupportedError(word);
      if (valued.includes(letter)) add(letter, value ?? args[++i] ?? '');
      else add(letter, '');
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? '';
      if (valued.includes(letter)) {
        add(letter, word.slice(at + 1) || (args[++i] ?? ''));
        break;
      }
      if (!flags.includes(letter)) throw new UnsupportedError(`-${letter}`);
      add(letter, '');
    }
  }
  return {
    has: (letter) => found.has(letter),
    value: (letter) => found.get(letter)?.at(-1),
    values: (letter) => found.get(letter) ?? [],
    operands,
  };
}
