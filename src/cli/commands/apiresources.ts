// kubectl api-resources: the types that the server serves, with their short names.
// Called by: cli/commands/index.ts. Must not know: kinds.
// Upstream: kubectl pkg/cmd/apiresources/apiresources.go, print_flags.go.
import type { APIResource } from '../../client/types.ts';
import { getNewTabWriter } from '../../machinery/table.ts';
import { groupVersionString } from '../../machinery/types.ts';
import { defineCommand, type CommandContext, type Flags } from '../command.ts';
import { UsageError } from '../errors.ts';
import { NoCompatiblePrinterError, structuredPrinter } from '../printers.ts';

const FORMATS = ['json', 'yaml', 'kyaml', 'name', 'wide'];

export const apiResources = defineCommand({
  use: 'api-resources [flags]',
  short: 'Print the supported API resources on the server',
  example: `  # The types, with their short names
  kubectl api-resources

  # With verbs and categories
  kubectl api-resources -o wide

  # Those that live in namespaces, sorted by kind
  kubectl api-resources --namespaced=true --sort-by=kind

  # Those of one API group
  kubectl api-resources --api-group=apps`,
  flags: [
    { name: 'api-group', type: 'string', default: '', usage: 'Only types of this API group.' },
    {
      name: 'cached',
      type: 'bool',
      default: 'false',
      usage: 'Accepted for compatibility: nothing is cached on disk.',
    },
    { name: 'categories', type: 'stringSlice', default: '[]', usage: 'Only types that belong to these categories.' },
    {
      name: 'namespaced',
      type: 'bool',
      default: 'true',
      usage: 'Only types that live in namespaces; with false, only those that do not.',
    },
    { name: 'no-headers', type: 'bool', default: 'false', usage: 'Leave the headings of the table out.' },
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      default: '',
      usage: `Output format. One of: (${FORMATS.join(', ')}).`,
    },
    {
      name: 'show-managed-fields',
      type: 'bool',
      default: 'false',
      usage: 'Keep managedFields in JSON and YAML output.',
    },
    { name: 'sort-by', type: 'string', default: '', usage: "Sort by 'name' or 'kind' instead of by API group." },
    { name: 'verbs', type: 'stringSlice', default: '[]', usage: 'Only types that know all of these verbs.' },
  ],
  run: runApiResources,
});

async function runApiResources(context: CommandContext): Promise<void> {
  const { args, flags, factory, streams, commandPath } = context;
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`, commandPath);
  const output = flags.string('output');
  const printer = structuredPrinter({ output, isTyped: true, cwd: factory.cwd, env: factory.env });
  if (!printer && !['', 'wide', 'name'].includes(output)) throw new NoCompatiblePrinterError(output, FORMATS);
  if (!['', 'name', 'kind'].includes(flags.string('sort-by'))) throw new Error('--sort-by accepts only name or kind');
  const served = preferredResources((await factory.mapper()).resources());
  const resources = sortedResources(
    served.filter((resource) => isWanted(resource, flags)),
    flags.string('sort-by'),
  );
  if (printer) printer.print(resourceList(resources), streams.out);
  else if (output === 'name') for (const resource of resources) streams.out.write(`${fullName(resource)}\n`);
  else {
    const writer = getNewTabWriter(streams.out);
    for (const row of tableRows(resources, { isWide: output === 'wide', hasHeaders: !flags.bool('no-headers') }))
      writer.write(`${row.join('\t')}\n`);
    writer.flush();
  }
}

/** Each type once, in the version its group prefers. Upstream: client-go discovery ServerPreferredResources. */
function preferredResources(resources: readonly APIResource[]): APIResource[] {
  const found = new Map<string, APIResource>();
  for (const resource of resources) if (!found.has(fullName(resource))) found.set(fullName(resource), resource);
  return [...found.values()];
}

function fullName({ name, group }: APIResource): string {
  return group === '' ? name : `${name}.${group}`;
}

function isWanted({ group, namespaced, verbs, categories }: APIResource, flags: Flags): boolean {
  if (verbs.length === 0) return false;
  if (flags.changed('api-group') && flags.string('api-group') !== group) return false;
  if (flags.changed('namespaced') && flags.bool('namespaced') !== namespaced) return false;
  return (
    flags.strings('verbs').every((verb) => verbs.includes(verb)) &&
    flags.strings('categories').every((category) => categories.includes(category))
  );
}

function sortedResources(resources: readonly APIResource[], sortBy: string): APIResource[] {
  const key = (r: APIResource) => (sortBy === 'name' ? r.name : sortBy === 'kind' ? r.kind : r.group);
  return [...resources].sort((a, b) => compare(key(a), key(b)) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function tableRows(
  resources: readonly APIResource[],
  { isWide, hasHeaders }: { isWide: boolean; hasHeaders: boolean },
): string[][] {
  const headers = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', 'VERBS', 'CATEGORIES'];
  const rows = resources.map((r) => [
    r.name,
    r.shortNames.join(','),
    groupVersionString(r),
    String(r.namespaced),
    r.kind,
    r.verbs.join(','),
    r.categories.join(','),
  ]);
  return [...(hasHeaders ? [headers] : []), ...rows].map((row) => (isWide ? row : row.slice(0, 5)));
}

/** Returns a metav1.APIResourceList, its fields in the order of the type. */
function resourceList(resources: readonly APIResource[]): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: '',
    resources: resources.map(({ name, singularName, namespaced, group, version, kind, ...rest }) => ({
      name,
      singularName,
      namespaced,
      ...(group === '' ? {} : { group }),
      version,
      kind,
      verbs: rest.verbs,
      ...(rest.shortNames.length > 0 ? { shortNames: rest.shortNames } : {}),
      ...(rest.categories.length > 0 ? { categories: rest.categories } : {}),
    })),
  };
}
