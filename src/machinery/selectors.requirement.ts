// One requirement of a label selector: checking, matching, printing.
// Called by: selectors.ts, its parser, node affinity. Must not know: the grammar of selector texts.
import { FieldError, Path, type FieldErrors } from './field.ts';
import { parseInt64 } from './strconv.ts';
import { isQualifiedName, isValidLabelValue } from './validation.ts';

/** Upstream: apimachinery/pkg/selection. */
export type SelectionOperator = '!' | '=' | '==' | 'in' | '!=' | 'notin' | 'exists' | 'gt' | 'lt';

export const BINARY_OPERATORS: readonly SelectionOperator[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];

export interface Requirement {
  readonly key: string;
  readonly operator: SelectionOperator;
  readonly values: readonly string[];
}

/**
 * Returns a requirement after checking it.
 * @throws Error with the findings' texts. Upstream: labels.NewRequirement.
 */
export function newRequirement(key: string, operator: SelectionOperator, values: readonly string[]): Requirement {
  const errors: FieldErrors = [];
  const invalid = (field: string, value: unknown, detail: string): void => {
    errors.push(new FieldError('FieldValueInvalid', field, value, detail));
  };
  const keyErrors = isQualifiedName(key);
  if (keyErrors.length > 0) invalid('key', key, keyErrors.join('; '));
  const complaint = wrongValueCount(operator, values.length);
  if (complaint !== undefined) invalid('values', values, complaint);
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => {
      if (parseInt64(value) === undefined)
        invalid(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer");
    });
  }
  values.forEach((value, i) => {
    const valueErrors = isValidLabelValue(value);
    if (valueErrors.length > 0) invalid(Path.of('values').index(i).key(key).toString(), value, valueErrors.join('; '));
  });
  if (errors.length > 0) throw new Error(aggregate(errors));
  return { key, operator, values };
}

function wrongValueCount(operator: SelectionOperator, count: number): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case '=':
    case '==':
    case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value';
    case 'exists':
    case '!':
      return count === 0 ? undefined : 'values set must be empty for exists and does not exist';
    case 'gt':
    case 'lt':
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
  }
}

// Upstream: utilerrors.NewAggregate's text.
function aggregate(errors: FieldErrors): string {
  const texts = [...new Set(errors.map((e) => e.message()))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** Returns true when the labels satisfy one requirement. Upstream: labels.Requirement.Matches. */
export function matchesRequirement(
  { key, operator, values }: Requirement,
  labels: Readonly<Record<string, string>> | undefined | null,
): boolean {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt': {
      const left = value === undefined ? undefined : parseInt64(value);
      const right = values.length === 1 ? parseInt64(values[0] ?? '') : undefined;
      if (left === undefined || right === undefined) return false;
      return operator === 'gt' ? left > right : left < right;
    }
  }
}

/** Returns the requirement's text: 'tier in (a,b)'. Upstream: labels.Requirement.String. */
export function requirementText({ key, operator, values }: Requirement): string {
  const list = [...values].sort().join(',');
  switch (operator) {
    case '!':
      return `!${key}`;
    case 'exists':
      return key;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    case 'gt':
      return `${key}>${list}`;
    case 'lt':
      return `${key}<${list}`;
    default:
      return `${key}${operator}${list}`;
  }
}
