// What clients send and what lies in storage, brought in line with the schemas of a definition.
// Called by: customresource.ts. Must not know: HTTP, storage.
// Upstream: apiextensions-apiserver pkg/apiserver/customresource_handler.go unstructuredSchemaCoercer and its users.
import { isValues, type JSONSchema, type Values } from '../machinery/jsonschema.ts';
import { coerceMetadata, decodeMetadata } from '../machinery/jsonschema.metadata.ts';
import { fillDefaults, prune, pruneNulls } from '../machinery/jsonschema.prune.ts';
import { clone, deepEqual } from '../machinery/meta.ts';
import { newInternalError } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import type { DecodeOptions, DecodeResult } from '../machinery/strictdecoding.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { CustomResourceDefinition } from './customresourcedefinition.ts';
import type { CustomTypes } from './definition.ts';

interface Types {
  crd: CustomResourceDefinition;
  /** The version in which objects are stored from now on. */
  hub: string;
  schema(apiVersion: string): JSONSchema | undefined;
}

export function createCodec(types: Types): Pick<CustomTypes, 'decode' | 'fromStorage' | 'encode'> {
  const { hub, schema } = types;
  const read = new WeakMap<KubeObject, KubeObject>();
  const encoded = new WeakMap<KubeObject, Map<string, KubeObject>>();
  return {
    decode: (value, apiVersion, options) => decode(value, schema(apiVersion), options),
    fromStorage(object) {
      let found = read.get(object);
      if (!found) read.set(object, (found = fromStorage(object, hub, schema)));
      return found;
    },
    encode(object, apiVersion) {
      if (object.apiVersion === apiVersion) return object;
      let versions = encoded.get(object);
      if (!versions) encoded.set(object, (versions = new Map<string, KubeObject>()));
      let found = versions.get(apiVersion);
      if (!found) versions.set(apiVersion, (found = convert(object, apiVersion, types)));
      return found;
    },
  };
}

function withApiVersion(object: KubeObject, apiVersion: string): KubeObject {
  return { ...object, apiVersion };
}

function decode(
  value: unknown,
  schema: JSONSchema | undefined,
  { mode, duplicates = [] }: DecodeOptions,
): DecodeResult {
  const found = duplicates.map((path) => `duplicate field ${quote(path)}`);
  const refuse = (error: string): DecodeResult => ({ value, strictErrors: [], error });
  if (!isValues(value)) return refuse('json: cannot unmarshal into Go value of type map[string]interface {}');
  const object = clone(value);
  const unknown: string[] = [];
  const metadata = decodeMetadata(object['metadata'] ?? {});
  if (metadata.error !== undefined) return refuse(metadata.error);
  unknown.push(...metadata.unknown, ...prune(object, schema, { isResourceRoot: true }));
  pruneNulls(object, schema);
  const embedded: string[] = [];
  const malformed = coerceMetadata(undefined, object, schema, { unknown: embedded });
  if (malformed) return refuse(malformed.message());
  unknown.push(...embedded.sort());
  if (metadata.metadata && value['metadata'] !== undefined) object['metadata'] = metadata.metadata;
  fillDefaults(object, schema);
  found.push(...unknown.map((path) => `unknown field "${path}"`));
  return { value: object, strictErrors: mode === 'Ignore' ? [] : found };
}

/** Managed fields are stored in a shorter form, which is no business of the schema's. */
function withoutMetadata(object: KubeObject): Values {
  const { metadata: _, ...rest } = object;
  return clone(rest) as Values;
}

// Reads take what the schema of the stored version says today; what has not changed stays the same object.
function fromStorage(object: KubeObject, hub: string, schemaOf: Types['schema']): KubeObject {
  const schema = schemaOf(object.apiVersion);
  const content = withoutMetadata(object);
  prune(content, schema, { isResourceRoot: true });
  pruneNulls(content, schema);
  coerceMetadata(undefined, content, schema, { dropsInvalid: true });
  fillDefaults(content, schema);
  const { metadata, ...rest } = object;
  const isSame = deepEqual(content, rest);
  if (isSame && object.apiVersion === hub) return object;
  return { ...(isSame ? rest : (content as unknown as KubeObject)), apiVersion: hub, metadata };
}

function convert(object: KubeObject, apiVersion: string, { crd, schema }: Types): KubeObject {
  refuseWebhooks(crd, object);
  const content = withoutMetadata(object);
  prune(content, schema(apiVersion), { isResourceRoot: true });
  pruneNulls(content, schema(apiVersion));
  return { ...withApiVersion(content as unknown as KubeObject, apiVersion), metadata: object.metadata };
}

/** Nothing in the cluster answers as a webhook. @throws StatusError. Upstream: pkg/apiserver/conversion/webhook_converter.go. */
export function refuseWebhooks({ spec }: CustomResourceDefinition, object: KubeObject): void {
  if (spec.conversion?.strategy !== 'Webhook') return;
  const { url, service } = spec.conversion?.webhook?.clientConfig ?? {};
  const { name, namespace, path = '', port = 443 } = service ?? {};
  const address = url ?? `https://${name}.${namespace}.svc:${port}${path}`;
  const [group, version] = object.apiVersion.split('/');
  const why = service ? `service ${quote(name ?? '')} not found` : 'dial tcp: connect: connection refused';
  throw newInternalError(
    `conversion webhook for ${group}/${version}, Kind=${object.kind} failed: Post ${quote(`${address}?timeout=30s`)}: ${why}`,
  );
}
