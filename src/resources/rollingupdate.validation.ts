// Numbers and percentages of rolling updates.
// Called by: validation of Deployments and DaemonSets. Must not know: any workload.
import { type FieldErrors, type Path, invalid } from '../machinery/field.ts';
import { validateNonnegative } from '../machinery/metavalidation.ts';
import { isValidPercent } from '../machinery/validation.ts';
import { invalidEach } from './podspec.validation.names.ts';

type IntOrString = number | string;

/** Upstream: ValidatePositiveIntOrPercent. */
export function validatePositiveIntOrPercent(value: IntOrString, path: Path): FieldErrors {
  return typeof value === 'string' ? invalidEach(path, value, isValidPercent(value)) : validateNonnegative(value, path);
}

/** Returns the number of a percentage or the number itself; 0 for a text that is neither. */
export function intOrPercentValue(value: IntOrString): number {
  return typeof value === 'number' ? value : Number.parseInt(value, 10) || 0;
}

/** Upstream: IsNotMoreThan100Percent. */
export function validateNotMoreThan100Percent(value: IntOrString, path: Path): FieldErrors {
  if (typeof value === 'number' || isValidPercent(value).length > 0 || intOrPercentValue(value) <= 100) return [];
  return [invalid(path, value, 'must not be greater than 100%')];
}

/** Checks that counts are not negative, in the order given. */
export function validateCounts(counts: Record<string, number | undefined>, path: Path): FieldErrors {
  return Object.entries(counts).flatMap(([name, count]) => validateNonnegative(count ?? 0, path.child(name)));
}
