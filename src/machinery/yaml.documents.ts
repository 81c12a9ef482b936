// Takes a file apart into its documents, JSON or YAML, the way kubectl does: one by one, up to the first that is broken.
// Called by: machinery/yaml.ts. Must not know: what the documents mean.
// Upstream: apimachinery/pkg/util/yaml/decoder.go YAMLOrJSONDecoder.
import { decodeJson, JsonSyntaxError } from './gojson.ts';
import { marshalJson } from './gofmt.ts';
import { yamlToJson } from './yaml.parse.ts';

export interface YamlDocument {
  value: unknown;
  /** The document as JSON: as it stands in a JSON file, else compact. */
  readonly json: string;
}

/**
 * Yields the documents in order; those that are empty have the value null. What was yielded before an error is valid.
 * @throws Error `error converting YAML to JSON: yaml: …`, `json: offset 9: …`, `invalid Yaml document separator: x`.
 */
export function* decodeDocuments(text: string): Generator<YamlDocument> {
  let rest = text;
  let jsonError: Error | undefined;
  if (/^\s*\{/.test(text)) {
    const json = decodeJsonStream(text);
    yield* json.documents;
    if (!json.error) return;
    // After two JSON values in a row the file is JSON; before that the rest may still be YAML.
    if (json.documents.length > 1) throw json.error;
    const { error } = json;
    jsonError = error instanceof JsonSyntaxError ? new Error(`json: offset ${error.offset}: ${error.message}`) : error;
    const blanks = blanksToYaml(text.slice(json.end));
    if (blanks === undefined) throw jsonError;
    rest = text.slice(json.end + blanks);
  }
  const documents = splitDocuments(rest);
  for (;;) {
    let document: YamlDocument;
    try {
      const next = documents.next();
      if (next.done) return;
      document = yamlDocument(yamlToJson(next.value));
    } catch (error) {
      throw jsonError ?? error;
    }
    jsonError = undefined;
    yield document;
  }
}

function yamlDocument(value: unknown): YamlDocument {
  return {
    value,
    get json() {
      return marshalJson(value);
    },
  };
}

/** How many blanks to skip, up to a line's end, before YAML begins; undefined when upstream sees too little to try. */
function blanksToYaml(rest: string): number | undefined {
  for (let i = 0; rest.length - i >= 4; i++) {
    if (rest.charAt(i) === '\n') return i + 1;
    if (rest.charAt(i).trim() !== '') return i;
  }
  return undefined;
}

/** The JSON values at the beginning of the text, where they end, and what is wrong after them. */
function decodeJsonStream(text: string): { documents: YamlDocument[]; end: number; error?: Error } {
  const documents: YamlDocument[] = [];
  let end = 0;
  try {
    for (let next = decodeJson(text); next; next = decodeJson(text, end)) {
      documents.push({ value: next.value, json: next.raw });
      ({ end } = next);
    }
    return { documents, end };
  } catch (error) {
    return { documents, end, error: error as Error };
  }
}

/** Yields the texts between lines that begin with three dashes. @throws Error for other text on such a line. */
function* splitDocuments(text: string): Generator<string> {
  let document = '';
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const plain = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (plain.startsWith('---')) {
      const trimmed = plain.slice(3).trim();
      if (trimmed !== '' && !trimmed.startsWith('#')) throw new Error(`invalid Yaml document separator: ${trimmed}`);
      if (document !== '') {
        yield document;
        document = '';
        continue;
      }
    }
    document += `${plain}\n`;
  }
  if (document !== '') yield document;
}
