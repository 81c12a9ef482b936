// kubectl cluster-info dump: everything that helps to find out what is wrong, printed or written to a folder.
// Called by: commands/clusterinfo.ts. Must not know: the simulator.
// Upstream: kubectl pkg/cmd/clusterinfo/clusterinfo_dump.go.
import { unstructuredError } from '../../client/responses.ts';
import { typedMapping } from '../../client/typed.ts';
import { StatusError } from '../../machinery/status.ts';
import type { RestClient, TableOrObject } from '../../client/types.ts';
import type { TextSink } from '../../machinery/table.ts';
import { groupResourceString, type Unstructured } from '../../machinery/types.ts';
import type { Pod } from '../../resources/pod.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { createPrinter, printFlags } from '../printers.ts';
import { podRunningTimeout, podRunningTimeoutFlag } from '../podflags.ts';
import { extractItems } from '../visitors.ts';

/** In the order in which they are dumped: file name and resource. */
const DUMPED = [
  ['events', 'events'],
  ['replication-controllers', 'replicationcontrollers'],
  ['services', 'services'],
  ['daemonsets', 'daemonsets.apps'],
  ['deployments', 'deployments.apps'],
  ['replicasets', 'replicasets.apps'],
  ['pods', 'pods'],
] as const;

export const clusterInfoDump = defineCommand({
  use: 'dump [flags]',
  short: 'Dump relevant information for debugging and diagnosis',
  long: `Print nodes, and of each namespace its events, workloads, services, pods and their logs. With
--output-directory they are written to files, one folder a namespace. Only kube-system and the current namespace
are dumped unless --namespaces or -A says otherwise.`,
  example: `  # Print everything
  kubectl cluster-info dump

  # Write everything to a folder
  kubectl cluster-info dump --output-directory=/path/to/cluster-state

  # All namespaces
  kubectl cluster-info dump --all-namespaces`,
  flags: [
    ...printFlags('json'),
    {
      name: 'all-namespaces',
      shorthand: 'A',
      type: 'bool',
      default: 'false',
      usage: 'Dump all namespaces; --namespaces is ignored.',
    },
    { name: 'namespaces', type: 'stringSlice', default: '[]', usage: 'Namespaces to dump, separated by commas.' },
    {
      name: 'output-directory',
      type: 'string',
      default: '',
      usage: "Folder to write files to. Empty or '-': print everything.",
    },
    podRunningTimeoutFlag('20s'),
  ],
  run: runDump,
});

async function runDump(context: CommandContext): Promise<void> {
  const { factory, flags, streams } = context;
  podRunningTimeout(flags);
  const output = flags.string('output');
  const printer = createPrinter({
    output,
    template: flags.string('template'),
    allowMissingTemplateKeys: flags.bool('allow-missing-template-keys'),
    showManagedFields: flags.bool('show-managed-fields'),
    cwd: factory.cwd,
    env: factory.env,
  });
  const extension = output === 'json' ? '.json' : output === 'yaml' ? '.yaml' : '.txt';
  const dump = new Dump(context);
  const [rest, mapper] = [await factory.rest(), await factory.mapper(0)];
  const served = new Set(mapper.resources().map(groupResourceOf));
  const print = async (file: string, resource: string, namespace: string | undefined) => {
    // A small cluster need not have every kind.
    if (!served.has(resource)) return [];
    const list = await rest.list(mapper.resourceFor(resource), namespace);
    printer.print(typedList(list, output), dump.sink(`${file}${extension}`));
    return extractItems(list);
  };
  await print('nodes', 'nodes', undefined);
  for (const namespace of await namespacesToDump(context, rest)) {
    let pods: Pod[] = [];
    for (const [file, resource] of DUMPED)
      pods = (await print(`${namespace}/${file}`, resource, namespace)) as unknown as Pod[];
    for (const pod of pods) await dumpLogs(rest, pod, dump.sink(`${namespace}/${pod.metadata.name}/logs.txt`));
  }
  dump.close();
  if (dump.isFolder) streams.out.write(`Cluster info dumped to ${flags.string('output-directory')}\n`);
}

function groupResourceOf({ name, group }: { name: string; group: string }): string {
  return groupResourceString({ group, resource: name });
}

/** Items of decoded lists do not name their kind. @throws Error for -o name, which has no words for such lists. */
function typedList(list: TableOrObject, output: string): object {
  if (output === 'name') throw new Error(`list types are not supported by name printing: *v1.${list.kind}`);
  return { ...list, items: extractItems(list).map(withoutKind) };
}

function withoutKind(object: object): object {
  const { apiVersion: _, kind: __, ...rest } = object as Unstructured;
  return rest;
}

/** Sinks for the parts of a dump: stdout, or one file each, written at the end. */
class Dump {
  readonly isFolder: boolean;
  readonly #context: CommandContext;
  readonly #files = new Map<string, string>();

  constructor(context: CommandContext) {
    this.#context = context;
    this.isFolder = !['', '-'].includes(context.flags.string('output-directory'));
  }

  sink(file: string): TextSink {
    if (!this.isFolder) return this.#context.streams.out;
    this.#files.set(file, '');
    return { write: (text) => void this.#files.set(file, `${this.#files.get(file)}${text}`) };
  }

  close(): void {
    const fs = process.getBuiltinModule('node:fs');
    const path = process.getBuiltinModule('node:path');
    const { factory, flags } = this.#context;
    for (const [file, text] of this.#files) {
      const place = path.resolve(factory.cwd, flags.string('output-directory'), file);
      fs.mkdirSync(path.dirname(place), { recursive: true });
      fs.writeFileSync(place, text);
    }
  }
}

async function namespacesToDump({ factory, flags }: CommandContext, rest: RestClient): Promise<string[]> {
  if (flags.bool('all-namespaces')) {
    const list = await rest.list((await factory.mapper()).resourceFor('namespaces'), undefined);
    return extractItems(list).map(({ metadata }) => metadata.name);
  }
  const named = flags.strings('namespaces');
  return named.length > 0 ? named : ['kube-system', (await factory.namespace()).namespace];
}

async function dumpLogs(rest: RestClient, { metadata, spec }: Pod, sink: TextSink): Promise<void> {
  const { name, namespace = '' } = metadata;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const title = `logs for container ${container.name} of pod ${namespace}/${name} ====\n`;
    sink.write(`==== START ${title}`);
    try {
      const query = new URLSearchParams({ container: container.name });
      sink.write(await rest.raw('GET', `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`));
    } catch (error) {
      // Upstream reads logs raw, and looks at nothing but the code.
      const response = { status: (error as StatusError).status?.code ?? 0, headers: {}, warnings: [], text: '' };
      const about = { mapping: typedMapping('v1', 'Pod'), name };
      const { message } = error instanceof StatusError ? unstructuredError(response, 'GET', about) : (error as Error);
      sink.write(`Request log error: ${message}\n`);
    }
    sink.write(`==== END ${title}`);
  }
}
