// Rules on single strings and numbers: names, labels, ports, keys. A check returns upstream's messages, or none.
// Called by: resources' validation, selectors, metavalidation, the cli's flags. Must not know: objects or paths.
// Addresses are in validation.ip.ts. Upstream: apimachinery/pkg/util/validation and pkg/api/validate/content.
import { byteLength } from './strconv.ts';

export { canonicalIP, isIPv6, isValidCIDR, isValidCIDRLegacy, isValidIP, isValidIPLegacy } from './validation.ip.ts';

const LABEL_CHAR = '[A-Za-z0-9]';
const LABEL_KEY = `(${LABEL_CHAR}[-A-Za-z0-9_.]*)?${LABEL_CHAR}`;
const LABEL_VALUE = `(${LABEL_KEY})?`;
const LABEL_KEY_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_MESSAGE =
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ` +
  `must start and end with an alphanumeric character`;
const DNS1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS1123_SUBDOMAIN = `${DNS1123_LABEL}(\\.${DNS1123_LABEL})*`;
const UNDERSCORE_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORE_SUBDOMAIN = `${UNDERSCORE_LABEL}(\\.${UNDERSCORE_LABEL})*`;
const DNS1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const WILDCARD_SUBDOMAIN = `\\*\\.${DNS1123_SUBDOMAIN}`;

const DNS1123_LABEL_MAX = 63;
export const DNS1123_SUBDOMAIN_MAX = 253;

const compiled = new Map<string, RegExp>();

function conforms(value: string, format: string): boolean {
  let regexp = compiled.get(format);
  if (!regexp) compiled.set(format, (regexp = new RegExp(`^(?:${format})$`)));
  return regexp.test(value);
}

/** Upstream: validation.MaxLenError. */
export function maxLengthMessage(length: number): string {
  return `must be no more than ${length} characters`;
}
/** Upstream: content.MaxLenError; label keys and values count bytes, in words too. */
function maxBytesMessage(length: number): string {
  return `must be no more than ${length} bytes`;
}

/** Returns a message with its examples and the format in parentheses. Upstream: validation.RegexError. */
export function regexMessage(message: string, format: string, ...examples: string[]): string {
  const tail = `regex used for validation is '${format}')`;
  if (examples.length === 0) return `${message} (${tail}`;
  return `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}${tail}`;
}

export function rangeMessage(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

/** A label key: an optional DNS subdomain and '/', then a name. Upstream: content.IsLabelKey. */
export function isQualifiedName(value: string): string[] {
  // The same few keys are on everything.
  if (goodNames.has(value)) return [];
  const errors = qualifiedNameErrors(value);
  if (errors.length === 0 && goodNames.size < MAX_GOOD_NAMES) goodNames.add(value);
  return errors;
}

const goodNames = new Set<string>();
const MAX_GOOD_NAMES = 1000;

function qualifiedNameErrors(value: string): string[] {
  const format = regexMessage(LABEL_KEY_MESSAGE, LABEL_KEY, 'MyName', 'my.name', '123-abc');
  const parts = value.split('/');
  if (parts.length > 2)
    return [`a valid label key ${format} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const errors: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...isDNS1123Subdomain(prefix, maxBytesMessage).map((message) => `prefix part ${message}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (byteLength(name) > 63) errors.push(`name part ${maxBytesMessage(63)}`);
  if (!conforms(name, LABEL_KEY)) errors.push(`name part ${format}`);
  return errors;
}

/** Upstream: content.IsLabelValue. */
export function isValidLabelValue(value: string): string[] {
  const errors: string[] = [];
  if (byteLength(value) > 63) errors.push(maxBytesMessage(63));
  if (!conforms(value, LABEL_VALUE))
    errors.push(regexMessage(LABEL_VALUE_MESSAGE, LABEL_VALUE, 'MyValue', 'my_value', '12345'));
  return errors;
}

export function isDNS1123Label(value: string): string[] {
  const errors: string[] = [];
  if (byteLength(value) > DNS1123_LABEL_MAX) errors.push(maxLengthMessage(DNS1123_LABEL_MAX));
  if (conforms(value, DNS1123_LABEL)) return errors;
  const message =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must " +
    'start and end with an alphanumeric character';
  const isSubdomain = conforms(value, DNS1123_SUBDOMAIN);
  errors.push(isSubdomain ? 'must not contain dots' : regexMessage(message, DNS1123_LABEL, 'my-name', '123-abc'));
  return errors;
}

export function isDNS1123Subdomain(value: string, tooLong: (max: number) => string = maxLengthMessage): string[] {
  const errors: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX) errors.push(tooLong(DNS1123_SUBDOMAIN_MAX));
  if (conforms(value, DNS1123_SUBDOMAIN)) return errors;
  const message =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and " +
    'must start and end with an alphanumeric character';
  errors.push(regexMessage(message, DNS1123_SUBDOMAIN, 'example.com'));
  return errors;
}

export function isDNS1123SubdomainWithUnderscore(value: string): string[] {
  const errors: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX) errors.push(maxLengthMessage(DNS1123_SUBDOMAIN_MAX));
  const message =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', " +
    'and must start and end with an alphanumeric character';
  if (!conforms(value, UNDERSCORE_SUBDOMAIN)) errors.push(regexMessage(message, UNDERSCORE_SUBDOMAIN, 'example.com'));
  return errors;
}

export function isDNS1035Label(value: string): string[] {
  const errors: string[] = [];
  if (byteLength(value) > DNS1123_LABEL_MAX) errors.push(maxLengthMessage(DNS1123_LABEL_MAX));
  const message =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an " +
    'alphabetic character, and end with an alphanumeric character';
  if (!conforms(value, DNS1035_LABEL)) errors.push(regexMessage(message, DNS1035_LABEL, 'my-name', 'abc-123'));
  return errors;
}

export function isWildcardDNS1123Subdomain(value: string): string[] {
  const errors: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX) errors.push(maxLengthMessage(DNS1123_SUBDOMAIN_MAX));
  const message =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must " +
    "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  if (!conforms(value, WILDCARD_SUBDOMAIN)) errors.push(regexMessage(message, WILDCARD_SUBDOMAIN, '*.example.com'));
  return errors;
}

export function isCIdentifier(value: string): string[] {
  const format = '[A-Za-z_][A-Za-z0-9_]*';
  const message =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of " +
    "alphanumeric characters or '_'";
  return conforms(value, format) ? [] : [regexMessage(message, format, 'my_name', 'MY_NAME', 'MyName')];
}

export function isValidPortNum(port: number): string[] {
  return isInRange(port, 1, 65535);
}

export function isInRange(value: number, low: number, high: number): string[] {
  return value >= low && value <= high ? [] : [rangeMessage(low, high)];
}

/** A user or group id. Upstream: validation.IsValidUserID, IsValidGroupID. */
export function isValidUserID(id: number): string[] {
  return isInRange(id, 0, 2 ** 31 - 1);
}

export function isValidPortName(port: string): string[] {
  const errors: string[] = [];
  if (byteLength(port) > 15) errors.push(maxLengthMessage(15));
  if (!/^[-a-z0-9]+$/.test(port)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)');
  if (port.includes('--')) errors.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

export function isValidPercent(percent: string): string[] {
  const format = '[0-9]+%';
  const message = "a valid percent string must be a numeric string followed by an ending '%'";
  return conforms(percent, format) ? [] : [regexMessage(message, format, '1%', '93%')];
}

export function isHTTPHeaderName(value: string): string[] {
  const format = '[-A-Za-z0-9]+';
  const message = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return conforms(value, format) ? [] : [regexMessage(message, format, 'X-Header-Name')];
}

/** What the cli asks of variable names; the server asks isRelaxedEnvVarName. */
export function isEnvVarName(value: string): string[] {
  const format = '[-._a-zA-Z][-._a-zA-Z0-9]*';
  const message =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', " +
    'and must not start with a digit';
  const errors = conforms(value, format)
    ? []
    : [regexMessage(message, format, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')];
  return [...errors, ...parentFolderMessages(value)];
}

/** What the server asks of a container's variable names since 1.34. */
export function isRelaxedEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty'];
  if (/^[\x20-\x3c\x3e-\x7e]*$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function isConfigMapKey(value: string): string[] {
  const errors: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX) errors.push(maxLengthMessage(DNS1123_SUBDOMAIN_MAX));
  const format = '[-._a-zA-Z0-9]+';
  const message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
  if (!conforms(value, format)) errors.push(regexMessage(message, format, 'key.name', 'KEY_NAME', 'key-name'));
  return [...errors, ...parentFolderMessages(value)];
}

// Such a key would become a file outside its volume.
function parentFolderMessages(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** A name that can stand in a URL's path. Upstream: apimachinery/pkg/api/validation/path ValidatePathSegmentName. */
export function isValidPathSegmentName(name: string, isPrefix = false): string[] {
  if (!isPrefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%'].filter((text) => name.includes(text)).map((text) => `may not contain '${text}'`);
}

/** A domain of two segments or more; a last dot is allowed. Upstream: IsFullyQualifiedDomainName, without the path. */
export function isFullyQualifiedDomainName(name: string): string[] {
  const domain = name.endsWith('.') ? name.slice(0, -1) : name;
  const errors = isDNS1123Subdomain(domain);
  if (errors.length > 0) return [errors.join(',')];
  const labels = domain.split('.');
  if (labels.length < 2) return ['should be a domain with at least two segments separated by dots'];
  return labels.map((label) => isDNS1123Label(label).join(',')).filter((text) => text !== '');
}

/** Upstream: IsDomainPrefixedPath, without the path: 'acme.io/foo'. */
export function isDomainPrefixedPath(value: string): string[] {
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1) return ['must be a domain-prefixed path (such as "acme.io/foo")'];
  const errors = isDNS1123Subdomain(value.slice(0, slash));
  const format = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
  if (!conforms(value.slice(slash + 1), format)) errors.push(regexMessage('Invalid path', format));
  return errors;
}
