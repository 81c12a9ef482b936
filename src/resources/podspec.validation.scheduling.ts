// Where a pod may run: affinity, tolerations, topology spread.
// Called by: podspec.validation.ts. Must not know: nodes, the scheduler.
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import {
  type FieldErrors,
  type Path,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../machinery/field.ts';
import { validateLabelName, validateLabelSelector } from '../machinery/metavalidation.ts';
import { isDNS1123Label, isDNS1123Subdomain, isValidLabelValue } from '../machinery/validation.ts';
import { invalidEach } from './podspec.validation.names.ts';

/** Upstream: validateAffinity. */
export function validateAffinity(affinity: Affinity | undefined, path: Path): FieldErrors {
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  const errors: FieldErrors = [];
  const nodePath = path.child('nodeAffinity');
  const terms = affinity?.nodeAffinity?.[required];
  if (terms) errors.push(...validateNodeSelector(terms.nodeSelectorTerms, nodePath.child(required)));
  for (const [i, { weight, preference }] of (affinity?.nodeAffinity?.[preferred] ?? []).entries()) {
    const at = nodePath.child(preferred).index(i);
    errors.push(...validateWeight(weight, at.child('weight')));
    errors.push(...validateNodeSelectorTerm(preference ?? {}, at.child('preference'), { checksValues: false }));
  }
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) {
    const pods: PodAffinity | undefined = affinity?.[name];
    for (const [i, term] of (pods?.[required] ?? []).entries())
      errors.push(...validatePodAffinityTerm(term, path.child(name, required).index(i)));
    for (const [i, { weight, podAffinityTerm }] of (pods?.[preferred] ?? []).entries()) {
      const at = path.child(name, preferred).index(i);
      errors.push(...validateWeight(weight, at.child('weight')));
      errors.push(...validatePodAffinityTerm(podAffinityTerm, at.child('podAffinityTerm')));
    }
  }
  return errors;
}

function validateWeight(weight: number, path: Path): FieldErrors {
  return weight > 0 && weight <= 100 ? [] : [invalid(path, weight ?? 0, 'must be in the range 1-100')];
}

/** The terms of a required node affinity. */
export function validateNodeSelector(terms: readonly NodeSelectorTerm[] | undefined, path: Path): FieldErrors {
  const at = path.child('nodeSelectorTerms');
  if ((terms ?? []).length === 0) return [required(at, 'must have at least one node selector term')];
  return (terms ?? []).flatMap((term, i) => validateNodeSelectorTerm(term, at.index(i), { checksValues: true }));
}

function validateNodeSelectorTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  path: Path,
  { checksValues }: { checksValues: boolean },
): FieldErrors {
  return [
    ...matchExpressions.flatMap((r, i) =>
      validateRequirement(r, path.child('matchExpressions').index(i), checksValues),
    ),
    ...matchFields.flatMap((r, i) => validateFieldRequirement(r, path.child('matchFields').index(i))),
  ];
}

/** Upstream: ValidateNodeSelectorRequirement. */
function validateRequirement(
  { key = '', operator = '', values = [] }: NodeSelectorRequirement,
  path: Path,
  checksValues: boolean,
): FieldErrors {
  const at = path.child('values');
  const errors: FieldErrors = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.push(forbidden(at, detail));
  } else if (operator === 'Gt' || operator === 'Lt') {
    const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
    if (values.length !== 1) errors.push(required(at, detail));
  } else errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  errors.push(...validateLabelName(key, path.child('key')));
  if (!checksValues) return errors;
  return [...errors, ...values.flatMap((value, i) => invalidEach(at.index(i), value, isValidLabelValue(value)))];
}

/** Upstream: ValidateNodeFieldSelectorRequirement. */
function validateFieldRequirement({ key, operator, values = [] }: NodeSelectorRequirement, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  if (operator !== 'In' && operator !== 'NotIn')
    errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(path.child('values'), detail));
  }
  if (key !== 'metadata.name') return [...errors, invalid(path.child('key'), key, 'not a valid field selector key')];
  const at = path.child('values');
  return [...errors, ...values.flatMap((value, i) => invalidEach(at.index(i), value, isDNS1123Subdomain(value)))];
}

/** Upstream: validatePodAffinityTerm. */
function validatePodAffinityTerm(term: PodAffinityTerm, path: Path): FieldErrors {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term;
  const topologyPath = path.child('topologyKey');
  return [
    ...validateLabelSelector(labelSelector, path.child('labelSelector')),
    ...validateLabelSelector(namespaceSelector, path.child('namespaceSelector')),
    ...namespaces.flatMap((name) => invalidEach(path.child('namespace'), name, isDNS1123Label(name))),
    ...validateLabelKeys(term, labelSelector, path),
    ...(topologyKey === '' ? [required(topologyPath, 'can not be empty')] : []),
    ...validateLabelName(topologyKey, topologyPath),
  ];
}

interface LabelKeys {
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

/** Upstream: ValidateMatchLabelKeysAndMismatchLabelKeys, which sees selectors that the keys were merged into. */
function validateLabelKeys(keys: LabelKeys, selector: LabelSelector | undefined, path: Path): FieldErrors {
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = keys;
  const errors: FieldErrors = [];
  for (const [name, list] of Object.entries({ matchLabelKeys, mismatchLabelKeys })) {
    const at = path.child(name);
    if (list.length > 0 && !selector) errors.push(forbidden(at, 'must not be specified when labelSelector is not set'));
    else errors.push(...list.flatMap((key, i) => validateLabelName(key, at.index(i))));
  }
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const i = matchLabelKeys.lastIndexOf(key);
    if (i >= 0 && seen.has(key))
      errors.push(invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
  for (const [i, key] of matchLabelKeys.entries()) {
    if (!mismatchLabelKeys.includes(key)) continue;
    const at = path.child('matchLabelKeys').index(i);
    errors.push(invalid(at, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  }
  return errors;
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** The effect of a taint or a toleration. Upstream: validateTaintEffect. */
export function validateTaintEffect(effect: string | undefined, path: Path): FieldErrors {
  if (!effect) return [required(path)];
  return EFFECTS.includes(effect) ? [] : [notSupported(path, effect, EFFECTS)];
}

/** Upstream: ValidateTolerations. */
export function validateTolerations(tolerations: readonly Toleration[], path: Path): FieldErrors {
  return tolerations.flatMap(({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, i) => {
    const at = path.index(i);
    const operatorPath = at.child('operator');
    const errors = key === '' ? [] : validateLabelName(key, at.child('key'));
    if (key === '' && operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(operatorPath, operator, detail));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(invalid(at.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Equal' || operator === '') {
      const messages = isValidLabelValue(value);
      if (messages.length > 0) errors.push(invalid(operatorPath, value, messages.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') errors.push(invalid(operatorPath, value, "value must be empty when `operator` is 'Exists'"));
    } else {
      const isComparison = operator === 'Lt' || operator === 'Gt';
      const supported = isComparison ? ['Equal', 'Exists', 'Lt', 'Gt'] : ['Equal', 'Exists'];
      errors.push(notSupported(operatorPath, operator, supported));
    }
    return effect === '' ? errors : [...errors, ...validateTaintEffect(effect, at.child('effect'))];
  });
}

const SPREAD_ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const NODE_POLICIES = ['Honor', 'Ignore'];

/** Upstream: validateTopologySpreadConstraints. */
export function validateTopologySpread(constraints: readonly TopologySpreadConstraint[], path: Path): FieldErrors {
  return constraints.flatMap((constraint, i) => {
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains, labelSelector } = constraint;
    const at = path.index(i);
    const errors: FieldErrors = [];
    if (maxSkew <= 0) errors.push(invalid(at.child('maxSkew'), maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(at.child('topologyKey'), 'can not be empty'));
    if (!SPREAD_ACTIONS.includes(whenUnsatisfiable))
      errors.push(notSupported(at.child('whenUnsatisfiable'), whenUnsatisfiable, SPREAD_ACTIONS));
    const isRepeated = constraints
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (isRepeated)
      errors.push(duplicate(at.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains !== undefined) {
      const minPath = at.child('minDomains');
      if (minDomains <= 0) errors.push(invalid(minPath, minDomains, 'must be greater than zero'));
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      if (whenUnsatisfiable !== 'DoNotSchedule') errors.push(invalid(minPath, minDomains, detail));
    }
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[name];
      if (policy !== undefined && !NODE_POLICIES.includes(policy))
        errors.push(notSupported(at.child(name), policy, NODE_POLICIES));
    }
    errors.push(...validateLabelKeys(constraint, labelSelector, at));
    return [...errors, ...validateLabelSelector(labelSelector, at.child('labelSelector'))];
  });
}
