// The human-readable printer: tables as the server sends them, and NAME/AGE for objects without one.
// Called by: commands/get and commands/events. Must not know: kinds.
// Upstream: cli-runtime/pkg/printers/tableprinter.go HumanReadablePrinter.
import { translateTimestampSince } from '../machinery/duration.ts';
import { goString } from '../machinery/gofmt.ts';
import { deepEqual } from '../machinery/meta.ts';
import { getNewTabWriter, TabWriter, type TextSink } from '../machinery/table.ts';
import { groupResourceString } from '../machinery/types.ts';
import { escapeTerminal, isListLike, PrintedWatchEvent, type Printable, type Printer } from './printer.ts';

/** metav1.TableColumnDefinition */
export interface TableColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
}
/** metav1.TableRow; `object` is there unless the request said includeObject=None. */
interface TableRow {
  cells: unknown[];
  object?: object | undefined;
}
/** metav1.Table as it comes from the server: later events of a watch may lack the columns. */
export interface Table {
  kind: 'Table';
  columnDefinitions?: TableColumn[] | null;
  rows?: TableRow[] | null;
}

export interface TablePrinterOptions {
  noHeaders?: boolean;
  /** Columns with a priority too. */
  wide?: boolean;
  withNamespace?: boolean;
  /** Puts `kind/` before names; needs `kind`. */
  withKind?: boolean;
  kind?: { group: string; kind: string } | undefined;
  showLabels?: boolean;
  columnLabels?: readonly string[];
  /** Now, for the ages of objects that come without a table. */
  nowMs(): number;
}

export function isTable(object: object): object is Table {
  if (!('kind' in object) || object.kind !== 'Table' || !('apiVersion' in object)) return false;
  return object.apiVersion === 'meta.k8s.io/v1' || object.apiVersion === 'meta.k8s.io/v1beta1';
}

/** Prints tables and, for anything else, name and age. Headers are printed when the columns change. */
export class TablePrinter implements Printer {
  readonly #options: TablePrinterOptions;
  #lastColumns: TableColumn[] = [];
  #printedHeaders = false;
  #lastHandler: 'status' | 'meta' | undefined;

  constructor(options: TablePrinterOptions) {
    this.#options = options;
  }

  print(printable: Printable, out: TextSink): void {
    const writer = out instanceof TabWriter ? out : getNewTabWriter(out);
    const eventType = printable instanceof PrintedWatchEvent ? printable.type : '';
    const object = printable instanceof PrintedWatchEvent ? printable.object : printable;
    if (isTable(object)) this.#printTable(object, eventType, writer);
    else this.#printObject(object, eventType, writer);
    if (writer !== out) writer.flush();
  }

  #printTable(table: Table, eventType: string, out: TextSink): void {
    let columns = table.columnDefinitions ?? [];
    const rows = table.rows ?? [];
    const isKnown = columns.length === 0 || deepEqual(columns, this.#lastColumns);
    const noHeaders = this.#options.noHeaders === true || (this.#printedHeaders && isKnown);
    if (columns.length === 0) columns = this.#lastColumns;
    else if (!isKnown) {
      this.#lastColumns = columns;
      this.#printedHeaders = false;
    }
    if (rows.length > 0) this.#printedHeaders = true;

    let decorated = decorate({ columns, rows }, this.#options);
    if (eventType !== '') decorated = withEventColumn(decorated, eventType);
    writeTable(decorated, out, { noHeaders, wide: this.#options.wide === true });
  }

  #printObject(object: object, eventType: string, out: TextSink): void {
    const options = this.#options;
    const handler = 'kind' in object && object.kind === 'Status' ? 'status' : 'meta';
    const isNew = this.#lastHandler !== handler;
    if (isNew && this.#lastHandler !== undefined && !options.noHeaders) out.write('\n');
    this.#lastHandler = handler;
    if (isNew && !options.noHeaders) {
      const names = handler === 'status' ? ['STATUS', 'REASON', 'MESSAGE'] : ['NAME', 'AGE'];
      const headers = [
        ...names,
        ...labelHeaders(options.columnLabels ?? []),
        ...(options.showLabels ? ['LABELS'] : []),
      ];
      if (options.withNamespace) headers.unshift('NAMESPACE');
      if (eventType !== '') headers.unshift('EVENT');
      out.write(`${headers.join('\t')}\n`);
    }
    const objects = handler === 'meta' && isListLike(object) ? object.items : [object];
    for (const item of objects) out.write(`${this.#objectCells(item, handler, eventType).join('\t')}\n`);
  }

  #objectCells(object: object, handler: 'status' | 'meta', eventType: string): string[] {
    const options = this.#options;
    const cells = handler === 'status' ? statusCells(object) : metaCells(object, options.nowMs());
    if (options.withKind && options.kind) cells[0] = `${kindPrefix(options.kind)}/${cells[0]}`;
    const meta = metadataOf(object);
    if (options.withNamespace) cells.unshift(meta?.namespace ?? '');
    if (eventType !== '') cells.unshift(formatEventType(eventType));
    if (meta) cells.push(...labelCells(meta.labels ?? {}, options));
    return cells;
  }
}

interface Grid {
  columns: readonly TableColumn[];
  rows: readonly TableRow[];
}

/** Returns the table with the columns that flags ask for: namespace, labels, and the kind before names. */
function decorate({ columns, rows }: Grid, options: TablePrinterOptions): Grid {
  const labels = options.columnLabels ?? [];
  const hasLabels = labels.length > 0 || options.showLabels === true;
  const prefix = options.withKind && options.kind ? `${kindPrefix(options.kind)}/` : '';
  const nameAt = prefix === '' ? -1 : columns.findIndex((c) => c.format === 'name' && c.type === 'string');
  const all = [
    ...(options.withNamespace ? [{ name: 'Namespace', type: 'string' }] : []),
    ...columns,
    ...labelHeaders(labels).map((name) => ({ name, type: 'string' })),
    ...(options.showLabels ? [{ name: 'Labels', type: 'string' }] : []),
  ];
  if (!hasLabels && !options.withNamespace && nameAt < 0) return { columns: all, rows };
  return {
    columns: all,
    rows: rows.map((row) => {
      const cells = [...row.cells];
      if (nameAt >= 0) cells[nameAt] = prefix + goString(cells[nameAt]);
      const meta = metadataOf(row.object);
      if (options.withNamespace) cells.unshift(meta ? (meta.namespace ?? '') : null);
      if (meta && hasLabels) cells.push(...labelCells(meta.labels ?? {}, options));
      // Without metadata upstream fills up in a loop whose bound shrinks as it goes: half of what is missing.
      else if (!meta) for (let i = 0; i < all.length - cells.length; i++) cells.push(null);
      return { cells, object: row.object };
    }),
  };
}

function withEventColumn({ columns, rows }: Grid, eventType: string): Grid {
  const cell = formatEventType(eventType);
  return {
    columns: [{ name: 'Event', type: 'string' }, ...columns],
    rows: rows.map((row) => ({ ...row, cells: [cell, ...row.cells] })),
  };
}

function writeTable({ columns, rows }: Grid, out: TextSink, format: { noHeaders: boolean; wide: boolean }): void {
  if (rows.length === 0 && !format.noHeaders) return;
  const shown = columns.flatMap((column, i) => (format.wide || !column.priority ? [i] : []));
  if (!format.noHeaders) out.write(`${shown.map((i) => columns[i]?.name.toUpperCase()).join('\t')}\n`);
  for (const { cells } of rows) {
    const texts = shown.filter((i) => i < cells.length).map((i) => cellText(cells[i]));
    out.write(`${texts.join('\t')}\n`);
  }
}

/** Cells are one line each: the rest of a longer text is cut off and shown as dots. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return escapeTerminal(goString(cell));
  const at = cell.search(/[\f\n\r]/);
  return at < 0 ? escapeTerminal(cell) : `${escapeTerminal(cell.slice(0, at))}...`;
}

interface PrintedMetadata {
  name?: string;
  namespace?: string;
  creationTimestamp?: string;
  labels?: Record<string, string>;
}

function metadataOf(object: object | undefined | null): PrintedMetadata | undefined {
  if (!object || !('metadata' in object)) return undefined;
  const { metadata } = object;
  return typeof metadata === 'object' && metadata !== null ? metadata : undefined;
}

function metaCells(object: object, nowMs: number): string[] {
  const meta = metadataOf(object);
  return [meta?.name ?? '', translateTimestampSince(meta?.creationTimestamp, nowMs)];
}

function statusCells(object: { status?: string; reason?: string; message?: string }): string[] {
  return [object.status ?? '', object.reason ?? '', object.message ?? ''];
}

function kindPrefix({ group, kind }: { group: string; kind: string }): string {
  return groupResourceString({ group, resource: kind }).toLowerCase();
}

function labelHeaders(labels: readonly string[]): string[] {
  return labels.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase());
}

function labelCells(labels: Record<string, string>, options: TablePrinterOptions): string[] {
  const cells = (options.columnLabels ?? []).map((label) =>
    Object.hasOwn(labels, label) ? (labels[label] ?? '') : '',
  );
  if (options.showLabels) cells.push(formatLabels(labels));
  return cells;
}

/** Returns `a=b,c=d` with the pairs sorted, or `<none>`. Upstream: labels.FormatLabels. */
function formatLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

function formatEventType(type: string): string {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'ERROR' ? type.padEnd(8) : type;
}
