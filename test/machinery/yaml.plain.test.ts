import { expect, it } from '@jest/globals';
import { parsePlainYaml } from '../../src/machinery/yaml.plain.ts';
import { toYaml, yamlToJson } from '../../src/machinery/yaml.ts';

const kubeconfig = {
  apiVersion: 'v1',
  clusters: [{ cluster: { server: 'https://127.0.0.1:6443', 'insecure-skip-tls-verify': true }, name: 'sandkube' }],
  contexts: [{ context: { cluster: 'sandkube', user: 'admin', namespace: 'dev' }, name: 'sandkube' }],
  'current-context': 'sandkube',
  kind: 'Config',
  users: [{ name: 'admin', user: {} }],
};

it.each([
  ['a kubeconfig', kubeconfig],
  ['nested lists of scalars', { a: [1, 2, 'x'], b: { c: [true, null] }, d: [] }],
  ['paths and addresses', { a: '/home/me/.kube/ca.crt', b: 'https://host:6443/x@y', c: 'v1.2' }],
])('reads %s as the library does', (_, value) => {
  const text = toYaml(value);
  expect(parsePlainYaml(text)).toEqual(yamlToJson(text));
  expect(parsePlainYaml(text)).toEqual(value);
});

it.each([
  ['quotes', 'a: "1"\n'],
  ['comments', 'a: b # c\n'],
  ['flow collections', 'a: {b: c}\n'],
  ['numbers that are not whole', 'a: 1.5\n'],
  ['signs and leading zeros', 'a: -3\nb: 012\n'],
  ['dates', 'a: 2026-01-01\n'],
  ['the other booleans', 'a: yes\n'],
  ['keys that are booleans', 'on: a\n'],
  ['spaces in texts', 'a: b c\n'],
  ['a key without a value', 'a:\n'],
  ['anchors', 'a: &x b\n'],
  ['two documents', 'a: b\n---\na: b\n'],
  ['blank lines', 'a: b\n\nc: d\n'],
  ['line ends of other systems', 'a: b\r\n'],
  ['other indentation', 'a:\n    b: c\n'],
  ['indented lists', 'a:\n  - b\n'],
  ['document marks', '---\na: b\n'],
  ['a missing last newline', 'a: b'],
  ['duplicate keys', 'a: b\na: c\n'],
  ['broken text', 'a: b: c\n'],
  ['nothing', ''],
])('leaves %s to the library', (_, text) => {
  expect(parsePlainYaml(text)).toBeUndefined();
});
