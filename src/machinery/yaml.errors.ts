// From js-yaml's refusals to the words and line numbers of Go's YAML parser.
// Called by: machinery/yaml.parse.ts. Must not know: Kubernetes.
import type { LibraryError } from './yaml.library.ts';

/** Errors of Go's scanner count lines from 1, those of its parser from 0; line 0 is not printed. */
type Layer = 'scanner' | 'parser';

/**
 * Returns Go's text: `line 7: did not find expected key`.
 * Upstream: goyaml.v2 decode.go fail, scannerc.go, parserc.go.
 */
export function goErrorText(text: string, refusal: LibraryError): string {
  if (refusal.reason.startsWith('nesting exceeded maxDepth')) return tooDeepText(text);
  const lines = text.split('\n');
  const line = Math.min(refusal.line, lines.length - 1);
  const at: Place = { lines, line, column: refusal.column, rest: (lines[line] ?? '').slice(refusal.column) };
  const { layer, problem, line: where = line } = diagnose(refusal.reason, at);
  const shown = layer === 'scanner' && where > 0 ? where + 1 : where;
  return shown === 0 ? problem : `line ${shown}: ${problem}`;
}

/** Returns Go's text for what is nested too deep: it tells the line with the bracket, or the indentation, that is too much. */
export function tooDeepText(text: string): string {
  const lines = text.split('\n');
  let depth = 0;
  const found = lines.findIndex((line) => {
    const opened = line.split(/[[{]/).length - 1;
    const isTooDeep = depth + opened > SOME_DEPTH;
    depth += opened - (line.split(/[\]}]/).length - 1);
    return isTooDeep || (/^[ -]*/.exec(line)?.[0].length ?? 0) > SOME_DEPTH;
  });
  const line = found < 0 ? lines.length - 1 : found;
  return line === 0 ? TOO_DEEP : `line ${line + 1}: ${TOO_DEEP}`;
}

const TOO_DEEP = 'exceeded max depth of 10000';
const SOME_DEPTH = 1000;

interface Place {
  lines: readonly string[];
  line: number;
  column: number;
  /** The line from the column on. */
  rest: string;
}

interface Diagnosis {
  layer: Layer;
  problem: string;
  /** From 0; the refusal's own line when absent. */
  line?: number;
}

function diagnose(reason: string, at: Place): Diagnosis {
  if (reason.startsWith('tab characters') || /^ *\t/.test(at.lines[at.line] ?? '')) return diagnoseTab(at);
  if (reason.startsWith('can not read a block mapping entry')) return scanner("could not find expected ':'");
  if (reason.startsWith("expected ':' after a mapping key")) return diagnoseKey(at);
  if (/^[@`%]/.test(at.rest)) return scanner('found character that cannot start any token');
  if (reason.startsWith('bad indentation of a') || reason.startsWith('end of the stream or a document')) {
    return diagnoseToken(at);
  }
  const isFlow = reason.includes('flow collection') || reason.startsWith('expected the node content');
  if (isFlow) return diagnoseFlow(reason, at);
  return diagnoseScalar(reason, at) ?? parser(reason);
}

function scanner(problem: string): Diagnosis {
  return { layer: 'scanner', problem };
}
function parser(problem: string): Diagnosis {
  return { layer: 'parser', problem };
}

/** In a block text a tab is no indentation; after a key or a dash it begins no token; else it continues the text before. */
function diagnoseTab({ lines, line }: Place): Diagnosis {
  const last = lines.slice(0, line).findLastIndex((text) => /^\s*[^#\s]/.test(text));
  const before = lines[last] ?? '';
  if (isInBlockText(lines, line)) return scanner('found a tab character where an indentation space is expected');
  if (last < 0 || /[:-][ \t]*(?:#.*)?\r?$/.test(before)) return scanner('found character that cannot start any token');
  const first = lines.findIndex((text, i) => i > last && /^ *\t/.test(text));
  return { layer: 'scanner', problem: 'found a tab character that violates indentation', line: first };
}

/** Whether the lines above belong to a text that `|` or `>` begins. */
function isInBlockText(lines: readonly string[], line: number): boolean {
  for (let i = line - 1, least = Infinity; i >= 0; i--) {
    const text = lines[i] ?? '';
    const indent = text.search(/\S/);
    if (indent < 0) continue;
    if (indent < least && /(?:[:-]|^)[ \t]+[|>][-+0-9]*[ \t]*(?:#.*)?\r?$/.test(text)) return true;
    least = Math.min(least, indent);
  }
  return false;
}

/** Go notices a key without a colon when it comes to what follows. */
function diagnoseKey({ lines, line }: Place): Diagnosis {
  const next = lines.findIndex((text, i) => i > line && /^\s*[^#\s]/.test(text));
  return {
    layer: 'scanner',
    problem: "could not find expected ':'",
    line: next < 0 ? lines.length - 1 : next,
  };
}

/** A token that cannot stand where it stands. */
function diagnoseToken(at: Place): Diagnosis {
  const char = at.rest.charAt(0);
  if (char === ':') return scanner('mapping values are not allowed in this context');
  const before = (at.lines[at.line] ?? '').slice(0, at.column).trimEnd();
  if (before.endsWith(':') && /^[-?](?:\s|$)/.test(at.rest)) {
    return scanner(`${char === '-' ? 'block sequence entries' : 'mapping keys'} are not allowed in this context`);
  }
  if (/[\]},]/.test(char) && (before === '' || /(?:^|\s|:)-?$|:$/.test(before))) {
    return parser('did not find expected node content');
  }
  const isSequence = innermostBlock(at) === 'sequence';
  return parser(isSequence ? "did not find expected '-' indicator" : 'did not find expected key');
}

/** Inside brackets or braces. */
function diagnoseFlow(reason: string, at: Place): Diagnosis {
  const before = [...at.lines.slice(0, at.line), (at.lines[at.line] ?? '').slice(0, at.column)].join('\n').trimEnd();
  const isClosing = /^\s*(?:[\]},]|$)/.test([at.rest, ...at.lines.slice(at.line + 1)].join('\n'));
  if (reason.startsWith('expected the node content') || (isClosing && /[[{,:]$/.test(before))) {
    return parser('did not find expected node content');
  }
  return parser(`did not find expected ',' or '${innermostBracket(before) === '[' ? ']' : '}'}'`);
}

const SCALAR_PROBLEMS: readonly (readonly [RegExp, Layer, string])[] = [
  [/^unexpected end of the stream within a (?:double|single) quoted/, 'scanner', 'found unexpected end of stream'],
  [/^unexpected end of the document within a (?:double|single)/, 'scanner', 'found unexpected document indicator'],
  [/^unknown escape sequence/, 'scanner', 'found unknown escape character'],
  [/^expected hexadecimal character/, 'scanner', 'did not find expected hexdecimal number'],
  [/^(?:name of an a|an? (?:anchor|alias))/, 'scanner', 'did not find expected alphabetic or numeric character'],
  [/^bad explicit indentation width/, 'scanner', 'found an indentation indicator equal to 0'],
  [/^a line break is expected/, 'scanner', 'did not find expected comment or line break'],
  [/^cannot merge mappings/, 'parser', 'map merge requires map or sequence of maps as the value'],
];

function diagnoseScalar(reason: string, at: Place): Diagnosis | undefined {
  const alias = /^unidentified alias "(.*)"/.exec(reason);
  if (alias) return { layer: 'parser', problem: `unknown anchor '${alias[1]}' referenced`, line: 0 };
  const known = SCALAR_PROBLEMS.find(([pattern]) => pattern.test(reason));
  if (!known) return undefined;
  const [, layer, problem] = known;
  if (problem.startsWith('map merge')) return { layer, problem, line: 0 };
  return problem.endsWith('end of stream') ? { layer, problem, line: at.lines.length - 1 } : { layer, problem };
}

/**
 * Returns the block collection that the token at this place falls into by its column: what Go's parser waits to go on.
 * A list whose dashes stand right under its key counts as part of the map, as in Go.
 */
function innermostBlock({ lines, line, column }: Place): 'mapping' | 'sequence' {
  const stack: { indent: number; type: 'mapping' | 'sequence' }[] = [];
  const push = (indent: number, type: 'mapping' | 'sequence'): void => {
    if ((stack.at(-1)?.indent ?? -1) < indent) stack.push({ indent, type });
  };
  for (const text of lines.slice(0, line + 1)) {
    let indent = text.search(/\S/);
    if (indent < 0 || text.charAt(indent) === '#') continue;
    const isLast = text === lines[line];
    if (isLast && column <= indent) break;
    while ((stack.at(-1)?.indent ?? -1) > indent) stack.pop();
    for (let dash = /^-[ \t]+/.exec(text.slice(indent)); dash; dash = /^-[ \t]+/.exec(text.slice(indent))) {
      push(indent, 'sequence');
      indent += dash[0].length;
    }
    if (/^-\r?$/.test(text.slice(indent))) push(indent, 'sequence');
    else if (/^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#&*!|>'"%@`[\]{},][^#]*?):(?:\s|$)/.test(text.slice(indent))) {
      push(indent, 'mapping');
    }
  }
  while ((stack.at(-1)?.indent ?? -1) > column) stack.pop();
  return stack.at(-1)?.type ?? 'mapping';
}

/** Returns the last bracket or brace in the text that is still open. */
function innermostBracket(text: string): string {
  const open: string[] = [];
  const pattern = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:^|\s)#.*|[[\]{}]/gm;
  for (const [token] of text.matchAll(pattern)) {
    if (token === '[' || token === '{') open.push(token);
    else if (token === ']' || token === '}') open.pop();
  }
  return open.at(-1) ?? '[';
}
