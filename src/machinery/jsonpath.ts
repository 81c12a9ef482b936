// kubectl's JSONPath: templates of texts, paths, filters and ranges, evaluated on a JSON value.
// Called by: cli printers (jsonpath, custom-columns), --sort-by, wait --for=jsonpath. Must not know: kinds.
// Upstream: client-go/util/jsonpath/jsonpath.go.
import { goString, marshalJson } from './gofmt.ts';
import { compareGo, type Comparison } from './gocompare.ts';
import { GoNumber, goType, isMap } from './govalue.ts';
import { parseJsonPathTemplate, type Node } from './jsonpath.parser.ts';

export interface JsonPathOptions {
  /** A missing field gives nothing instead of an error. Default false, as upstream. */
  allowMissingKeys?: boolean;
  /** Every result is printed as an indented JSON list. */
  outputJson?: boolean;
}

/** A template ready to be evaluated. */
export class JsonPath {
  readonly #options: JsonPathOptions;
  readonly #nodes: readonly Node[];
  /** Where evaluation begins: after a template with a range was evaluated, upstream goes on inside that range. */
  #first = 0;
  #beginRange = 0;
  #inRange = 0;
  #endRange = 0;
  #lastEnd = -1;

  constructor(nodes: readonly Node[], options: JsonPathOptions) {
    this.#nodes = nodes;
    this.#options = options;
  }

  /** Returns the printed results. @throws Error `x is not found`, `array index out of bounds: index 7, length 3`. */
  execute(data: unknown): string {
    return this.findResults(data)
      .map((results) => this.#print(results))
      .join('');
  }

  /** Returns the values each part of the template gives. @throws Error as `execute`. */
  findResults(data: unknown): unknown[][] {
    const all: unknown[][] = [];
    for (let i = this.#first; i < this.#nodes.length; i++) {
      const node = this.#nodes[i];
      if (!node) continue;
      const results = this.#walk([data], node);
      if (this.#endRange > 0 && this.#endRange <= this.#inRange) {
        this.#endRange--;
        this.#lastEnd = i;
        break;
      }
      if (this.#beginRange === 0) {
        all.push(results);
        continue;
      }
      this.#beginRange--;
      this.#inRange++;
      this.#first = i + 1;
      for (const value of results) {
        this.#first = i + 1;
        all.push(...this.findResults(value));
      }
      // Without values the nodes are still walked, to find the end of the range.
      if (results.length === 0) this.findResults(undefined);
      this.#inRange--;
      if (this.#lastEnd > i) i = this.#lastEnd;
    }
    return all;
  }

  #print(results: readonly unknown[]): string {
    if (this.#options.outputJson) return `${marshalJson(results.map(plain), { indent: 4 })}\n`;
    return results.map(printed).join(' ');
  }

  #walk(input: unknown[], node: Node): unknown[] {
    switch (node.type) {
      case 'list':
        return this.#walkList(input, node.nodes);
      case 'text':
        return [node.text];
      case 'field':
        return this.#field(input, node.name);
      case 'array':
        return input.flatMap((value) => slice(value, node));
      case 'filter':
        return input.flatMap((value) => this.#filter(value, node));
      case 'int':
      case 'bool':
        return input.map(() => node.value);
      case 'float':
        return input.map(() => new GoNumber(node.value, 'float64'));
      case 'wildcard':
        return input.flatMap(children);
      case 'recursive':
        return input.flatMap(descendants);
      case 'union':
        return node.members.flatMap((member) => this.#walkList(input, member));
      default:
        return this.#identifier(input, node.name);
    }
  }

  #walkList(input: unknown[], nodes: readonly Node[]): unknown[] {
    let values = input;
    for (const node of nodes) values = this.#walk(values, node);
    return values;
  }

  #identifier(input: unknown[], name: string): unknown[] {
    if (name === 'range') {
      this.#beginRange++;
      return input;
    }
    if (name !== 'end') throw new Error(`unrecognized identifier ${name}`);
    if (this.#inRange === 0) throw new Error('not in range, nothing to end');
    this.#endRange++;
    return [];
  }

  #field(input: readonly unknown[], name: string): unknown[] {
    const values = input.flatMap((value) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []));
    if (values.length === 0 && input.length > 0 && !this.#options.allowMissingKeys) {
      throw new Error(`${name} is not found`);
    }
    return values;
  }

  #filter(value: unknown, { left, right, operator }: Extract<Node, { type: 'filter' }>): unknown[] {
    if (!Array.isArray(value)) throw new Error(`${goString(value)} is not array or slice and cannot be filtered`);
    return value.filter((item) => {
      if (operator === 'exists') return this.#exists(item, left);
      const lefts = this.#operand(item, left);
      if (lefts.length === 0) return false;
      const rights = this.#operand(item, right);
      if (rights.length === 0) return false;
      if (!isComparison(operator)) throw new Error(`unrecognized filter operator ${operator}`);
      return compareGo(lefts[0], operator, rights[0]);
    });
  }

  #exists(item: unknown, path: readonly Node[]): boolean {
    try {
      return this.#walkList([item], path).length > 0;
    } catch {
      return false;
    }
  }

  #operand(item: unknown, path: readonly Node[]): unknown[] {
    const values = this.#walkList([item], path);
    if (values.length > 1) throw new Error('can only compare one element at a time');
    return values;
  }
}

/** Returns the template. @throws Error with upstream's text. Upstream: jsonpath.New(...).Parse. */
export function parseJsonPath(text: string, options: JsonPathOptions = {}): JsonPath {
  return new JsonPath(parseJsonPathTemplate(text), options);
}

/** Returns what the template prints for the value. @throws Error with upstream's text. */
export function executeJsonPath(text: string, data: unknown, options: JsonPathOptions = {}): string {
  return parseJsonPath(text, options).execute(data);
}

/**
 * Returns the whole expression for a path that may lack braces and first dot: `metadata.name` → `{.metadata.name}`.
 * @throws Error `unexpected path string, …`. Upstream: kubectl pkg/cmd/get/customcolumn.go RelaxedJSONPathExpression.
 */
export function relaxedJsonPathExpression(path: string): string {
  if (path === '') return path;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path);
  if (match) return `{.${match[1] ?? match[2]}}`;
  throw new Error(
    "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
  );
}

function isComparison(operator: string): operator is Comparison {
  return ['<', '>', '==', '!=', '<=', '>='].includes(operator);
}

function plain(value: unknown): unknown {
  return value instanceof GoNumber ? value.value : value;
}

/** Returns what a result prints: objects and lists as JSON, all else as Go's fmt does. */
export function printed(value: unknown): string {
  if (value instanceof GoNumber) return goString(value);
  if (value === undefined) return '<no value>';
  if (value === null) return 'null';
  return typeof value === 'object' ? marshalJson(value) : goString(value);
}

function slice(value: unknown, node: Extract<Node, { type: 'array' }>): unknown[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${goType(value)} is not array or slice`);
  const { length } = value;
  let from = node.from ?? 0;
  if (from < 0) from += length;
  let to = node.to ?? length;
  if (to < 0 || (to === 0 && node.isSingle)) to += length;
  if (from === to) return [];
  if (from >= length || from < 0) throw new Error(`array index out of bounds: index ${from}, length ${length}`);
  if (to > length || to < 0) throw new Error(`array index out of bounds: index ${to - 1}, length ${length}`);
  if (from > to) throw new Error(`starting index ${from} is greater than ending index ${to}`);
  const step = node.step ?? 1;
  if (step <= 0) throw new Error('step must be > 0');
  return value.slice(from, to).filter((_, i) => i % step === 0);
}

/** Values of a map (sorted by key; upstream's order is random), items of a list, bytes of a text. */
function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return Array.from(Buffer.from(value, 'utf8'));
  if (!isMap(value)) return [];
  return Object.keys(value)
    .sort()
    .map((key) => value[key]);
}

/** The value itself and everything below it, leaving out what has nothing inside. */
function descendants(value: unknown): unknown[] {
  const inside = children(value);
  return inside.length === 0 ? [] : [value, ...inside.flatMap(descendants)];
}
