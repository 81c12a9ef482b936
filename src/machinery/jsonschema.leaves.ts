// What a schema says of single texts and numbers: lengths, patterns, bounds.
// Called by: jsonschema.validate. Must not know: objects, lists, kinds.
// Upstream: kube-openapi pkg/validation/validate/values.go, pkg/validation/errors/schema.go.
import type { FieldErrorReason } from './field.ts';
import { goNumber } from './gofmt.ts';
import { goRegExp, GoRegExpError } from './goregexp.ts';
import type { JSONSchema } from './jsonschema.ts';

export interface Finding {
  /** Upstream's text, by which repeated findings are told. */
  key: string;
  reason: FieldErrorReason;
  /** The field; absent for findings that name none. */
  name?: string;
  value: unknown;
  detail: string;
}

/** Returns the first thing that is wrong with a text. */
export function checkString(text: string, schema: JSONSchema, path: string): Finding | undefined {
  const { maxLength, minLength, pattern } = schema;
  const length = [...text].length;
  if (maxLength !== undefined && length > maxLength) {
    const detail = `may not be more than ${maxLength} byte${maxLength === 1 ? '' : 's'}`;
    const key = `${path} in body should be at most ${maxLength} chars long`;
    return { key, reason: 'FieldValueTooLong', name: path, value: '', detail };
  }
  if (minLength !== undefined && length < minLength)
    return wrong(path, text, `should be at least ${minLength} chars long`);
  if (!pattern) return undefined;
  try {
    return goRegExp(pattern).test(text) ? undefined : wrong(path, text, `should match '${pattern}'`);
  } catch (error) {
    if (!(error instanceof GoRegExpError)) throw error;
    return wrong(path, text, `should match '${pattern}, but pattern is invalid: ${error.message}'`);
  }
}

function wrong(path: string, value: unknown, what: string): Finding {
  const detail = `${path} in body ${what}`;
  return { key: detail, reason: 'FieldValueInvalid', name: path, value, detail };
}

/** Returns what is wrong with a number: multiples, then the lower bound, then the upper one. */
export function checkNumber(value: number, schema: JSONSchema, path: string): Finding[] {
  const { multipleOf, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  // Upstream compares whole numbers with whole bounds: fractions of these are cut off.
  const bound = (limit: number): number => (Number.isInteger(value) ? Math.trunc(limit) : limit);
  const findings: Finding[] = [];
  if (multipleOf !== undefined) findings.push(...checkMultiple(value, bound(multipleOf), path));
  if (minimum !== undefined) {
    const limit = bound(minimum);
    const words = exclusiveMinimum ? 'greater than' : 'greater than or equal to';
    if (exclusiveMinimum ? value <= limit : value < limit)
      findings.push(wrong(path, value, `should be ${words} ${goNumber(limit)}`));
  }
  if (maximum !== undefined) {
    const limit = bound(maximum);
    const words = exclusiveMaximum ? 'less than' : 'less than or equal to';
    if (exclusiveMaximum ? value >= limit : value > limit)
      findings.push(wrong(path, value, `should be ${words} ${goNumber(limit)}`));
  }
  return findings;
}

function checkMultiple(value: number, factor: number, path: string): Finding[] {
  if (factor <= 0) {
    const detail = `factor MultipleOf declared for ${path} must be positive: ${goNumber(factor)}`;
    return [{ key: detail, reason: 'FieldValueInvalid', name: path, value: factor, detail }];
  }
  const quotient = factor < 1 ? (1 / factor) * value : value / factor;
  if (isWhole(quotient)) return [];
  return [wrong(path, value, `should be a multiple of ${goNumber(factor)}`)];
}

// Upstream: go-openapi swag IsFloat64AJSONInteger.
function isWhole(value: number): boolean {
  const distance = Math.abs(value - Math.trunc(value));
  const nearest = Math.abs(value - Math.round(value));
  return distance === 0 || nearest / Math.abs(value) < 1e-9;
}
