// Validation of ResourceQuotas.
// Called by: resourcequota.ts. Must not know: what counts how much.
import { type FieldErrors, Path, invalid, notSupported, required } from '../machinery/field.ts';
import { IMMUTABLE_MESSAGE } from '../machinery/metavalidation.ts';
import { parseQuantity } from '../machinery/quantity.ts';
import { validateQualifiedName } from './podspec.validation.names.ts';
import { validateResourceQuantity } from './podspec.validation.resources.ts';
import type { ResourceQuota } from './resourcequota.ts';

const SPEC = Path.of('spec');
const COMPUTE = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];
const STANDARD = [
  ...COMPUTE,
  'requests.storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];
const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
];
const OPERATORS = ['DoesNotExist', 'Exists', 'In', 'NotIn'];

/** Upstream: kubernetes pkg/apis/core/validation ValidateResourceQuotaSpec. */
export function validateResourceQuota({ spec }: ResourceQuota): FieldErrors {
  const errors: FieldErrors = [];
  for (const name of Object.keys(spec.hard ?? {}).sort()) {
    const at = SPEC.child('hard').key(name);
    errors.push(...validateQuotaName(name, at));
    errors.push(...validateResourceQuantity(name, parseQuantity(String(spec.hard?.[name])), at));
  }
  return [...errors, ...validateScopes(spec), ...validateScopeSelector(spec)];
}

/** Upstream: ValidateResourceQuotaUpdate. */
export function validateResourceQuotaUpdate(quota: ResourceQuota, old: ResourceQuota): FieldErrors {
  const errors = validateResourceQuota(quota);
  const [now, before] = [quota, old].map(({ spec }) => [...new Set(spec.scopes ?? [])].sort().join());
  if (now !== before) errors.push(invalid(SPEC.child('scopes'), quota.spec.scopes ?? null, IMMUTABLE_MESSAGE));
  return errors;
}

function validateQuotaName(name: string, path: Path): FieldErrors {
  const errors = validateQualifiedName(name, path);
  const isStandard = STANDARD.includes(name) || /^(?:requests\.)?hugepages-/.test(name);
  if (!name.includes('/') && !isStandard) errors.push(invalid(path, name, 'must be a standard resource for quota'));
  return errors;
}

function isScopeFor(scope: string, name: string): boolean {
  if (scope === 'BestEffort') return name === 'pods';
  return name === 'pods' || COMPUTE.includes(name);
}

/** Upstream: validateResourceQuotaScopes. */
function validateScopes({ scopes = [], hard = {} }: ResourceQuota['spec']): FieldErrors {
  const at = SPEC.child('scopes');
  const errors: FieldErrors = [];
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalid(at, scopes, 'unsupported scope'));
    for (const name of Object.keys(hard).sort()) {
      if (STANDARD.includes(name) && !isScopeFor(scope, name))
        errors.push(invalid(at, scopes, 'unsupported scope applied to resource'));
    }
  }
  for (const pair of [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ])
    if (pair.every((scope) => scopes.includes(scope))) errors.push(invalid(at, scopes, 'conflicting scopes'));
  return errors;
}

/** Upstream: validateScopedResourceSelectorRequirement. */
function validateScopeSelector({ scopeSelector, hard = {} }: ResourceQuota['spec']): FieldErrors {
  const at = SPEC.child('scopeSelector', 'matchExpressions');
  const errors: FieldErrors = [];
  for (const { scopeName, operator, values = [] } of scopeSelector?.matchExpressions ?? []) {
    if (!SCOPES.includes(scopeName)) errors.push(invalid(at.child('scopeName'), scopeName, 'unsupported scope'));
    for (const name of Object.keys(hard).sort()) {
      if (STANDARD.includes(name) && !isScopeFor(scopeName, name))
        errors.push(invalid(at, scopeSelector, 'unsupported scope applied to resource'));
    }
    if (scopeName !== 'PriorityClass' && operator !== 'Exists') {
      const detail =
        "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
      errors.push(invalid(at.child('operator'), operator, detail));
    }
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
      errors.push(
        required(
          at.child('values'),
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
      );
    else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
        errors.push(invalid(at.child('values'), values, detail));
      }
    } else if (!OPERATORS.includes(operator)) errors.push(notSupported(at.child('operator'), operator, OPERATORS));
  }
  return errors;
}
