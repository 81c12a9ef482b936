// Compares what a command did with what was expected of it, for people: lines that are missing and lines that are too many.
// Called by: run.ts. Must not know: commands.
import type { CommandOutcome } from './scenario.ts';
import { formatOutcome } from './transcript.ts';

/** More pairs of lines than this are not searched for the shortest difference. */
const MAX_PAIRS = 4_000_000;

/** Returns the outcomes' difference, a line each: two blanks before what is equal, - before what is missing, + before what came instead. */
export function describeDifference(expected: CommandOutcome, actual: CommandOutcome): string[] {
  return diffLines(formatOutcome(expected), formatOutcome(actual)).map(visible);
}

export function isSame(expected: CommandOutcome, actual: CommandOutcome): boolean {
  return expected.output === actual.output && expected.exitCode === actual.exitCode;
}

/** Marks blanks at a line's end, which decide many a comparison and cannot be seen, and control characters. */
function visible(line: string): string {
  const isChanged = !line.startsWith('  ');
  const text = isChanged ? line.replace(/ +$/, (blanks) => '·'.repeat(blanks.length)) : line;
  return text.replace(/[^\P{Cc}\t]/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Returns both texts' lines in one list: the longest common subsequence, and what each has besides. */
function diffLines(old: readonly string[], now: readonly string[]): string[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const middle = diffMiddle(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  return [...marked('  ', old.slice(0, head)), ...middle, ...marked('  ', old.slice(old.length - tail))];
}

function diffMiddle(old: readonly string[], now: readonly string[]): string[] {
  if (old.length * now.length > MAX_PAIRS) return [...marked('- ', old), ...marked('+ ', now)];
  const lengths = commonLengths(old, now);
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      lines.push(`  ${old[i++]}`);
      j++;
    } else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) lines.push(`- ${old[i++]}`);
    else lines.push(`+ ${now[j++]}`);
  }
  return [...lines, ...marked('- ', old.slice(i)), ...marked('+ ', now.slice(j))];
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.map((line) => mark + line);
}

/** Returns, for each pair of places, how many lines the rests have in common. */
function commonLengths(old: readonly string[], now: readonly string[]): Uint32Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const row = lengths[i];
      const below = lengths[i + 1];
      if (!row || !below) continue;
      row[j] = old[i] === now[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  return lengths;
}
