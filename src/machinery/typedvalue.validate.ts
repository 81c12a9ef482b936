// Checks that a configuration is of its type before it is merged, with the words of server-side apply.
// Called by: managedfields. Must not know: managers, the server.
// Upstream: structured-merge-diff typed/validate.go.
import { elementText } from './fieldset.ts';
import { goString } from './gofmt.ts';
import type { SchemaNode } from './schema.ts';
import { fieldNode, isMap, itemElement, itemNode, shapeOf, UNDECLARED } from './typedvalue.ts';

/** Returns what is wrong with the value, `.spec.foo: field not declared in schema`; undefined when nothing is. */
export function typeErrors(value: unknown, node: SchemaNode): string | undefined {
  const errors: string[] = [];
  check(value, node, '', errors);
  if (errors.length <= 1) return errors[0];
  return ['errors:', ...errors.map((text) => `  ${text}`)].join('\n');
}

function at(path: string, message: string): string {
  return path === '' ? message : `${path}: ${message}`;
}

function check(value: unknown, node: SchemaNode, path: string, errors: string[]): void {
  if (value === null || value === undefined) return;
  const wrong = wrongType(value, node);
  if (wrong !== undefined) errors.push(at(path, wrong));
  else if (Array.isArray(value)) checkList(value, node, path, errors);
  else if (isMap(value)) checkMap(value, node, path, errors);
}

function wrongType(value: unknown, node: SchemaNode): string | undefined {
  const isScalar = typeof value !== 'object';
  switch (node.type) {
    case 'object':
    case 'map':
      return isMap(value) ? undefined : `expected map, got ${boxed(value)}`;
    case 'array':
      return Array.isArray(value) ? undefined : `expected list, got ${boxed(value)}`;
    case 'integer':
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint'
        ? undefined
        : `expected numeric (int or float), got ${goTypeName(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${boxed(value)}`;
    case 'string':
      if (node.format === 'quantity') return isScalar ? undefined : `expected any scalar, got ${boxed(value)}`;
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goString(value)}}`;
    case 'int-or-string':
      return isScalar ? undefined : `expected any scalar, got ${boxed(value)}`;
    default:
      return undefined;
  }
}

function boxed(value: unknown): string {
  return `&{${goString(value)}}`;
}

function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function checkList(value: readonly unknown[], node: SchemaNode, path: string, errors: string[]): void {
  const isAssociative = shapeOf(node, value) === 'list';
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    let element = `i:${i}`;
    if (isAssociative) {
      try {
        element = itemElement(node, item);
      } catch (error) {
        errors.push(at(path, `element ${i}: ${(error as Error).message}`));
        return;
      }
      if (seen.has(element)) errors.push(at(path, `duplicate entries for key ${elementText(element)}`));
      seen.add(element);
    }
    check(item, node.type === 'array' ? itemNode(node) : UNDECLARED, path + elementText(element), errors);
  }
}

function checkMap(value: Record<string, unknown>, node: SchemaNode, path: string, errors: string[]): void {
  const isOpen = node.type === 'any' || node.items !== undefined || (node.definition ?? node.fields) === undefined;
  for (const [name, field] of Object.entries(value)) {
    const child = fieldNode(node, name);
    if (child === UNDECLARED && !isOpen) {
      // Upstream stops at the first field that is not declared.
      errors.push(`${path}.${name}: field not declared in schema`);
      return;
    }
    check(field, child, `${path}.${name}`, errors);
  }
}
