// kubectl get --watch: what there is, then every change, until the server or the user ends it.
// Called by: commands/get.ts. Must not know: tables, kinds. Upstream: kubectl pkg/cmd/get/get.go watch.
import type { WatchEvent } from '../../client/transport.ts';
import type { RestClient } from '../../client/types.ts';
import { isNotFound } from '../../machinery/status.ts';
import { getNewTabWriter, type TabWriter } from '../../machinery/table.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Builder, BuilderSource, Info } from '../builder.ts';
import type { CommandContext } from '../command.ts';
import { isListLike, PrintedWatchEvent, type Printable, type Printer } from '../printer.ts';
import { isTable } from '../tableprinter.ts';
import { nameSelector } from '../watching.ts';
import { getPrinter, type GetOptions } from './get.flags.ts';
import { interruptible } from '../interrupt.ts';

/** Prints what the builder finds, then its changes. Returns when the watch ends. @throws ExitError when the user ends it. */
export async function watchObjects(context: CommandContext, options: GetOptions, builder: Builder): Promise<void> {
  builder.singleResourceType();
  await builder.check();
  const { infos, error, singleItemImplied } = await builder.result();
  if (error && options.ignoreNotFound && isNotFound(error)) return;
  if (error) throw error;
  const [info] = infos;
  if (!info) return;
  const { mapping } = info;
  const output = new WatchOutput(
    await getPrinter(context, options, { mapping, withNamespace: options.allNamespaces }),
    getNewTabWriter(context.streams.out),
    options,
  );
  const isList = !singleItemImplied || infos.length > 1 || isListLike(info.object ?? {});
  output.shows = !options.watchOnly;
  for (const object of infos.flatMap(objectsOf)) output.print('ADDED', object);
  // A watch of one object begins with that object as it is: shown already, so the first event is not.
  output.shows = isList;
  const source = sourceOf(await builder.sources(), infos);
  const resourceVersion = isList ? versionOf(infos) : '0';
  await interruptible(context.factory, async (signal) =>
    follow(context, await watchedEvents(context, options, { source, resourceVersion, signal }), output),
  );
}

/** Prints through one table writer, so that columns only ever grow. */
class WatchOutput {
  shows = true;
  readonly #printer: Printer;
  readonly #writer: TabWriter;
  readonly #asEvents: boolean;

  constructor(printer: Printer, writer: TabWriter, options: GetOptions) {
    this.#printer = printer;
    this.#writer = writer;
    this.#asEvents = options.outputWatchEvents;
  }

  /** What is not shown still tells the printer which columns there are. */
  print(type: string, object: Unstructured): void {
    const shown = this.shows ? object : withoutRows(object);
    if (shown) this.#printer.print(this.#asEvents ? new PrintedWatchEvent(type, shown) : shown, this.#writer);
    this.#writer.flush();
  }
}

function withoutRows(object: Unstructured): (Printable & Unstructured) | undefined {
  return isTable(object) ? { ...object, rows: [] } : undefined;
}

function objectsOf({ object }: Info): Unstructured[] {
  if (!object) return [];
  return isListLike(object) ? object.items : [object];
}

function versionOf(infos: readonly Info[]): string {
  const versions = new Set(infos.map(({ object }) => object?.metadata?.resourceVersion ?? ''));
  return versions.size === 1 ? ([...versions][0] ?? '') : '';
}

/** Upstream: Result.Watch. */
function sourceOf(sources: readonly BuilderSource[], infos: readonly Info[]): BuilderSource {
  const [source] = sources;
  if (sources.length > 1) throw new Error('you may only watch a single resource or type of resource at a time');
  if (source) return source;
  const [info] = infos;
  if (infos.length === 1 && info) {
    const { mapping, namespace, name } = info;
    return { mapping, namespace, name, labelSelector: '', fieldSelector: '' };
  }
  throw new Error(
    `watch is only supported on individual resources and resource collections - ${infos.length} resources were found`,
  );
}

interface Followed {
  source: BuilderSource;
  resourceVersion: string;
  signal: AbortSignal;
}

async function watchedEvents(
  context: CommandContext,
  options: GetOptions,
  { source, resourceVersion, signal }: Followed,
): Promise<AsyncIterable<WatchEvent>> {
  const rest: RestClient = await context.factory.rest();
  return rest.watch(source.mapping, source.namespace || undefined, {
    labelSelector: source.labelSelector || undefined,
    fieldSelector: source.name === '' ? source.fieldSelector || undefined : nameSelector(source.name),
    resourceVersion,
    asTable: options.serverPrint && options.isHumanReadable,
    includeObject: options.sortBy === '' ? undefined : 'Object',
    signal,
  });
}

/** A printer that fails ends the watch without a word, as upstream's does. */
async function follow(context: CommandContext, events: AsyncIterable<WatchEvent>, output: WatchOutput): Promise<void> {
  for await (const event of events) {
    try {
      output.print(event.type, event.object as Unstructured);
    } catch {
      return;
    }
    output.shows = true;
    await context.factory.yieldState();
  }
}
