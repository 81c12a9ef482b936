// Fields that a Go type always has: decoding leaves them out when a client does, hooks and printers count on them.
// Called by: scheme (bodies), patching, registry (parts of an object). Must not know: kinds.
import { fieldsOf, schemaFor, type SchemaNode } from '../machinery/schema.ts';

/**
 * Adds required objects and lists that are absent, all the way down; `value` is changed and must be the caller's own.
 * They are what Go decodes to empty structs and lists, which validation then finds wanting.
 */
export function addRequiredStructs(value: unknown, schema: string): void {
  const node = schemaFor(schema);
  if (node) fill(value, node);
}

function fill(value: unknown, node: SchemaNode): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    if (node.items && hasFields(node.items)) for (const item of value) fill(item, node.items);
    return;
  }
  const map = value as Record<string, unknown>;
  if (node.type === 'map') {
    if (node.items && hasFields(node.items)) for (const item of Object.values(map)) fill(item, node.items);
    return;
  }
  for (const [name, field] of fieldsOf(node)) {
    if (!hasFields(field)) continue;
    // A required field that Go writes as null is a pointer: absent stays absent.
    const isStruct = field.isRequired && field.zero === undefined;
    if (isStruct && map[name] === undefined) map[name] = field.type === 'array' ? [] : {};
    if (map[name] !== undefined) fill(map[name], field);
  }
}

function hasFields({ type, definition }: SchemaNode): boolean {
  return type === 'array' || type === 'map' || (type === 'object' && definition !== undefined);
}
