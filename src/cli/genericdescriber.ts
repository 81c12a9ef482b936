// Describes objects of kinds that do not describe themselves, custom resources above all: every field, indented.
// Called by: commands/describe.ts. Must not know: any kind.
// Upstream: kubectl pkg/describe/describe.go genericDescriber.
import { goString } from '../machinery/gofmt.ts';
import type { Unstructured } from '../machinery/types.ts';
import { eventsOf, writeEvents } from '../resources/describe.events.ts';
import { writeHead } from '../resources/describe.metadata.ts';
import type { DescribeContext } from '../resources/describe.ts';
import { tabbed, type PrefixWriter } from '../resources/describe.writer.ts';

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
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    writeHead(w, object);
    writeFields(w, object, { level: 0, path: '' });
    writeEvents(w, events, context);
  });
}

/** Upstream: printUnstructuredContent. */
function writeFields(w: PrefixWriter, content: object, { level, path }: { level: number; path: string }): void {
  const fields = content as Record<string, unknown>;
  for (const field of Object.keys(fields).sort()) {
    const value = fields[field];
    const below = { level: level + 1, path: `${path}.${field}` };
    if (SHOWN_ABOVE.includes(below.path)) continue;
    const label = smartLabel(field);
    if (Array.isArray(value)) {
      w.write(level, `${label}:\n`);
      for (const item of value as unknown[]) {
        if (isMap(item)) writeFields(w, item, below);
        else w.write(level + 1, `${goString(item)}\n`);
      }
    } else if (isMap(value)) {
      w.write(level, `${label}:\n`);
      writeFields(w, value, below);
    } else w.field(level, label, goString(value));
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

/**
 * Runs of one sort of character; the last capital before small letters belongs to these.
 * Upstream: fatih/camelcase Split.
 */
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
