// Requests, limits and claims of containers and of pods.
// Called by: podspec.validation.containers.ts, podspec.validation.ts. Must not know: nodes, quotas.
import {
  FieldError,
  type FieldErrors,
  type Path,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../machinery/field.ts';
import {
  type Quantity,
  addQuantities,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  signOf,
  value as wholeValue,
} from '../machinery/quantity.ts';
import { isQualifiedName } from '../machinery/validation.ts';
import { NEGATIVE_MESSAGE } from '../machinery/metavalidation.ts';
import type { PodSpec, ResourceRequirements } from './podspec.types.ts';
import { invalidEach, validateDNS1123Label } from './podspec.validation.names.ts';
import { sortedKeys } from './strategy.ts';

const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];
const STANDARD_RESOURCES = [
  ...CONTAINER_RESOURCES,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'requests.storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const POD_RESOURCES = ['cpu', 'memory'];

type ValidateResourceName = (name: string, path: Path) => FieldErrors;

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}
/** Whether requests may be below limits. */
function allowsOvercommit(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}
function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;
}

function validateResourceName(name: string, path: Path): FieldErrors {
  const errors = invalidEach(path, name, isQualifiedName(name));
  if (errors.length > 0 || name.includes('/') || isHugePages(name) || name.startsWith('requests.hugepages-'))
    return errors;
  if (!STANDARD_RESOURCES.includes(name))
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
  return errors;
}

/** What a container may ask for. */
export const validateContainerResourceName: ValidateResourceName = (name, path) => {
  const errors = validateResourceName(name, path);
  if (!name.includes('/')) {
    if (!CONTAINER_RESOURCES.includes(name) && !isHugePages(name))
      errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name))
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  return errors;
};

const validatePodResourceName: ValidateResourceName = (name, path) => {
  const errors = validateResourceName(name, path);
  if (errors.length > 0 || POD_RESOURCES.includes(name) || isHugePages(name)) return errors;
  return [notSupported(path, name, POD_RESOURCES)];
};

/** Upstream: ValidateResourceQuantityValue. */
export function validateResourceQuantity(name: string, quantity: Quantity, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  if (signOf(quantity) < 0) errors.push(invalid(path, formatQuantity(quantity), NEGATIVE_MESSAGE));
  const isWhole = isExtended(name) || ['pods', 'services', 'secrets', 'configmaps'].includes(name);
  if (isWhole && milliValue(quantity) % 1000 !== 0)
    errors.push(invalid(path, formatQuantity(quantity), 'must be an integer'));
  return errors;
}

function validateHugePages(name: string, quantity: Quantity, path: Path): FieldErrors {
  if (!isHugePages(name)) return [];
  let pageBytes = 0;
  try {
    pageBytes = wholeValue(parseQuantity(name.slice('hugepages-'.length)));
  } catch {
    // A page size that is no quantity divides nothing.
  }
  if (pageBytes > 0 && wholeValue(quantity) % pageBytes === 0) return [];
  const text = formatQuantity(quantity);
  return [invalid(path, text, `${text} is not positive integer multiple of ${name}`)];
}

/** Upstream: ValidateContainerResourceRequirements. `claimNames` are those of the pod's resourceClaims. */
export function validateContainerResources(
  requirements: ResourceRequirements | undefined,
  claimNames: readonly string[],
  path: Path,
): FieldErrors {
  if (!requirements) return [];
  return validateRequirements(requirements, { path, claimNames, validateName: validateContainerResourceName });
}

interface RequirementRules {
  path: Path;
  claimNames: readonly string[];
  validateName: ValidateResourceName;
}

function validateRequirements(requirements: ResourceRequirements, rules: RequirementRules): FieldErrors {
  const { path, claimNames, validateName } = rules;
  const { limits = {}, requests = {} } = requirements;
  const errors: FieldErrors = [];
  for (const name of sortedKeys(limits)) {
    const at = path.child('limits').key(name);
    const quantity = parseQuantity(limits[name] ?? '0');
    errors.push(...validateName(name, at), ...validateResourceQuantity(name, quantity, at));
    errors.push(...validateHugePages(name, quantity, at));
  }
  for (const name of sortedKeys(requests)) {
    const at = path.child('requests').key(name);
    const quantity = parseQuantity(requests[name] ?? '0');
    errors.push(...validateName(name, at), ...validateResourceQuantity(name, quantity, at));
    errors.push(...validateRequestAgainstLimit(name, quantity, { limit: limits[name], path }));
    errors.push(...validateHugePages(name, quantity, at));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory'))
    errors.push(forbidden(path, 'HugePages require cpu or memory'));
  errors.push(...validateClaimNames(requirements.claims ?? [], claimNames, path.child('claims')));
  return errors;
}

function validateRequestAgainstLimit(
  name: string,
  request: Quantity,
  { limit, path }: { limit: string | undefined; path: Path },
): FieldErrors {
  if (limit === undefined) {
    if (allowsOvercommit(name)) return [];
    return [required(path.child('limits'), 'Limit must be set for non overcommitable resources')];
  }
  const quantity = parseQuantity(limit);
  const order = compareQuantities(request, quantity);
  const of = `${name} limit of ${formatQuantity(quantity)}`;
  const refuse = (must: string): FieldErrors => [
    invalid(path.child('requests'), formatQuantity(request), `${must} ${of}`),
  ];
  if (order !== 0 && !allowsOvercommit(name)) return refuse('must be equal to');
  return order > 0 ? refuse('must be less than or equal to') : [];
}

function validateClaimNames(
  claims: readonly { name: string; request?: string }[],
  claimNames: readonly string[],
  path: Path,
): FieldErrors {
  const errors: FieldErrors = [];
  const seen = new Set<string>();
  for (const [i, { name = '', request = '' }] of claims.entries()) {
    const at = path.index(i);
    if (name === '') {
      errors.push(required(at));
      continue;
    }
    if (seen.has(name)) errors.push(duplicate(at, name));
    else {
      if (request !== '') errors.push(...validateDNS1123Label(request, at.child('request')));
      const key = request === '' ? name : `${name}/${request}`;
      const overlaps = request === '' && [...seen].some((other) => other.startsWith(`${name}/`));
      if (seen.has(key) || overlaps) errors.push(duplicate(at, key));
      seen.add(key);
    }
    if (claimNames.includes(name)) continue;
    const names = claimNames.length === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`;
    const detail = `must be one of the names in pod.spec.resourceClaims${names}`;
    errors.push(new FieldError('FieldValueNotFound', at, name, detail));
  }
  return errors;
}

/** Upstream: validatePodResources: the pod's own requests and limits against those of its containers. */
export function validatePodResources(spec: PodSpec, claimNames: readonly string[], path: Path): FieldErrors {
  if (!spec.resources) return [];
  const at = path.child('resources');
  if (spec.os?.name === 'windows') return [forbidden(at, 'may not be set for a windows pod')];
  const errors: FieldErrors = [];
  if (spec.resources.claims)
    errors.push(forbidden(at.child('claims'), 'claims may not be set for Resources at pod-level'));
  errors.push(...validateRequirements(spec.resources, { path: at, claimNames, validateName: validatePodResourceName }));
  return [...errors, ...validateConsistency(spec, at)];
}

function validateConsistency({ containers, resources }: PodSpec, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  for (const name of sortedKeys(resources?.requests)) {
    const own = parseQuantity(resources?.requests?.[name] ?? '0');
    const requests = containers.map((c) => c.resources?.requests?.[name]).filter((text) => text !== undefined);
    const sum = requests.map((text) => parseQuantity(text)).reduce(addQuantities, parseQuantity('0'));
    if (compareQuantities(sum, own) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`;
    errors.push(invalid(path.child('requests').key(name), formatQuantity(own), detail));
  }
  for (const [i, container] of containers.entries()) {
    for (const name of sortedKeys(container.resources?.limits)) {
      const own = resources?.limits?.[name];
      if (own === undefined) continue;
      const limit = parseQuantity(container.resources?.limits?.[name] ?? '0');
      if (compareQuantities(limit, parseQuantity(own)) <= 0) continue;
      const at = path.child('containers').index(i).key(name).child('limits');
      errors.push(invalid(at, formatQuantity(limit), `must be less than or equal to pod limits of ${own}`));
    }
  }
  return errors;
}
