// The kubeconfig on disk: precedence, merging, and what is written where.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openKubeconfig } from '../../src/client/kubeconfig.ts';
import type { KubeconfigAccess } from '../../src/client/types.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function open(KUBECONFIG = '', explicitFile = ''): KubeconfigAccess {
  return openKubeconfig({ env: { KUBECONFIG }, cwd, explicitFile, defaultFile: join(cwd, 'state', 'config') });
}
function write(name: string, text: string): void {
  writeFileSync(join(cwd, name), text);
}
function read(name: string): string {
  return readFileSync(join(cwd, name), 'utf8');
}

const ONE = `apiVersion: v1
clusters:
- cluster:
    certificate-authority: ca.crt
    server: https://one.example.com
  name: one
contexts:
- context:
    cluster: one
    user: eve
  name: one
current-context: one
kind: Config
users:
- name: eve
  user:
    token: t0ken
`;
const TWO = `apiVersion: v1
clusters:
- cluster:
    server: https://shadowed.example.com
  name: one
- cluster:
    server: https://two.example.com
  name: two
contexts: null
current-context: two
kind: Config
users: null
`;

describe('load', () => {
  it('is empty when no file is there', () => {
    expect(open().load()).toEqual({
      clusters: new Map(),
      users: new Map(),
      contexts: new Map(),
      currentContext: '',
      preferences: {},
    });
    expect(open('missing').load().clusters.size).toBe(0);
  });
  it('lets the first file win and makes paths absolute', () => {
    write('one', ONE);
    write('two', TWO);
    const config = open('one:two').load();
    expect([...config.clusters]).toEqual([
      ['one', { 'certificate-authority': join(cwd, 'ca.crt'), server: 'https://one.example.com' }],
      ['two', { server: 'https://two.example.com' }],
    ]);
    expect(config.currentContext).toBe('one');
    expect(open('two:one').load().currentContext).toBe('two');
  });
  it('takes --kubeconfig alone, and wants it to be there', () => {
    write('one', ONE);
    write('two', TWO);
    expect([...open('one', 'two').load().clusters.keys()]).toEqual(['one', 'two']);
    expect(() => open('one', 'missing.kc').load()).toThrow('stat missing.kc: no such file or directory');
  });
  it.each([
    [
      'apiVersion: v1\nkind: Config\nclusters: {a: b\n',
      `error loading config file "bad": yaml: line 3: did not find expected ',' or '}'`,
    ],
    [
      'apiVersion: v2\nkind: Config\n',
      'error loading config file "bad": no kind "Config" is registered for version "v2" in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"',
    ],
    [
      'clusters: foo\n',
      'error loading config file "bad": json: cannot unmarshal string into Go struct field Config.clusters of type []v1.NamedCluster',
    ],
    [
      'hello',
      `error loading config file "bad": couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    ],
  ])('names the damage of %j', (text, message) => {
    write('bad', text);
    expect(() => open('bad').load()).toThrow(message);
  });
});

describe('save', () => {
  it('writes a new file for its owner only', () => {
    const access = open('new');
    const config = access.load();
    config.clusters.set('lab', { server: 'https://lab.example.com:6443', 'insecure-skip-tls-verify': true });
    access.save(config);
    expect(read('new')).toBe(`apiVersion: v1
clusters:
- cluster:
    insecure-skip-tls-verify: true
    server: https://lab.example.com:6443
  name: lab
contexts: null
current-context: ""
kind: Config
users: null
`);
    expect(statSync(join(cwd, 'new')).mode & 0o777).toBe(0o600);
  });
  it('makes the folder of the default file', () => {
    const access = open();
    access.save({ ...access.load(), currentContext: 'x' });
    expect(read('state/config')).toContain('current-context: x\n');
  });
  it('changes entries in the file they came from, and leaves the others alone', () => {
    write('one', ONE);
    write('two', TWO);
    const access = open('one:two');
    const config = access.load();
    config.clusters.set('two', { server: 'https://moved.example.com' });
    config.contexts.get('one')!['namespace'] = 'tools';
    access.save({ ...config, contexts: new Map([...config.contexts, ['new', { cluster: 'two' }]]) });
    expect(read('one')).toContain('- context:\n    cluster: two\n  name: new\n');
    expect(read('two')).toBe(TWO.replace('https://two.', 'https://moved.'));
  });
  it.each([
    ['k'.repeat(251), `open ${'k'.repeat(251)}.lock: file name too long`],
    ['one/two', 'error loading config file "one/two": open one/two: not a directory'],
  ])('says why %s cannot be written', (file, message) => {
    write('one', ONE);
    const access = open(file);
    const save = (): void => access.save({ ...access.load(), currentContext: 'x' });
    expect(save).toThrow(expect.objectContaining({ message }));
    expect(readdirSync(cwd)).toEqual(['one']);
  });
  it('writes nothing when nothing has changed', () => {
    write('one', `# mine\n${ONE}`);
    const access = open('one');
    access.save(access.load());
    expect(read('one')).toBe(`# mine\n${ONE}`);
  });
  it('takes entries away', () => {
    write('one', ONE);
    const access = open('one');
    const config = access.load();
    config.users.delete('eve');
    access.save({ ...config, currentContext: '' });
    expect(read('one')).toBe(
      ONE.replace('current-context: one', 'current-context: ""').replace(/users:[^]*/, 'users: null\n'),
    );
  });
});
