// kubectl describe: objects as a person reads them, with their events. The kinds describe themselves.
// Called by: cli/commands/index.ts. Must not know: any kind. Upstream: kubectl pkg/cmd/describe/describe.go.
import type { RestClient, RESTMapping } from '../../client/types.ts';
import { isNotFound } from '../../machinery/status.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import type { DescribeContext } from '../../resources/describe.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { allNamespacesFlag, chunkSizeFlag, filenameFlags, filenameOptions, selectorFlag } from '../commandflags.ts';
import { createDescribeReader, hubMapping } from '../describereader.ts';
import { throwAggregate } from '../errors.ts';
import { utcOffsetMinutes } from '../localtime.ts';

const SUGGESTION = 'Use "kubectl api-resources" for a complete list of supported resources.';

export const describe = defineCommand({
  use: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  group: 'Troubleshooting and Debugging Commands:',
  short: 'Show details of a specific resource or group of resources',
  long: `Show what an object says together with what belongs to it, such as its pods and its events. When no
object has the name, all those whose names begin with it are shown.

${SUGGESTION}`,
  example: `  # A node
  kubectl describe nodes minikube

  # A pod
  kubectl describe pods/nginx

  # What a manifest names
  kubectl describe -f pod.yaml

  # All pods, those with a label, and those whose names begin with frontend
  kubectl describe pods
  kubectl describe pods -l name=myLabel
  kubectl describe pods frontend`,
  flags: [
    ...filenameFlags('to describe'),
    allNamespacesFlag(),
    chunkSizeFlag(),
    selectorFlag(),
    {
      name: 'show-events',
      type: 'bool',
      default: 'true',
      usage: 'Show the events that concern the object.',
    },
  ],
  run: runDescribe,
});

async function runDescribe(context: CommandContext): Promise<void> {
  const { args, flags, factory, streams } = context;
  const files = filenameOptions(flags);
  const isAll = flags.bool('all-namespaces');
  if (args.length === 0 && files.filenames.length === 0 && files.kustomize === '')
    throw new Error(`You must specify the type of resource to describe. ${SUGGESTION}`);
  const { namespace, isEnforced } = await factory.namespace();
  const builder = factory
    .builder()
    .continueOnError()
    .namespace(namespace, { isEnforced: isEnforced && !isAll })
    .allNamespaces(isAll)
    .filenames(files)
    .labelSelector(flags.string('selector'))
    .args(args, { allowsEmptyTypes: true })
    .limit(flags.int('chunk-size'))
    .flatten();
  await builder.check();
  const describer = new Describer(await factory.rest(), context);
  const { infos, error } = await builder.result();
  if (error && isNotFound(error) && args.length === 2) {
    await describeMatching(context, describer, { error, namespace });
    return;
  }
  const errors = error ? [error] : [];
  const seen = new Set<string>();
  let isFirst = true;
  for (const info of infos) {
    try {
      const text = await describer.describe(info);
      streams.out.write(isFirst ? text : `\n\n${text}`);
      isFirst = false;
    } catch (failure) {
      const { message } = failure as Error;
      if (!seen.has(message)) errors.push(failure as Error);
      seen.add(message);
    }
  }
  if (infos.length === 0 && errors.length === 0)
    streams.err.write(`No resources found${isAll ? '' : ` in ${namespace} namespace.`}\n`);
  throwAggregate(errors);
}

/** Upstream: DescribeOptions.DescribeMatchingResources. */
async function describeMatching(
  { args, flags, factory, streams }: CommandContext,
  describer: Describer,
  { error, namespace }: { error: Error; namespace: string },
): Promise<void> {
  const [type = '', prefix = ''] = args;
  const infos = await factory
    .builder()
    .namespace(namespace, { isEnforced: false })
    .args([type], { allowsEmptyTypes: true })
    .singleResourceType()
    .limit(flags.int('chunk-size'))
    .flatten()
    .infos();
  const matching = infos.filter(({ name }) => name.startsWith(prefix));
  if (matching.length === 0) throw error;
  for (const info of matching) streams.out.write(`${await describer.describe(info)}\n`);
}

class Describer {
  readonly #rest: RestClient;
  readonly #context: DescribeContext;

  constructor(rest: RestClient, { factory, flags }: CommandContext) {
    this.#rest = rest;
    const reader = createDescribeReader(rest, flags.int('chunk-size'));
    this.#context = {
      reader,
      nowMs: factory.clock.nowMs(),
      showsEvents: flags.bool('show-events'),
      utcOffsetMinutes: (atMs) => utcOffsetMinutes(factory.env['TZ'], atMs),
    };
  }

  /** Returns the text of one object. What files say is not described, but what the server has. */
  async describe(info: Info): Promise<string> {
    const { mapping, name } = info;
    const definition = await definitionOf(mapping);
    const key = { namespace: info.namespace || undefined, name };
    if (!definition?.describe) {
      const { describeUnstructured } = await import('../genericdescriber.ts');
      return describeUnstructured(await this.#rest.get(mapping, key), this.#context);
    }
    const hub = hubMapping(definition);
    const isHub = hub.gvr.group === mapping.gvr.group && hub.gvr.version === mapping.gvr.version;
    const object = isHub && info.source === '' && info.object ? info.object : await this.#rest.get(hub, key);
    return definition.describe(object, this.#context);
  }
}

/** Returns the definition of a kind, whatever its version. */
async function definitionOf({ gvk }: RESTMapping): Promise<ResourceDefinition | undefined> {
  const { resourceDefinitions } = await import('../../resources/index.ts');
  return resourceDefinitions.find(
    ({ gvr, kind, versions = [] }) =>
      (kind === gvk.kind && gvr.group === gvk.group) ||
      versions.some((v) => v.kind === gvk.kind && v.gvr.group === gvk.group),
  );
}
