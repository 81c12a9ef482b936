// Validation of HorizontalPodAutoscalers.
// Called by: horizontalpodautoscaler.ts. Must not know: storage, HTTP, metrics.
import type {
  CrossVersionObjectReference,
  HPAScalingRules,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from 'kubernetes-types/autoscaling/v2';
import { type FieldErrors, Path, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { parseQuantity, signOf } from '../machinery/quantity.ts';
import { isValidPathSegmentName } from '../machinery/validation.ts';
import type { HorizontalPodAutoscaler } from './horizontalpodautoscaler.ts';
import { invalidEach, validateDNS1123Label } from './podspec.validation.names.ts';
import { validateCounts } from './rollingupdate.validation.ts';

const SPEC = Path.of('spec');
const MAX_PERIOD_SECONDS = 1800;
const MAX_STABILIZATION_SECONDS = 3600;

/** Upstream: kubernetes pkg/apis/autoscaling/validation ValidateHorizontalPodAutoscaler. */
export function validateHPA(hpa: HorizontalPodAutoscaler, old?: HorizontalPodAutoscaler): FieldErrors {
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = hpa.spec ?? {};
  const maxPath = SPEC.child('maxReplicas');
  const errors: FieldErrors = [];
  const lowest = old?.spec.minReplicas === 0 ? 0 : 1;
  if (minReplicas !== undefined && minReplicas < lowest)
    errors.push(invalid(SPEC.child('minReplicas'), minReplicas, `must be greater than or equal to ${lowest}`));
  if (maxReplicas < 1) errors.push(invalid(maxPath, maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalid(maxPath, maxReplicas, 'must be greater than or equal to `minReplicas`'));
  const ref: Partial<CrossVersionObjectReference> = scaleTargetRef ?? {};
  const before = old?.spec.scaleTargetRef;
  const isOldTarget = before !== undefined && before.apiVersion === ref.apiVersion && before.kind === ref.kind;
  const needsGroup = ref.kind !== 'ReplicationController';
  errors.push(
    ...validateReference(ref, SPEC.child('scaleTargetRef'), isOldTarget ? 'any' : needsGroup ? 'group' : 'core'),
  );
  errors.push(...metrics.flatMap((metric, i) => validateMetric(metric, SPEC.child('metrics').index(i))));
  const scalesFromZero = metrics.some((m) => m.type === 'Object' || m.type === 'External');
  if (minReplicas === 0 && !scalesFromZero) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbidden(SPEC.child('metrics'), detail));
  }
  for (const name of ['scaleUp', 'scaleDown'] as const) {
    const rules = behavior?.[name];
    if (rules) errors.push(...validateRules(rules, SPEC.child('behavior', name)));
  }
  return errors;
}

/** Upstream: ValidateHorizontalPodAutoscalerStatusUpdate. */
export function validateHPAStatus({ status }: HorizontalPodAutoscaler): FieldErrors {
  const { currentReplicas, desiredReplicas } = status;
  return validateCounts({ currentReplicas, desiredReplicas }, Path.of('status'));
}

type ApiVersionRule = 'any' | 'core' | 'group';

function validateReference(
  { kind = '', name = '', apiVersion = '' }: Partial<CrossVersionObjectReference>,
  path: Path,
  rule: ApiVersionRule,
): FieldErrors {
  const errors: FieldErrors = [];
  for (const [field, value] of Object.entries({ kind, name })) {
    const at = path.child(field);
    errors.push(...(value === '' ? [required(at)] : invalidEach(at, value, isValidPathSegmentName(value))));
  }
  if (rule === 'any') return errors;
  const parts = apiVersion.split('/');
  const at = path.child('apiVersion');
  if (parts.length > 2) errors.push(invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else if (rule === 'group' && (parts.length === 1 || parts[0] === ''))
    errors.push(invalid(at, apiVersion, 'apiVersion must specify API group'));
  return errors;
}

function validateRules(rules: HPAScalingRules & { tolerance?: string }, path: Path): FieldErrors {
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance } = rules;
  const secondsPath = path.child('stabilizationWindowSeconds');
  const errors: FieldErrors = [];
  if (seconds !== undefined && seconds < 0)
    errors.push(invalid(secondsPath, seconds, 'must be greater than or equal to zero'));
  if (seconds !== undefined && seconds > MAX_STABILIZATION_SECONDS)
    errors.push(invalid(secondsPath, seconds, `must be less than or equal to ${MAX_STABILIZATION_SECONDS}`));
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy))
    errors.push(notSupported(path.child('selectPolicy'), selectPolicy, ['Disabled', 'Max', 'Min']));
  if (policies.length === 0) errors.push(required(path.child('policies'), 'must specify at least one Policy'));
  for (const [i, { type, value, periodSeconds }] of policies.entries()) {
    const at = path.child('policies').index(i);
    if (type !== 'Pods' && type !== 'Percent')
      errors.push(notSupported(at.child('type'), type ?? '', ['Percent', 'Pods']));
    for (const [name, number] of Object.entries({ value, periodSeconds }))
      if ((number ?? 0) <= 0) errors.push(invalid(at.child(name), number ?? 0, 'must be greater than zero'));
    if (periodSeconds > MAX_PERIOD_SECONDS) {
      const detail = `must be less than or equal to ${MAX_PERIOD_SECONDS}`;
      errors.push(invalid(at.child('periodSeconds'), periodSeconds, detail));
    }
  }
  if (tolerance !== undefined && signOf(parseQuantity(tolerance)) < 0)
    errors.push(invalid(path.child('tolerance'), tolerance, 'must be greater than or equal to 0'));
  return errors;
}

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;

/** Upstream: validateMetricSpec: one source, that of the type; only the first is looked into. */
function validateMetric(metric: MetricSpec, path: Path): FieldErrors {
  const { type = '' } = metric;
  const errors: FieldErrors = [];
  if (type === '') errors.push(required(path.child('type'), 'must specify a metric source type'));
  const unsupported = notSupported(path.child('type'), type, METRIC_TYPES);
  if (!METRIC_TYPES.includes(type)) errors.push(unsupported);
  const present = SOURCES.filter((name) => metric[name]);
  if (present[0]) errors.push(...validateSource(metric, present[0], path.child(present[0])));
  const expected = type.charAt(0).toLowerCase() + type.slice(1);
  if (!METRIC_TYPES.includes(type)) errors.push(unsupported);
  else if (!present.some((name) => name === expected))
    errors.push(required(path.child(expected), 'must populate information for the given metric source'));
  if (present.length !== 1)
    for (const name of present.filter((n) => n !== expected).sort())
      errors.push(forbidden(path.child(name), 'must populate the given metric source only'));
  return errors;
}

const EITHER_RESOURCE = 'must set either a target raw value or a target utilization';
const NOT_BOTH_RESOURCE = 'may not set both a target raw value and a target utilization';

function validateSource(metric: MetricSpec, name: (typeof SOURCES)[number], path: Path): FieldErrors {
  const { target }: { target?: MetricTarget } = metric[name] ?? {};
  const { value, averageValue, averageUtilization } = target ?? {};
  const at = path.child('target');
  const errors: FieldErrors = [];
  if (name === 'object' && metric.object)
    errors.push(...validateReference(metric.object.describedObject ?? {}, path.child('describedObject'), 'core'));
  if (name === 'resource' || name === 'containerResource') {
    const source = metric[name] as { name?: string; container?: string };
    if (!source.name) errors.push(required(path.child('name'), 'must specify a resource name'));
    if (name === 'containerResource') {
      const containerPath = path.child('container');
      if (!source.container) errors.push(required(containerPath, 'must specify a container'));
      else errors.push(...validateDNS1123Label(source.container, containerPath));
    }
  } else errors.push(...validateIdentifier(metric[name]?.metric, path.child('metric')));
  errors.push(...validateTarget(target ?? { type: '' }, at));
  if (name === 'object' && value === undefined && averageValue === undefined)
    errors.push(required(at.child('averageValue'), 'must set either a target value or averageValue'));
  if (name === 'external') {
    const either = 'must set either a target value for metric or a per-pod target';
    const both = 'may not set both a target value for metric and a per-pod target';
    if (value === undefined && averageValue === undefined) errors.push(required(at.child('averageValue'), either));
    if (value !== undefined && averageValue !== undefined) errors.push(forbidden(at.child('value'), both));
  }
  if (name === 'pods' && averageValue === undefined)
    errors.push(required(at.child('averageValue'), 'must specify a positive target averageValue'));
  if (name !== 'resource' && name !== 'containerResource') return errors;
  if (averageUtilization === undefined && averageValue === undefined)
    errors.push(required(at.child('averageUtilization'), EITHER_RESOURCE));
  if (averageUtilization !== undefined && averageValue !== undefined)
    errors.push(forbidden(at.child('averageValue'), NOT_BOTH_RESOURCE));
  return errors;
}

function validateIdentifier(identifier: MetricIdentifier | undefined, path: Path): FieldErrors {
  const name = identifier?.name ?? '';
  const at = path.child('name');
  return name === ''
    ? [required(at, 'must specify a metric name')]
    : invalidEach(at, name, isValidPathSegmentName(name));
}

function validateTarget(target: MetricTarget, path: Path): FieldErrors {
  const { type = '', value, averageValue, averageUtilization } = target;
  const errors: FieldErrors = [];
  if (type === '') errors.push(required(path.child('type'), 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.push(invalid(path.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  for (const [name, quantity] of Object.entries({ value, averageValue }))
    if (quantity !== undefined && signOf(parseQuantity(quantity)) <= 0)
      errors.push(invalid(path.child(name), quantity, 'must be positive'));
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(path.child('averageUtilization'), averageUtilization, 'must be greater than 0'));
  return errors;
}
