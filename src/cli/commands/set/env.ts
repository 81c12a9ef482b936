// `kubectl set env`.
// Called by: commands/set.ts. Upstream: kubectl pkg/cmd/set/set_env.go, pkg/cmd/set/env.
import type { Container, EnvVar } from 'kubernetes-types/core/v1';
import { isEnvVarName } from '../../../machinery/validation.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { dryRunStrategy } from '../../commandflags.ts';
import { requireObject } from '../../requests.ts';
import { listEnvironment } from './env.list.ts';
import { changeAll, hasPodSpec, podSpecOf, readInfos, selectContainers, setFlags } from './podspec.ts';

export const setEnv = defineCommand({
  use: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Change environment variables of a pod template',
  long: `Changes, adds, removes or lists the environment variables of containers in pods and pod templates.

NAME=VALUE sets a variable, NAME- removes it, and '-' reads lines NAME=VALUE from stdin. --from takes the keys of a config map or secret.`,
  example: `# Set a variable of a deployment
kubectl set env deployment/registry STORAGE_DIR=/local

# List the variables of a deployment
kubectl set env deployment/sample-build --list

# Take all keys of a secret
kubectl set env --from=secret/mysecret deployment/myapp

# Remove a variable from all deployments
kubectl set env deployments --all ENV-`,
  flags: [
    ...setFlags().filter((flag) => flag.name !== 'record'),
    {
      name: 'containers',
      shorthand: 'c',
      type: 'string',
      default: '*',
      usage: "Containers to change; '*' may stand for any text.",
    },
    { name: 'from', type: 'string', default: '', usage: 'Config map or secret to take variables from.' },
    { name: 'prefix', type: 'string', default: '', usage: 'Text in front of the names of the variables.' },
    { name: 'env', shorthand: 'e', type: 'stringArray', default: '[]', usage: 'Variable to set, as NAME=VALUE.' },
    { name: 'keys', type: 'stringSlice', default: '[]', usage: 'Keys to take with --from, separated by commas.' },
    { name: 'list', type: 'bool', default: 'false', usage: 'List the variables, in the form that sets them.' },
    { name: 'resolve', type: 'bool', default: 'false', usage: 'With --list: show values in place of references.' },
    {
      name: 'overwrite',
      type: 'bool',
      default: 'true',
      usage: 'Change variables that are there; otherwise they are refused.',
    },
  ],
  async run(context) {
    const { args, flags } = context;
    if (flags.bool('all') && flags.string('selector') !== '')
      throw new Error('cannot set --all and --selector at the same time');
    const { resources, words } = splitArguments(args);
    const dryRun = dryRunStrategy(context);
    if (flags.bool('local') && dryRun === 'server')
      throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (flags.strings('filename').length === 0 && resources.length === 0)
      throw new Error('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (flags.bool('list') && flags.string('output') !== '')
      throw new Error('--list and --output may not be specified together');
    if (flags.strings('keys').length > 0 && flags.string('from') === '')
      throw new Error('when specifying --keys, a configmap or secret must be provided with --from');
    const specs = [...flags.strings('env'), ...words];
    const { added, removed } = parseEnv(specs, await stdinLines(context, specs));
    added.push(...(await envFromSource(context)));
    const prefix = flags.string('prefix');
    const env = added.map((e) => ({ ...e, name: `${prefix}${e.name}` }));
    const infos = await readInfos(context, resources);
    if (flags.bool('list')) {
      const update = (c: Container) => ({ ...c, env: updateEnv(c.env ?? [], env, removed) });
      for (const object of infos.map(requireObject).filter(hasPodSpec))
        await listEnvironment(context, object, matching(context, object).map(update));
      return;
    }
    await changeAll(
      context,
      infos,
      (object) => {
        for (const container of matching(context, object)) {
          if (!flags.bool('overwrite')) requireNoOverwrites(container.env ?? [], env);
          container.env = updateEnv(container.env ?? [], env, removed);
        }
        return true;
      },
      {
        operation: 'env updated',
        failure: 'failed to patch env update to pod template: ',
        afterPatch() {
          if (env.length === 0 && words.length === 0)
            throw new Error('at least one environment variable must be provided');
        },
      },
    );
  },
});

/** Returns the containers that -c names; warns when there is none. */
function matching({ flags, factory }: CommandContext, object: Unstructured): Container[] {
  const spec = podSpecOf(object);
  const pattern = flags.string('containers');
  const found = [...selectContainers(spec.containers, pattern), ...selectContainers(spec.initContainers, pattern)];
  if (found.length === 0)
    factory.warn(
      `${object.kind}/${object.metadata.name} does not have any containers matching ${JSON.stringify(pattern)}`,
    );
  return found;
}

function splitArguments(args: readonly string[]): { resources: string[]; words: string[] } {
  const isEnv = (word: string) => /^.+=/s.test(word) || word.endsWith('-');
  const first = args.findIndex(isEnv);
  if (first < 0) return { resources: [...args], words: [] };
  if (args.slice(first).some((word) => !isEnv(word)))
    throw new Error(`all resources must be specified before environment changes: ${args.join(' ')}`);
  return { resources: args.slice(0, first), words: args.slice(first) };
}

async function stdinLines({ streams }: CommandContext, specs: readonly string[]): Promise<string[]> {
  return specs.includes('-') ? (await streams.in.readAll()).split('\n') : [];
}

function parseEnv(specs: readonly string[], lines: readonly string[]): { added: EnvVar[]; removed: string[] } {
  const added: EnvVar[] = [];
  const removed: string[] = [];
  const named = new Set<string>();
  for (const spec of specs) {
    const at = spec.indexOf('=');
    if (spec === '-') {
      for (const line of lines) {
        const text = line.split('#')[0] ?? '';
        const equals = text.indexOf('=');
        if (equals >= 0) added.push({ name: text.slice(0, equals), value: text.slice(equals + 1) });
      }
    } else if (at >= 0) {
      const name = spec.slice(0, at);
      const problems = isEnvVarName(name);
      if (problems.length > 0)
        throw new Error(`${JSON.stringify(name)} is not a valid key name: ${problems.join(';')}`);
      named.add(name);
      added.push({ name, value: spec.slice(at + 1) });
    } else if (spec.endsWith('-')) removed.push(spec.slice(0, -1));
    else throw new Error(`unknown environment variable: ${spec}`);
  }
  if (removed.some((name) => named.has(name)))
    throw new Error('can not both modify and remove the same environment variable in the same command');
  return { added, removed };
}

async function envFromSource(context: CommandContext): Promise<EnvVar[]> {
  const { flags, factory } = context;
  const from = flags.string('from');
  if (from === '') return [];
  const keys = flags.strings('keys');
  const isWanted = (key: string) => keys.length === 0 || keys.includes(key);
  const found: EnvVar[] = [];
  for (const info of await readInfos(context, [from])) {
    const object = requireObject(info);
    if (object.kind !== 'ConfigMap' && object.kind !== 'Secret')
      throw new Error('unsupported resource specified in --from');
    for (const key of Object.keys((object['data'] ?? {}) as object).sort()) {
      if (!isWanted(key)) continue;
      const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
      if (name !== key) factory.warn(`key ${key} transferred to ${name}`);
      const ref = { name: object.metadata.name, key };
      found.push({ name, valueFrom: object.kind === 'Secret' ? { secretKeyRef: ref } : { configMapKeyRef: ref } });
    }
  }
  return found;
}

function requireNoOverwrites(existing: readonly EnvVar[], env: readonly EnvVar[]): void {
  for (const { name, value } of env) {
    const found = existing.find((e) => e.name === name);
    if (found && found.value !== value)
      throw new Error(`'${name}' already has a value (${found.value ?? ''}), and --overwrite is false`);
  }
}

/** Variables keep their places; new ones come last. Upstream: updateEnv. */
function updateEnv(existing: readonly EnvVar[], env: readonly EnvVar[], removed: readonly string[]): EnvVar[] {
  const covered = new Set(removed);
  const result: EnvVar[] = [];
  for (const old of existing) {
    if (covered.has(old.name)) continue;
    const newer = env.find((e) => e.name === old.name);
    if (newer) covered.add(old.name);
    result.push(newer ?? old);
  }
  for (const e of env) {
    if (covered.has(e.name)) continue;
    covered.add(e.name);
    result.push(e);
  }
  return result;
}
