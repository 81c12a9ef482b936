// Columns that many tables share, and the cells under them.
// Called by: the tables of kinds. Must not know: any single kind.
import { translateTimestampSince } from '../machinery/duration.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { TableColumn } from './definition.ts';

/** Every table's first column. */
export const nameColumn: TableColumn = { name: 'Name', type: 'string', format: 'name' };
/** Time since creation. */
export const ageColumn: TableColumn = { name: 'Age', type: 'string' };

/** The second column of kinds that upstream gives no table of their own. Upstream: apiserver pkg/registry/rest/table.go. */
export const createdAtColumn: TableColumn = { name: 'Created At', type: 'date' };

/** Returns a column of texts that is always shown. */
export function textColumn(name: string): TableColumn {
  return { name, type: 'string' };
}
/** Returns a column of whole numbers that is always shown. */
export function integerColumn(name: string): TableColumn {
  return { name, type: 'integer' };
}
/** Returns a column of texts that only `-o wide` shows. */
export function wideColumn(name: string): TableColumn {
  return { name, type: 'string', priority: 1 };
}

/** Returns the cell of the age column: '5m', or '<unknown>' before the object has a creation time. */
export function ageCell(object: KubeObject, nowMs: number): string {
  return translateTimestampSince(object.metadata.creationTimestamp, nowMs);
}

/** Returns the cell of the column 'Created At'. */
export function createdAtCell({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? '';
}

/** Returns names and images of containers, each joined by commas. Upstream: printers.go layoutContainerCells. */
export function containerCells(containers: readonly { name: string; image?: string }[] = []): [string, string] {
  return [containers.map((c) => c.name).join(','), containers.map((c) => c.image ?? '').join(',')];
}

/** Returns a map as `a=1,b=2` in key order, or '<none>'. Upstream: apimachinery pkg/labels FormatLabels. */
export function labelsCell(labels: Record<string, string> | undefined): string {
  const texts = Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels?.[key]}`);
  return texts.length === 0 ? '<none>' : texts.join(',');
}

/** Returns up to `max` items joined by commas and how many more there are. Upstream: printers.go listWithMoreString. */
export function listCell(items: readonly string[], { max, empty }: { max: number; empty: string }): string {
  if (items.length > max) return `${items.slice(0, max).join(',')} + ${items.length - max} more...`;
  return items.length === 0 ? empty : items.join(',');
}
