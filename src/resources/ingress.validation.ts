// Validation of Ingresses and IngressClasses.
// Called by: ingress.ts, ingressclass.ts. Must not know: storage, HTTP.
import type { HTTPIngressPath, IngressBackend, IngressRule } from 'kubernetes-types/networking/v1';
import { type FieldErrors, Path, forbidden, invalid, notSupported, required, tooLong } from '../machinery/field.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import {
  canonicalIP,
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isDomainPrefixedPath,
  isValidPathSegmentName,
  isValidPortName,
  isValidPortNum,
  isWildcardDNS1123Subdomain,
} from '../machinery/validation.ts';
import type { Ingress } from './ingress.ts';
import type { IngressClass } from './ingressclass.ts';
import { validateIPLegacy, validateLoadBalancerHostname } from './ip.validation.ts';
import { invalidEach } from './podspec.validation.names.ts';

const SPEC = Path.of('spec');
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Upstream: kubernetes pkg/apis/networking/validation ValidateIngressCreate. */
export function validateIngressCreate(ingress: Ingress): FieldErrors {
  const errors = validateIngress(ingress);
  const annotation = ingress.metadata.annotations?.[CLASS_ANNOTATION];
  const { ingressClassName: name } = ingress.spec;
  if (annotation !== undefined && name !== undefined && annotation !== name) {
    const detail = 'must match `ingressClassName` when both are specified';
    errors.push(invalid(Path.of('annotations', CLASS_ANNOTATION), annotation, detail));
  }
  return errors;
}

/** Upstream: ValidateIngressSpec. */
export function validateIngress({ spec }: Ingress): FieldErrors {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  const errors: FieldErrors = [];
  if (rules.length === 0 && !defaultBackend)
    errors.push(invalid(SPEC, spec.rules, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend) errors.push(...validateBackend(defaultBackend, SPEC.child('defaultBackend')));
  errors.push(...rules.flatMap((rule, i) => validateRule(rule, SPEC.child('rules').index(i))));
  for (const [i, { hosts = [], secretName = '' }] of tls.entries()) {
    const at = SPEC.child('tls').index(i);
    errors.push(...hosts.flatMap((host, j) => validateHost(host, at.child('hosts').index(j))));
    if (secretName !== '')
      errors.push(...invalidEach(at.child('secretName'), secretName, isDNS1123Subdomain(secretName)));
  }
  if (ingressClassName !== undefined) {
    const messages = isDNS1123Subdomain(ingressClassName);
    errors.push(...invalidEach(SPEC.child('ingressClassName'), ingressClassName, messages));
  }
  return errors;
}

function validateHost(host: string, path: Path): FieldErrors {
  return invalidEach(path, host, host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host));
}

function validateRule({ host = '', http }: IngressRule, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  if (host !== '') {
    const at = path.child('host');
    if (canonicalIP(host) !== undefined) errors.push(invalid(at, host, 'must be a DNS name, not an IP address'));
    errors.push(...validateHost(host, at));
  }
  if (!http) return errors;
  const paths = http.paths ?? [];
  const at = path.child('http', 'paths');
  if (paths.length === 0) errors.push(required(at));
  return [...errors, ...paths.flatMap((p, i) => validatePath(p, at.index(i)))];
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const INVALID_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const INVALID_SUFFIXES = ['/..', '/.'];

function validatePath({ path: url = '', pathType, backend }: HTTPIngressPath, path: Path): FieldErrors {
  if (!pathType) return [required(path.child('pathType'), 'pathType must be specified')];
  const at = path.child('path');
  const errors: FieldErrors = [];
  const isRelative = !url.startsWith('/');
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (isRelative) errors.push(invalid(at, url, 'must be an absolute path'));
    for (const part of INVALID_SEQUENCES)
      if (url.includes(part)) errors.push(invalid(at, url, `must not contain '${part}'`));
    for (const part of INVALID_SUFFIXES)
      if (url.endsWith(part)) errors.push(invalid(at, url, `cannot end with '${part}'`));
  } else if (pathType === 'ImplementationSpecific') {
    if (url !== '' && isRelative) errors.push(invalid(at, url, 'must be an absolute path'));
  } else errors.push(notSupported(path.child('pathType'), pathType, PATH_TYPES));
  return [...errors, ...validateBackend(backend ?? {}, path.child('backend'))];
}

/** Upstream: validateIngressBackend. */
function validateBackend({ resource, service }: IngressBackend, path: Path): FieldErrors {
  if (resource && service) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource) return validateReference(resource, path.child('resource'));
  if (!service) return [invalid(path, '', 'resource or service backend is required')];
  const { name = '', port = {} } = service;
  const namePath = path.child('service', 'name');
  const errors = name === '' ? [required(namePath)] : invalidEach(namePath, name, isDNS1035Label(name));
  const portPath = path.child('service', 'port');
  if (port.name && port.number) errors.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (port.name) errors.push(...invalidEach(portPath.child('name'), port.name, isValidPortName(port.name)));
  else if (port.number) errors.push(...invalidEach(portPath.child('number'), port.number, isValidPortNum(port.number)));
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}

interface Reference {
  apiGroup?: string;
  kind: string;
  name: string;
}

function validateReference({ apiGroup, kind = '', name = '' }: Reference, path: Path): FieldErrors {
  const [kindPath, namePath] = [path.child('kind'), path.child('name')];
  return [
    ...(apiGroup === undefined ? [] : invalidEach(path.child('apiGroup'), apiGroup, isDNS1123Subdomain(apiGroup))),
    ...(kind === '' ? [required(kindPath)] : invalidEach(kindPath, kind, isValidPathSegmentName(kind))),
    ...(name === '' ? [required(namePath)] : invalidEach(namePath, name, isValidPathSegmentName(name))),
  ];
}

/** Upstream: ValidateIngressStatusUpdate. */
export function validateIngressStatus({ status }: Ingress): FieldErrors {
  const path = Path.of('status', 'loadBalancer', 'ingress');
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, i) => [
    ...(ip ? validateIPLegacy(ip, path.index(i).child('ip')) : []),
    ...validateLoadBalancerHostname(hostname, path.index(i).child('hostname')),
  ]);
}

const MAX_CONTROLLER = 250;

/** Upstream: ValidateIngressClass. */
export function validateIngressClass({ spec }: IngressClass): FieldErrors {
  const { controller = '', parameters } = spec;
  const at = SPEC.child('controller');
  const errors = controller.length > MAX_CONTROLLER ? [tooLong(at, MAX_CONTROLLER)] : [];
  if (controller === '') errors.push(required(at));
  else errors.push(...invalidEach(at, controller, isDomainPrefixedPath(controller)));
  if (!parameters) return errors;
  const path = SPEC.child('parameters');
  const { scope, namespace } = parameters;
  const namespacePath = path.child('namespace');
  errors.push(...validateReference(parameters, path));
  if (scope === undefined) errors.push(required(path.child('scope')));
  else if (scope === 'Namespace') {
    if (namespace === undefined) errors.push(required(namespacePath, "`parameters.scope` is set to 'Namespace'"));
    else errors.push(...invalidEach(namespacePath, namespace, isDNS1123Label(namespace)));
  } else if (scope !== 'Cluster') errors.push(notSupported(path.child('scope'), scope, ['Cluster', 'Namespace']));
  else if (namespace !== undefined) errors.push(forbidden(namespacePath, "`parameters.scope` is set to 'Cluster'"));
  return errors;
}

/** Upstream: ValidateIngressClassUpdate. */
export function validateIngressClassUpdate(ingressClass: IngressClass, old: IngressClass): FieldErrors {
  const path = SPEC.child('controller');
  return [
    ...validateImmutableField(ingressClass.spec.controller, old.spec.controller, path),
    ...validateIngressClass(ingressClass),
  ];
}
