// Validation of Services.
// Called by: service.ts, after addresses and node ports were allocated. Must not know: storage, HTTP.
import type { ServicePort } from 'kubernetes-types/core/v1';
import { type FieldErrors, Path, duplicate, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { validateLabels } from '../machinery/metavalidation.ts';
import { isDNS1123Subdomain, isValidCIDRLegacy, isValidPortNum } from '../machinery/validation.ts';
import { validateEndpointIP, validateIPLegacy, validateLoadBalancerHostname } from './ip.validation.ts';
import {
  invalidEach,
  validateDNS1123Label,
  validatePortNumOrName,
  validateQualifiedName,
  validateWord,
} from './podspec.validation.names.ts';
import { type Service, isExternallyAccessible, needsHealthCheckNodePort } from './service.types.ts';
import { isHeadless, validateClusterIPs, validateClusterIPsUpdate } from './service.validation.addresses.ts';

const SPEC = Path.of('spec');
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';

/** Upstream: kubernetes pkg/apis/core/validation validateService. */
export function validateService(service: Service): FieldErrors {
  const { spec } = service;
  const errors = [...validateTopologyAnnotations(service), ...validateByType(service)];
  const names = new Set<string>();
  const ports = spec.ports ?? [];
  for (const [i, port] of ports.entries())
    errors.push(...validatePort(port, SPEC.child('ports').index(i), { needsName: ports.length > 1, names }));
  errors.push(
    ...validateLabels(spec.selector, SPEC.child('selector')),
    ...validateSessionAffinity(service),
    ...validateClusterIPs(service),
    ...validateExternalIPs(service),
    ...validateWord(spec.type, TYPES, SPEC.child('type')),
    ...validatePortNumbers(service),
    ...validateSourceRanges(service),
    ...validateLoadBalancerFields(service),
    ...validateTrafficPolicies(service),
  );
  return errors;
}

/** Upstream: ValidateServiceUpdate. */
export function validateServiceUpdate(service: Service, old: Service): FieldErrors {
  const errors = validateClusterIPsUpdate(service, old);
  const [now, before] = [service.spec, old.spec];
  const areLoadBalancers = now.type === 'LoadBalancer' && before.type === 'LoadBalancer';
  const classPath = SPEC.child('loadBalancerClass');
  if (areLoadBalancers && now.loadBalancerClass !== before.loadBalancerClass)
    errors.push(invalid(classPath, now.loadBalancerClass, 'may not change once set'));
  errors.push(...validateLoadBalancerClass(service));
  const haveHealthChecks = needsHealthCheckNodePort(service) && needsHealthCheckNodePort(old);
  if (haveHealthChecks && now.healthCheckNodePort !== before.healthCheckNodePort)
    errors.push(forbidden(SPEC.child('healthCheckNodePort'), 'field is immutable'));
  return [...errors, ...validateService(service)];
}

function validateTopologyAnnotations({ metadata }: Service): FieldErrors {
  const hints = metadata.annotations?.[TOPOLOGY_HINTS];
  const mode = metadata.annotations?.[TOPOLOGY_MODE];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const detail = `must match annotations[${TOPOLOGY_HINTS}] when both are specified`;
  return [invalid(Path.of('metadata', 'annotations').key(TOPOLOGY_MODE), mode, detail)];
}

function validateByType(service: Service): FieldErrors {
  const { spec } = service;
  const errors: FieldErrors = [];
  const headless = isHeadless(service);
  if ((spec.ports ?? []).length === 0 && !headless && spec.type !== 'ExternalName')
    errors.push(required(SPEC.child('ports')));
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) {
    const detail = `may not be set to 'None' for ${spec.type} services`;
    errors.push(invalid(SPEC.child('clusterIPs').index(0), 'None', detail));
  }
  if (spec.type !== 'ExternalName') return errors;
  const detail = 'may not be set for ExternalName services';
  if ((spec.clusterIPs ?? []).length > 0) errors.push(forbidden(SPEC.child('clusterIPs'), detail));
  if ((spec.ipFamilies ?? []).length > 0) errors.push(forbidden(SPEC.child('ipFamilies'), detail));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden(SPEC.child('ipFamilyPolicy'), detail));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  const namePath = SPEC.child('externalName');
  return [...errors, ...(name === '' ? [required(namePath)] : invalidEach(namePath, name, isDNS1123Subdomain(name)))];
}

/** Upstream: validateServicePort. */
function validatePort(
  { name = '', port = 0, protocol, targetPort, appProtocol }: ServicePort,
  path: Path,
  { needsName, names }: { needsName: boolean; names: Set<string> },
): FieldErrors {
  const errors: FieldErrors = [];
  if (needsName && name === '') errors.push(required(path.child('name')));
  else if (name !== '') {
    errors.push(...validateDNS1123Label(name, path.child('name')));
    if (names.has(name)) errors.push(duplicate(path.child('name'), name));
    names.add(name);
  }
  errors.push(
    ...invalidEach(path.child('port'), port, isValidPortNum(port)),
    ...validateWord(protocol, PROTOCOLS, path.child('protocol')),
    ...validatePortNumOrName(targetPort, path.child('targetPort')),
  );
  if (appProtocol !== undefined) errors.push(...validateQualifiedName(appProtocol, path.child('appProtocol')));
  return errors;
}

const MAX_AFFINITY_SECONDS = 86400;

function validateSessionAffinity({ spec }: Service): FieldErrors {
  const errors = validateWord(spec.sessionAffinity, ['ClientIP', 'None'], SPEC.child('sessionAffinity'));
  const config = spec.sessionAffinityConfig;
  const path = SPEC.child('sessionAffinityConfig');
  if (spec.sessionAffinity === 'None') {
    if (config) errors.push(forbidden(path, 'must not be set when session affinity is None'));
    return errors;
  }
  if (spec.sessionAffinity !== 'ClientIP') return errors;
  const detail = 'when session affinity type is ClientIP';
  if (!config) return [...errors, required(path, detail)];
  if (!config.clientIP) return [...errors, required(path.child('clientIP'), detail)];
  const { timeoutSeconds: seconds } = config.clientIP;
  const secondsPath = path.child('clientIP', 'timeoutSeconds');
  if (seconds === undefined) return [...errors, required(secondsPath, detail)];
  if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS)
    errors.push(invalid(secondsPath, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`));
  return errors;
}

function validateExternalIPs({ spec }: Service): FieldErrors {
  return (spec.externalIPs ?? []).flatMap((ip, i) => {
    const at = SPEC.child('externalIPs').index(i);
    const errors = validateIPLegacy(ip, at);
    return errors.length > 0 ? errors : validateEndpointIP(ip, at);
  });
}

function portPath(i: number): Path {
  return SPEC.child('ports').index(i);
}

/** Node ports only where the type has them; no port and no node port twice for one protocol. */
function validatePortNumbers({ spec }: Service): FieldErrors {
  const errors: FieldErrors = [];
  const ports = spec.ports ?? [];
  for (const [i, { nodePort }] of ports.entries()) {
    if (spec.type === 'ClusterIP' && nodePort)
      errors.push(forbidden(portPath(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
  }
  const nodePorts = new Set<string>();
  for (const [i, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    if (nodePorts.has(`${protocol}/${nodePort}`)) errors.push(duplicate(portPath(i).child('nodePort'), nodePort));
    nodePorts.add(`${protocol}/${nodePort}`);
  }
  const numbers = new Set<string>();
  for (const [i, { port, protocol }] of ports.entries()) {
    // Upstream prints the key it looks up: a port of its internal type with two fields set.
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    if (numbers.has(`${protocol}/${port}`)) errors.push(duplicate(portPath(i), shown));
    numbers.add(`${protocol}/${port}`);
  }
  return errors;
}

function validateSourceRanges({ metadata, spec }: Service): FieldErrors {
  const only = "may only be used when `type` is 'LoadBalancer'";
  const annotation = metadata.annotations?.[SOURCE_RANGES];
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const isField = ranges.length > 0;
  if (!isField && annotation === undefined) return [];
  const path = isField ? SPEC.child('LoadBalancerSourceRanges') : Path.of('metadata', 'annotations').key(SOURCE_RANGES);
  const errors = spec.type === 'LoadBalancer' ? [] : [forbidden(path, only)];
  const texts = isField ? ranges : (annotation ?? '').trim() === '' ? [] : (annotation ?? '').split(',');
  for (const [i, text] of texts.entries()) {
    const range = text.trim();
    errors.push(...invalidEach(isField ? path.index(i) : path, range, isValidCIDRLegacy(range)));
  }
  return errors;
}

function validateLoadBalancerFields(service: Service): FieldErrors {
  const { spec } = service;
  const errors: FieldErrors = [];
  const detail = "may only be used when `type` is 'LoadBalancer'";
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer')
    errors.push(forbidden(SPEC.child('allocateLoadBalancerNodePorts'), detail));
  return [...errors, ...validateLoadBalancerClass(service)];
}

function validateLoadBalancerClass({ spec }: Service): FieldErrors {
  const path = SPEC.child('loadBalancerClass');
  if (spec.loadBalancerClass === undefined) return [];
  if (spec.type === 'LoadBalancer') return validateQualifiedName(spec.loadBalancerClass, path);
  return [forbidden(path, "may only be used when `type` is 'LoadBalancer'")];
}

const TRAFFIC_DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

function validateTrafficPolicies(service: Service): FieldErrors {
  const { spec } = service;
  const policyPath = SPEC.child('externalTrafficPolicy');
  const healthPath = SPEC.child('healthCheckNodePort');
  const errors: FieldErrors = [];
  if (isExternallyAccessible(service))
    errors.push(...validateWord(spec.externalTrafficPolicy, ['Cluster', 'Local'], policyPath));
  else if (spec.externalTrafficPolicy) {
    const detail = 'may only be set for externally-accessible services';
    errors.push(invalid(policyPath, spec.externalTrafficPolicy, detail));
  }
  if (!needsHealthCheckNodePort(service) && spec.healthCheckNodePort) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid(healthPath, spec.healthCheckNodePort, detail));
  }
  const internal = spec.internalTrafficPolicy;
  if (internal !== undefined && internal !== 'Cluster' && internal !== 'Local')
    errors.push(notSupported(SPEC.child('internalTrafficPolicy'), internal, ['Cluster', 'Local']));
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !TRAFFIC_DISTRIBUTIONS.includes(distribution))
    errors.push(notSupported(SPEC.child('trafficDistribution'), distribution, TRAFFIC_DISTRIBUTIONS));
  return errors;
}

/** Upstream: ValidateServiceStatusUpdate. */
export function validateServiceStatus({ spec, status }: Service): FieldErrors {
  const path = Path.of('status', 'loadBalancer', 'ingress');
  const ingress = status.loadBalancer?.ingress ?? [];
  if (spec.type !== 'LoadBalancer' && ingress.length > 0)
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  return ingress.flatMap(({ ip, ipMode, hostname }, i) => {
    const at = path.index(i);
    const modePath = at.child('ipMode');
    const errors = ip ? validateIPLegacy(ip, at.child('ip')) : [];
    if (ipMode === undefined) {
      if (ip) errors.push(required(modePath, 'must be specified when `ip` is set'));
    } else if (!ip) errors.push(forbidden(modePath, 'may not be specified when `ip` is not set'));
    else if (ipMode !== 'VIP' && ipMode !== 'Proxy') errors.push(notSupported(modePath, ipMode, ['Proxy', 'VIP']));
    return [...errors, ...validateLoadBalancerHostname(hostname, at.child('hostname'))];
  });
}
