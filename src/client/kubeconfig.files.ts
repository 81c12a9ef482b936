// One kubeconfig file: its YAML, its sections, paths relative to it, and writing it whole.
// Called by: kubeconfig.ts. Must not know: which files count. Upstream: client-go/tools/clientcmd loader.go, api/v1 conversion.go.
import { codeOf, goFileError } from '../machinery/goerrno.ts';
import { goString } from '../machinery/gofmt.ts';
import { parsePlainYaml } from '../machinery/yaml.plain.ts';
import { toYaml, yamlToJson } from '../machinery/yaml.ts';
import type { Kubeconfig } from './types.ts';

type Entry = Record<string, unknown>;
type Section = 'clusters' | 'users' | 'contexts';

// The word under which a file keeps the entries of a section.
const WORDS: Readonly<Record<Section, string>> = { clusters: 'cluster', users: 'user', contexts: 'context' };
const GO_NAMES: Readonly<Record<Section, string>> = { clusters: 'Cluster', users: 'AuthInfo', contexts: 'Context' };
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
const PATHS: Readonly<Record<Section, readonly string[]>> = {
  clusters: ['certificate-authority'],
  users: ['client-certificate', 'client-key', 'tokenFile'],
  contexts: [],
};

/** Fields that hold bytes. */
const BYTES: Readonly<Record<Section, readonly string[]>> = {
  clusters: ['certificate-authority-data'],
  users: ['client-certificate-data', 'client-key-data'],
  contexts: [],
};

export function emptyKubeconfig(): Kubeconfig {
  return { clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: '', preferences: {} };
}

/** Returns what the file holds; undefined when there is no file. @throws Error with clientcmd's text. */
export function readKubeconfig(path: string): Kubeconfig | undefined {
  let text: string;
  try {
    text = process.getBuiltinModule('node:fs').readFileSync(path, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    throw new Error(goFileError(code === 'EISDIR' ? 'read' : 'open', path, error), { cause: error });
  }
  return parseKubeconfig(text);
}

/** Returns the sections of a file's text. @throws Error with clientcmd's text. */
export function parseKubeconfig(text: string): Kubeconfig {
  const config = emptyKubeconfig();
  if (text === '') return config;
  const value = decode(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`couldn't get version/kind; json parse error: ${notDecoded(value, TYPE_META)}`);
  const fields = value as Entry;
  checkKind(fields);
  for (const section of ['clusters', 'users', 'contexts'] as const) readSection(config, section, fields[section]);
  const current = fields['current-context'] ?? '';
  if (typeof current !== 'string')
    throw new Error(notDecoded(current, 'string', 'struct field Config.current-context'));
  config.currentContext = current;
  config.preferences = asObject(fields['preferences']);
  return config;
}

function readSection(config: Kubeconfig, section: Section, list: unknown): void {
  if (list === undefined || list === null) return;
  const type = GO_NAMES[section];
  if (!Array.isArray(list)) throw new Error(notDecoded(list, `[]v1.Named${type}`, `struct field Config.${section}`));
  for (const item of list.map(asObject)) {
    const name = typeof item['name'] === 'string' ? item['name'] : '';
    if (config[section].has(name))
      throw new Error(
        `error converting *[]Named${type} into *map[string]*api.${type}: duplicate name ${JSON.stringify(name)} ` +
          `in list: ${goString(list)}`,
      );
    const entry = asObject(item[WORDS[section]]);
    for (const field of BYTES[section]) checkBase64(entry[field]);
    config[section].set(name, entry);
  }
}

function notDecoded(value: unknown, goType: string, place = 'value'): string {
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${what} into Go ${place} of type ${goType}`;
}

function decode(text: string): unknown {
  try {
    return parsePlainYaml(text) ?? yamlToJson(text);
  } catch (error) {
    throw new Error((error as Error).message.replace(/^error converting YAML to JSON: /, ''), { cause: error });
  }
}

function checkKind(value: Entry): void {
  const { apiVersion, kind } = value;
  if ((apiVersion !== undefined && apiVersion !== 'v1') || (kind !== undefined && kind !== 'Config'))
    throw new Error(
      `no kind ${JSON.stringify(kind ?? 'Config')} is registered for version ${JSON.stringify(apiVersion ?? 'v1')} ` +
        'in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"',
    );
}

/** @throws Error with the words of Go's decoder. */
function checkBase64(value: unknown): void {
  if (typeof value !== 'string') return;
  const at = corruptAt(value);
  if (at !== undefined) throw new Error(`illegal base64 data at input byte ${at}`);
}

/** Returns where a text stops being base64; newlines do not count. Upstream: encoding/base64 decodeQuantum. */
function corruptAt(text: string): number | undefined {
  if (text.length % 4 === 0 && /^[\w+/]*={0,2}$/.test(text) && !text.includes('_')) return undefined;
  let inQuantum = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\n' || char === '\r') continue;
    if (char !== '=') {
      if (!/[A-Za-z0-9+/]/.test(char)) return i;
      inQuantum = (inQuantum + 1) % 4;
      continue;
    }
    if (inQuantum < 2) return i;
    const rest = text.slice(i + 1).replace(/[\r\n]/g, '');
    const wanted = inQuantum === 2 ? '=' : '';
    if (rest === wanted) return undefined;
    if (wanted === '=' && !rest.startsWith('=')) return rest === '' ? text.length : i + 1;
    return i + 1 + wanted.length;
  }
  return inQuantum === 0 ? undefined : text.length - inQuantum;
}

function asObject(value: unknown): Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : {};
}

/** Returns the entry with its file names made absolute from the folder of the file it stands in. */
export function resolvePaths(section: Section, entry: Entry, folder: string): Entry {
  const resolved = { ...entry };
  const { isAbsolute, join } = process.getBuiltinModule('node:path');
  for (const field of PATHS[section]) {
    const path = entry[field];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) resolved[field] = join(folder, path);
  }
  // A plugin that is named by a path, not found in PATH.
  const exec = section === 'users' ? asObject(entry['exec']) : {};
  const { command } = exec;
  if (typeof command === 'string' && command.includes('/') && !isAbsolute(command))
    resolved['exec'] = { ...exec, command: join(folder, command) };
  return resolved;
}

/**
 * Writes the file whole, readable by its owner only; its folder is made when it is missing.
 * @throws Error with clientcmd's text: `open x.lock: read-only file system`, `write x: no space left on device`.
 */
export function writeKubeconfig(path: string, config: Kubeconfig, shownPath = path): void {
  const { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } = process.getBuiltinModule('node:fs');
  const folder = process.getBuiltinModule('node:path').dirname(path);
  const aside = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true });
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600;
    writeFileSync(aside, formatKubeconfig(config), { mode: 0o600 });
    if ((mode & 0o777) !== 0o600) chmodSync(aside, mode & 0o777);
    renameSync(aside, path);
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'mkdir') throw new Error(goFileError('mkdir', folder, error), { cause: error });
    if (syscall !== 'open') rmSync(aside, { force: true });
    const text =
      syscall === 'open' ? goFileError('open', `${shownPath}.lock`, error) : goFileError('write', shownPath, error);
    throw new Error(text, { cause: error });
  }
}

/** Returns the file's text: sections sorted by name, as clientcmd's encoder writes them. */
export function formatKubeconfig(config: Kubeconfig): string {
  const list = (section: Section): Entry[] | null => {
    const names = [...config[section].keys()].sort();
    if (names.length === 0) return null;
    return names.map((name) => ({ [WORDS[section]]: config[section].get(name), name }));
  };
  const hasPreferences = Object.keys(config.preferences).length > 0;
  return toYaml({
    apiVersion: 'v1',
    clusters: list('clusters'),
    contexts: list('contexts'),
    'current-context': config.currentContext,
    kind: 'Config',
    ...(hasPreferences ? { preferences: config.preferences } : {}),
    users: list('users'),
  });
}
