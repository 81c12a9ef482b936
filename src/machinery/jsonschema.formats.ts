// Formats of texts that schemas may ask for. Those that the server does not know are ignored, with a warning.
// Called by: jsonschema.validate, resources/customresourcedefinition. Must not know: schemas.
// Upstream: kube-openapi pkg/validation/strfmt; apiextensions-apiserver pkg/apiserver/validation/formats.go.
import { goRegExp } from './goregexp.ts';
import { isValidCIDRLegacy, isValidIPLegacy } from './validation.ip.ts';
import { byteLength } from './strconv.ts';

type Check = (text: string) => boolean;

function matching(pattern: string): Check {
  return (text) => goRegExp(pattern).test(text);
}

const HEX4 = '[0-9a-f]{4}';
function uuid(version: string, variant: string): Check {
  return matching(`(?i)^[0-9a-f]{8}-?${HEX4}-?${version}-?${variant}-?[0-9a-f]{12}$`);
}

const SHORT_NAME = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const shortName = matching(`^${SHORT_NAME}$`);
const longName = matching(`^${SHORT_NAME}(\\.${SHORT_NAME})*$`);
const HOST_CHAR = String.raw`a-zA-Z0-9\p{S}\p{L}`;
const hostname = matching(
  `^([${HOST_CHAR}]((-?[${HOST_CHAR}]{0,62})?)|` +
    `([${HOST_CHAR}](([-${HOST_CHAR}]{0,61}[${HOST_CHAR}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$`,
);
const BYTE = String.raw`(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])`;
const digits = matching(
  '^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|' +
    '3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})$',
);
const base64 = matching('^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$');

/** By name without dashes, as upstream's registry has them. */
const CHECKS: Readonly<Record<string, Check>> = {
  bsonobjectid: matching('^[0-9a-fA-F]{24}$'),
  uri: isRequestUri,
  email: isEmail,
  hostname: (text) => hostname(text) && text.length <= 255 && text.split('.').every((part) => byteLength(part) <= 63),
  ipv4: (text) => isValidIPLegacy(text).length === 0 && text.includes('.'),
  ipv6: (text) => isValidIPLegacy(text).length === 0 && text.includes(':'),
  cidr: (text) => isValidCIDRLegacy(text).length === 0,
  mac: isMac,
  uuid: uuid(HEX4, HEX4),
  uuid3: uuid('3[0-9a-f]{3}', HEX4),
  uuid4: uuid('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
  uuid5: uuid('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: (text) => text.length === 11 && goRegExp(String.raw`^\d{3}[- ]?\d{2}[- ]?\d{4}$`).test(text),
  hexcolor: matching('^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$'),
  rgbcolor: matching(`^rgb\\(\\s*${BYTE}\\s*,\\s*${BYTE}\\s*,\\s*${BYTE}\\s*\\)$`),
  byte: base64,
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: (text) => byteLength(text) <= 63 && shortName(text),
  k8slongname: (text) => byteLength(text) <= 253 && longName(text),
};

/** Returns whether the server knows the format; others are ignored. */
export function isKnownFormat(format: string): boolean {
  return Object.hasOwn(CHECKS, format.replaceAll('-', ''));
}

/** Returns whether a text is of a format; every text is of a format that is not known. */
export function matchesFormat(format: string, text: string): boolean {
  return !isKnownFormat(format) || (CHECKS[format.replaceAll('-', '')] as Check)(text);
}

/** Upstream: Go net/url ParseRequestURI, and its ToASCII check of what a request can ask for. */
function isRequestUri(text: string): boolean {
  if (text === '' || /[\x00-\x20\x7f]/.test(text)) return false;
  if (text === '*' || text.startsWith('/')) return isEscapedWell(text);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/.exec(text);
  if (!scheme) return false;
  const rest = scheme[2] ?? '';
  if (!rest.startsWith('//')) return isEscapedWell(rest);
  const authority = rest.slice(2).split(/[/?]/)[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const port = /:([^\]]*)$/.exec(host)?.[1];
  return (port === undefined || /^\d*$/.test(port)) && isEscapedWell(rest);
}

function isEscapedWell(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}

/** Upstream: Go net/mail ParseAddress: `a@b`, `Name <a@b>`. */
function isEmail(text: string): boolean {
  const address = /^\s*(?:"[^"]*"|[^<>"]*)<([^<>]+)>\s*$/.exec(text)?.[1] ?? text.trim();
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const atom = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\uffff]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\uffff]+)*$/;
  return at > 0 && (atom.test(local) || /^"[^"]*"$/.test(local)) && (atom.test(domain) || /^\[[^\]]+\]$/.test(domain));
}

/** Upstream: Go net ParseMAC: six, eight or twenty bytes. */
function isMac(text: string): boolean {
  const bytes = /^([0-9A-Fa-f]{2})([:-])[0-9A-Fa-f]{2}(?:\2[0-9A-Fa-f]{2})*$/.test(text);
  if (bytes) return [6, 8, 20].includes((text.length + 1) / 3);
  return /^[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4})+$/.test(text) && [3, 4, 10].includes((text.length + 1) / 5);
}

function isIsbn10(text: string): boolean {
  const plain = text.replace(/[\s-]+/g, '');
  if (!/^\d{9}[\dX]$/.test(plain)) return false;
  const sum = [...plain].reduce((total, char, i) => total + (i + 1) * (char === 'X' ? 10 : Number(char)), 0);
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const plain = text.replace(/[\s-]+/g, '');
  if (!/^\d{13}$/.test(plain)) return false;
  const sum = Array.from(plain.slice(0, 12)).reduce(
    (total, char, i) => total + (i % 2 === 0 ? 1 : 3) * Number(char),
    0,
  );
  return Number(plain[12]) === (10 - (sum % 10)) % 10;
}

function isCreditCard(text: string): boolean {
  const plain = text.replace(/\D+/g, '');
  if (!digits(plain)) return false;
  const sum = [...plain].toReversed().reduce((total, char, i) => {
    const value = Number(char) * (i % 2 === 0 ? 1 : 2);
    return total + (value >= 10 ? (value % 10) + 1 : value);
  }, 0);
  return sum % 10 === 0;
}

function isDate(text: string): boolean {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  if (time === undefined || !isDate(date)) return false;
  const found = /^(\d{2}):(\d{2}):(\d{2})(.\d+)?(z|[+-]\d{2}:\d{2})$/.exec(time);
  return found !== null && (found[1] ?? '') <= '23' && (found[2] ?? '') <= '59' && (found[3] ?? '') <= '59';
}

// The last name of a unit is also good as a beginning: 'minutes'.
const UNITS: readonly (readonly string[])[] = [
  ['ns', 'nano'],
  ['us', 'µs', 'micro'],
  ['ms', 'milli'],
  ['s', 'sec'],
  ['m', 'min'],
  ['h', 'hr', 'hour'],
  ['d', 'day'],
  ['w', 'wk', 'week'],
];

/** Go's durations, and Scala's: '1h30m', '22 ns', '3 weeks'. Upstream: strfmt ParseDuration. */
function isDuration(text: string): boolean {
  if (/^[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text)) return true;
  return [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, unit = '']) => {
    const name = unit.toLowerCase();
    return UNITS.some((names) => names.includes(name) || name.startsWith(names.at(-1) ?? ''));
  });
}
