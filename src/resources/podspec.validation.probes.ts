// Probes and lifecycle hooks of containers.
// Called by: podspec.validation.containers.ts. Must not know: how probes are run.
import type { HTTPGetAction, LifecycleHandler, Probe } from 'kubernetes-types/core/v1';
import { type FieldErrors, type Path, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { validateNonnegative } from '../machinery/metavalidation.ts';
import { isHTTPHeaderName } from '../machinery/validation.ts';
import type { Container, Lifecycle } from './podspec.types.ts';
import { invalidEach, validatePortNumOrName } from './podspec.validation.names.ts';

interface Handler {
  exec?: { command?: string[] };
  httpGet?: HTTPGetAction;
  tcpSocket?: { port: string | number };
  grpc?: { port: number };
  sleep?: { seconds: number };
}

/** Upstream: validateLivenessProbe, validateReadinessProbe, validateStartupProbe. */
export function validateProbes(container: Container, gracePeriod: number | undefined, path: Path): FieldErrors {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...validateOneShotProbe(livenessProbe, gracePeriod, path.child('livenessProbe')),
    ...validateReadinessProbe(readinessProbe, gracePeriod, path.child('readinessProbe')),
    ...validateOneShotProbe(startupProbe, gracePeriod, path.child('startupProbe')),
  ];
}

function validateOneShotProbe(probe: Probe | undefined, gracePeriod: number | undefined, path: Path): FieldErrors {
  if (!probe) return [];
  const errors = validateProbe(probe, gracePeriod, path);
  if (probe.successThreshold !== 1)
    errors.push(invalid(path.child('successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
  return errors;
}

function validateReadinessProbe(probe: Probe | undefined, gracePeriod: number | undefined, path: Path): FieldErrors {
  if (!probe) return [];
  const errors = validateProbe(probe, gracePeriod, path);
  const { terminationGracePeriodSeconds: seconds } = probe;
  if (seconds !== undefined)
    errors.push(invalid(path.child('terminationGracePeriodSeconds'), seconds, 'must not be set for readinessProbes'));
  return errors;
}

function validateProbe(probe: Probe, gracePeriod: number | undefined, path: Path): FieldErrors {
  const errors = validateHandler({ ...probe, sleep: undefined }, gracePeriod, path);
  errors.push(
    ...validateNonnegative(probe.initialDelaySeconds ?? 0, path.child('initialDelaySeconds')),
    ...validateNonnegative(probe.timeoutSeconds ?? 0, path.child('timeoutSeconds')),
    ...validateNonnegative(probe.periodSeconds ?? 0, path.child('periodSeconds')),
    ...validateNonnegative(probe.successThreshold ?? 0, path.child('successThreshold')),
    ...validateNonnegative(probe.failureThreshold ?? 0, path.child('failureThreshold')),
  );
  const { terminationGracePeriodSeconds: seconds } = probe;
  if (seconds !== undefined && seconds <= 0)
    errors.push(invalid(path.child('terminationGracePeriodSeconds'), seconds, 'must be greater than 0'));
  return errors;
}

/** Upstream: validateLifecycle. */
export function validateLifecycle(
  lifecycle: Lifecycle | undefined,
  { gracePeriod, path, os }: { gracePeriod: number | undefined; path: Path; os: string | undefined },
): FieldErrors {
  const errors: FieldErrors = [];
  if (lifecycle?.postStart) errors.push(...validateHook(lifecycle.postStart, gracePeriod, path.child('postStart')));
  if (lifecycle?.preStop) errors.push(...validateHook(lifecycle.preStop, gracePeriod, path.child('preStop')));
  if (lifecycle?.stopSignal !== undefined && os === undefined)
    errors.push(forbidden(path.child('stopSignal'), 'may not be set for containers with empty `spec.os.name`'));
  return errors;
}

function validateHook(hook: LifecycleHandler, gracePeriod: number | undefined, path: Path): FieldErrors {
  return validateHandler({ ...hook } as Handler, gracePeriod, path);
}

/** Exactly one kind of handler; only the first is looked into. Upstream: validateHandler. */
function validateHandler(handler: object, gracePeriod: number | undefined, path: Path): FieldErrors {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler as Handler;
  const errors: FieldErrors = [];
  let handlers = 0;
  const check = (name: string, action: unknown, validate: (at: Path) => FieldErrors): void => {
    if (!action) return;
    if (handlers > 0) errors.push(forbidden(path.child(name), 'may not specify more than 1 handler type'));
    else errors.push(...validate(path.child(name)));
    handlers++;
  };
  check('exec', exec, (at) => ((exec?.command ?? []).length === 0 ? [required(at.child('command'))] : []));
  check('httpGet', httpGet, (at) => (httpGet ? validateHTTPGet(httpGet, at) : []));
  check('tcpSocket', tcpSocket, (at) => validatePortNumOrName(tcpSocket?.port, at.child('port')));
  check('grpc', grpc, (at) => validatePortNumOrName(grpc?.port, at.child('port')));
  check('sleep', sleep, (at) => validateSleep(sleep?.seconds ?? 0, gracePeriod, at));
  if (handlers === 0) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

const SCHEMES = ['HTTP', 'HTTPS'];

function validateHTTPGet({ path: url, port, scheme, httpHeaders }: HTTPGetAction, path: Path): FieldErrors {
  const errors = url ? [] : [required(path.child('path'))];
  errors.push(...validatePortNumOrName(port, path.child('port')));
  if (!SCHEMES.includes(scheme ?? '')) errors.push(notSupported(path.child('scheme'), scheme ?? '', SCHEMES));
  for (const { name } of httpHeaders ?? [])
    errors.push(...invalidEach(path.child('httpHeaders'), name, isHTTPHeaderName(name)));
  return errors;
}

function validateSleep(seconds: number, gracePeriod: number | undefined, path: Path): FieldErrors {
  if (gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return [];
  const detail = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`;
  return [invalid(path, seconds, detail)];
}
