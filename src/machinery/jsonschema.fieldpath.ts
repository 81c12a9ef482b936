// Paths such as .spec.color and .data['a.b'] that must name a field of a schema.
// Called by: resources/customresourcedefinition.*. Must not know: any kind, values.
// Upstream: apiextensions-apiserver pkg/apiserver/schema/cel/validation.go ValidFieldPath.
import type { Path } from './field.ts';
import { additionalOf, propertyOf, type JSONSchema } from './jsonschema.ts';
import { childPath, errorPath, keyPath, type MaybePath } from './jsonschema.paths.ts';

/** Says why a path names no field: `does not refer to a valid field`. */
export class FieldPathError extends Error {}

export interface FoundField {
  path: Path;
  schema: JSONSchema;
}

/** Returns the field that a path names. @throws FieldPathError */
export function fieldPathIn(text: string, schema: JSONSchema, { allowsArrayNotation = true } = {}): FoundField {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g) ?? [];
  let path: MaybePath;
  let at: JSONSchema = schema;
  const step = (name: string): void => {
    const isNamed = Object.keys(at.properties ?? {}).length > 0;
    if (!isNamed && at.additionalProperties === undefined) throw new FieldPathError('does not refer to a valid field');
    path = isNamed ? childPath(path, name) : keyPath(path, name);
    const next = isNamed ? propertyOf(at, name) : additionalOf(at);
    if (!next) throw new FieldPathError('does not refer to a valid field');
    at = next;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? '';
    if (token !== '.' && token !== '[') throw new FieldPathError(`expected [ or . but got: ${token}`);
    if (token === '[' && !allowsArrayNotation) throw new FieldPathError('array notation is not allowed');
    const name = tokens[++i];
    if (name === undefined) throw new FieldPathError('unexpected end of JSON path');
    if (token === '.') {
      step(name);
      continue;
    }
    if (!/^'.*'$/s.test(name)) throw new FieldPathError(`expected single quoted string but got ${name}`);
    step(name.slice(1, -1).replaceAll(String.raw`\'`, "'"));
    const close = tokens[++i];
    if (close === undefined) throw new FieldPathError('unexpected end of JSON path');
    if (close !== ']') throw new FieldPathError(`expected ] but got ${close}`);
  }
  return { path: errorPath(path), schema: at };
}
