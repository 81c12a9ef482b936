// How a command's outcome is written beneath its prompt, and read back: every output can be, to the byte.
// Called by: parse.ts, run.ts. Must not know: Markdown, how commands run.
import type { CommandOutcome } from './scenario.ts';

const EXIT = /^\[exit (\d+)\]$/;
/** Says that the output's last line had no newline at its end: a terminal would show the next prompt right after it. */
const NO_NEWLINE = '[no newline]';
/** Lines of output that would be read as something else get a backslash in front, and so do those that look like such a line. */
const NEEDS_ESCAPE = /^\\*(\$ |\$$|> |>$|\[exit \d+\]$|\[no newline\]$)/;

/** Returns the lines that stand beneath a prompt: the output, then `[exit N]` for any other exit code than 0. */
export function formatOutcome({ output, exitCode }: CommandOutcome): string[] {
  const lines = output.split('\n').map((line) => (NEEDS_ESCAPE.test(line) ? `\\${line}` : line));
  if (lines.at(-1) === '') lines.pop();
  else lines.push(NO_NEWLINE);
  if (exitCode !== 0) lines.push(`[exit ${exitCode}]`);
  return lines;
}

/** Returns what the lines beneath a prompt say. */
export function parseOutcome(lines: readonly string[]): CommandOutcome {
  const rest = [...lines];
  const exit = EXIT.exec(rest.at(-1) ?? '');
  if (exit) rest.pop();
  const isCut = rest.at(-1) === NO_NEWLINE;
  if (isCut) rest.pop();
  const output = rest
    .map((line) => (line.startsWith('\\') && NEEDS_ESCAPE.test(line) ? line.slice(1) : line))
    .join('\n');
  return { output: rest.length === 0 || isCut ? output : `${output}\n`, exitCode: Number(exit?.[1] ?? 0) };
}

/** A command of a console block: its text and which of the block's lines are its expectation. */
export interface TranscriptEntry {
  command: string;
  /** Index of the prompt's line in the block. */
  promptAt: number;
  /** Indexes of the first line of the expectation and of the line after its last. */
  start: number;
  end: number;
}

/** Returns the commands of a console block; `undefined` when something stands before the first prompt. */
export function splitTranscript(lines: readonly string[]): TranscriptEntry[] | undefined {
  const entries: TranscriptEntry[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    if (!line.startsWith('$ ')) return undefined;
    const promptAt = at++;
    const command = [line.slice(2)];
    for (; isContinuation(lines[at]); at++) command.push((lines[at] ?? '').slice(2));
    const start = at;
    while (at < lines.length && !(lines[at] ?? '').startsWith('$ ')) at++;
    entries.push({ command: command.join('\n'), promptAt, start, end: at });
  }
  return entries;
}

function isContinuation(line: string | undefined): boolean {
  return line === '>' || line?.startsWith('> ') === true;
}
