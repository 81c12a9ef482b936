// Values of Go as templates see them: JSON values, and numbers that JSON has no type for.
// Called by: machinery/gocompare.ts, machinery/gotemplate*.ts, machinery/jsonpath.ts, machinery/gofmt.ts. Must not know: templates.

export type GoNumberType = 'int' | 'int32' | 'uint8' | 'float64';

/** A number that is not JSON's int64: a literal of a template, a length, an index. */
export class GoNumber {
  readonly value: number;
  readonly type: GoNumberType;
  constructor(value: number, type: GoNumberType) {
    this.value = value;
    this.type = type;
  }
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof GoNumber);
}

/** Returns the number, undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof GoNumber ? value.value : undefined;
}

/** Returns the whole number, undefined for floats and anything else. */
export function integerOf(value: unknown): number | undefined {
  if (value instanceof GoNumber) return value.type === 'float64' ? undefined : value.value;
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** Returns the name of the value's Go type. */
export function goType(value: unknown): string {
  if (value instanceof GoNumber) return value.type;
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (value === null || value === undefined) return '<nil>';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}
