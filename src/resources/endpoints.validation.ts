// Validation of Endpoints and EndpointSlices.
// Called by: endpoints.ts, endpointslice.ts. Must not know: storage, HTTP.
import type { EndpointAddress, EndpointPort } from 'kubernetes-types/core/v1';
import type { Endpoint, EndpointPort as SlicePort } from 'kubernetes-types/discovery/v1';
import { type FieldErrors, Path, duplicate, invalid, required, tooMany } from '../machinery/field.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import { isDNS1123Subdomain, isFullyQualifiedDomainName, isIPv6, isValidPortNum } from '../machinery/validation.ts';
import type { Endpoints } from './endpoints.ts';
import type { EndpointSlice } from './endpointslice.ts';
import { validateEndpointIP, validateIPLegacy, warningsForIP } from './ip.validation.ts';
import { invalidEach, validateDNS1123Label, validateQualifiedName, validateWord } from './podspec.validation.names.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Upstream: kubernetes pkg/apis/core/validation ValidateEndpoints. */
export function validateEndpoints(endpoints: Endpoints, old?: Endpoints): FieldErrors {
  // What was stored before a rule was there may stay.
  if (old && semanticEqual(old.subsets, endpoints.subsets)) return [];
  return (endpoints.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const at = Path.of('subsets').index(i);
    const errors: FieldErrors = [];
    if (addresses.length === 0 && notReadyAddresses.length === 0)
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    for (const [name, list] of Object.entries({ addresses, notReadyAddresses }))
      errors.push(...list.flatMap((address, j) => validateAddress(address, at.child(name).index(j))));
    const needsName = ports.length > 1;
    return [...errors, ...ports.flatMap((port, j) => validatePort(port, at.child('ports').index(j), needsName))];
  });
}

function validateAddress({ ip = '', hostname, nodeName }: EndpointAddress, path: Path): FieldErrors {
  const ipPath = path.child('ip');
  return [
    ...validateIPLegacy(ip, ipPath),
    ...(hostname ? validateDNS1123Label(hostname, path.child('hostname')) : []),
    ...(nodeName === undefined ? [] : invalidEach(path.child('nodeName'), nodeName, isDNS1123Subdomain(nodeName))),
    ...validateEndpointIP(ip, ipPath),
  ];
}

function validatePort(
  { name = '', port = 0, protocol, appProtocol }: EndpointPort,
  path: Path,
  needsName: boolean,
): FieldErrors {
  const namePath = path.child('name');
  const errors: FieldErrors = [];
  if (name !== '') errors.push(...validateDNS1123Label(name, namePath));
  else if (needsName) errors.push(required(namePath));
  errors.push(...invalidEach(path.child('port'), port, isValidPortNum(port)));
  errors.push(...validateWord(protocol, PROTOCOLS, path.child('protocol')));
  if (appProtocol !== undefined) errors.push(...validateQualifiedName(appProtocol, path.child('appProtocol')));
  return errors;
}

/** Returns warnings about unusual addresses; the controller's own objects get none. */
export function endpointsWarnings({ metadata, subsets = [] }: Endpoints): string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  return subsets.flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((name) =>
      (subset[name] ?? []).flatMap(({ ip }, j) =>
        warningsForIP(ip, Path.of('subsets').index(i).child(name).index(j).child('ip')),
      ),
    ),
  );
}

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20000;

/** Upstream: kubernetes pkg/apis/discovery/validation ValidateEndpointSlice. */
export function validateEndpointSlice(slice: EndpointSlice, old?: EndpointSlice): FieldErrors {
  const { addressType, endpoints = [], ports = [] } = slice;
  const errors = [
    ...validateWord(addressType, ADDRESS_TYPES, Path.of('addressType')),
    ...validateSlicePorts(ports, Path.of('ports')),
  ];
  if (!old || !semanticEqual(old.endpoints, slice.endpoints))
    errors.push(...validateSliceEndpoints(endpoints, addressType));
  if (old) errors.push(...validateImmutableField(addressType, old.addressType, Path.of('addressType')));
  return errors;
}

function validateSlicePorts(ports: readonly SlicePort[], path: Path): FieldErrors {
  if (ports.length > MAX_PORTS) return [tooMany(path, ports.length, MAX_PORTS)];
  const names = new Set<string>();
  return ports.flatMap(({ name = '', protocol, appProtocol }, i) => {
    const at = path.index(i);
    const errors = name === '' ? [] : validateDNS1123Label(name, at.child('name'));
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    errors.push(...validateWord(protocol, PROTOCOLS, at.child('protocol')));
    if (appProtocol !== undefined) errors.push(...validateQualifiedName(appProtocol, at.child('appProtocol')));
    return errors;
  });
}

function validateSliceEndpoints(endpoints: readonly Endpoint[], addressType: string): FieldErrors {
  const path = Path.of('endpoints');
  if (endpoints.length > MAX_ENDPOINTS) return [tooMany(path, endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap(({ addresses = [], nodeName, hostname }, i) => {
    const at = path.index(i);
    const addressPath = at.child('addresses');
    const errors: FieldErrors = [];
    if (addresses.length === 0) errors.push(required(addressPath, 'must contain at least 1 address'));
    else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(addressPath, addresses.length, MAX_ADDRESSES));
    for (const [j, address] of addresses.entries())
      errors.push(...validateSliceAddress(address, { addressType, list: addressPath, at: addressPath.index(j) }));
    if (nodeName !== undefined)
      errors.push(...invalidEach(at.child('nodeName'), nodeName, isDNS1123Subdomain(nodeName)));
    if (hostname !== undefined) errors.push(...validateDNS1123Label(hostname, at.child('hostname')));
    return errors;
  });
}

function validateSliceAddress(
  address: string,
  { addressType, list, at }: { addressType: string; list: Path; at: Path },
): FieldErrors {
  if (addressType === 'FQDN') return invalidEach(at, address, isFullyQualifiedDomainName(address));
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return [];
  const errors = validateIPLegacy(address, at);
  if (errors.length > 0) return errors;
  if ((addressType === 'IPv6') !== isIPv6(address))
    errors.push(invalid(list, address, `must be an ${addressType} address`));
  return [...errors, ...validateEndpointIP(address, at)];
}

const OWN_CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

/** Returns warnings about a slice that a person wrote. */
export function endpointSliceWarnings(slice: EndpointSlice, isNew: boolean): string[] {
  const warnings: string[] = [];
  if (isNew && slice.addressType === 'FQDN') warnings.push('spec.addressType: FQDN endpoints are deprecated');
  if (OWN_CONTROLLERS.includes(slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? ''))
    return warnings;
  const ofAddresses = (slice.endpoints ?? []).flatMap(({ addresses = [] }, i) =>
    addresses.flatMap((ip, j) => warningsForIP(ip, Path.of('endpoints').index(i).child('addresses').index(j))),
  );
  return [...warnings, ...ofAddresses];
}
