// Columns of custom resources, and the fields they can be selected by.
// Called by: customresource.ts. Must not know: HTTP, storage.
// Upstream: apiextensions-apiserver pkg/registry/customresource/tableconvertor/tableconvertor.go.
import { parseTime } from '../machinery/clock.ts';
import { translateTimestampSince } from '../machinery/duration.ts';
import { goString } from '../machinery/gofmt.ts';
import { parseJsonPath, printed, type JsonPath } from '../machinery/jsonpath.ts';
import type { KubeObject } from '../machinery/types.ts';
import { nameColumn } from './columns.ts';
import type { PrinterColumn } from './customresourcedefinition.internal.ts';
import type { CustomResourceVersion } from './customresourcedefinition.ts';
import type { Cell, TableColumn, TableSpec } from './definition.ts';

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

interface Column {
  type: string;
  path: JsonPath;
}

/** Returns the table of a version; without columns of its own it shows the age, without sound ones nothing but the name. */
export function tableFor({ additionalPrinterColumns = [] }: CustomResourceVersion): TableSpec<KubeObject> {
  const given = additionalPrinterColumns.length > 0 ? additionalPrinterColumns : [AGE];
  let columns: Column[] | undefined;
  const parsed = (): readonly Column[] => (columns ??= given.map(parseColumn).filter((column) => column !== undefined));
  const isSound = (): boolean => parsed().length === given.length;
  return {
    get columns() {
      return isSound() ? [nameColumn, ...given.map(columnOf)] : [nameColumn];
    },
    row: (object, nowMs) => [
      object.metadata.name,
      ...(isSound() ? parsed().map((column) => cellOf(column, object, nowMs)) : []),
    ],
  };
}

function parseColumn({ type, jsonPath }: PrinterColumn): Column | undefined {
  try {
    return { type, path: parseJsonPath(`{${jsonPath}}`, { allowMissingKeys: true }) };
  } catch {
    return undefined;
  }
}

function columnOf({ name, type, format, description, priority = 0, jsonPath }: PrinterColumn): TableColumn {
  return {
    name,
    type: type as TableColumn['type'],
    format: (format ?? '') as NonNullable<TableColumn['format']>,
    priority: priority as NonNullable<TableColumn['priority']>,
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
  };
}

function cellOf({ type, path }: Column, object: KubeObject, nowMs: number): Cell {
  let results: unknown[][];
  try {
    results = path.findResults(object);
  } catch {
    return null;
  }
  const [first] = results;
  if (!first || first.length === 0) return null;
  const [value] = first;
  if (type === 'string') return printed(value ?? undefined);
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return parseTime(value) === undefined ? '<invalid>' : translateTimestampSince(value, nowMs);
    default:
      return null;
  }
}

/** Returns what gives the selectable fields of an object, or undefined where there are none. */
export function selectableFieldsOf({
  selectableFields = [],
}: CustomResourceVersion): ((object: KubeObject) => Record<string, string>) | undefined {
  if (selectableFields.length === 0) return undefined;
  const fields = selectableFields.map(({ jsonPath }) => ({
    name: jsonPath.replace(/^\./, ''),
    path: parseJsonPath(`{${jsonPath}}`, { allowMissingKeys: true }),
  }));
  return (object) =>
    Object.fromEntries(
      fields.map(({ name, path }) => {
        const value = path.findResults(object)[0]?.[0] ?? null;
        return [name, value === null ? '' : goString(value)];
      }),
    );
}
