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
  const lines = text.split('\n');
  const line = Math.min(refusal.line, lines.length - 1);
  const at: Place = { lines, line, column: refusal.column, rest: (lines[line] ?? '').slice(refusal.column) };
  const { layer, problem, line: where = line } = diagnose(refusal.reason, at);
  const shown = layer === 'scanner' && where > 0 ? where + 1 : where;
  return shown === 0 ? problem : `line ${shown}: ${problem}`;
}

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
  if (reason.startsWith('tab characters')) return diagnoseTab(at);
  if (reason.startsWith('can not read a block mapping entry')) return scanner("could not find expected ':'");
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

/** After a key or a dash a tab can begin no token; elsewhere it continues the text of the line before. */
function diagnoseTab({ lines, line }: Place): Diagnosis {
  const before = lines.slice(0, line).findLast((text) => /^[^#]*\S/.test(text.trimStart())) ?? '';
  const isOpen = before === '' || /[:-][ \t]*(?:#.*)?\r?$/.test(before) || /^[ \t]*$/.test(before);
  return scanner(
    isOpen ? 'found character that cannot start any token' : 'found a tab character that violates indentation',
  );
}

/** A token that cannot stand where it stands. */
function diagnoseToken(at: Place): Diagnosis {
  const char = at.rest.charAt(0);
  if (char === ':') return scanner('mapping values are not allowed in this context');
  if (char === '@' || char === '`' || char === '%') return scanner('found character that cannot start any token');
  const before = (at.lines[at.line] ?? '').slice(0, at.column).trimEnd();
  if (/[\]},]/.test(char) && (before === '' || /(?:^|\s|:)-?$|:$/.test(before))) {
    return parser('did not find expected node content');
  }
  const isSequence = innermostBlock(at) === 'sequence';
  return parser(isSequence ? "did not find expected '-' indicator" : 'did not find expected key');
}

/** Inside brackets or braces. */
function diagnoseFlow(reason: string, at: Place): Diagnosis {
  if (reason.startsWith('expected the node content')) return parser('did not find expected node content');
  const open = innermostBracket(at);
  return parser(`did not find expected ',' or '${open === '[' ? ']' : '}'}'`);
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

/** Returns the last bracket or brace before this place that is still open. */
function innermostBracket({ lines, line, column }: Place): string {
  const before = [...lines.slice(0, line), (lines[line] ?? '').slice(0, column)].join('\n');
  const open: string[] = [];
  const pattern = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:^|\s)#.*|[[\]{}]/gm;
  for (const [token] of before.matchAll(pattern)) {
    if (token === '[' || token === '{') open.push(token);
    else if (token === ']' || token === '}') open.pop();
  }
  return open.at(-1) ?? '[';
}
