// --sort-by: orders the rows of a table, or the items of a list, by a field that a JSONPath names.
// Called by: commands/get, commands/events. Must not know: kinds.
// Upstream: kubectl pkg/cmd/get/sorter.go.
import { goSort } from '../machinery/gosort.ts';
import { goType } from '../machinery/govalue.ts';
import { parseJsonPath, relaxedJsonPathExpression, type JsonPath } from '../machinery/jsonpath.ts';
import { compareQuantities, parseQuantity, type Quantity } from '../machinery/quantity.ts';
import { quote } from '../machinery/strconv.ts';
import type { TextSink } from '../machinery/table.ts';
import { ExitError } from './errors.ts';
import { isListLike, type Printable, type Printer } from './printer.ts';
import { isTable, type Table } from './tableprinter.ts';

/** Sorts what it is handed, then lets another printer print it. Single objects pass as they are. */
export function sortingPrinter(printer: Printer, sortBy: string): Printer {
  return {
    print(object: Printable, out: TextSink) {
      printer.print(sorted(object, sortBy), out);
    },
  };
}

function sorted(object: Printable, sortBy: string): Printable {
  if (isTable(object)) return (object.rows?.length ?? 0) > 1 ? sortTable(object, relaxedOrAsIs(sortBy)) : object;
  if (!isListLike(object)) return object;
  return { ...object, items: sortObjects(object.items, sortBy) };
}

/** Returns the whole JSONPath, or the text itself when it is none. */
export function relaxedOrAsIs(sortBy: string): string {
  try {
    return relaxedJsonPathExpression(sortBy);
  } catch {
    return sortBy;
  }
}

/**
 * Returns the table with its rows in order.
 * @throws Error `couldn't find any field with path "{.x}" in the list of objects`.
 * Upstream: NewTableSorter.
 */
export function sortTable(table: Table, field: string): Table {
  let path: JsonPath;
  try {
    path = parseJsonPath(field, { allowMissingKeys: true });
  } catch (error) {
    throw new Error(`sorting error: ${(error as Error).message}`, { cause: error });
  }
  const entries = (table.rows ?? []).map((row) => {
    try {
      return { item: row, values: path.findResults(row.object) };
    } catch (error) {
      const shown = `&errors.errorString{s:${quote((error as Error).message)}}`;
      throw new Error(`Failed to get values for [][]reflect.Value(nil) using ${field} (${shown})`, { cause: error });
    }
  });
  requireField(entries, field);
  return { ...table, rows: sortEntries(entries, `${field} in [][][]reflect.Value`) };
}

/**
 * Returns the objects in order; an empty list needs no field.
 * @throws Error `couldn't find any field with path "{.x}" in the list of objects`. Upstream: SortObjects.
 */
export function sortObjects<T extends object>(objects: readonly T[], sortBy: string): T[] {
  if (objects.length === 0) return [];
  const field = relaxedJsonPathExpression(sortBy);
  const path = parseJsonPath(field, { allowMissingKeys: true });
  const entries = objects.map((item) => ({ item, values: path.findResults(item) }));
  requireField(entries, field);
  return sortEntries(entries, `${field} in *unstructured.Unstructured`);
}

interface Entry<T> {
  item: T;
  values: unknown[][];
}

function hasValue({ values }: Entry<unknown>): boolean {
  return (values[0]?.length ?? 0) > 0;
}

function requireField(entries: readonly Entry<unknown>[], field: string): void {
  if (entries.length === 0 || entries.some(hasValue)) return;
  throw new Error(`couldn't find any field with path ${quote(field)} in the list of objects`);
}

function sortEntries<T>(entries: Entry<T>[], field: string): T[] {
  goSort(entries, (a, b) => {
    // Upstream says "less" whenever the first has no value, even when neither has one: such objects come first, turned round.
    if (!hasValue(a)) return true;
    return hasValue(b) && isLess(a.values[0]?.[0], b.values[0]?.[0], field);
  });
  return entries.map(({ item }) => item);
}

/**
 * Texts that are both quantities are compared as such.
 * @throws ExitError for values without an order: upstream ends on the spot. Upstream: isLess.
 */
function isLess(a: unknown, b: unknown, field: string): boolean {
  if (a === null || b === null) return a === null && b !== null;
  if (typeof a === 'string' && typeof b === 'string') {
    const [x, y] = [quantityOf(a), quantityOf(b)];
    return x && y ? compareQuantities(x, y) < 0 : compareText(a, b) < 0;
  }
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  const problem =
    typeof a === 'string' || typeof a === 'number'
      ? 'unsortable interface: interface'
      : `unsortable type: ${goType(a)}`;
  throw new ExitError(1, `Field ${field} is an unsortable type: interface, err: ${problem}`);
}

function quantityOf(text: string): Quantity | undefined {
  if (!/^[-+.0-9]/.test(text)) return undefined;
  try {
    return parseQuantity(text);
  } catch {
    return undefined;
  }
}

/** By code points, as Go compares bytes. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
