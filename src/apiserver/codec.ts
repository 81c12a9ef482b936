// How bodies become objects of a type, and how stored objects become bodies: by the built-in schemas, or by those of a
// CustomResourceDefinition. Called by: scheme, patching, fieldmanager.apply. Must not know: what is served.
import { decodeStrict, type DecodeOptions, type DecodeResult } from '../machinery/strictdecoding.ts';
import { addZeroValues } from '../machinery/zerovalues.ts';
import type { CustomTypes } from '../resources/definition.ts';
import { addRequiredStructs } from './structs.ts';

export interface Codec {
  /** Returns what a client sent as the type holds it, a fresh value. */
  decode(value: unknown, options: DecodeOptions): DecodeResult;
  /** Returns an object of the version with the empty values that Go writes out. Shared. */
  encode<T>(object: T): T;
}

const codecs = new Map<string, Codec>();

/** Returns the codec of a built-in type: 'io.k8s.api.apps.v1.Deployment'. */
export function codecOf(schema: string): Codec {
  let codec = codecs.get(schema);
  if (!codec) codecs.set(schema, (codec = createCodec(schema)));
  return codec;
}

function createCodec(schema: string): Codec {
  return {
    decode(value, options) {
      const decoded = decodeStrict(value, schema, options);
      if (decoded.error !== undefined) return decoded;
      addRequiredStructs(decoded.value, schema);
      keepEmptyManagers(decoded.value, value);
      return decoded;
    },
    encode: (object) => addZeroValues(object, schema),
  };
}

/** Returns the codec of a custom resource in one version, which has no empty values of its own. */
export function customCodecOf(custom: CustomTypes, apiVersion: string): Codec {
  return {
    decode(value, options) {
      const decoded = custom.decode(value, apiVersion, options);
      keepEmptyManagers(decoded.value, value);
      return decoded;
    },
    encode: (object) => object,
  };
}

/** Keeps an empty list of managers, which asks to forget them; decoding drops empty lists. Changes `decoded`. */
function keepEmptyManagers(decoded: unknown, given: unknown): void {
  type Meta = { metadata?: { managedFields?: unknown } };
  const managers = (given as Meta | null)?.metadata?.managedFields;
  const metadata = (decoded as Meta | undefined)?.metadata;
  if (metadata && Array.isArray(managers) && managers.length === 0) metadata.managedFields = [];
}
