// Validation of Roles and ClusterRoles.
// Called by: role.ts, clusterrole.ts. Must not know: storage, HTTP.
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { type FieldErrors, Path, invalid, required } from '../machinery/field.ts';
import { validateLabelSelector } from '../machinery/metavalidation.ts';
import { isValidLabelValue } from '../machinery/validation.ts';
import type { ClusterRole } from './clusterrole.ts';
import type { PolicyRule } from './role.ts';

const SELECTORS = Path.of('aggregationRule', 'clusterRoleSelectors');

/** Upstream: kubernetes pkg/apis/rbac/validation ValidateRole, of the rules. */
export function validateRoleRules(rules: readonly PolicyRule[] | null | undefined, isNamespaced: boolean): FieldErrors {
  return (rules ?? []).flatMap((rule, i) => validatePolicyRule(rule, isNamespaced, Path.of('rules').index(i)));
}

/** Upstream: kubernetes pkg/apis/rbac/validation ValidateClusterRole. */
export function validateClusterRole({ rules, aggregationRule }: ClusterRole, old?: ClusterRole): FieldErrors {
  const errors = validateRoleRules(rules, false);
  if (!aggregationRule) return errors;
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    errors.push(required(SELECTORS, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  const allowsInvalidValues = hasInvalidValue(old?.aggregationRule?.clusterRoleSelectors);
  for (const [i, selector] of selectors.entries())
    errors.push(...validateLabelSelector(selector, SELECTORS.index(i), { allowsInvalidValues }));
  return errors;
}

/** What was stored before values were checked may stay. */
function hasInvalidValue(selectors: readonly LabelSelector[] = []): boolean {
  const values = selectors.flatMap(({ matchExpressions }) => (matchExpressions ?? []).flatMap((e) => e.values ?? []));
  return values.some((value) => isValidLabelValue(value).length > 0);
}

function validatePolicyRule(rule: PolicyRule, isNamespaced: boolean, path: Path): FieldErrors {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors: FieldErrors = [];
  if ((verbs ?? []).length === 0) errors.push(required(path.child('verbs'), 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const at = path.child('nonResourceURLs');
    if (isNamespaced) errors.push(invalid(at, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0)
      errors.push(invalid(at, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
    return errors;
  }
  if (apiGroups.length === 0)
    errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'));
  return errors;
}
