// Addresses of Services and endpoints: which may be used, and which forms are frowned on.
// Called by: validation of Services, Endpoints, EndpointSlices, Ingresses. Must not know: any kind.
import { type FieldErrors, type Path, invalid } from '../machinery/field.ts';
import { canonicalIP, isDNS1123Subdomain, isIPv6, isValidIPLegacy } from '../machinery/validation.ts';
import { invalidEach } from './podspec.validation.names.ts';

/** Upstream: IsValidIPForLegacyField. */
export function validateIPLegacy(ip: string, path: Path): FieldErrors {
  return invalidEach(path, ip, isValidIPLegacy(ip));
}

/** An address that traffic can be sent to. Upstream: ValidateEndpointIP. */
export function validateEndpointIP(ip: string, path: Path): FieldErrors {
  const address = canonicalIP(ip);
  if (address === undefined) return [invalid(path, ip, 'must be a valid IP address')];
  const refuse = (detail: string): FieldErrors => [invalid(path, ip, detail)];
  if (address === '0.0.0.0' || address === '::') return refuse(`may not be unspecified (${ip})`);
  if (address === '::1' || address.startsWith('127.'))
    return refuse('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (address.startsWith('169.254.') || /^fe[89ab]/.test(address))
    return refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (address.startsWith('224.0.0.') || address.startsWith('ff02:'))
    return refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  return [];
}

/** Returns a warning for a form that is accepted but not the canonical one. Upstream: GetWarningsForIP. */
export function warningsForIP(ip: string, path: Path): string[] {
  const address = canonicalIP(ip);
  if (address === undefined || address === ip) return [];
  const [quoted, canonical] = [JSON.stringify(ip), JSON.stringify(address)];
  if (isIPv6(ip)) return [`${path}: IPv6 address ${quoted} should be in RFC 5952 canonical format (${canonical})`];
  const future = 'will be considered invalid in a future Kubernetes release';
  return [`${path}: non-standard IP address ${quoted} ${future}: use ${canonical}`];
}

/** Addresses that a load balancer has: of Services and of Ingresses. */
export function validateLoadBalancerHostname(hostname: string | undefined, path: Path): FieldErrors {
  if (!hostname) return [];
  const errors = invalidEach(path, hostname, isDNS1123Subdomain(hostname));
  if (canonicalIP(hostname) !== undefined)
    errors.push(invalid(path, hostname, 'must be a DNS name, not an IP address'));
  return errors;
}
