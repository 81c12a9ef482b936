// `kubectl config set` and `unset`: single values by a dotted path.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/set.go, unset.go, navigation_step_parser.go.
import type { Kubeconfig } from '../../../client/types.ts';
import { defineCommand } from '../../command.ts';
import { parseGoBool } from '../../govalues.ts';
import { exactArgs } from './access.ts';

type FieldType = 'string' | 'bool' | 'bytes' | 'map' | 'struct';
interface Field {
  type: FieldType;
  /** Name in the file, where it is another. */
  stored?: string;
}
type Fields = Record<string, Field>;

const string: Field = { type: 'string' };
const bool: Field = { type: 'bool' };
const bytes: Field = { type: 'bytes' };

const CLUSTER: Fields = {
  server: string,
  'tls-server-name': string,
  'insecure-skip-tls-verify': bool,
  'certificate-authority': string,
  'certificate-authority-data': bytes,
  'proxy-url': string,
  'disable-compression': bool,
};
const USER: Fields = {
  'client-certificate': string,
  'client-certificate-data': bytes,
  'client-key': string,
  'client-key-data': bytes,
  token: string,
  tokenFile: string,
  'act-as': { type: 'string', stored: 'as' },
  'act-as-uid': { type: 'string', stored: 'as-uid' },
  'act-as-groups': { type: 'struct', stored: 'as-groups' },
  'act-as-user-extra': { type: 'map', stored: 'as-user-extra' },
  username: string,
  password: string,
  'auth-provider': { type: 'struct' },
  exec: { type: 'struct' },
};
const CONTEXT: Fields = { cluster: string, user: string, namespace: string };
const PREFERENCES: Fields = { colors: bool };
const ENTRIES = { clusters: CLUSTER, users: USER, contexts: CONTEXT } as const;
type MapName = keyof typeof ENTRIES;

/** A path taken apart: the field of the root, the name in its map, the field of the entry. */
interface Steps {
  root: string;
  name?: string;
  field?: string;
}

/** Names may hold dots: they end where a known field begins. @throws Error with upstream's text. */
function parseSteps(path: string): Steps {
  const [root = '', ...rest] = path.split('.');
  const tooDeep = () => new Error(`unable to parse one or more field values of ${path}`);
  if (['kind', 'apiVersion', 'current-context'].includes(root)) {
    if (rest.length > 0) throw tooDeep();
    return { root };
  }
  if (root === 'preferences') {
    const [field, ...more] = rest;
    if (field !== undefined && !Object.hasOwn(PREFERENCES, field))
      throw new Error(`unable to parse ${path} after [{preferences api.Preferences}] at api.Preferences`);
    if (more.length > 0) throw tooDeep();
    return field === undefined ? { root } : { root, field };
  }
  if (!Object.hasOwn(ENTRIES, root)) throw new Error(`unable to parse ${path} after [] at api.Config`);
  if (rest.length === 0) return { root };
  const fields = ENTRIES[root as MapName];
  const end = rest.findIndex((part, i) => i > 0 && Object.hasOwn(fields, part));
  if (end < 0) return { root, name: rest.join('.') };
  if (rest.length > end + 1) throw tooDeep();
  return { root, name: rest.slice(0, end).join('.'), field: rest[end] ?? '' };
}

function converted(type: FieldType, value: string, isRaw: boolean): unknown {
  if (type === 'string') return value;
  if (type === 'bool') return parseGoBool(value) || undefined;
  if (type === 'bytes') return isRaw ? Buffer.from(value).toString('base64') : checkedBase64(value);
  throw new Error("can't set a map to a value: map[]");
}

function checkedBase64(value: string): string {
  const wrong = /[^A-Za-z0-9+/=]/.exec(value);
  if (wrong || value.length % 4 !== 0)
    throw new Error(
      `error decoding input value: illegal base64 data at input byte ${wrong?.index ?? value.replace(/=+$/, '').length}`,
    );
  return value;
}

/** A map of pointers as Go prints it; the addresses mean nothing. */
function pointerMap(names: Iterable<string>): string {
  return `map[${[...names]
    .sort()
    .map((name) => `${name}:0xc000000000`)
    .join(' ')}]`;
}

function modify(config: Kubeconfig, steps: Steps, value: string | undefined, isRaw: boolean): void {
  const { root, name, field } = steps;
  if (root === 'current-context') config.currentContext = value ?? '';
  else if (root === 'preferences') modifyPreferences(config, field, value);
  else if (Object.hasOwn(ENTRIES, root)) modifyEntry(config, root as MapName, { name, field, value, isRaw });
}

function modifyPreferences(config: Kubeconfig, field: string | undefined, value: string | undefined): void {
  if (field === undefined) {
    if (value !== undefined) throw new Error("can't set a map to a value: map[]");
    config.preferences = {};
  } else if (value === undefined || !parseGoBool(value)) delete config.preferences[field];
  else config.preferences[field] = true;
}

function modifyEntry(
  config: Kubeconfig,
  root: MapName,
  change: { name: string | undefined; field: string | undefined; value: string | undefined; isRaw: boolean },
): void {
  const entries = config[root];
  const { name, field, value, isRaw } = change;
  if (name === undefined || field === undefined) {
    if (value !== undefined) throw new Error(`can't set a map to a value: ${pointerMap(entries.keys())}`);
    if (name === undefined) entries.clear();
    else entries.delete(name);
    return;
  }
  const { type, stored = field } = (ENTRIES[root] as Fields)[field] ?? string;
  const entry = entries.get(name);
  if (!entry && value === undefined) throw new Error(`current map key \`${name}\` is invalid`);
  const next: Record<string, unknown> = { ...entry };
  const storedValue = value === undefined ? undefined : converted(type, value, isRaw);
  if (storedValue === undefined) delete next[stored];
  else next[stored] = storedValue;
  entries.set(name, next);
}

export const setProperty = defineCommand({
  use: 'set PROPERTY_NAME PROPERTY_VALUE',
  short: 'Set a single value of the kubeconfig',
  long: `Sets a single value of the kubeconfig.

PROPERTY_NAME is a path with dots: each part is the name of a field or of an entry.

PROPERTY_VALUE is the new value. Fields that hold bytes, such as 'certificate-authority-data', take base64 unless --set-raw-bytes is given.`,
  example: `# Set the server of the cluster my-cluster
kubectl config set clusters.my-cluster.server https://1.2.3.4

# Set the cluster of the context my-context
kubectl config set contexts.my-context.cluster my-cluster`,
  flags: [
    {
      name: 'set-raw-bytes',
      type: 'bool',
      default: 'false',
      usage: 'Take the value of a field that holds bytes as it stands, not as base64.',
    },
  ],
  async run(context) {
    const [name = '', value = ''] = await exactArgs(context, 2);
    if (value === '') throw new Error('you cannot use set to unset a property');
    if (name === '') throw new Error('you must specify a property');
    const access = context.factory.kubeconfig();
    const config = access.load();
    modify(config, parseSteps(name), value, context.flags.bool('set-raw-bytes'));
    access.save(config);
    context.streams.out.write(`Property ${JSON.stringify(name)} set.\n`);
  },
});

export const unsetProperty = defineCommand({
  use: 'unset PROPERTY_NAME',
  short: 'Remove a single value of the kubeconfig',
  long: `Removes a single value of the kubeconfig.

PROPERTY_NAME is a path with dots: each part is the name of a field or of an entry.`,
  example: `# Remove the context in use
kubectl config unset current-context

# Remove the namespace of the context foo
kubectl config unset contexts.foo.namespace`,
  async run(context) {
    const [name = ''] = await exactArgs(context, 1);
    if (name === '') throw new Error('you must specify a property');
    const access = context.factory.kubeconfig();
    const config = access.load();
    modify(config, parseSteps(name), undefined, false);
    access.save(config);
    context.streams.out.write(`Property ${JSON.stringify(name)} unset.\n`);
  },
});
