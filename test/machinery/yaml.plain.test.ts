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
  ['numbers and dates', { a: 1.5, b: -3, c: 'v1.2' }],
])('reads %s as the library does', (_, value) => {
  const text = toYaml(value);
  expect(parsePlainYaml(text)).toEqual(yamlToJson(text));
  expect(parsePlainYaml(text)).toEqual(value);
});

it.each([
  ['quotes', 'a: "1"\n'],
  ['comments', 'a: b # c\n'],
  ['flow collections', 'a: {b: c}\n'],
  ['unsorted keys', 'b: 1\na: 2\n'],
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
