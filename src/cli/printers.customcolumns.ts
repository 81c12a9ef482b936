// The printer of -o custom-columns: headers of the user's over JSONPath results.
// Called by: cli/printers.get.ts. Must not know: kinds, server tables.
// Upstream: kubectl pkg/cmd/get/{customcolumn_flags,customcolumn}.go.
import { goString } from '../machinery/gofmt.ts';
import { parseJsonPath, relaxedJsonPathExpression, type JsonPath } from '../machinery/jsonpath.ts';
import { getNewTabWriter, TabWriter, type TextSink } from '../machinery/table.ts';
import { escapeTerminal, isListLike, PrintedWatchEvent, type Printable, type Printer } from './printer.ts';
import { customColumnsFormats } from './printers.formats.ts';
import { dataOf, readTextFile } from './printers.template.ts';

export interface CustomColumnsOptions {
  output: string;
  template?: string;
  noHeaders?: boolean;
  cwd: string;
}

interface Column {
  header: string;
  path: string;
}

/**
 * Returns the printer, undefined for another format.
 * @throws Error `custom-columns format specified but no custom columns given`, `unexpected custom-columns spec: …`.
 */
export function customColumnsPrinter(options: CustomColumnsOptions): Printer | undefined {
  const at = options.template ? -1 : options.output.indexOf('=');
  const hasSpec = at >= 0 && customColumnsFormats.includes(options.output.slice(0, at));
  const format = hasSpec ? options.output.slice(0, at) : options.output;
  if (!customColumnsFormats.includes(format)) return undefined;
  const spec = hasSpec ? options.output.slice(at + 1) : (options.template ?? '');
  if (spec === '') throw new Error('custom-columns format specified but no custom columns given');
  if (format === 'custom-columns') return new CustomColumnsPrinter(columnsOfSpec(spec), options.noHeaders === true);
  return new CustomColumnsPrinter(columnsOfFile(spec, options.cwd), false);
}

function columnsOfSpec(spec: string): Column[] {
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new Error(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: relaxedJsonPathExpression(part.slice(colon + 1)) };
  });
}

function columnsOfFile(file: string, cwd: string): Column[] {
  let text: string;
  try {
    text = readTextFile(file, cwd);
  } catch (error) {
    const { message } = error as Error;
    if (!message.startsWith('open ')) return columnsOfText(''); // a folder can be opened: it has no lines
    throw new Error(`error reading template ${file}, ${message}\n`, { cause: error });
  }
  return columnsOfText(text);
}

function columnsOfText(text: string): Column[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const [headers, paths] = ['header', 'spec'].map((part, i) => {
    const line = lines[i];
    if (line !== undefined) return line.split(/\s+/).filter((word) => word !== '');
    const format = 'Expected format is one line of space separated headers, one line of space separated column specs.';
    throw new Error(`invalid template, missing ${part} line. ${format}`);
  }) as [string[], string[]];
  if (headers.length !== paths.length) {
    throw new Error(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`);
  }
  return headers.map((header, i) => ({ header, path: relaxedJsonPathExpression(paths[i] ?? '') }));
}

class CustomColumnsPrinter implements Printer {
  readonly #columns: readonly Column[];
  readonly #noHeaders: boolean;
  #lastShape = '';

  constructor(columns: readonly Column[], noHeaders: boolean) {
    this.#columns = columns;
    this.#noHeaders = noHeaders;
  }

  print(printable: Printable, out: TextSink): void {
    const writer = out instanceof TabWriter ? out : getNewTabWriter(out);
    try {
      this.#print(printable, writer);
    } finally {
      if (writer !== out) writer.flush(); // the header is printed even when a path is broken
    }
  }

  #print(printable: Printable, out: TabWriter): void {
    const isList = isListLike(printable);
    const shape = printable instanceof PrintedWatchEvent ? 'event' : isList ? 'list' : 'object';
    if (!this.#noHeaders && shape !== this.#lastShape) {
      out.write(`${this.#columns.map(({ header }) => header).join('\t')}\n`);
      this.#lastShape = shape;
    }
    const paths = this.#columns.map(({ path }) => parseJsonPath(path, { allowMissingKeys: true }));
    for (const object of isList ? printable.items : [printable]) {
      out.write(`${paths.map((path) => cellText(path, dataOf(object))).join('\t')}\n`);
    }
  }
}

function cellText(path: JsonPath, data: object): string {
  const results = path.findResults(data);
  const texts = results.flatMap((values) => values.map((value) => escapeTerminal(goString(value))));
  if ((results[0]?.length ?? 0) === 0) texts.unshift('<none>');
  return texts.join(',');
}
