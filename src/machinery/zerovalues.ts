// Which empty values an object shows: Go leaves some out and writes others (`resources: {}`, `lastProbeTime: null`).
// Called by: the strict decoder (leaving out), the apiserver when it answers (writing). Must not know: kinds.
// The rules are in the schema: see src/build/schemas.zerovalues.mjs.
import { fieldsOf, schemaFor, type SchemaNode } from './schema.ts';

/** Returns true for a zero value that Go's encoder leaves out of this field (`omitempty`). */
export function isDroppedZero(value: unknown, field: SchemaNode): boolean {
  if (field.zero === 'omitted') return isEmpty(value, field);
  if (field.isRequired || field.zero !== undefined) return false;
  // An object, a time or a quantity that is optional is a pointer: empty is not absent.
  if (field.type === 'object' || field.type === 'int-or-string' || field.type === 'any') return false;
  return isEmpty(value, field);
}

function isEmpty(value: unknown, field: SchemaNode): boolean {
  if (value === '' || value === 0 || value === false) return field.format !== 'quantity';
  if (Array.isArray(value)) return value.length === 0;
  return field.type === 'map' && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const ALWAYS = new Set(['metadata', 'spec', 'status']);

/**
 * Returns the object with the zero values that the API server writes: `resources: {}` of a container, `status: {}`,
 * `replicas: 0` of a ReplicaSet's status, `lastProbeTime: null`. The same object when nothing is missing; the argument
 * is not changed.
 */
export function addZeroValues<T>(value: T, schemaName: string): T {
  const node = schemaFor(schemaName);
  return node ? (filled(value, node) as T) : value;
}

function filled(value: unknown, node: SchemaNode): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (node.type === 'array' && Array.isArray(value)) return filledArray(value, node);
  if (node.type === 'map') return filledMap(value as Record<string, unknown>, node);
  return node.type === 'object' && node.definition !== undefined
    ? filledObject(value as Record<string, unknown>, node)
    : value;
}

function filledArray(value: unknown[], { items }: SchemaNode): unknown[] {
  if (!items || isPlain(items)) return value;
  const result = value.map((item) => filled(item, items));
  return result.some((item, i) => item !== value[i]) ? result : value;
}

function filledMap(value: Record<string, unknown>, { items }: SchemaNode): Record<string, unknown> {
  if (!items || isPlain(items)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, items)]));
}

function isPlain(node: SchemaNode): boolean {
  return node.type !== 'object' && node.type !== 'array' && node.type !== 'map';
}

function filledObject(value: Record<string, unknown>, node: SchemaNode): Record<string, unknown> {
  let result: Record<string, unknown> | undefined;
  const fields = fieldsOf(node);
  for (const name in value) {
    // Has no zero values, and is worked out when it is read.
    if (name === 'managedFields') continue;
    const old = value[name];
    if (typeof old !== 'object' || old === null) continue;
    const field = fields.get(name);
    const next = field ? filled(old, field) : old;
    if (next !== old) (result ??= { ...value })[name] = next;
  }
  for (const [name, zero] of writtenZeros(node)) {
    const old = value[name];
    if ((old === undefined || old === null) && old !== zero) (result ??= { ...value })[name] = zero;
  }
  return result ?? value;
}

const zerosOfDefinition = new Map<string, readonly (readonly [name: string, value: unknown])[]>();
const NO_ZEROS: readonly (readonly [name: string, value: unknown])[] = [];

/** Returns the fields of an object that Go writes though they are empty, with what it writes. Shared values. */
export function writtenZeros(node: SchemaNode): readonly (readonly [name: string, value: unknown])[] {
  if (node.type !== 'object' || node.definition === undefined) return NO_ZEROS;
  let zeros = zerosOfDefinition.get(node.definition);
  if (!zeros) {
    zeros = [...fieldsOf(node)]
      .map(([name, field]) => [name, zeroOf(name, field, node)] as const)
      .filter(([, value]) => value !== undefined);
    zerosOfDefinition.set(node.definition, zeros);
  }
  return zeros;
}

// undefined: the field stays absent.
function zeroOf(name: string, field: SchemaNode, parent: SchemaNode): unknown {
  if (name === 'apiVersion' || name === 'kind') return field.isRequired ? '' : undefined;
  if (field.zero === 'null') return null;
  const isWritten =
    field.zero === 'written' ||
    (field.isRequired && field.zero !== 'omitted') ||
    (field.type === 'object' && field.definition !== undefined && ALWAYS.has(name) && isTemplateOrKind(parent));
  if (!isWritten) return undefined;
  switch (field.type) {
    case 'object':
      return field.definition === undefined ? null : filled({}, field);
    case 'string':
      if (field.format === 'quantity') return '0';
      return field.format === 'date-time' || field.format === 'date-time-micro' || field.format === 'byte' ? null : '';
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0;
    case 'boolean':
      return false;
    default:
      return null;
  }
}

function isTemplateOrKind(node: SchemaNode): boolean {
  return fieldsOf(node).has('metadata');
}
