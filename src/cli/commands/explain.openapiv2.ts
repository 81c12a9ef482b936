// The older layout of `kubectl explain`: --output=plaintext-openapiv2.
// Called by: commands/explain.ts. Must not know: the server.
// Upstream: kubectl pkg/explain (model_printer.go, formatter.go …).
import type { TextSink } from '../../machinery/table.ts';
import { groupVersionString } from '../../machinery/types.ts';
import { kindSchema, type Explanation, type OpenApiDocument, type OpenApiSchema } from './explain.plaintext.ts';

const WIDTH = 80;
const FIELD_INDENT = 3;
const DESCRIPTION_INDENT = 5;
const FIELD_DESCRIPTION_INDENT = 2;
const LEVEL_INDENT = 3;

type Shape = 'reference' | 'array' | 'map' | 'kind' | 'primitive' | 'arbitrary';

/** Prints the documentation. @throws Error `field "x" does not exist`. */
export function explainOlder(document: OpenApiDocument, explanation: Explanation): void {
  const { gvk, schema } = kindSchema(document, explanation);
  const { fields, isRecursive, out } = explanation;
  const explainer = new OlderExplainer(document.components?.schemas ?? {}, out);
  const found = explainer.lookUp(schema, fields);
  out.write(`KIND:     ${gvk.kind}\nVERSION:  ${groupVersionString(gvk)}\n\n`);
  explainer.print(found, { name: fields.at(-1) ?? '', isRecursive });
}

class OlderExplainer {
  readonly #schemas: Record<string, OpenApiSchema>;
  readonly #out: TextSink;
  /** References that are being printed: a type inside itself is not printed again. */
  readonly #open = new Set<string>();

  constructor(schemas: Record<string, OpenApiSchema>, out: TextSink) {
    this.#schemas = schemas;
    this.#out = out;
  }

  lookUp(schema: OpenApiSchema, path: readonly string[]): OpenApiSchema {
    const [field, ...rest] = path;
    if (field === undefined) return schema;
    const shape = shapeOf(schema);
    if (shape === 'primitive' || shape === 'arbitrary') return schema;
    if (shape !== 'kind') return this.lookUp(this.#inner(schema), path);
    const { properties = {} } = schema;
    const found = Object.hasOwn(properties, field) ? properties[field] : undefined;
    if (!found) throw new Error(`field ${JSON.stringify(field)} does not exist`);
    return this.lookUp(found, rest);
  }

  /** Returns what a reference refers to, the items of an array, the values of a map. */
  #inner(schema: OpenApiSchema): OpenApiSchema {
    const reference = referenceOf(schema);
    if (reference !== undefined) return this.#schemas[reference] ?? {};
    if (schema.items) return schema.items;
    return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  }

  print(schema: OpenApiSchema, { name, isRecursive }: { name: string; isRecursive: boolean }): void {
    const descriptions: string[] = [];
    let type = '';
    let at = schema;
    for (
      let shape = shapeOf(at);
      shape !== 'kind' && shape !== 'primitive' && shape !== 'arbitrary';
      shape = shapeOf(at)
    ) {
      descriptions.push(at.description ?? '');
      if (shape !== 'reference') type ||= this.#type(at);
      at = this.#inner(at);
    }
    descriptions.push(at.description ?? '');
    type ||= this.#type(at);
    const shape = shapeOf(at);
    if (shape === 'primitive') this.#out.write(`FIELD:    ${name} <${type}>\n\n`);
    if (shape === 'kind' && name !== '') this.#out.write(`RESOURCE: ${name} <${type}>\n\n`);
    this.#printDescriptions(descriptions);
    if (shape !== 'kind') return;
    this.#out.write('\nFIELDS:\n');
    if (isRecursive) this.#printDeep(at, FIELD_INDENT);
    else this.#printFields(at);
  }

  #printDescriptions(descriptions: readonly string[]): void {
    this.#out.write('DESCRIPTION:\n');
    if (descriptions.every((text) => text === '')) this.#write(DESCRIPTION_INDENT, '<empty>');
    descriptions.forEach((text, i) => {
      if (text === '') return;
      if (i > 0) this.#out.write('\n');
      for (const line of wrapLines(text, WIDTH - DESCRIPTION_INDENT)) this.#write(DESCRIPTION_INDENT, line);
    });
  }

  #printFields({ properties = {}, required = [] }: OpenApiSchema): void {
    const indent = FIELD_INDENT + FIELD_DESCRIPTION_INDENT;
    for (const name of Object.keys(properties).sort()) {
      const field = properties[name] ?? {};
      this.#write(FIELD_INDENT, `${name}\t<${this.#type(field)}>${required.includes(name) ? ' -required-' : ''}`);
      for (const line of wrapLines(field.description ?? '', WIDTH - indent)) this.#write(indent, line);
      this.#out.write('\n');
    }
  }

  #printDeep(schema: OpenApiSchema, indent: number): void {
    const shape = shapeOf(schema);
    if (shape === 'primitive' || shape === 'arbitrary') return;
    const reference = referenceOf(schema);
    if (shape !== 'kind') {
      if (reference !== undefined && this.#open.has(reference)) return;
      if (reference !== undefined) this.#open.add(reference);
      this.#printDeep(this.#inner(schema), indent);
      if (reference !== undefined) this.#open.delete(reference);
      return;
    }
    const { properties = {} } = schema;
    for (const name of Object.keys(properties).sort()) {
      const field = properties[name] ?? {};
      this.#write(indent, `${name}\t<${this.#type(field)}>`);
      this.#printDeep(field, indent + LEVEL_INDENT);
    }
  }

  #type(schema: OpenApiSchema): string {
    switch (shapeOf(schema)) {
      case 'array':
        return `[]${this.#type(this.#inner(schema))}`;
      case 'map':
        return `map[string]${this.#type(this.#inner(schema))}`;
      case 'reference':
        return this.#type(this.#inner(schema));
      case 'kind':
        return 'Object';
      case 'primitive':
        return schema.type ?? '';
      default:
        return '';
    }
  }

  #write(indent: number, text: string): void {
    this.#out.write(text === '' ? '\n' : `${' '.repeat(indent)}${text}\n`);
  }
}

/** Returns the name of the schema that is referred to, be it with words of its own beside it. */
function referenceOf({ $ref, allOf }: OpenApiSchema): string | undefined {
  const [only, ...more] = allOf ?? [];
  const reference = $ref ?? (more.length === 0 ? only?.$ref : undefined);
  return reference?.split('/').at(-1);
}

function shapeOf(schema: OpenApiSchema): Shape {
  const { items, additionalProperties, properties, type } = schema;
  if (referenceOf(schema) !== undefined) return 'reference';
  if (items) return 'array';
  if (properties) return 'kind';
  if (typeof additionalProperties === 'object') return 'map';
  return type === undefined || type === 'object' ? 'arbitrary' : 'primitive';
}

/** Returns the text in lines: lists, code and empty lines keep their own. Upstream: formatter.go wrapString. */
function wrapLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let words: string[] = [];
  let lastWord = '';
  const flush = (): void => {
    if (words.length === 0) return;
    lines.push(words.join(' '));
    words = [];
    lastWord = '';
  };
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (line.startsWith('    ') || (lines.length > 0 && trimmed === '')) {
      flush();
      lines.push(line.startsWith('    ') ? line : '');
      continue;
    }
    if (lastWord.endsWith(':') || trimmed === '' || /^(\d+\.?|-|\*)\s/.test(trimmed)) flush();
    for (const word of trimmed.split(/\s+/).filter((w) => w !== '')) {
      if (words.length > 0 && [...words, word].join(' ').length > width) flush();
      words.push(word);
      lastWord = word;
    }
  }
  flush();
  return lines;
}
