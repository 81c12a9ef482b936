// LimitRanger: containers get default requests and limits, and those outside the namespace's ranges are refused.
// Called by: the chain in admission.plugins.ts. Must not know: quotas.
import type { LimitRangeItem, ResourceRequirements } from 'kubernetes-types/core/v1';
import {
  approximateFloat,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  signOf,
  type Quantity,
} from '../machinery/quantity.ts';
import type { LimitRange } from '../resources/limitrange.ts';
import type { PersistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import type { Pod } from '../resources/pod.ts';
import { amountsOf, podLimits, podRequests, type Amounts } from '../resources/pod.amounts.ts';
import { isFor, newAdmissionForbidden, type AdmissionAttributes, type AdmissionPlugin } from './admission.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** Upstream: kubernetes plugin/pkg/admission/limitranger. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  admit(attributes, { reader }) {
    if (attributes.operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return;
    for (const range of reader.list('limitranges', attributes.namespace) as readonly LimitRange[])
      setDefaults(attributes.object as Pod, range);
  },
  validate(attributes, { reader }) {
    const isClaim = isFor(attributes, '', 'persistentvolumeclaims') && attributes.operation !== 'DELETE';
    const isPod = isFor(attributes, '', 'pods') && attributes.operation === 'CREATE';
    if (!isClaim && !isPod) return;
    for (const { spec } of reader.list('limitranges', attributes.namespace) as readonly LimitRange[]) {
      const { object } = attributes;
      const errors = (spec.limits ?? []).flatMap((item) =>
        isPod ? podErrors(object as Pod, item) : claimErrors(object as PersistentVolumeClaim, item),
      );
      if (errors.length > 0) throw refusal(attributes, errors);
    }
  },
};

/** Upstream: utilerrors.NewAggregate: each text once, several in brackets. */
function refusal(attributes: AdmissionAttributes, errors: readonly string[]): Error {
  const unique = [...new Set(errors)];
  return newAdmissionForbidden(attributes, unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`);
}

/** Upstream: mergePodResourceRequirements. */
function setDefaults(pod: Pod, { spec }: LimitRange): void {
  const items = (spec.limits ?? []).filter(({ type }) => type === 'Container');
  const requests: Record<string, string> = Object.assign({}, ...items.map(({ defaultRequest }) => defaultRequest));
  const limits: Record<string, string> = Object.assign({}, ...items.map((item) => item.default));
  const notes: string[] = [];
  const fill = (container: { name: string; resources?: ResourceRequirements }, what: string): void => {
    const resources = (container.resources ??= {});
    for (const [field, defaults] of [
      ['requests', requests],
      ['limits', limits],
    ] as const) {
      const names = Object.keys(defaults)
        .filter((name) => resources[field]?.[name] === undefined)
        .sort();
      if (names.length === 0) continue;
      const added = Object.fromEntries(names.map((name) => [name, defaults[name] ?? '0']));
      resources[field] = { ...resources[field], ...added };
      notes.push(`${names.join(', ')} ${field.slice(0, -1)} for ${what} ${container.name}`);
    }
  };
  for (const container of pod.spec.containers) fill(container, 'container');
  for (const container of pod.spec.initContainers ?? []) fill(container, 'init container');
  if (notes.length === 0) return;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
}

interface Asked {
  requests: Amounts;
  limits: Amounts;
}

/** Upstream: PodValidateLimitFunc. */
function podErrors(pod: Pod, item: LimitRangeItem): string[] {
  if (item.type === 'Container') {
    return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
      rangeErrors(item, { requests: amountsOf(resources?.requests), limits: amountsOf(resources?.limits) }),
    );
  }
  if (item.type !== 'Pod') return [];
  const asked = { ...pod, status: {} } as Pod;
  return rangeErrors(item, { requests: podRequests(asked), limits: podLimits(asked) });
}

function rangeErrors({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, asked: Asked): string[] {
  const each = (amounts: Record<string, string> | undefined, check: typeof belowMin): string[] =>
    Object.keys(amounts ?? {})
      .sort()
      .flatMap((name) => {
        const enforced = parseQuantity(amounts?.[name] ?? '0');
        const why = check({ name, type, enforced, request: asked.requests.get(name), limit: asked.limits.get(name) });
        return why === undefined ? [] : [why];
      });
  return [...each(min, belowMin), ...each(max, aboveMax), ...each(maxLimitRequestRatio, aboveRatio)];
}

interface Constraint {
  name: string;
  type: string;
  enforced: Quantity;
  request: Quantity | undefined;
  limit: Quantity | undefined;
}

/** Upstream: minConstraint. */
function belowMin({ name, type, enforced, request, limit }: Constraint): string | undefined {
  const head = `minimum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  if (!request) return `${head}.  No request is specified`;
  if (compareQuantities(request, enforced) < 0) return `${head}, but request is ${formatQuantity(request)}`;
  if (limit && compareQuantities(limit, enforced) < 0) return `${head}, but limit is ${formatQuantity(limit)}`;
  return undefined;
}

/** Upstream: maxConstraint. */
function aboveMax({ name, type, enforced, request, limit }: Constraint): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  if (!limit) return `${head}.  No limit is specified`;
  if (compareQuantities(limit, enforced) > 0) return `${head}, but limit is ${formatQuantity(limit)}`;
  if (request && compareQuantities(request, enforced) > 0) return `${head}, but request is ${formatQuantity(request)}`;
  return undefined;
}

/** Upstream: limitRequestRatioConstraint. */
function aboveRatio({ name, type, enforced, request, limit }: Constraint): string | undefined {
  const head = `${name} max limit to request ratio per ${type} is ${formatQuantity(enforced)}`;
  if (!request || signOf(request) === 0) return `${head}, but no request is specified or request is 0`;
  if (!limit || signOf(limit) === 0) return `${head}, but no limit is specified or limit is 0`;
  const ratio = approximateFloat(limit) / approximateFloat(request);
  return ratio > approximateFloat(enforced) ? `${head}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

/** Upstream: PersistentVolumeClaimValidateLimitFunc. */
function claimErrors({ spec }: PersistentVolumeClaim, { type, min, max }: LimitRangeItem): string[] {
  if (type !== 'PersistentVolumeClaim') return [];
  const text = spec.resources?.requests?.['storage'];
  const request = text === undefined ? undefined : parseQuantity(text);
  const errors: string[] = [];
  const check = (word: 'minimum' | 'maximum', bound: string | undefined): void => {
    if (bound === undefined) return;
    const enforced = parseQuantity(bound);
    const head = `${word} storage usage per ${type} is ${formatQuantity(enforced)}`;
    const sign = request ? compareQuantities(request, enforced) : 0;
    if (!request) errors.push(`${head}.  No request is specified`);
    else if (word === 'minimum' ? sign < 0 : sign > 0)
      errors.push(`${head}, but request is ${formatQuantity(request)}`);
  };
  check('minimum', min?.['storage']);
  check('maximum', max?.['storage']);
  return errors;
}
