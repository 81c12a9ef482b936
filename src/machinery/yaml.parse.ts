// Reads one YAML document as Go does: parses it with js-yaml and words refusals as Go's parser would.
// Called by: machinery/yaml.ts, machinery/yaml.documents.ts. Must not know: streams of documents, Kubernetes.
import { clone } from './meta.ts';
import { goErrorText, tooDeepText } from './yaml.errors.ts';
import { GoYamlError, loadFirstDocument, type LibraryError } from './yaml.library.ts';
import { checkText } from './yaml.text.ts';

/**
 * Returns one YAML document as a JSON value; null when it is empty.
 * @throws Error `error converting YAML to JSON: yaml: line 7: …` with Go's words and line numbers.
 * Upstream: sigs.k8s.io/yaml YAMLToJSON.
 */
export function yamlToJson(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new Error(`error converting YAML to JSON: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Returns the first document of the text as a JSON value; null when it is empty.
 * @throws Error with Go's text, without `error converting YAML to JSON: ` before it: `yaml: line 2: did not find expected key`.
 */
function parseYaml(text: string): unknown {
  checkText(text);
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  checkDirectives(source);
  const value = load(cutAtDocumentEnd(source)) ?? null;
  if (!source.includes('&')) {
    checkNumbers(value);
    return value;
  }
  try {
    checkNumbers(value);
    return clone(value); // what an alias names stands in several places; each is to be its own
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const anchor = /&(\S+)/.exec(source)?.[1] ?? '';
    throw new Error(`yaml: anchor '${anchor}' value contains itself`, { cause: error });
  }
}

/**
 * Go does not mind how far the lines of a bracket or of a quoted text are indented; js-yaml wants them deeper than what
 * they belong to. Blanks in front of such a line mean nothing, so it gets some more.
 */
function load(text: string): unknown {
  let source = text;
  for (let tries = 0; ; tries++) {
    try {
      return loadFirstDocument(source);
    } catch (error) {
      if (error instanceof GoYamlError) {
        const isGoYaml = !error.message.startsWith('unsupported map key');
        throw new Error(isGoYaml ? `yaml: ${error.message}` : error.message, { cause: error });
      }
      // The stack ends sooner than Go's limit.
      if (error instanceof RangeError) throw new Error(`yaml: ${tooDeepText(text)}`, { cause: error });
      if (error instanceof Error) throw error;
      const refusal = error as LibraryError;
      const isIndented = refusal.reason === 'deficient indentation' && tries < 10_000;
      if (!isIndented) throw new Error(`yaml: ${goErrorText(text, refusal)}`, { cause: error });
      source = indentLine(source, refusal.line);
    }
  }
}

function indentLine(text: string, line: number): string {
  let start = 0;
  for (let i = 0; i < line; i++) start = text.indexOf('\n', start) + 1;
  return `${text.slice(0, start)}${' '.repeat(80)}${text.slice(start)}`;
}

/** What follows a line of three dots is another document, which Go never looks at. */
function cutAtDocumentEnd(text: string): string {
  const end = /^\.\.\.(?=[ \t\r\n]|$)/m.exec(text);
  return end ? text.slice(0, end.index) : text;
}

/** Documents are split before they are parsed, so a directive always stands alone. */
function checkDirectives(text: string): void {
  const directive = /^(?:[ \t]*(?:#.*)?\r?\n)*%(\S*)[ \t]*(\S*)/.exec(text);
  if (!directive) return;
  const [all, name, version = ''] = directive;
  const line = all.split('\n').length - 1;
  const where = line === 0 ? '' : `line ${line + 1}: `;
  if (name !== 'YAML' && name !== 'TAG') throw new Error(`yaml: ${where}found unknown directive name`);
  if (name === 'YAML' && version !== '1.1') throw new Error(`yaml: ${where}found incompatible YAML document`);
  throw new Error(`yaml: line ${line + 1}: did not find expected <document start>`);
}

/** JSON has no infinity. */
function checkNumbers(value: unknown): void {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw new Error(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
  }
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) checkNumbers(item);
}
