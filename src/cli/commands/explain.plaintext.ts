// Lays out the documentation of a type or field: kind, field, description, fields.
// Called by: commands/explain.ts. Must not know: the server. Upstream: kubectl pkg/explain/v2/templates/plaintext.tmpl.
import type { TextSink } from '../../machinery/table.ts';
import type { GroupVersionKind, GroupVersionResource } from '../../machinery/types.ts';
import { wrapWords } from '../wordwrap.ts';

export interface OpenApiSchema {
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, OpenApiSchema>;
  required?: string[];
  items?: OpenApiSchema;
  additionalProperties?: OpenApiSchema | boolean;
  allOf?: OpenApiSchema[];
  enum?: unknown[];
  'x-kubernetes-group-version-kind'?: GroupVersionKind[];
}
type Operation = { 'x-kubernetes-group-version-kind'?: GroupVersionKind };
export interface OpenApiDocument {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, OpenApiSchema> };
}

export interface Explanation {
  gvr: GroupVersionResource;
  gvrText: string;
  fields: readonly string[];
  isRecursive: boolean;
  out: TextSink;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const DESCRIPTION_WIDTH = 76;
const FIELD_WIDTH = 78;
/** How many values of an enumeration a list of fields names. */
const MAX_ENUM_VALUES = 4;

/** Prints the documentation. @throws Error `field "x" does not exist`, after the head was printed. */
export function explainResource(document: OpenApiDocument, explanation: Explanation): void {
  const { fields, isRecursive, out } = explanation;
  const { gvk, schema } = kindSchema(document, explanation);
  const group = gvk.group === '' ? '' : `GROUP:      ${gvk.group}\n`;
  out.write(`${group}KIND:       ${gvk.kind}\nVERSION:    ${gvk.version}\n\n`);
  const text = new Explainer(document.components?.schemas ?? {}, isRecursive).output(schema, fields);
  if (text === '') throw new Error(`field ${JSON.stringify(fields.at(-1))} does not exist`);
  out.write(`${text}\n`);
}

/** Returns the kind that a type serves, and its schema. @throws Error when the document does not know it. */
export function kindSchema(
  document: OpenApiDocument,
  { gvr, gvrText }: Pick<Explanation, 'gvr' | 'gvrText'>,
): { gvk: GroupVersionKind; schema: OpenApiSchema } {
  const gvk = findKind(document, gvr);
  if (!gvk) throw new Error(`GVR (${gvrText}) not found in OpenAPI schema`);
  const { group, version, kind } = gvk;
  const schema = Object.values(document.components?.schemas ?? {}).find((s) =>
    s['x-kubernetes-group-version-kind']?.some((g) => g.group === group && g.version === version && g.kind === kind),
  );
  if (!schema) throw new Error(`GVK map[group:${group} kind:${kind} version:${version}] not found in OpenAPI schema`);
  return { gvk, schema };
}

/** Looks for the kind in the operations of the type's paths. */
function findKind(document: OpenApiDocument, { group, version, resource }: GroupVersionResource) {
  const root = `${group === '' ? '/api' : `/apis/${group}`}/${version}`;
  const collections = [`${root}/${resource}`, `${root}/namespaces/{namespace}/${resource}`];
  for (const path of collections.flatMap((p) => [p, `${p}/{name}`]))
    for (const method of METHODS) {
      const gvk = document.paths?.[path]?.[method]?.['x-kubernetes-group-version-kind'];
      if (gvk) return gvk;
    }
  return undefined;
}

class Explainer {
  readonly #schemas: Record<string, OpenApiSchema>;
  readonly #isRecursive: boolean;

  constructor(schemas: Record<string, OpenApiSchema>, isRecursive: boolean) {
    this.#schemas = schemas;
    this.#isRecursive = isRecursive;
  }

  /** Returns the text below the head; '' when the path leads nowhere. */
  output(schema: OpenApiSchema, fields: readonly string[], seen: ReadonlySet<string> = new Set()): string {
    const reference = schema.$ref ?? '';
    const resolved = this.#resolve(schema);
    const [field] = fields;
    if (field === undefined) return this.#document(resolved);
    if (reference !== '' && seen.has(reference)) return '';
    const deeper = new Set([...seen, reference]);
    const { properties, items, additionalProperties, allOf = [] } = resolved;
    const property = properties && Object.hasOwn(properties, field) ? properties[field] : undefined;
    if (property) {
      const head = fields.length === 1 ? `FIELD: ${field} <${this.#type(property)}>\n${longEnum(property)}\n\n` : '';
      return head + this.output(property, fields.slice(1));
    }
    if (items) return this.output(items, fields, deeper);
    if (isSchema(additionalProperties)) return this.output(additionalProperties, fields, deeper);
    for (const part of allOf) {
      const text = this.output(part, fields, deeper);
      if (text !== '') return text;
    }
    return '';
  }

  #resolve(schema: OpenApiSchema): OpenApiSchema {
    return (schema.$ref === undefined ? undefined : this.#referenced(schema.$ref)) ?? schema;
  }

  #referenced(reference: string): OpenApiSchema | undefined {
    return this.#schemas[reference.split('/').at(-1) ?? ''];
  }

  #document(schema: OpenApiSchema): string {
    const description = indent(4, wrapWords(this.#description(schema) || '<empty>', DESCRIPTION_WIDTH));
    const fields = this.#fieldList(schema, { level: 1, seen: new Set() });
    return `DESCRIPTION:\n${description}\n${fields === '' ? '' : `FIELDS:\n${fields}`}`;
  }

  /** The description of a schema and of those it is made of. */
  #description(schema: OpenApiSchema): string {
    const { description, allOf = [], items, additionalProperties } = this.#resolve(schema);
    return [
      description ? `${description}\n` : '',
      ...allOf.map((part) => this.#description(part)),
      items ? this.#description(items) : '',
      isSchema(additionalProperties) ? this.#description(additionalProperties) : '',
    ].join('');
  }

  #fieldList(schema: OpenApiSchema, { level, seen }: { level: number; seen: ReadonlySet<string> }): string {
    const reference = schema.$ref ?? '';
    if (reference !== '' && seen.has(reference)) return '';
    const deeper = new Set([...seen, reference]);
    const resolved = this.#resolve(schema);
    const { properties = {}, allOf = [], items, additionalProperties } = resolved;
    const parts: string[] = [];
    for (const name of Object.keys(properties).sort()) {
      const field = properties[name] ?? {};
      parts.push(this.#fieldDetail(name, field, { isRequired: resolved.required?.includes(name) ?? false, level }));
      if (this.#isRecursive) parts.push(this.#fieldList(field, { level: level + 1, seen: deeper }));
    }
    for (const part of allOf) parts.push(this.#fieldList(part, { level, seen: deeper }));
    if (items) parts.push(this.#fieldList(items, { level, seen: deeper }));
    if (isSchema(additionalProperties)) parts.push(this.#fieldList(additionalProperties, { level, seen: deeper }));
    return parts.join('');
  }

  #fieldDetail(
    name: string,
    field: OpenApiSchema,
    { isRequired, level }: { isRequired: boolean; level: number },
  ): string {
    const width = level * 2;
    const required = isRequired ? ' -required-' : '';
    const line = `${' '.repeat(width)}${name}\t<${this.#type(field)}>${required}${shortEnum(field, width)}\n`;
    if (this.#isRecursive) return line;
    return `${line}${indent(width + 2, wrapWords(field.description || '<no description>', FIELD_WIDTH - width))}\n\n`;
  }

  /** Returns 'string', 'Object', '[]Container', 'map[string]string'. */
  #type(schema: OpenApiSchema): string {
    const { items, additionalProperties, allOf, properties, $ref, type } = schema;
    const [only] = allOf ?? [];
    if (items) return `[]${this.#type(items)}`;
    if (isSchema(additionalProperties)) return `map[string]${this.#type(additionalProperties)}`;
    if (only && allOf?.length === 1 && !properties) return this.#type(only);
    if ($ref === undefined) return type === 'object' || !type ? 'Object' : type;
    const referenced = this.#referenced($ref);
    if (referenced?.type && referenced.type !== 'object') return referenced.type;
    return $ref.split('/').at(-1)?.split('.').at(-1) || 'Object';
  }
}

function isSchema(value: OpenApiSchema | boolean | undefined): value is OpenApiSchema {
  return typeof value === 'object';
}

function indent(amount: number, text: string): string {
  const pad = ' '.repeat(amount);
  return pad + text.replaceAll('\n', `\n${pad}`);
}

function enumText(value: unknown): string {
  return value === '' ? '""' : String(value);
}

function longEnum({ enum: values = [] }: OpenApiSchema): string {
  return values.length === 0 ? '' : `ENUM:${values.map((value) => `\n    ${enumText(value)}`).join('')}`;
}

function shortEnum({ enum: values = [] }: OpenApiSchema, width: number): string {
  if (values.length === 0) return '';
  const more = values.length > MAX_ENUM_VALUES ? ', ....' : '';
  return `\n${' '.repeat(width)}enum: ${values.slice(0, MAX_ENUM_VALUES).map(enumText).join(', ')}${more}`;
}
