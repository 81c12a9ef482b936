// What a Job does about pods that fail and when it counts as done: podFailurePolicy and successPolicy.
// Called by: job.validation.ts. Must not know: how the policies are carried out.
import type { JobSpec, PodFailurePolicyRule } from 'kubernetes-types/batch/v1';
import {
  type FieldErrors,
  type Path,
  duplicate,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../machinery/field.ts';
import { validateQualifiedName } from './podspec.validation.names.ts';

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];
const OPERATORS = ['In', 'NotIn'];
const MAX_RULES = 20;
const MAX_CODES = 255;

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

interface SuccessPolicy {
  rules?: { succeededIndexes?: string; succeededCount?: number }[];
}

/** Upstream: validateSuccessPolicy. */
export function validateSuccessPolicy(spec: JobSpec & { successPolicy?: SuccessPolicy }, path: Path): FieldErrors {
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
  for (const [i, { succeededIndexes, succeededCount }] of rules.entries()) {
    if (succeededIndexes === undefined && succeededCount === undefined)
      errors.push(required(at.index(i), 'at least one of succeededCount or succeededIndexes must be specified'));
    if (succeededCount === undefined || succeededCount <= completions) continue;
    const detail = `must be less than or equal to ${completions} (the number of specified completions)`;
    errors.push(invalid(at.index(i).child('succeededCount'), succeededCount, detail));
  }
  return errors;
}
