// What a Job does about pods that fail and when it counts as done: podFailurePolicy and successPolicy.
// Called by: job.validation.ts. Must not know: how the policies are carried out.
import type { JobSpec, PodFailurePolicyRule } from 'kubernetes-types/batch/v1';
import {
  type FieldErrors,
  type Path,
  duplicate,
  OMIT_VALUE,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '../machinery/field.ts';
import { validateNonnegative } from '../machinery/metavalidation.ts';
import { quote } from '../machinery/strconv.ts';
import { validateQualifiedName } from './podspec.validation.names.ts';

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];
const OPERATORS = ['In', 'NotIn'];
const MAX_RULES = 20;
const MAX_CODES = 255;
const MAX_INDEXES_LENGTH = 64 * 1024;

function requiredWord(value: string | undefined, supported: readonly string[], path: Path): FieldErrors {
  if (!value) return [required(path, `valid values: [${supported.map((v) => JSON.stringify(v)).join(' ')}]`)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

/** Upstream: validatePodFailurePolicy. */
export function validatePodFailurePolicy(spec: JobSpec, path: Path): FieldErrors {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const at = path.child('rules');
  const errors = rules.length > MAX_RULES ? [tooMany(at, rules.length, MAX_RULES)] : [];
  return [...errors, ...rules.flatMap((rule, i) => validateRule(rule, spec, at.index(i)))];
}

function validateRule(rule: PodFailurePolicyRule, spec: JobSpec, path: Path): FieldErrors {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const errors = requiredWord(action, ACTIONS, path.child('action'));
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.push(invalid(path.child('action'), action, 'requires the backoffLimitPerIndex to be set'));
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, spec, path.child('onExitCodes')));
  const at = path.child('onPodConditions');
  if (onPodConditions.length > MAX_RULES) errors.push(tooMany(at, onPodConditions.length, MAX_RULES));
  for (const [i, { type, status }] of onPodConditions.entries()) {
    errors.push(...validateQualifiedName(type ?? '', at.index(i).child('type')));
    errors.push(...requiredWord(status, STATUSES, at.index(i).child('status')));
  }
  const hasConditions = onPodConditions.length > 0;
  if (onExitCodes && hasConditions)
    errors.push(invalid(path, OMIT_VALUE, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && !hasConditions)
    errors.push(invalid(path, OMIT_VALUE, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

function validateExitCodes(
  { operator, containerName, values = [] }: NonNullable<PodFailurePolicyRule['onExitCodes']>,
  spec: JobSpec,
  path: Path,
): FieldErrors {
  const errors = requiredWord(operator, OPERATORS, path.child('operator'));
  const { containers = [], initContainers = [] } = spec.template.spec ?? {};
  const names = [...containers, ...initContainers].map((c) => c.name);
  if (containerName !== undefined && !names.includes(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(path.child('containerName'), containerName, detail));
  }
  const at = path.child('values');
  if (values.length === 0) errors.push(invalid(at, values, 'at least one value is required'));
  else if (values.length > MAX_CODES) errors.push(tooMany(at, values.length, MAX_CODES));
  for (const [i, code] of values.entries()) {
    if (operator === 'In' && code === 0) errors.push(invalid(at.index(i), code, 'must not be 0 for the In operator'));
    if (values.indexOf(code) < i) errors.push(duplicate(at.index(i), code));
  }
  if (values.some((code, i) => i > 0 && (values[i - 1] ?? 0) > code))
    errors.push(invalid(at, values, 'must be ordered'));
  return errors;
}

interface SuccessRule {
  succeededIndexes?: string;
  succeededCount?: number;
}

/** Upstream: validateSuccessPolicy. */
export function validateSuccessPolicy(
  spec: JobSpec & { successPolicy?: { rules?: SuccessRule[] } },
  path: Path,
): FieldErrors {
  const { successPolicy, completions = 0 } = spec;
  if (!successPolicy) return [];
  if (spec.completionMode !== 'Indexed') {
    const rules = successPolicy.rules?.map(({ succeededIndexes = null, succeededCount = null }) => ({
      SucceededIndexes: succeededIndexes,
      SucceededCount: succeededCount,
    }));
    return [invalid(path, { Rules: rules ?? null }, 'requires indexed completion mode')];
  }
  const { rules = [] } = successPolicy;
  const at = path.child('rules');
  const errors: FieldErrors = [];
  if (rules.length === 0)
    errors.push(required(at, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > MAX_RULES) errors.push(tooMany(at, rules.length, MAX_RULES));
  return [...errors, ...rules.flatMap((rule, i) => validateSuccessRule(rule, completions, at.index(i)))];
}

function validateSuccessRule(
  { succeededIndexes, succeededCount }: SuccessRule,
  completions: number,
  path: Path,
): FieldErrors {
  if (succeededIndexes === undefined && succeededCount === undefined)
    return [required(path, 'at least one of succeededCount or succeededIndexes must be specified')];
  const errors: FieldErrors = [];
  let total = 0;
  if (succeededIndexes !== undefined) {
    const at = path.child('succeededIndexes');
    if (succeededIndexes.length > MAX_INDEXES_LENGTH) errors.push(tooLong(at, MAX_INDEXES_LENGTH));
    const counted = countIndexes(succeededIndexes, completions);
    if (typeof counted === 'number') total = counted;
    else errors.push(invalid(at, succeededIndexes, `error parsing succeededIndexes: ${counted}`));
  }
  if (succeededCount === undefined) return errors;
  const at = path.child('succeededCount');
  errors.push(...validateNonnegative(succeededCount, at));
  const atMost = (limit: number, what: string) =>
    invalid(at, succeededCount, `must be less than or equal to ${limit} (${what})`);
  if (succeededCount > completions) errors.push(atMost(completions, 'the number of specified completions'));
  if (succeededIndexes !== undefined && succeededCount > total)
    errors.push(atMost(total, 'the number of indexes in the specified succeededIndexes field'));
  return errors;
}

/** Returns how many indexes a text such as `0,2-4` names, or what is wrong with it. Upstream: validateIndexesFormat. */
function countIndexes(text: string, completions: number): number | string {
  let total = 0;
  let last = -1;
  for (const part of text === '' ? [] : text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2)
      return `the fragment ${quote(part)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    for (const limit of limits) {
      if (!/^\+?\d+$/.test(limit)) return `cannot convert string to integer for index: ${quote(limit)}`;
      if (Number(limit) >= completions) return `too large index: ${quote(limit)}`;
    }
    const [from = 0, to] = limits.map(Number);
    if (to !== undefined && from >= to) return `non-increasing order, previous: ${from}, current: ${to}`;
    if (last >= from) return `non-increasing order, previous: ${last}, current: ${from}`;
    last = to ?? from;
    total += last - from + 1;
  }
  return total;
}
