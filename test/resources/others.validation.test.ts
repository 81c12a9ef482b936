import { describe, expect, it } from '@jest/globals';
import { StatusError } from '../../src/machinery/status.ts';
import { type Given, contextWith, created, errorsOnCreate, errorsOnUpdate, warningsOnCreate } from './definitions.ts';

function service(spec: object, name = 'svc'): Given {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}
function secret(type: string, data: object): Given {
  return { kind: 'Secret', type, data };
}
function ingressPath(value: object): Given {
  return { kind: 'Ingress', spec: { rules: [{ host: 'a.org', http: { paths: [value] } }] } };
}
const ONE_PORT = { ports: [{ port: 80 }] };

describe('what a cluster says of Services', () => {
  it.each<[string, object, string[]]>([
    ['a right one', ONE_PORT, []],
    ['no ports', { selector: { app: 'x' } }, ['spec.ports: Required value']],
    [
      'an affinity that is none',
      { ...ONE_PORT, sessionAffinity: 'Sticky' },
      ['spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"'],
    ],
    [
      'a type that is none',
      { ...ONE_PORT, type: 'ExternalService' },
      [
        'spec.type: Unsupported value: "ExternalService": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      'ports',
      {
        ports: [
          { port: 80 },
          { port: 82, name: 'Web' },
          { port: 70000, name: 'big' },
          { port: 81, targetPort: 'Bad_Name', name: 'tgt' },
        ],
      },
      [
        'spec.ports[0].name: Required value',
        'spec.ports[1].name: Invalid value: "Web": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \'-\', ' +
          "and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is " +
          "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        'spec.ports[2].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.ports[2].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.ports[3].targetPort: Invalid value: "Bad_Name": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      ],
    ],
    ['no name of elsewhere', { type: 'ExternalName' }, ['spec.externalName: Required value']],
    [
      'a node port of a ClusterIP Service',
      { ports: [{ port: 80, nodePort: 30080 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'a NodePort Service without an address',
      { ...ONE_PORT, type: 'NodePort', clusterIP: 'None' },
      ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
    ],
    [
      'one port twice',
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
      [
        'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      ],
    ],
  ])('%s', (_, spec, errors) => expect(errorsOnCreate(service(spec))).toEqual(errors));

  const taken = created(
    service({ ...ONE_PORT, type: 'NodePort', clusterIP: '10.96.0.9' }, 'other'),
  ) as unknown as Given;
  const takenPort = (taken['spec'] as { ports: { nodePort: number }[] }).ports[0]?.nodePort ?? 0;
  it.each<[string, object, string]>([
    [
      'an address that is taken',
      { ...ONE_PORT, clusterIP: '10.96.0.9' },
      'spec.clusterIPs: Invalid value: ["10.96.0.9"]: failed to allocate IP 10.96.0.9: provided IP is already allocated',
    ],
    [
      'an address of another network',
      { ...ONE_PORT, clusterIP: '10.0.0.1' },
      'spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the provided network does not match the current range',
    ],
    [
      'a node port that is taken',
      { type: 'NodePort', ports: [{ port: 80, nodePort: takenPort }] },
      `spec.ports[0].nodePort: Invalid value: ${takenPort}: provided port is already allocated`,
    ],
    [
      'a node port out of range',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
  ])('%s', (_, spec, error) => {
    const create = (): unknown => created(service(spec), contextWith(taken));
    expect(create).toThrow(
      new StatusError({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        message: `Service "svc" is invalid: ${error}`,
      }),
    );
  });

  it('addresses are chosen by name, apart from each other and from the low band', () => {
    const context = contextWith(taken);
    const spec = (name: string): unknown => created(service({ ...ONE_PORT, type: 'NodePort' }, name), context);
    const [a, again, b] = [spec('a'), spec('a'), spec('b')] as {
      spec: { clusterIP: string; ports: { nodePort: number }[] };
    }[];
    expect(again).toEqual(a);
    expect(b?.spec.clusterIP).not.toBe(a?.spec.clusterIP);
    expect(a?.spec.ports[0]?.nodePort).toBeGreaterThan(30085);
  });

  it.each<[string, object, object, string[]]>([
    [
      'an address may not change',
      { ...ONE_PORT, clusterIP: '10.96.0.9' },
      { ...ONE_PORT, clusterIP: '10.96.99.99' },
      ['spec.clusterIPs[0]: Invalid value: ["10.96.99.99"]: may not change once set'],
    ],
    [
      'an address may not be given up',
      { ...ONE_PORT, clusterIP: '10.96.0.9' },
      { ...ONE_PORT, clusterIP: 'None' },
      ['spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set'],
    ],
    ['a type may', { ...ONE_PORT, type: 'NodePort' }, { type: 'ExternalName', externalName: 'x.org' }, []],
  ])('%s', (_, before, after, errors) => expect(errorsOnUpdate(service(before), service(after))).toEqual(errors));

  it('what a client leaves out stays allocated', () => {
    expect(
      errorsOnUpdate(service({ ...ONE_PORT, type: 'NodePort' }), service({ ...ONE_PORT, type: 'NodePort' })),
    ).toEqual([]);
  });
});

describe('what a cluster says of configuration', () => {
  const KEY =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', " +
    "regex used for validation is '[-._a-zA-Z0-9]+')";
  it.each<[string, Given, string[]]>([
    [
      'keys',
      { kind: 'ConfigMap', data: { 'a b': '1', '..': '3' } },
      [`data[..]: Invalid value: "..": must not be '..'`, `data[a b]: Invalid value: "a b": ${KEY}`],
    ],
    [
      'a key twice',
      { kind: 'ConfigMap', data: { k: '1' }, binaryData: { k: 'MQ==' } },
      ['data[k]: Invalid value: "k": duplicate of key present in binaryData'],
    ],
    [
      'too much',
      { kind: 'ConfigMap', data: { k: 'x'.repeat(1048577) } },
      ['Too long: may not be more than 1048576 bytes'],
    ],
    [
      'no user',
      secret('kubernetes.io/basic-auth', { note: 'bm9uZQ==' }),
      ['data[username]: Required value', 'data[password]: Required value'],
    ],
    [
      'no certificate',
      secret('kubernetes.io/tls', {}),
      ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
    ],
    ['no key', secret('kubernetes.io/ssh-auth', {}), ['data[ssh-privatekey]: Required value']],
    ['no registry', secret('kubernetes.io/dockerconfigjson', {}), ['data[.dockerconfigjson]: Required value']],
    [
      'no JSON',
      secret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': Buffer.from('auths').toString('base64') }),
      [
        `data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'a' looking for beginning of value`,
      ],
    ],
    [
      "no account's name",
      secret('kubernetes.io/service-account-token', {}),
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    [
      'a namespace with a dot',
      { kind: 'Namespace', metadata: { name: 'dotted.name' } },
      ['metadata.name: Invalid value: "dotted.name": must not contain dots'],
    ],
  ])('%s', (_, given, errors) => expect(errorsOnCreate(given)).toEqual(errors));

  const frozen = { kind: 'ConfigMap', data: { a: '1' }, immutable: true };
  const box = { kind: 'Secret', type: 'Opaque', data: { k: 'dg==' }, immutable: true };
  it.each<[string, Given, Given, string[]]>([
    ['labels may change', frozen, { ...frozen, metadata: { labels: { seen: 'yes' } } }, []],
    ['data', frozen, { ...frozen, data: { a: '2' } }, ['data: Forbidden: field is immutable when `immutable` is set']],
    [
      'the mark',
      frozen,
      { ...frozen, immutable: false },
      ['immutable: Forbidden: field is immutable when `immutable` is set'],
    ],
    [
      "a Secret's data",
      box,
      { ...box, stringData: { k: 'v2' } },
      ['data: Forbidden: field is immutable when `immutable` is set'],
    ],
    [
      "a Secret's type",
      { ...box, immutable: false },
      { ...box, immutable: false, type: 'kubernetes.io/tls' },
      [
        'type: Invalid value: "kubernetes.io/tls": field is immutable',
        'data[tls.crt]: Required value',
        'data[tls.key]: Required value',
      ],
    ],
  ])('immutable: %s', (_, before, after, errors) => expect(errorsOnUpdate(before, after)).toEqual(errors));
});

describe('what a cluster says of Ingresses', () => {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  it.each<[string, Given, string[]]>([
    ['a right one', ingressPath({ path: '/', pathType: 'Prefix', backend }), []],
    [
      'nothing',
      { kind: 'Ingress', spec: {} },
      ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
    ],
    [
      'no path type',
      ingressPath({ path: '/', backend }),
      ['spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified'],
    ],
    [
      'a path that is none',
      ingressPath({ path: 'a//b', pathType: 'Exact', backend: { service: { name: 'web', port: {} } } }),
      [
        'spec.rules[0].http.paths[0].path: Invalid value: "a//b": must be an absolute path',
        `spec.rules[0].http.paths[0].path: Invalid value: "a//b": must not contain '//'`,
        'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
      ],
    ],
    ['a class without a controller', { kind: 'IngressClass', spec: {} }, ['spec.controller: Required value']],
  ])('%s', (_, given, errors) => expect(errorsOnCreate(given)).toEqual(errors));
});

describe('warnings', () => {
  it.each<[string, Given, string[]]>([
    [
      'a pod',
      {
        kind: 'Pod',
        metadata: { name: 'a.b' },
        spec: {
          nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
          containers: [
            {
              name: 'c',
              image: 'acme/c',
              env: [
                { name: 'A', value: '1' },
                { name: 'A', value: '2' },
              ],
              ports: [
                { containerPort: 80, name: 'web' },
                { containerPort: 80, name: 'web' },
              ],
            },
          ],
        },
      },
      [
        "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: " +
          '[must not contain dots]',
        'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
        'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
        'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
        'spec.containers[0].ports[1]: duplicate port name "web" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
      ],
    ],
    [
      'an old annotation of an Ingress',
      { kind: 'Ingress', metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } }, spec: {} },
      [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`],
    ],
  ])('%s', (_, given, warnings) => expect(warningsOnCreate(given)).toEqual(warnings));
});
