// Comparing single values as Go's text/template does: kinds must match.
// Called by: machinery/jsonpath.ts and machinery/gotemplate.functions.ts. Must not know: templates.

export type Comparison = '<' | '>' | '==' | '!=' | '<=' | '>=';

type BasicKind = 'bool' | 'int' | 'float' | 'string';

/** Returns the kind Go would see; a number inside an object is a literal written with a decimal point. */
function basicKind(value: unknown): BasicKind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'number')
    return 'float';
  throw new Error('invalid type for comparison');
}

function basicValue(value: unknown): string | number | boolean {
  return (typeof value === 'object' && value !== null && 'value' in value ? value.value : value) as number;
}

/**
 * Returns whether the comparison holds.
 * @throws Error `incompatible types for comparison`, `invalid type for comparison`.
 * Upstream: client-go/third_party/forked/golang/template/funcs.go.
 */
export function compareGo(left: unknown, operator: Comparison, right: unknown): boolean {
  const kind = basicKind(left);
  if (kind !== basicKind(right)) throw new Error('incompatible types for comparison');
  const [a, b] = [basicValue(left), basicValue(right)];
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (kind === 'bool') throw new Error('invalid type for comparison');
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
