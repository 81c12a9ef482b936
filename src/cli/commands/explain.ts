// kubectl explain: the documentation of a type and its fields, from what the server says of its API.
// Called by: cli/commands/index.ts. Must not know: any kind. Upstream: kubectl pkg/cmd/explain/explain.go, pkg/explain.
import { NoMatchError, type APIResource, type RESTMapper } from '../../client/types.ts';
import { parseJsonPathTemplate } from '../../machinery/jsonpath.parser.ts';
import { groupResourceString, parseGroupVersion, type GroupVersionResource } from '../../machinery/types.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { noResourceMatch } from '../errors.ts';
import { explainResource, type OpenApiDocument } from './explain.plaintext.ts';

const SUGGESTION = 'Use "kubectl api-resources" for a complete list of supported resources.';

export const explain = defineCommand({
  use: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  group: 'Basic Commands (Intermediate):',
  short: 'Get documentation for a resource',
  long: `Describe a type, or one of its fields: <type>.<fieldName>[.<fieldName>]. What is said comes from the server.

${SUGGESTION}`,
  example: `  # A type and its fields
  kubectl explain pods

  # All fields below it
  kubectl explain pods --recursive

  # A field
  kubectl explain pods.spec.containers

  # Another API version
  kubectl explain deployments --api-version=apps/v1`,
  flags: [
    {
      name: 'api-version',
      type: 'string',
      default: '',
      usage: 'API version (group/version) to explain the type in.',
    },
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      default: 'plaintext',
      usage: 'Format of the documentation (plaintext, plaintext-openapiv2).',
    },
    { name: 'recursive', type: 'bool', default: 'false', usage: 'Name the fields of fields, all the way down.' },
  ],
  run: runExplain,
});

async function runExplain({ args, flags, factory, streams }: CommandContext): Promise<void> {
  const [request] = args;
  if (request === undefined) throw new Error(`You must specify the type of resource to explain. ${SUGGESTION}`);
  if (args.length > 1) throw new Error('We accept only this format: explain RESOURCE');
  const mapper = await factory.mapper(2);
  const apiVersion = flags.string('api-version');
  const { gvr, fields } = apiVersion === '' ? byPrefix(request, mapper) : byFirstWord(request, mapper);
  if (apiVersion !== '') Object.assign(gvr, parseGroupVersion(apiVersion));
  const output = flags.string('output');
  if (output !== 'plaintext' && output !== 'plaintext-openapiv2') throw new Error(`unrecognized format: ${output}`);
  const rest = await factory.rest();
  const { paths } = JSON.parse(await rest.raw('GET', '/openapi/v3')) as {
    paths: Record<string, { serverRelativeURL: string }>;
  };
  const place = paths[gvr.group === '' ? `api/${gvr.version}` : `apis/${gvr.group}/${gvr.version}`];
  if (!place) throw new Error(`couldn't find resource for "${gvrText(gvr)}"`);
  const document = JSON.parse(await rest.raw('GET', place.serverRelativeURL)) as OpenApiDocument;
  const print = output === 'plaintext' ? explainResource : (await import('./explain.openapiv2.ts')).explainOlder;
  print(document, {
    gvr,
    gvrText: gvrText(gvr),
    fields,
    isRecursive: flags.bool('recursive'),
    out: streams.out,
  });
}

interface Request {
  gvr: GroupVersionResource;
  fields: string[];
}

/** The longest name first: 'deployments.apps.spec' is a type with its group, 'pods.spec' is not. */
function byPrefix(request: string, mapper: RESTMapper): Request {
  const words = fieldWords(request, 'first node must be field node');
  const candidates = resourcesFor(words[0] ?? '', mapper);
  for (const resource of candidates) {
    const name = groupResourceString({ group: resource.group, resource: resource.name });
    if (!request.startsWith(name)) continue;
    const rest = request.slice(name.length);
    // Whatever follows the name up to the next dot is not looked at.
    const fields =
      rest === '' ? [] : fieldWords(rest.startsWith('.') ? `x${rest}` : rest, 'first node must be field node').slice(1);
    return { gvr: gvrOf(resource), fields };
  }
  const [first] = candidates;
  if (!first) throw noResourceMatch(words[0] ?? '');
  return { gvr: gvrOf(first), fields: words.slice(1) };
}

function byFirstWord(request: string, mapper: RESTMapper): Request {
  const [word = '', ...fields] = fieldWords(request, 'all nodes must be field nodes');
  const [first] = resourcesFor(word, mapper);
  if (!first) throw noResourceMatch(word);
  return { gvr: gvrOf(first), fields };
}

function gvrOf({ group, version, name }: APIResource): GroupVersionResource {
  return { group, version, resource: name };
}

/** Returns all types of a name, best first. */
function resourcesFor(word: string, mapper: RESTMapper): APIResource[] {
  try {
    const { gvr } = mapper.resourceFor(word);
    const isSame = (r: APIResource) => r.name === gvr.resource;
    const best = mapper.resources().filter((r) => isSame(r) && r.group === gvr.group && r.version === gvr.version);
    return [...best, ...mapper.resources().filter((r) => isSame(r) && !best.includes(r))];
  } catch (error) {
    if (!(error instanceof NoMatchError)) throw error;
    throw noResourceMatch(word);
  }
}

/** Returns the words of a path. @throws Error when it holds anything but names. */
function fieldWords(path: string, what: string): string[] {
  const trimmed = path.endsWith('.') ? path.slice(0, -1) : path;
  const [list, ...more] = parseJsonPathTemplate(`{.${trimmed}}`);
  if (list?.type !== 'list' || more.length > 0) throw new Error('must pass in 1 jsonpath string');
  return list.nodes.map((node) => {
    if (node.type !== 'field') throw new Error(`invalid jsonpath syntax, ${what}`);
    return node.name;
  });
}

/** Upstream: schema.GroupVersionResource.String. */
function gvrText({ group, version, resource }: GroupVersionResource): string {
  return `${group}/${version}, Resource=${resource}`;
}
