// Validation of LimitRanges.
// Called by: limitrange.ts. Must not know: pods.
import type { LimitRangeItem } from 'kubernetes-types/core/v1';
import { type FieldErrors, Path, duplicate, forbidden, invalid, required } from '../machinery/field.ts';
import {
  approximateFloat,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
} from '../machinery/quantity.ts';
import type { LimitRange } from './limitrange.ts';
import { validateQualifiedName } from './podspec.validation.names.ts';
import { validateContainerResourceName } from './podspec.validation.resources.ts';

const LIMITS = Path.of('spec', 'limits');
type Column = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';

/** Upstream: kubernetes pkg/apis/core/validation ValidateLimitRange. */
export function validateLimitRange({ spec }: LimitRange): FieldErrors {
  const seen = new Set<string>();
  return (spec.limits ?? []).flatMap((item, i) => {
    const at = LIMITS.index(i);
    const errors = validateQualifiedName(item.type ?? '', at.child('type'));
    if (seen.has(item.type)) errors.push(duplicate(at.child('type'), item.type));
    seen.add(item.type);
    return [...errors, ...validateItem(item, at)];
  });
}

function validateItem(item: LimitRangeItem, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const names = new Set<string>();
  const take = (column: Column): void => {
    for (const name of Object.keys(item[column] ?? {}).sort()) {
      errors.push(...validateName(item.type, name, path.child(column).key(name)));
      names.add(name);
    }
  };
  take('max');
  take('min');
  for (const column of ['default', 'defaultRequest'] as const) {
    if (item.type !== 'Pod') take(column);
    else if (Object.keys(item[column] ?? {}).length > 0)
      errors.push(forbidden(path.child(column), "may not be specified when `type` is 'Pod'"));
  }
  if (item.type === 'PersistentVolumeClaim' && !item.min?.['storage'] && !item.max?.['storage']) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(required(path.child('limits'), detail));
  }
  take('maxLimitRequestRatio');
  for (const name of [...names].sort()) errors.push(...validateAmounts(item, name, path));
  return errors;
}

function validateName(type: string, name: string, path: Path): FieldErrors {
  return type === 'Pod' || type === 'Container'
    ? validateContainerResourceName(name, path)
    : validateQualifiedName(name, path);
}

function validateAmounts(item: LimitRangeItem, name: string, path: Path): FieldErrors {
  const quantity = (column: Column): Quantity | undefined => {
    const text = item[column]?.[name];
    return text === undefined ? undefined : parseQuantity(text);
  };
  const [max, min, limit] = [quantity('max'), quantity('min'), quantity('default')];
  const [request, ratio] = [quantity('defaultRequest'), quantity('maxLimitRequestRatio')];
  const errors: FieldErrors = [];
  const ordered = (
    [low, lowWords]: [Quantity | undefined, string],
    [high, highWords]: [Quantity | undefined, string],
    [column, shown]: [Column, Quantity | undefined],
  ): void => {
    if (!low || !high || !shown || compareQuantities(low, high) <= 0) return;
    const detail = `${lowWords} value ${formatQuantity(low)} is greater than ${highWords} value ${formatQuantity(high)}`;
    errors.push(invalid(path.child(column).key(name), formatQuantity(shown), detail));
  };
  ordered([min, 'min'], [max, 'max'], ['min', min]);
  ordered([min, 'min'], [request, 'default request'], ['defaultRequest', request]);
  ordered([request, 'default request'], [max, 'max'], ['defaultRequest', request]);
  ordered([request, 'default request'], [limit, 'default limit'], ['defaultRequest', request]);
  ordered([min, 'min'], [limit, 'default'], ['default', min]);
  ordered([limit, 'default'], [max, 'max'], ['default', max]);
  return ratio
    ? [...errors, ...validateRatio(ratio, { min, max }, path.child('maxLimitRequestRatio').key(name))]
    : errors;
}

function validateRatio(
  ratio: Quantity,
  { min, max }: { min: Quantity | undefined; max: Quantity | undefined },
  path: Path,
): FieldErrors {
  const [text, number] = [formatQuantity(ratio), approximateFloat(ratio)];
  const errors: FieldErrors = number < 1 ? [invalid(path, text, `ratio ${text} is less than 1`)] : [];
  if (!min || !max) return errors;
  const most = approximateFloat(max) / approximateFloat(min);
  if (number > most) errors.push(invalid(path, text, `ratio ${text} is greater than max/min = ${most.toFixed(6)}`));
  return errors;
}
