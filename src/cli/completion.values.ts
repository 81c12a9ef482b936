// Values for completion: what stands for a command's arguments and flags, looked up in the cluster and the kubeconfig.
// Called by: cli/completion.ts. Must not know: any shell. Upstream: kubectl pkg/util/completion/completion.go.
import type { Pod } from 'kubernetes-types/core/v1';
import type { FlagSpec } from './command.ts';
import type { Factory } from './factory.ts';
import { extractItems } from './visitors.ts';

/** Directives, to be added up. */
const NO_SPACE = 2;
export const NO_FILES = 4;
const FILE_ENDINGS = 8;

export interface Completion {
  candidates: string[];
  directive: number;
}

/** What is known when a word is completed: the arguments before it, and how to ask the cluster. */
export interface Lookup {
  factory: Factory;
  args: readonly string[];
}

type ArgumentKind =
  | { of: 'objects'; types?: readonly string[]; isOnce?: boolean }
  | { of: 'names'; type: string }
  | { of: 'pods'; part?: 'containers' | 'ports' }
  | { of: 'types' }
  | { of: 'entries'; section: 'contexts' | 'clusters' | 'users' }
  | { of: 'words'; words: readonly string[] };

const WORKLOADS = ['deployment', 'daemonset', 'statefulset'];
const SCALABLE = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'];
const TEMPLATED = [
  'daemonsets',
  'deployments',
  'pods',
  'cronjobs',
  'replicasets',
  'replicationcontrollers',
  'statefulsets',
];
const POD_OWNERS = [
  'daemonsets',
  'deployments',
  'pods',
  'jobs',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
];

const ANY: ArgumentKind = { of: 'objects' };
const NODES: ArgumentKind = { of: 'names', type: 'nodes' };
const CONTEXTS: ArgumentKind = { of: 'entries', section: 'contexts' };
const objects = (...types: string[]): ArgumentKind => ({ of: 'objects', types });

const ARGUMENTS: Readonly<Record<string, ArgumentKind>> = {
  annotate: ANY,
  'apply edit-last-applied': ANY,
  'apply view-last-applied': ANY,
  attach: { of: 'pods' },
  autoscale: objects(...SCALABLE),
  completion: { of: 'words', words: ['bash', 'zsh', 'fish', 'powershell'] },
  'config delete-cluster': { of: 'entries', section: 'clusters' },
  'config delete-context': CONTEXTS,
  'config delete-user': { of: 'entries', section: 'users' },
  'config get-contexts': CONTEXTS,
  'config rename-context': CONTEXTS,
  'config set-context': CONTEXTS,
  'config use-context': CONTEXTS,
  cordon: NODES,
  cp: { of: 'pods' },
  'create token': { of: 'names', type: 'serviceaccounts' },
  debug: ANY,
  delete: ANY,
  describe: ANY,
  drain: NODES,
  edit: ANY,
  exec: { of: 'pods' },
  explain: { of: 'types' },
  expose: objects('pod', 'service', 'replicationcontroller', 'deployment', 'replicaset'),
  get: ANY,
  label: ANY,
  logs: { of: 'pods', part: 'containers' },
  patch: ANY,
  'port-forward': { of: 'pods', part: 'ports' },
  'rollout history': objects(...WORKLOADS),
  'rollout pause': objects('deployment'),
  'rollout restart': objects(...WORKLOADS),
  'rollout resume': objects('deployment'),
  'rollout status': { of: 'objects', types: WORKLOADS, isOnce: true },
  'rollout undo': objects(...WORKLOADS),
  scale: objects(...SCALABLE),
  'set image': { of: 'objects', types: TEMPLATED, isOnce: true },
  taint: objects('node'),
  'top node': NODES,
  'top pod': { of: 'names', type: 'pods' },
  uncordon: NODES,
};

/** Returns what the next argument may be; undefined for commands that have nothing to say about it. */
export async function completeArgument(lookup: Lookup, path: string, word: string): Promise<Completion | undefined> {
  const kind = Object.hasOwn(ARGUMENTS, path) ? ARGUMENTS[path] : undefined;
  if (!kind) return undefined;
  if (kind.of === 'objects') return await completeObject(lookup, kind, word);
  if (kind.of === 'pods') return await completePod(lookup, kind.part, word);
  if (lookup.args.length > 0) return completion([], word);
  if (kind.of === 'words') return completion(kind.words, word);
  if (kind.of === 'types') return completion(await resourceTypes(lookup), word);
  if (kind.of === 'names') return completion(await namesOf(lookup, kind.type), word);
  return completion(entriesOf(lookup, kind.section), word);
}

/** Returns what the value of a flag may be; files when nothing better is known. */
export async function completeFlagValue(lookup: Lookup, spec: FlagSpec, word: string): Promise<Completion> {
  const { name } = spec;
  if (name === 'namespace') return completion(await namesOf(lookup, 'namespaces'), word);
  if (name === 'context' || name === 'cluster' || name === 'user')
    return completion(entriesOf(lookup, `${name}s`), word);
  if (name === 'container') return completion(await partsOfPod(lookup, 'containers'), word);
  if (name === 'filename') return { candidates: ['json', 'yaml', 'yml'], directive: FILE_ENDINGS };
  const formats = name === 'output' ? /One of: \(([^)]*)\)/.exec(spec.usage)?.[1] : undefined;
  return formats === undefined ? { candidates: [], directive: 0 } : completion(formats.split(/[, |]+/), word);
}

function completion(candidates: readonly string[], word: string, directive = NO_FILES): Completion {
  return { candidates: candidates.filter((candidate) => candidate.startsWith(word)), directive };
}

/** TYPE NAME … or TYPE/NAME …. Upstream: resourceTypeAndNameCompletionFunc. */
async function completeObject(
  lookup: Lookup,
  { types, isOnce = false }: { types?: readonly string[]; isOnce?: boolean },
  word: string,
): Promise<Completion> {
  const { args } = lookup;
  const [first] = args;
  const isAfterType = first !== undefined && !first.includes('/');
  if (isOnce && args.length > (isAfterType ? 1 : 0)) return completion([], word);
  if (isAfterType) {
    const names = await namesOf(lookup, first);
    return completion(
      names.filter((name) => !args.slice(1).includes(name)),
      word,
    );
  }
  const at = word.indexOf('/');
  if (at >= 0) {
    const type = word.slice(0, at);
    const names = (await namesOf(lookup, type)).map((name) => `${type}/${name}`);
    return completion(
      names.filter((name) => !args.includes(name)),
      word,
    );
  }
  const known = types ?? (await resourceTypes(lookup));
  if (first !== undefined)
    return completion(
      known.map((type) => `${type}/`),
      word,
      NO_FILES + NO_SPACE,
    );
  // 'pods,serv': the last of several.
  const head = word.slice(0, word.lastIndexOf(',') + 1);
  return completion(
    known.map((type) => `${head}${type}`),
    word,
  );
}

/** Names of pods, or TYPE/NAME of what has pods. Upstream: doPodResourceCompletion. */
async function completePod(
  lookup: Lookup,
  part: 'containers' | 'ports' | undefined,
  word: string,
): Promise<Completion> {
  const { args } = lookup;
  if (args.length > 0) return completion(part && args.length === 1 ? await partsOfPod(lookup, part) : [], word);
  const at = word.indexOf('/');
  if (at >= 0) {
    const type = word.slice(0, at);
    return completion(
      (await namesOf(lookup, type)).map((name) => `${type}/${name}`),
      word,
    );
  }
  const pods = (await namesOf(lookup, 'pods')).filter((name) => name.startsWith(word));
  const candidates = [...pods, ...POD_OWNERS.map((type) => `${type}/`)];
  return completion(candidates, word, pods.length > 0 ? NO_FILES : NO_FILES + NO_SPACE);
}

/** Completion never complains: what cannot be looked up is not offered. */
async function orNone(read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch {
    return [];
  }
}

function namesOf({ factory }: Lookup, type: string): Promise<string[]> {
  return orNone(async () => {
    const mapping = (await factory.mapper()).resourceFor(type);
    const { namespace } = await factory.namespace();
    const list = await (await factory.rest()).list(mapping, mapping.namespaced ? namespace : undefined);
    return extractItems(list).map((item) => item.metadata.name ?? '');
  });
}

function resourceTypes({ factory }: Lookup): Promise<string[]> {
  return orNone(async () => {
    const resources = (await factory.mapper()).resources().filter((resource) => resource.verbs.includes('get'));
    const names = resources.map(({ name, group }) => (group === '' ? name : `${name}.${group}`));
    return [...new Set(names)].sort();
  });
}

function partsOfPod({ factory, args: [word = ''] }: Lookup, part: 'containers' | 'ports'): Promise<string[]> {
  return orNone(async () => {
    const name = word.replace(/^pods?\//, '');
    const mapping = (await factory.mapper()).resourceFor('pods');
    const { namespace } = await factory.namespace();
    const pod = (await (await factory.rest()).get(mapping, { namespace, name })) as unknown as Pod;
    const { initContainers = [], containers = [] } = pod.spec ?? {};
    if (part === 'ports') return containers.flatMap((c) => (c.ports ?? []).map((p) => String(p.containerPort)));
    return [...initContainers, ...containers].map((c) => c.name);
  });
}

function entriesOf({ factory }: Lookup, section: 'contexts' | 'clusters' | 'users'): string[] {
  try {
    return [...factory.kubeconfig().load()[section].keys()].sort();
  } catch {
    return [];
  }
}
