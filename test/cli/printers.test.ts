import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { PrintedWatchEvent, type Printable } from '../../src/cli/printer.ts';
import { createGetPrinter } from '../../src/cli/printers.get.ts';
import { createPrinter, type PrintOptions } from '../../src/cli/printers.ts';
import type { Unstructured } from '../../src/machinery/types.ts';

const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'printers-'));
afterAll(() => fs.rmSync(cwd, { recursive: true }));
fs.writeFileSync(path.join(cwd, 'name.tpl'), '<{{.metadata.name}}>');
fs.writeFileSync(path.join(cwd, 'name.jp'), '[{.metadata.name}]');
fs.writeFileSync(path.join(cwd, 'columns'), 'NAME  KIND\nmetadata.name {.kind}\n');
fs.writeFileSync(path.join(cwd, 'headers'), 'NAME KIND\n.metadata.name\n');

const deployment = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: 'web', managedFields: [{ manager: 'x' }] },
  spec: { replicas: 1 },
} as unknown as Unstructured;
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: '<1>' } } as Unstructured;
const list = { apiVersion: 'v1', kind: 'List', items: [configMap, deployment], metadata: { resourceVersion: '' } };

function print(options: Partial<PrintOptions>, ...objects: Printable[]): string {
  let text = '';
  const printer = createPrinter({ output: '', cwd, ...options });
  for (const object of objects) printer.print(object, { write: (piece) => (text += piece) });
  return text;
}

function get(output: string, object: Printable, more: { template?: string; noHeaders?: boolean } = {}): string {
  let text = '';
  const printer = createGetPrinter({ output, cwd, nowMs: () => 0, ...more });
  printer.print(object, { write: (piece) => (text += piece) });
  return text;
}

describe('createPrinter', () => {
  it.each<[Partial<PrintOptions>, string]>([
    [{ operation: 'scaled (dry run)' }, 'deployment.apps/web scaled (dry run)\n'],
    [{ operation: 'scaled', output: 'name' }, 'deployment.apps/web\n'],
    [{ output: 'NAME' }, 'deployment.apps/web\n'],
    [{ output: 'yaml' }, 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n'],
    [
      { output: 'yaml', showManagedFields: true },
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  managedFields:\n  - manager: x\n  name: web\nspec:\n  replicas: 1\n',
    ],
    [
      { output: 'json' },
      '{\n    "apiVersion": "apps/v1",\n    "kind": "Deployment",\n    "metadata": {\n        "name": "web"\n    },\n    "spec": {\n        "replicas": 1\n    }\n}\n',
    ],
    [
      { output: 'json', isTyped: true },
      '{\n    "kind": "Deployment",\n    "apiVersion": "apps/v1",\n    "metadata": {\n        "name": "web"\n    },\n    "spec": {\n        "replicas": 1\n    }\n}\n',
    ],
    [
      { output: 'kyaml' },
      '---\n{\n  apiVersion: "apps/v1",\n  kind: "Deployment",\n  metadata: {\n    name: "web",\n  },\n  spec: {\n    replicas: 1,\n  },\n}\n',
    ],
    [{ output: 'jsonpath={.spec.replicas}' }, '1'],
    [{ output: 'jsonpath-file=name.jp' }, '[web]'],
    [{ output: 'go-template={{.kind}}' }, 'Deployment'],
    [{ output: 'templatefile=name.tpl' }, '<web>'],
    [{ template: '{{.kind}}' }, 'Deployment'],
    [{ output: 'jsonpath', template: '{.kind}' }, 'Deployment'],
  ])('%j', (options, expected) => {
    expect(print(options, deployment)).toBe(expected);
  });

  it('parts YAML documents, and names the items of lists', () => {
    expect(print({ output: 'yaml' }, configMap, configMap)).toBe(
      'apiVersion: v1\ndata:\n  k: <1>\nkind: ConfigMap\nmetadata:\n  name: a\n---\napiVersion: v1\ndata:\n  k: <1>\nkind: ConfigMap\nmetadata:\n  name: a\n',
    );
    expect(print({ output: 'name' }, list)).toBe('configmap/a\ndeployment.apps/web\n');
  });

  it('prints events on one line as JSON, their objects sorted', () => {
    const event = new PrintedWatchEvent('ADDED', configMap);
    expect(print({ output: 'json' }, event)).toBe(
      '{"type":"ADDED","object":{"apiVersion":"v1","data":{"k":"\\u003c1\\u003e"},"kind":"ConfigMap","metadata":{"name":"a"}}}\n',
    );
  });

  it.each<[Partial<PrintOptions>, string]>([
    [
      { output: 'xml' },
      'unable to match a printer suitable for the output format "xml", allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml',
    ],
    [
      { output: 'kyaml', env: { KUBECTL_KYAML: 'false' } },
      'unable to match a printer suitable for the output format "kyaml", allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml',
    ],
    [{ output: 'jsonpath' }, 'template format specified but no template given'],
    [{ output: 'jsonpath={.x' }, 'error parsing jsonpath {.x, unclosed action'],
    [{ output: 'go-template={{' }, 'error parsing template {{, template: output:1: unclosed action'],
    [{ output: 'jsonpath-file=no' }, 'error reading --template no, open no: no such file or directory'],
  ])('refuses %j', (options, message) => {
    expect(() => print(options, deployment)).toThrow(new Error(message).message);
  });

  it('shows what a failing jsonpath was given', () => {
    expect(() => print({ output: 'jsonpath={.nope}', allowMissingTemplateKeys: false }, configMap)).toThrow(
      'error executing jsonpath "{.nope}": Error executing template: nope is not found. Printing more information for debugging the template:\n' +
        '\ttemplate was:\n\t\t{.nope}\n\tobject given to jsonpath engine was:\n\t\tmap[string]interface {}{"apiVersion":"v1", ' +
        '"data":map[string]interface {}{"k":"<1>"}, "kind":"ConfigMap", "metadata":map[string]interface {}{"name":"a"}}\n\n\n',
    );
  });
});

describe('createGetPrinter', () => {
  it.each([
    ['custom-columns=NAME:.metadata.name,D:data', list, 'NAME   D\na      map[k:<1>]\nweb    <none>\n'],
    ['custom-columns=KIND:{.kind}', configMap, 'KIND\nConfigMap\n'],
    ['custom-columns-file=columns', configMap, 'NAME   KIND\na      ConfigMap\n'],
    ['', configMap, 'NAME   AGE\na      <unknown>\n'],
    ['name', configMap, 'configmap/a\n'],
  ])('%s', (output, object, expected) => {
    expect(get(output, object)).toBe(expected);
  });

  it('takes columns from --template, and leaves out headers', () => {
    expect(get('custom-columns', configMap, { template: 'N:.metadata.name', noHeaders: true })).toBe('a\n');
  });

  it.each([
    ['custom-columns', 'custom-columns format specified but no custom columns given'],
    ['custom-columns=NAME', 'unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>'],
    ['custom-columns-file=headers', "number of headers (2) and field specifications (1) don't match"],
    ['custom-columns-file=no', 'error reading template no, open no: no such file or directory\n'],
    [
      'Wide',
      'unable to match a printer suitable for the output format "Wide", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml',
    ],
  ])('refuses %s', (output, message) => {
    expect(() => get(output, configMap)).toThrow(message);
  });
});
