// kubectl get: lists and objects as tables, JSON, YAML, names, templates and columns.
// Called by: cli/commands/index.ts. Must not know: kinds, how tables are laid out.
// Upstream: kubectl pkg/cmd/get/get.go.
import type { RESTMapping } from '../../client/types.ts';
import { isNotFound } from '../../machinery/status.ts';
import { getNewTabWriter, type TextSink } from '../../machinery/table.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Builder, Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { filenameOptions } from '../commandflags.ts';
import { Aggregate, ExitError, throwAggregate } from '../errors.ts';
import { isListLike, type Printer } from '../printer.ts';
import { getFormats } from '../printers.formats.ts';
import { filterOut } from '../visitors.ts';
import { completeGet, getFlags, getPrinter, validateGet, type GetOptions } from './get.flags.ts';

export const get = defineCommand({
  use: `get [(-o|--output=)${getFormats().join('|')}] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]`,
  group: 'Basic Commands (Intermediate):',
  short: 'Display one or many resources',
  long: `List objects of one or more types, or get the ones that are named.

Without an output format a table shows the most important of what each object says. Labels (-l) and fields
(--field-selector) narrow a list down. Objects are looked for in the current namespace unless -n or -A is given.

Use "kubectl api-resources" for a complete list of supported resources.`,
  example: `  # All pods of the namespace
  kubectl get pods

  # With nodes and addresses
  kubectl get pods -o wide

  # One deployment as YAML
  kubectl get deployment web -o yaml

  # Several types, and objects of several types
  kubectl get deployments,services
  kubectl get deploy/web svc/web

  # A single field
  kubectl get pod web-1 -o jsonpath='{.status.podIP}'

  # Columns of your own
  kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image

  # What a manifest names
  kubectl get -f web.yaml`,
  flags: getFlags(),
  run: runGet,
});

async function runGet(context: CommandContext): Promise<void> {
  const { flags, args, factory, streams } = context;
  const raw = flags.string('raw');
  if (raw !== '') {
    if (args.length > 0) throw new Error('arguments may not be passed when --raw is specified');
    validateGet(context);
    streams.out.write(await (await factory.rest()).raw('GET', raw));
    return;
  }
  const options = await completeGet(context);
  validateGet(context);
  if (options.watch || options.watchOnly) {
    const { watchObjects } = await import('./get.watch.ts');
    await watchObjects(context, options, getBuilder(context, options));
    return;
  }
  const builder = getBuilder(context, { ...options, chunkSize: options.sortBy === '' ? options.chunkSize : 0 })
    .subresource(flags.string('subresource'))
    .continueOnError()
    .flatten();
  await builder.check();
  if (options.isHumanReadable) await printTables(context, options, builder);
  else await printGeneric(context, options, builder);
}

/** What both forms of `get` ask the builder. */
function getBuilder(context: CommandContext, options: GetOptions): Builder {
  const { flags, factory, args } = context;
  return factory
    .builder()
    .asTable(options.serverPrint && options.isHumanReadable, options.sortBy !== '')
    .namespace(options.namespace, { isEnforced: options.isEnforced })
    .allNamespaces(options.allNamespaces)
    .filenames(filenameOptions(flags))
    .labelSelector(flags.string('selector'))
    .fieldSelector(flags.string('field-selector'))
    .limit(options.chunkSize)
    .args(args, { allowsEmptyTypes: true })
    .latest();
}

/** Tables, one below the other, with an empty line between those of different types. Upstream: GetOptions.Run. */
async function printTables(context: CommandContext, options: GetOptions, builder: Builder): Promise<void> {
  const { out, err } = context.streams;
  const result = await builder.result();
  const infos = options.sortBy === '' ? result.infos : await sortInfos(result.infos, options.sortBy);
  const errors = remaining(result.error, options.ignoreNotFound);
  const withKind = new Set(infos.map(({ mapping: { gvk } }) => `${gvk.group}/${gvk.version}/${gvk.kind}`)).size > 1;
  const sink = new SeparatingSink(out);
  const writer = getNewTabWriter(sink);
  let printer: Printer | undefined;
  let last: RESTMapping | undefined;
  let withNamespace = false;
  const printerErrors = new Set<string>();
  for (const { mapping, object } of infos) {
    if (!printer || !last || !isSameResource(mapping, last)) {
      writer.flush();
      writer.forgetWidths();
      if (last && !options.noHeaders && sink.hasWritten) sink.separates = true;
      // Once asked for, the column stays for all types that follow: upstream's printers share their flags.
      withNamespace ||= options.allNamespaces && mapping.namespaced;
      try {
        printer = await getPrinter(context, options, { mapping, withNamespace, withKind });
      } catch (error) {
        const { message } = error as Error;
        if (!printerErrors.has(message)) errors.push(error as Error);
        printerErrors.add(message);
        continue;
      }
      last = mapping;
    }
    printQuietly(printer, object, writer);
  }
  writer.flush();
  if (!sink.hasWritten && !options.ignoreNotFound && errors.length === 0) {
    const isInNamespace = !options.allNamespaces && infos.every(({ mapping }) => mapping.namespaced);
    err.write(`No resources found${isInNamespace ? ` in ${options.namespace} namespace.` : ''}\n`);
  }
  throwAggregate(errors);
}

/** Upstream does not look at what goes wrong while a table is printed. */
function printQuietly(printer: Printer, object: Unstructured | undefined, out: TextSink): void {
  if (!object) return;
  try {
    printer.print(object, out);
  } catch (error) {
    if (error instanceof ExitError) throw error;
  }
}

/** A single answer from the server is sorted by its printer; several are sorted as the objects they are. */
async function sortInfos(infos: readonly Info[], sortBy: string): Promise<Info[]> {
  const [first] = infos;
  if (infos.length <= 1 || !first) return [...infos];
  const { relaxedOrAsIs, sortObjects } = await import('../sorter.ts');
  const byObject = new Map(infos.map((info) => [info.object as object, info]));
  const objects = infos.map(({ object }) => object as object);
  return sortObjects(objects, relaxedOrAsIs(sortBy)).flatMap((object) => byObject.get(object) ?? []);
}

function isSameResource({ gvr: a }: RESTMapping, { gvr: b }: RESTMapping): boolean {
  return a.resource === b.resource && a.group === b.group && a.version === b.version;
}

function remaining(error: Error | undefined, ignoreNotFound: boolean): Error[] {
  const left = ignoreNotFound && error ? filterOut(error, isNotFound) : error;
  return left ? [left] : [];
}

/** Passes text on; writes an empty line first when it was told that something else begins. */
class SeparatingSink implements TextSink {
  hasWritten = false;
  separates = false;
  readonly #out: TextSink;
  constructor(out: TextSink) {
    this.#out = out;
  }
  write(text: string): void {
    if (text === '') return;
    this.hasWritten = true;
    this.#out.write(this.separates ? `\n${text}` : text);
    this.separates = false;
  }
}

/** One object as it is, or all of them in a List. Upstream: GetOptions.printGeneric. */
async function printGeneric(context: CommandContext, options: GetOptions, builder: Builder): Promise<void> {
  const { infos, error, singleItemImplied } = await builder.result();
  const errors = remaining(error, options.ignoreNotFound);
  if (errors[0] && singleItemImplied) throw errors[0];
  if (infos.length === 0 && options.ignoreNotFound) return throwReduced(errors);
  const printer = await getPrinter(context, options);
  const [first] = infos;
  const object = singleItemImplied && infos.length === 1 && first?.object ? first.object : listOf(infos);
  try {
    printer.print(isListLike(object) ? displayList(object) : object, context.streams.out);
  } catch (error) {
    errors.push(error as Error);
  }
  throwReduced(errors);
}

function listOf(infos: readonly Info[]): object {
  return {
    apiVersion: 'v1',
    items: infos.map(({ object }) => object),
    kind: 'List',
    metadata: { resourceVersion: '' },
  };
}

/** Whatever list it was, it is shown as a plain List. */
function displayList(list: { items: Unstructured[]; metadata?: { resourceVersion?: string } }): object {
  const resourceVersion = list.metadata?.resourceVersion ?? '';
  return { apiVersion: 'v1', items: list.items, kind: 'List', metadata: { resourceVersion } };
}

/** Throws errors flat: a single one as it is. Upstream: utilerrors.Reduce(utilerrors.Flatten(…)). */
function throwReduced(errors: readonly Error[]): void {
  const flat = flatten(errors);
  if (flat.length === 1 && flat[0]) throw flat[0];
  throwAggregate(flat);
}

function flatten(errors: readonly Error[]): Error[] {
  return errors.flatMap((error) => (error instanceof Aggregate ? flatten(error.errors) : [error]));
}
