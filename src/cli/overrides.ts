// --overrides: a patch on an object that a command has built.
// Called by: commands run, expose. Upstream: kubectl pkg/cmd/util/override_options.go.
import { applyJsonPatch, applyMergePatch, type JsonPatchOperation } from '../machinery/patch.ts';
import { applyStrategicPatch } from '../machinery/strategic.ts';
import type { Unstructured } from '../machinery/types.ts';
import { unmarshalJson } from '../machinery/gojson.ts';
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

/** Returns the object with --overrides applied. @throws Error `invalid override type: x`, Go's JSON errors. */
export function withOverrides(flags: Flags, object: Unstructured, schemaName: string): Unstructured {
  const text = flags.string('overrides');
  if (text === '') return object;
  const patch = unmarshalJson(text);
  const type = flags.string('override-type') || 'merge';
  if (type === 'json') return applyJsonPatch(object, patch as JsonPatchOperation[]) as Unstructured;
  if (type === 'merge') return applyMergePatch(object, patch) as Unstructured;
  if (type === 'strategic')
    return applyStrategicPatch(object, patch as Record<string, unknown>, schemaName) as Unstructured;
  throw new Error(`invalid override type: ${type}`);
}
