// Validation of NetworkPolicies.
// Called by: networkpolicy.ts. Must not know: what policies let through.
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import { type FieldErrors, Path, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { validateLabelSelector } from '../machinery/metavalidation.ts';
import { isBlockWithin, isValidCIDRLegacy } from '../machinery/validation.ip.ts';
import { isValidPortName, isValidPortNum } from '../machinery/validation.ts';
import type { NetworkPolicy } from './networkpolicy.ts';
import { invalidEach } from './podspec.validation.names.ts';

const SPEC = Path.of('spec');

/** Upstream: kubernetes pkg/apis/networking/validation ValidateNetworkPolicySpec. */
export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldErrors {
  const { ingress = [], egress = [], policyTypes = [] } = spec;
  const errors = validateLabelSelector(spec.podSelector, SPEC.child('podSelector'));
  ingress.forEach(({ ports, from }, i) =>
    errors.push(...validateRule(ports, from, SPEC.child('ingress').index(i), 'from')),
  );
  egress.forEach(({ ports, to }, i) => errors.push(...validateRule(ports, to, SPEC.child('egress').index(i), 'to')));
  const typesPath = SPEC.child('policyTypes');
  if (policyTypes.length > 2)
    return [...errors, invalid(typesPath, policyTypes, 'may not specify more than two policyTypes')];
  for (const [i, type] of policyTypes.entries())
    if (type !== 'Ingress' && type !== 'Egress')
      errors.push(notSupported(typesPath.index(i), type, ['Egress', 'Ingress']));
  return errors;
}

function validateRule(
  ports: readonly NetworkPolicyPort[] = [],
  peers: readonly NetworkPolicyPeer[] = [],
  path: Path,
  peersField: 'from' | 'to',
): FieldErrors {
  return [
    ...ports.flatMap((port, i) => validatePort(port, path.child('ports').index(i))),
    ...peers.flatMap((peer, i) => validatePeer(peer, path.child(peersField).index(i))),
  ];
}

/** Upstream: ValidateNetworkPolicyPort. */
function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const protocols = ['SCTP', 'TCP', 'UDP'];
  if (protocol !== undefined && !protocols.includes(protocol))
    errors.push(notSupported(path.child('protocol'), protocol, protocols));
  const endPath = path.child('endPort');
  if (port === undefined) {
    if (endPort !== undefined)
      errors.push(required(path.child('port'), 'must be specified when `endPort` is specified'));
  } else if (typeof port === 'number') {
    errors.push(...invalidEach(path.child('port'), port, isValidPortNum(port)));
    if (endPort === undefined) return errors;
    if (endPort < port) errors.push(invalid(endPath, port, 'must be greater than or equal to `port`'));
    errors.push(...invalidEach(endPath, endPort, isValidPortNum(endPort)));
  } else {
    if (endPort !== undefined)
      errors.push(invalid(endPath, endPort, 'may not be specified when `port` is non-numeric'));
    errors.push(...invalidEach(path.child('port'), port, isValidPortName(port)));
  }
  return errors;
}

/** Upstream: ValidateNetworkPolicyPeer. */
function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  if (podSelector) errors.push(...validateLabelSelector(podSelector, path.child('podSelector')));
  if (namespaceSelector) errors.push(...validateLabelSelector(namespaceSelector, path.child('namespaceSelector')));
  if (ipBlock) errors.push(...validateBlock(ipBlock, path.child('ipBlock')));
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(path, 'must specify a peer'));
  else if (ipBlock && (podSelector ?? namespaceSelector))
    errors.push(forbidden(path, 'may not specify both ipBlock and another peer'));
  return errors;
}

/** Upstream: ValidateIPBlock. */
function validateBlock({ cidr = '', except = [] }: IPBlock, path: Path): FieldErrors {
  if (cidr === '') return [required(path.child('cidr'))];
  const errors = invalidEach(path.child('cidr'), cidr, isValidCIDRLegacy(cidr));
  if (errors.length > 0) return errors;
  except.forEach((block, i) => {
    const at = path.child('except').index(i);
    const own = invalidEach(at, block, isValidCIDRLegacy(block));
    if (own.length === 0 && !isBlockWithin(block, cidr))
      own.push(invalid(at, block, 'must be a strict subset of `cidr`'));
    errors.push(...own);
  });
  return errors;
}
