// --overrides: a patch on an object that a command has built.
// Called by: commands run, expose. Upstream: kubectl pkg/cmd/util/override_options.go.
import { applyJsonPatch, applyMergePatch } from '../machinery/patch.ts';
import { applyStrategicPatch } from '../machinery/strategic.ts';
import type { Unstructured } from '../machinery/types.ts';
import { marshalJson } from '../machinery/gofmt.ts';
import { unmarshalJson } from '../machinery/gojson.ts';
import { definitionOfKind } from '../machinery/schema.ts';
import { decodeStrict } from '../machinery/strictdecoding.ts';
import { goKindOf } from '../machinery/strictdecoding.leaves.ts';
import { parseGroupVersion } from '../machinery/types.ts';
import { addZeroValues } from '../machinery/zerovalues.ts';
import type { Flags, FlagSpec } from './command.ts';

/** --overrides and --override-type. */
export function overrideFlags(): FlagSpec[] {
  return [
    { name: 'overrides', type: 'string', default: '', usage: 'JSON that changes the object before it is sent.' },
    {
      name: 'override-type',
      type: 'string',
      default: 'merge',
      usage: 'How --overrides changes the object: json, merge, or strategic.',
    },
  ];
}

/**
 * Returns the object with --overrides applied, as its type holds it: without fields that it does not have.
 * @throws Error `invalid override type: x`, or with the words of Go's decoders.
 */
export function withOverrides(flags: Flags, object: Unstructured, schemaName: string): Unstructured {
  const text = flags.string('overrides');
  if (text === '') return object;
  const type = flags.string('override-type') || 'merge';
  if (type === 'json') return asTyped(applyJsonPatch(object, unmarshalJson(text) ?? []));
  if (type === 'merge') return asTyped(applyMergePatch(object, parsed(text, 'Invalid JSON Patch')));
  if (type !== 'strategic') throw new Error(`invalid override type: ${type}`);
  const patch = parsed(text, NO_DOCUMENT) ?? {};
  if (typeof patch !== 'object' || Array.isArray(patch)) throw new Error(NO_DOCUMENT);
  const patched = applyStrategicPatch(object, patch as Record<string, unknown>, schemaName);
  // It goes through maps, whose keys Go writes sorted.
  return asTyped(unmarshalJson(marshalJson(patched)));
}

const NO_DOCUMENT = 'invalid JSON document';
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function parsed(text: string, complaint: string): unknown {
  try {
    return unmarshalJson(text);
  } catch (error) {
    throw new Error(complaint, { cause: error });
  }
}

/** Upstream: runtime.Decode with the scheme of client-go. */
function asTyped(value: unknown): Unstructured {
  const noMeta = (what: unknown, place: string) =>
    new Error(`couldn't get version/kind; json parse error: json: cannot unmarshal ${goKindOf(what)} into Go ${place}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw noMeta(value, `value of type ${TYPE_META}`);
  const { apiVersion, kind } = value as Record<string, unknown>;
  for (const [name, field] of Object.entries({ apiVersion, kind })) {
    if (field !== undefined && typeof field !== 'string') throw noMeta(field, `struct field .${name} of type string`);
    const title = name === 'kind' ? 'Kind' : name;
    if (!field) throw new Error(`Object '${title}' is missing in '${marshalJson(value, { keepsOrder: true })}'`);
  }
  const gvk = { ...parseGroupVersion(String(apiVersion)), kind: String(kind) };
  const schemaName = definitionOfKind(gvk);
  if (schemaName === undefined)
    throw new Error(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/scheme/scheme.go:28"`,
    );
  const decoded = decodeStrict(value, schemaName, { mode: 'Ignore' });
  if (decoded.error !== undefined) throw new Error(decoded.error);
  return { ...(addZeroValues(decoded.value, schemaName) as Unstructured), apiVersion, kind } as Unstructured;
}
