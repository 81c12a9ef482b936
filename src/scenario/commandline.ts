// Splits a command line into words when a shell is not needed for it: most lines of a lesson can then run in this process.
// Called by: main.ts for a scenario's commands. Must not know: commands.

export interface SimpleCommand {
  argv: string[];
  /** Assignments before the first word: `KUBE_EDITOR=true kubectl edit …`. */
  env: Record<string, string>;
  /** The text of a here-document. */
  stdin?: string;
}

const OPERATORS = new Set(['|', '&', ';', '<', '>', '(', ')', '\n']);
const EXPANSIONS = new Set(['$', '`', '*', '?', '[']);

/**
 * Returns the words of a line that is one command without pipes, redirections (but a here-document) and expansions, as bash
 * would split it; undefined when only a shell can tell what the line does.
 */
export function parseSimpleCommand(line: string): SimpleCommand | undefined {
  const document = splitHereDocument(line);
  if (document === undefined) return undefined;
  const words = splitWords(document.line);
  if (words === undefined) return undefined;
  const env: Record<string, string> = {};
  let first = 0;
  for (; first < words.length; first++) {
    const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(words[first] ?? '');
    if (!assignment) break;
    env[assignment[1] ?? ''] = assignment[2] ?? '';
  }
  const argv = words.slice(first);
  if (argv.length === 0) return undefined;
  return { argv, env, ...(document.stdin === undefined ? {} : { stdin: document.stdin }) };
}

/** Takes the here-document off the line; undefined for one that a shell would expand or that has no end. */
function splitHereDocument(line: string): { line: string; stdin?: string } | undefined {
  const start = /^([^\n]*?)\s*<<(-?)\s*(?:'([\w-]+)'|"([\w-]+)"|([\w-]+))[ \t]*\n/.exec(line);
  if (!start) return { line };
  const [whole, before = '', dash, single, double, bare] = start;
  const end = single ?? double ?? bare ?? '';
  const lines = line
    .slice(whole.length)
    .split('\n')
    .map((l) => (dash === '-' ? l.replace(/^\t+/, '') : l));
  const endAt = lines.indexOf(end);
  if (endAt < 0 || lines.slice(endAt + 1).some((l) => l !== '')) return undefined;
  const stdin = lines
    .slice(0, endAt)
    .map((l) => `${l}\n`)
    .join('');
  if (bare !== undefined && /[$`\\]/.test(stdin)) return undefined;
  return { line: before, stdin };
}

function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    const char = line[at] ?? '';
    if (char === ' ' || char === '\t') at++;
    else if (line.startsWith('\\\n', at)) at += 2;
    else if (char === '#') return line.includes('\n', at) ? undefined : words;
    else {
      const word = readWord(line, at);
      if (word === undefined) return undefined;
      words.push(word.text);
      at = word.end;
    }
  }
  return words;
}

function readWord(line: string, start: number): { text: string; end: number } | undefined {
  let text = '';
  let bare = '';
  let at = start;
  while (at < line.length) {
    const char = line[at] ?? '';
    if (char === ' ' || char === '\t') break;
    if (OPERATORS.has(char) || EXPANSIONS.has(char)) return undefined;
    if (char === '~' && /(^|[=:])$/.test(bare)) return undefined;
    if (char === '!' && at === start) return undefined;
    if (char === "'" || char === '"') {
      const quoted = readQuoted(line, at);
      if (quoted === undefined) return undefined;
      text += quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      if (at + 1 >= line.length) return undefined;
      if (line[at + 1] !== '\n') text += line[at + 1];
      at += 2;
    } else {
      text += char;
      bare += char;
      at++;
    }
  }
  // Braces expand only around a list or a range.
  return /\{.*(,|\.\.).*\}/.test(bare) ? undefined : { text, end: at };
}

function readQuoted(line: string, start: number): { text: string; end: number } | undefined {
  const quote = line[start];
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === quote) return { text, end: at + 1 };
    if (quote === "'") text += char;
    else if (char === '$' || char === '`') return undefined;
    else if (char === '\\' && /["\\$`\n]/.test(line[at + 1] ?? '')) {
      at++;
      if (line[at] !== '\n') text += line[at];
    } else text += char;
  }
  return undefined;
}
