// kubectl events: what happened, oldest first, of a namespace, of all, or about one object.
// Called by: cli/commands/index.ts. Must not know: who records events. Upstream: kubectl pkg/cmd/events/events.go.
import { typedMapping } from '../../client/typed.ts';
import type { RestClient, RESTMapping } from '../../client/types.ts';
import { NoMatchError } from '../../client/types.ts';
import { translateTimestampSince } from '../../machinery/duration.ts';
import { goSort } from '../../machinery/gosort.ts';
import { getNewTabWriter, type TextSink } from '../../machinery/table.ts';
import { groupVersionString, type Unstructured } from '../../machinery/types.ts';
import type { Event } from '../../resources/event.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { allNamespacesFlag, chunkSizeFlag } from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { ExitError, noResourceMatch } from '../errors.ts';
import { escapeTerminal } from '../printer.ts';
import { allowedFormats, printFlags } from '../printers.ts';
import { extractItems } from '../visitors.ts';
import { typedEvent, typedEventList } from './events.typed.ts';
import { interruptible } from '../interrupt.ts';

const CHUNK_SIZE = 500;

export const events = defineCommand({
  use: `events [(-o|--output=)${allowedFormats().join('|')}] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]`,
  group: 'Troubleshooting and Debugging Commands:',
  short: 'List events',
  long: 'List the events of a namespace or of all, or only those about one object, the latest last.',
  example: `  # The events of the namespace
  kubectl events

  # Those of all namespaces
  kubectl events --all-namespaces

  # Those about a pod, and those to come
  kubectl events --for pod/web-pod-13je7 --watch

  # Warnings only
  kubectl events --types=Warning`,
  flags: [
    ...printFlags(),
    allNamespacesFlag(),
    chunkSizeFlag(),
    { name: 'for', type: 'string', default: '', usage: 'Only events about this object: TYPE/NAME.' },
    { name: 'no-headers', type: 'bool', default: 'false', usage: 'Leave the headings of the table out.' },
    { name: 'types', type: 'stringSlice', default: '[]', usage: 'Only events of these types: Normal, Warning.' },
    { name: 'watch', shorthand: 'w', type: 'bool', default: 'false', usage: 'Go on printing as events happen.' },
  ],
  run: runEvents,
});

async function runEvents(context: CommandContext): Promise<void> {
  const { flags, factory, streams } = context;
  const { namespace } = await factory.namespace();
  const fieldSelector = await subjectSelector(context);
  const print = eventPrinter(context);
  const types = flags.strings('types').map((type) => type.toLowerCase());
  if (types.some((type) => type !== 'normal' && type !== 'warning'))
    throw new Error('valid --types are Normal or Warning');
  const isWanted = ({ type = '' }: Event): boolean => types.length === 0 || types.includes(type.toLowerCase());
  const isAll = flags.bool('all-namespaces');
  const rest = await factory.rest();
  const mapping = typedMapping('v1', 'Event');
  const where = isAll ? undefined : namespace;
  if (flags.bool('watch')) return watchEvents(context, { rest, mapping, where, fieldSelector, isWanted, print });
  const found = (await listEvents(rest, mapping, { where, fieldSelector })).filter(isWanted);
  if (found.length === 0) {
    streams.err.write(`No events found${isAll ? '' : ` in ${namespace} namespace`}.\n`);
    return;
  }
  goSort(found, (a, b) => eventTime(a) < eventTime(b));
  const writer = getNewTabWriter(streams.out);
  print(typedEventList(found), writer);
  writer.flush();
}

/** Returns the field selector of --for. */
async function subjectSelector({ flags, factory }: CommandContext): Promise<string | undefined> {
  const subject = flags.string('for');
  if (subject === '') return undefined;
  const [type = '', name, ...more] = subject.split('/');
  if (name === undefined) throw new Error('--for must be in resource/name form');
  if (more.length > 0) throw new Error('arguments in resource/name form may not have more than one slash');
  const { gvk } = await mappingOf(type.toLowerCase(), factory);
  if (name === '') return undefined;
  return [
    `involvedObject.kind=${gvk.kind}`,
    `involvedObject.apiVersion=${groupVersionString(gvk)}`,
    `involvedObject.name=${name}`,
  ].join(',');
}

async function mappingOf(type: string, factory: CommandContext['factory']): Promise<RESTMapping> {
  try {
    return (await factory.mapper(2)).resourceFor(type);
  } catch (error) {
    if (error instanceof NoMatchError) throw noResourceMatch(error.word);
    throw error;
  }
}

type Print = (object: Unstructured, out: TextSink) => void;

/** What goes wrong while printing is not told, as upstream does not look at it. */
function eventPrinter(context: CommandContext): Print {
  const { flags } = context;
  if (flags.string('output') === '') return tablePrinter(context);
  const printer = operationPrinter(context, 'events', { isTyped: true });
  if (flags.string('output') === 'name')
    return (object, out) => {
      if (object.kind === 'Event') printer.print(object, out);
    };
  return (object, out) => {
    try {
      printer.print(object, out);
    } catch (error) {
      if (error instanceof ExitError) throw error;
    }
  };
}

function tablePrinter({ flags, factory }: CommandContext): Print {
  let hasHeaders = flags.bool('no-headers');
  const isAll = flags.bool('all-namespaces');
  const row = (out: TextSink, namespace: string, cells: readonly string[]): void =>
    out.write(`${[...(isAll ? [namespace] : []), ...cells].join('\t')}\n`);
  return (object, out) => {
    if (!hasHeaders) row(out, 'NAMESPACE', ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']);
    hasHeaders = true;
    const found = object.kind === 'Event' ? [object] : extractItems(object);
    for (const event of found as unknown as Event[]) {
      const { type = '', reason = '', involvedObject, message = '' } = event;
      const subject = `${escapeTerminal(involvedObject.kind ?? '')}/${escapeTerminal(involvedObject.name ?? '')}`;
      const cells = [escapeTerminal(type), escapeTerminal(reason), subject, escapeTerminal(message.trim())];
      row(out, event.metadata.namespace ?? '', [interval(event, factory.clock.nowMs()), ...cells]);
    }
  };
}

/** Returns '5m', or '10s (x4 over 5m)' for what happened several times. */
function interval({ eventTime: time, firstTimestamp, lastTimestamp, series, count = 0 }: Event, nowMs: number): string {
  const first = translateTimestampSince(time || firstTimestamp, nowMs);
  if (series) return `${translateTimestampSince(series.lastObservedTime, nowMs)} (x${series.count} over ${first})`;
  return count > 1 ? `${translateTimestampSince(lastTimestamp, nowMs)} (x${count} over ${first})` : first;
}

function eventTime({ series, lastTimestamp, eventTime: time }: Event): number {
  return Date.parse((series ? series.lastObservedTime : lastTimestamp || time) || '0001-01-01T00:00:00Z');
}

async function listEvents(
  rest: RestClient,
  mapping: RESTMapping,
  { where, fieldSelector }: { where: string | undefined; fieldSelector: string | undefined },
): Promise<Event[]> {
  const found: Event[] = [];
  let next: string | undefined;
  do {
    const list = await rest.list(mapping, where, { fieldSelector, limit: CHUNK_SIZE, continue: next });
    found.push(...(extractItems(list) as unknown as Event[]));
    next = (list.metadata as { continue?: string } | undefined)?.continue || undefined;
  } while (next !== undefined);
  return found;
}

interface Watched {
  rest: RestClient;
  mapping: RESTMapping;
  where: string | undefined;
  fieldSelector: string | undefined;
  isWanted(event: Event): boolean;
  print: Print;
}

/** Prints what there is, then what happens. Events that pass away are not told. */
async function watchEvents({ factory, streams }: CommandContext, watched: Watched): Promise<void> {
  const { rest, mapping, where, fieldSelector } = watched;
  const writer = getNewTabWriter(streams.out);
  await interruptible(factory, async (signal) => {
    for await (const { type, object } of rest.watch(mapping, where, { fieldSelector, limit: CHUNK_SIZE, signal })) {
      if (type === 'ERROR') break;
      if (type === 'DELETED' || type === 'BOOKMARK' || !watched.isWanted(object as unknown as Event)) continue;
      watched.print(typedEvent(object as unknown as Event), writer);
      writer.flush();
      await factory.yieldState();
    }
  });
}
