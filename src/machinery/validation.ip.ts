// Internet addresses and ranges of them: reading, canonical texts, upstream's messages.
// Called by: validation.ts and the checks of services, pods, policies. Must not know: networks that exist.
// Upstream: apimachinery/pkg/util/validation/ip.go; RFC 4291 and RFC 5952.
import { quote } from './strconv.ts';

interface Address {
  /** 4 or 16 bytes; an IPv4-mapped IPv6 address is 4 bytes, as Go prints it. */
  bytes: number[];
  isMapped: boolean;
  hasLeadingZeros: boolean;
}

function parseIPv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return {
    bytes: parts.map(Number),
    isMapped: false,
    hasLeadingZeros: parts.some((part) => part.length > 1 && part.startsWith('0')),
  };
}

function parseIPv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const isShortened = halves.length === 2;
  const words: number[][] = [];
  let hasLeadingZeros = false;
  for (const [h, half] of halves.entries()) {
    const list: number[] = [];
    const parts = half === '' ? [] : half.split(':');
    if (half === '' && !isShortened) return undefined;
    for (const [i, part] of parts.entries()) {
      const isLast = h === halves.length - 1 && i === parts.length - 1;
      if (isLast && part.includes('.')) {
        const tail = parseIPv4(part);
        if (!tail) return undefined;
        hasLeadingZeros ||= tail.hasLeadingZeros;
        const [a = 0, b = 0, c = 0, d = 0] = tail.bytes;
        list.push(a * 256 + b, c * 256 + d);
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) list.push(Number.parseInt(part, 16));
      else return undefined;
    }
    words.push(list);
  }
  const [left = [], right = []] = words;
  const missing = 8 - left.length - right.length;
  if (isShortened ? missing < 1 : missing !== 0) return undefined;
  const all = [...left, ...Array.from({ length: missing }, () => 0), ...right];
  const isMapped = all.slice(0, 5).every((word) => word === 0) && all[5] === 0xffff;
  const bytes = all.flatMap((word) => [word >> 8, word & 255]);
  return { bytes: isMapped ? bytes.slice(12) : bytes, isMapped, hasLeadingZeros };
}

function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0));
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && words[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
    i = end;
  }
  const hex = words.map((word) => word.toString(16));
  return start < 0 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** Returns the canonical text of an address, or undefined when it is none: '::FFFF' → '::ffff'. */
export function canonicalIP(text: string): string | undefined {
  const address = parseAddress(text);
  return address && addressText(address.bytes);
}

/** Returns true for an IPv6 address or range that is not an IPv4-mapped one. */
export function isIPv6(text: string): boolean {
  return parseAddress(text.split('/')[0] ?? '')?.bytes.length === 16;
}

/** The check of fields older than strict validation. `isStrict` is a feature gate, off in 1.35. */
export function isValidIPLegacy(text: string, isStrict = false): string[] {
  const address = parseAddress(text);
  if (!address) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  const errors: string[] = [];
  if (isStrict && address.hasLeadingZeros) errors.push('must not have leading 0s');
  if (isStrict && address.isMapped) errors.push('must not be an IPv4-mapped IPv6 address');
  return errors;
}

/** The check of newer fields: the text must also be canonical. Upstream: validation.IsValidIP. */
export function isValidIP(text: string): string[] {
  const errors = isValidIPLegacy(text, true);
  if (errors.length > 0) return errors;
  const canonical = canonicalIP(text) ?? '';
  return canonical === text ? [] : [`must be in canonical form (${quote(canonical)})`];
}

interface Range {
  address: Address;
  prefixLength: number;
  hasLeadingZeros: boolean;
  /** The address with every bit after the prefix cleared. */
  masked: number[];
}

function parseRange(text: string): Range | undefined {
  const [, host = '', length = ''] = /^([^/]*)\/([0-9]+)$/.exec(text) ?? [];
  const address = parseAddress(host);
  if (!address || length === '') return undefined;
  // A mapped address counts its prefix over 128 bits.
  const bits = address.isMapped ? 128 : address.bytes.length * 8;
  if (Number(length) > bits) return undefined;
  const prefixLength = address.isMapped ? Math.max(0, Number(length) - 96) : Number(length);
  const masked = address.bytes.map((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefixLength - 8 * i));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  const hasLeadingZeros = address.hasLeadingZeros || (length.length > 1 && length.startsWith('0'));
  return { address, prefixLength, hasLeadingZeros, masked };
}

/** The check of range fields older than strict validation. */
export function isValidCIDRLegacy(text: string, isStrict = false): string[] {
  const range = parseRange(text);
  if (!range) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  if (!isStrict) return [];
  if (range.hasLeadingZeros) return ['must not have leading 0s in IP or prefix length'];
  if (range.address.isMapped) return ['must not have an IPv4-mapped IPv6 address'];
  const hasMore = range.masked.some((byte, i) => byte !== range.address.bytes[i]);
  return hasMore ? ['must not have bits set beyond the prefix length'] : [];
}

/** The check of newer range fields: the text must also be canonical. Upstream: validation.IsValidCIDR. */
export function isValidCIDR(text: string): string[] {
  const errors = isValidCIDRLegacy(text, true);
  const range = parseRange(text);
  if (errors.length > 0 || !range) return errors;
  const canonical = `${addressText(range.masked)}/${range.prefixLength}`;
  return canonical === text ? [] : [`must be in canonical form (${quote(canonical)})`];
}

/** Returns whether an address lies in a range. False for what is neither. */
export function addressInBlock(address: string, block: string): boolean {
  const [range, found] = [parseRange(block), parseAddress(address)];
  if (!range || !found || found.bytes.length !== range.masked.length) return false;
  return hasPrefix(found.bytes, range);
}

/** Returns whether a range lies within another and is smaller. */
export function isBlockWithin(inner: string, outer: string): boolean {
  const [small, large] = [parseRange(inner), parseRange(outer)];
  if (!small || !large || small.masked.length !== large.masked.length) return false;
  return small.prefixLength > large.prefixLength && hasPrefix(small.masked, large);
}

function hasPrefix(bytes: readonly number[], { masked, prefixLength }: Range): boolean {
  return bytes.every((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefixLength - 8 * i));
    return (byte & (0xff << (8 - kept)) & 0xff) === masked[i];
  });
}
