import { describe, expect, it } from '@jest/globals';
import { Path, type FieldErrors } from '../../src/machinery/field.ts';
import {
  nameIsDNSSubdomain,
  validateFieldManager,
  validateImmutableField,
  validateLabelSelector,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../../src/machinery/metavalidation.ts';
import {
  isCIdentifier,
  isConfigMapKey,
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isEnvVarName,
  isHTTPHeaderName,
  isQualifiedName,
  isRelaxedEnvVarName,
  isValidCIDR,
  isValidCIDRLegacy,
  isValidIP,
  isValidIPLegacy,
  isValidLabelValue,
  isValidPathSegmentName,
  isValidPercent,
  isValidPortName,
  isValidPortNum,
  isWildcardDNS1123Subdomain,
} from '../../src/machinery/validation.ts';

const NO_ADDRESS = ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
const NO_RANGE = ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];

function texts(errors: FieldErrors): string[] {
  return errors.map((e) => e.message());
}

const LONG = 'a'.repeat(64);
const LABEL_FORMAT = "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

describe('single values', () => {
  it.each([
    [isDNS1123Label, 'web-1', []],
    [isDNS1123Label, 'a.b', ['must not contain dots']],
    [isDNS1123Label, LONG, ['must be no more than 63 characters']],
    [
      isDNS1123Label,
      'Web',
      [
        `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', ${LABEL_FORMAT}`,
      ],
    ],
    [isDNS1123Subdomain, 'a.b-c.d', []],
    [isDNS1123Subdomain, 'a_b', [SUBDOMAIN_MESSAGE]],
    [isDNS1035Label, 'a1', []],
    [
      isDNS1035Label,
      '1a',
      [
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [isWildcardDNS1123Subdomain, '*.example.com', []],
    [isQualifiedName, 'example.com/My_Name.x', []],
    [isQualifiedName, 'x/', ['name part must be non-empty', expect.stringContaining('name part must consist of')]],
    [isValidLabelValue, '', []],
    [isValidLabelValue, LONG, ['must be no more than 63 bytes']],
    [isCIdentifier, 'a_B1', []],
    [isValidPortName, 'http', []],
    [isValidPortName, '8080', ['must contain at least one letter (a-z)']],
    [
      isValidPortName,
      '-Http--too-long-name',
      [
        'must be no more than 15 characters',
        'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'must not contain consecutive hyphens',
        'must not begin or end with a hyphen',
      ],
    ],
    [isValidPercent, '25%', []],
    [isHTTPHeaderName, 'X-A', []],
    [isEnvVarName, 'A.b-c_1', []],
    [isEnvVarName, '..', ["must not be '..'"]],
    [isRelaxedEnvVarName, '1 a:b', []],
    [
      isRelaxedEnvVarName,
      'a=b',
      ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
    ],
    [isConfigMapKey, 'a.b', []],
    [
      isConfigMapKey,
      'a/b',
      [
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
    [isConfigMapKey, '..a', ["must not start with '..'"]],
    [isValidPathSegmentName, 'a/b%', ["may not contain '/'", "may not contain '%'"]],
    [isValidPathSegmentName, '..', ["may not be '..'"]],
  ] as [(value: string) => string[], string, string[]][])('%p %j', (check, value, messages) => {
    expect(check(value)).toEqual(messages);
  });

  it('checks port numbers', () => {
    expect(isValidPortNum(65535)).toEqual([]);
    expect(isValidPortNum(0)).toEqual(['must be between 1 and 65535, inclusive']);
  });

  it.each([
    ['10.0.0.1', [], []],
    ['2001:db8::1', [], []],
    ['010.0.0.1', [], ['must not have leading 0s']],
    ['::ffff:1.2.3.4', [], ['must not be an IPv4-mapped IPv6 address']],
    ['2001:DB8:0:0::1', [], ['must be in canonical form ("2001:db8::1")']],
    ['1.2.3', NO_ADDRESS, NO_ADDRESS],
    ['1.2.3.256', NO_ADDRESS, NO_ADDRESS],
    ['1::2::3', NO_ADDRESS, NO_ADDRESS],
    ['1:2:3:4:5:6:7:8:9', NO_ADDRESS, NO_ADDRESS],
    ['fe80::1%eth0', NO_ADDRESS, NO_ADDRESS],
  ])('address %s', (text, legacy, strict) => {
    expect(isValidIPLegacy(text)).toEqual(legacy);
    expect(isValidIP(text)).toEqual(strict);
  });

  it.each([
    ['10.0.0.0/8', [], []],
    ['10.0.0.1/8', [], ['must not have bits set beyond the prefix length']],
    ['2001:db8::/64', [], []],
    ['10.0.0.0/08', [], ['must not have leading 0s in IP or prefix length']],
    ['10.0.0.0/33', NO_RANGE, NO_RANGE],
    ['10.0.0.0', NO_RANGE, NO_RANGE],
  ])('range %s', (text, legacy, strict) => {
    expect(isValidCIDRLegacy(text)).toEqual(legacy);
    expect(isValidCIDR(text)).toEqual(strict);
  });
});

describe('metadata', () => {
  const path = Path.of('metadata');
  const rules = { namespaced: true, validateName: nameIsDNSSubdomain, path };

  it('accepts an ordinary one', () => {
    const meta = { name: 'web', namespace: 'default', labels: { app: 'web' }, annotations: { 'A/b': 'x y' } };
    expect(validateObjectMeta(meta, rules)).toEqual([]);
  });

  it('finds everything that is wrong, in order', () => {
    const meta = { name: 'Web', generateName: 'Wx-', labels: { 'a b': 'ok', c: '-' }, finalizers: ['x y'] };
    expect(texts(validateObjectMeta(meta, rules))).toEqual([
      `metadata.generateName: Invalid value: "Wx-": ${SUBDOMAIN_MESSAGE}`,
      `metadata.name: Invalid value: "Web": ${SUBDOMAIN_MESSAGE}`,
      'metadata.namespace: Required value',
      expect.stringMatching(/^metadata\.labels: Invalid value: "a b": name part must consist of/),
      expect.stringMatching(/^metadata\.labels: Invalid value: "-": a valid label must be an empty string/),
      expect.stringMatching(/^metadata\.finalizers: Invalid value: "x y": name part must consist of/),
    ]);
  });

  it('asks for a name, forbids a namespace on cluster-scoped kinds', () => {
    const meta = { namespace: 'default' };
    expect(texts(validateObjectMeta(meta, { ...rules, namespaced: false }))).toEqual([
      'metadata.name: Required value: name or generateName is required',
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
  });

  it('allows one controller', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a', uid: '1', controller: true };
    const meta = { name: 'x', namespace: 'd', ownerReferences: [owner, { ...owner, name: 'b' }] };
    expect(texts(validateObjectMeta(meta, rules))).toEqual([
      expect.stringMatching(
        /Only one reference can have Controller set to true\. Found "true" in references for ReplicaSet\/a and ReplicaSet\/b$/,
      ),
    ]);
  });

  it('keeps identity over an update', () => {
    const old = { name: 'x', namespace: 'd', uid: '1', resourceVersion: '5', generation: 2 };
    expect(validateObjectMetaUpdate(old, old, path)).toEqual([]);
    const changed = { name: 'y', namespace: 'd', uid: '2', generation: 1 };
    expect(texts(validateObjectMetaUpdate(changed, old, path))).toEqual([
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
      'metadata.generation: Invalid value: 1: must not be decremented',
      'metadata.name: Invalid value: "y": field is immutable',
      'metadata.uid: Invalid value: "2": field is immutable',
    ]);
  });

  it('refuses new finalizers during a deletion', () => {
    const old = { name: 'x', resourceVersion: '1', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a'] };
    expect(texts(validateObjectMetaUpdate({ ...old, finalizers: ['b', 'a'] }, old, path))).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"b"}',
    ]);
  });

  it('prints an immutable value as JSON; absent and empty lists are equal', () => {
    const at = Path.of('spec', 'selector');
    expect(texts(validateImmutableField({ app: 'x' }, { app: 'y' }, at))).toEqual([
      'spec.selector: Invalid value: {"app":"x"}: field is immutable',
    ]);
    expect(validateImmutableField({ a: [], b: null }, {}, at)).toEqual([]);
  });

  it('checks label selectors', () => {
    const selector = {
      matchExpressions: [
        { key: 'a', operator: 'In' },
        { key: 'b', operator: 'Exists', values: ['x'] },
        { key: 'c', operator: 'Is' },
      ],
    };
    expect(texts(validateLabelSelector(selector, Path.of('spec', 'selector')))).toEqual([
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      'spec.selector.matchExpressions[2].operator: Invalid value: "Is": not a valid selector operator',
    ]);
  });

  it('checks field managers', () => {
    expect(texts(validateFieldManager('a\nb', Path.of('fieldManager')))).toEqual([
      String.raw`fieldManager: Invalid value: "a\nb": invalid character U+000A (at position 1)`,
    ]);
  });
});
