// Comparing single values as Go's text/template does: kinds must match.
// Called by: machinery/jsonpath.ts and machinery/gotemplate.functions.ts. Must not know: templates.

import { integerOf, numberOf } from './govalue.ts';

export type Comparison = '<' | '>' | '==' | '!=' | '<=' | '>=';

type BasicKind = 'bool' | 'int' | 'float' | 'string';

/** Returns the kind that decides what a value can be compared to; undefined for maps, lists and nil. */
export function basicKind(value: unknown): BasicKind | undefined {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (integerOf(value) !== undefined) return 'int';
  return numberOf(value) === undefined ? undefined : 'float';
}

/**
 * Returns whether the comparison holds.
 * @throws Error `incompatible types for comparison`, `invalid type for comparison`.
 * Upstream: client-go/third_party/forked/golang/template/funcs.go.
 */
export function compareGo(left: unknown, operator: Comparison, right: unknown): boolean {
  const [kind, other] = [basicKind(left), basicKind(right)];
  if (!kind || !other) throw new Error('invalid type for comparison');
  if (kind !== other) throw new Error('incompatible types for comparison');
  const [a, b] = [numberOf(left) ?? (left as string), numberOf(right) ?? (right as string)];
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (kind === 'bool') throw new Error('invalid type for comparison');
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
