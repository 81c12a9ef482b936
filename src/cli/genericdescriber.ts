// Describes objects of kinds that do not describe themselves, custom resources above all: every field, indented.
// Called by: commands/describe.ts. Must not know: any kind. Upstream: kubectl pkg/describe/describe.go genericDescriber.
import { translateTimestampSince } from '../machinery/duration.ts';
import { goString } from '../machinery/gofmt.ts';
import { goSort } from '../machinery/gosort.ts';
import { newDescribeTabWriter, type TabWriter } from '../machinery/table.ts';
import type { Unstructured } from '../machinery/types.ts';
import type { DescribeContext } from '../resources/describe.ts';
import { event as eventDefinition, type Event } from '../resources/event.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_ANNOTATION_LENGTH = 140;
const ACRONYMS = ['API', 'URL', 'UID', 'OSB', 'GUID'];
const SHOWN_ABOVE = [
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
];

/** Returns the text of `kubectl describe` for an object of any kind. */
export async function describeUnstructured(object: Unstructured, context: DescribeContext): Promise<string> {
  const { name, namespace = '', labels = {}, annotations = {} } = object.metadata;
  let text = '';
  const writer = newDescribeTabWriter({ write: (part) => void (text += part) });
  writer.write(`Name:\t${name}\nNamespace:\t${namespace}\n`);
  writeLabels(writer, labels);
  writeAnnotations(writer, annotations);
  writeFields(writer, object, { level: 0, path: '' });
  if (context.showsEvents) await writeEvents(writer, object, context);
  writer.flush();
  return text;
}

function writeLabels(writer: TabWriter, labels: Readonly<Record<string, string>>): void {
  const keys = Object.keys(labels).sort();
  writer.write('Labels:\t');
  if (keys.length === 0) writer.write('<none>\n');
  keys.forEach((key, i) => writer.write(`${i === 0 ? '' : '\t'}${key}=${labels[key]}\n`));
}

function writeAnnotations(writer: TabWriter, annotations: Readonly<Record<string, string>>): void {
  const keys = Object.keys(annotations)
    .filter((key) => key !== LAST_APPLIED)
    .sort();
  writer.write('Annotations:\t');
  if (keys.length === 0) writer.write('<none>\n');
  keys.forEach((key, i) => {
    const value = (annotations[key] ?? '').replace(/\n$/, '');
    if (i > 0) writer.write('\t');
    if (value.length + key.length + 2 <= MAX_ANNOTATION_LENGTH && !value.includes('\n')) {
      writer.write(`${key}: ${value}\n`);
      return;
    }
    writer.write(`${key}:\n`);
    for (const line of value.split('\n')) writer.write(`\t  ${shorten(line, MAX_ANNOTATION_LENGTH - 2)}\n`);
  });
}

function shorten(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
}

/** Upstream: printUnstructuredContent. */
function writeFields(writer: TabWriter, content: object, { level, path }: { level: number; path: string }): void {
  const indent = '  '.repeat(level);
  const fields = content as Record<string, unknown>;
  for (const field of Object.keys(fields).sort()) {
    const value = fields[field];
    const below = { level: level + 1, path: `${path}.${field}` };
    if (SHOWN_ABOVE.includes(below.path)) continue;
    const label = smartLabel(field);
    if (Array.isArray(value)) {
      writer.write(`${indent}${label}:\n`);
      for (const item of value as unknown[]) {
        if (isMap(item)) writeFields(writer, item, below);
        else writer.write(`${indent}  ${goString(item)}\n`);
      }
    } else if (isMap(value)) {
      writer.write(`${indent}${label}:\n`);
      writeFields(writer, value, below);
    } else writer.write(`${indent}${label}:\t${goString(value)}\n`);
  }
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns 'Creation Timestamp' for 'creationTimestamp'; names with anything but letters and dashes stay. */
export function smartLabel(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  return splitCamelCase(field)
    .map((part) => (ACRONYMS.includes(part.toUpperCase()) ? part.toUpperCase() : titleCase(part)))
    .join(' ');
}

/** Runs of one sort of character; the last capital before small letters belongs to these. Upstream: fatih/camelcase Split. */
function splitCamelCase(text: string): string[] {
  const parts = text.match(/\p{Lu}+|\p{Ll}+|[^\p{Lu}\p{Ll}]+/gu) ?? [];
  for (let i = 0; i < parts.length - 1; i++) {
    const [part = '', next = ''] = [parts[i], parts[i + 1]];
    if (!/^\p{Lu}/u.test(part) || !/^\p{Ll}/u.test(next)) continue;
    parts[i + 1] = part.slice(-1) + next;
    parts[i] = part.slice(0, -1);
  }
  return parts.filter((part) => part !== '');
}

function titleCase(part: string): string {
  return part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase();
}

/** Upstream: DescribeEvents. */
async function writeEvents(writer: TabWriter, object: Unstructured, context: DescribeContext): Promise<void> {
  const { name, namespace = '', uid = '' } = object.metadata;
  const parts = { name, namespace, kind: object.kind, uid };
  const fieldSelector = Object.entries(parts)
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(',');
  const events = (await context.reader.list(eventDefinition, {
    namespace: namespace || undefined,
    fieldSelector,
  })) as Event[];
  if (events.length === 0) {
    writer.write('Events:\t<none>\n');
    return;
  }
  writer.flush();
  goSort(events, (a, b) => (a.firstTimestamp ?? '') < (b.firstTimestamp ?? ''));
  writer.write('Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n');
  for (const event of events) {
    const source = event.source?.component || event.reportingComponent || '';
    const where = event.involvedObject.fieldPath ? `${event.involvedObject.fieldPath}: ` : '';
    const cells = [
      event.type,
      event.reason,
      interval(event, context.nowMs),
      source,
      where + (event.message ?? '').trim(),
    ];
    writer.write(`  ${cells.map((cell) => cell ?? '').join('\t')}\n`);
  }
}

function interval(event: Event, nowMs: number): string {
  const first = translateTimestampSince(event.eventTime || event.firstTimestamp, nowMs);
  const { series, count = 0 } = event;
  if (series) return `${translateTimestampSince(series.lastObservedTime, nowMs)} (x${series.count} over ${first})`;
  return count > 1 ? `${translateTimestampSince(event.lastTimestamp, nowMs)} (x${count} over ${first})` : first;
}
