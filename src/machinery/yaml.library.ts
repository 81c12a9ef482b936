// The one door to js-yaml: loaded when the first YAML text is parsed, with a schema that reads scalars as Go does.
// Called by: machinery/yaml.parse.ts. Must not know: documents, error texts of Go.
import type * as JsYaml from 'js-yaml';
import { goSyntax } from './gofmt.ts';
import { requirePackage } from './packages.ts';
import { resolveScalar, type ScalarTag } from './yaml.resolve.ts';

/** A refusal with Go's own text, thrown from inside the parser. */
export class GoYamlError extends Error {}

let library: typeof JsYaml | undefined;
let schema: JsYaml.Schema | undefined;

function jsYaml(): typeof JsYaml {
  library ??= (
    typeof require === 'function'
      ? require('js-yaml') // the bundle: resolved when it is built, run when first called
      : requirePackage('js-yaml')
  ) as typeof JsYaml;
  return library;
}

/** A refusal of js-yaml: what, and where (both counted from 0). */
export interface LibraryError {
  reason: string;
  line: number;
  column: number;
  /** Where in the text; -1 when unknown. */
  position: number;
}

/**
 * Returns the first document of the text as a JSON value, undefined when there is none.
 * @throws GoYamlError with Go's text; LibraryError (not an Error) when js-yaml refuses the text.
 */
export function loadFirstDocument(text: string): unknown {
  const yaml = jsYaml();
  schema ??= goSchema(yaml);
  try {
    return yaml.loadAll(text, { schema, json: true, maxDepth: 2000, maxTotalMergeKeys: -1 })[0];
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    const { line = 0, column = 0, position = -1 } = error.mark ?? {};
    const refusal: LibraryError = { reason: error.reason, line, column, position };
    throw refusal; // eslint-disable-line no-throw-literal
  }
}

const DIGITS = ['+', '-', '.', ...'0123456789'];

function goSchema(yaml: typeof JsYaml): JsYaml.Schema {
  const implicit = (tag: ScalarTag, name: string, firstChars: readonly string[]): JsYaml.TagDefinition =>
    yaml.defineScalarTag(`tag:yaml.org,2002:${name}`, {
      implicit: true,
      implicitFirstChars: firstChars,
      identify: () => false,
      resolve(source, isExplicit) {
        const resolved = resolveScalar(source);
        if (resolved.tag === tag || (isExplicit && tag === 'float' && resolved.tag === 'int')) return resolved.value;
        if (!isExplicit) return yaml.NOT_RESOLVED;
        throw new GoYamlError(`cannot decode !!${resolved.tag} \`${source}\` as a !!${name}`);
      },
    });
  const asText = (prefix: string): JsYaml.TagDefinition[] => [
    yaml.defineScalarTag(prefix, { matchByTagPrefix: true, identify: () => false, resolve: (source) => source }),
    yaml.defineSequenceTag(prefix, {
      matchByTagPrefix: true,
      identify: () => false,
      create: (): unknown[] => [],
      addItem(list, item) {
        list.push(item);
      },
    }),
    goMap(yaml, prefix, true),
  ];
  return yaml.FAILSAFE_SCHEMA.withTags(
    goMap(yaml, 'tag:yaml.org,2002:map', false),
    yaml.mergeTag,
    implicit('null', 'null', ['', '~', 'n', 'N']),
    implicit('bool', 'bool', [...'yYnNtTfFoO']),
    implicit('int', 'int', DIGITS),
    implicit('float', 'float', DIGITS),
    yaml.defineScalarTag('tag:yaml.org,2002:binary', {
      identify: () => false,
      resolve: (source) => Buffer.from(source, 'base64').toString('utf8'),
    }),
    ...asText(''),
  );
}

/** Maps with the keys Go allows; a key that comes twice keeps its last value. */
function goMap(yaml: typeof JsYaml, name: string, matchByTagPrefix: boolean): JsYaml.TagDefinition {
  return yaml.defineMappingTag(name, {
    matchByTagPrefix,
    identify: () => false,
    create: (): Record<string, unknown> => ({}),
    addPair(map, key, value) {
      const name = typeof key === 'string' ? key : keyText(key, value);
      if (name !== '__proto__') map[name] = value;
      else Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true });
      return '';
    },
    has: (map, key) => Object.hasOwn(map, String(key)),
    keys: (map) => Object.keys(map),
    get: (map, key) => map[String(key)],
  });
}

function keyText(key: unknown, value: unknown): string {
  if (typeof key === 'object' && key !== null)
    throw new GoYamlError(`invalid map key: ${goSyntax(key, 'interface {}')}`);
  if (key !== null && key !== undefined) return typeof key === 'number' ? keyNumber(key) : String(key);
  const shown = goSyntax(value, 'interface {}').replace('interface {}(nil)', '<nil>');
  throw new GoYamlError(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${shown}`);
}

function keyNumber(key: number): string {
  if (Number.isFinite(key)) return String(key);
  return Number.isNaN(key) ? '.nan' : key > 0 ? '.inf' : '-.inf';
}
