// The documents of a manifest, YAML or JSON, decoded one by one.
// Called by: cli/filevisitors.ts. Must not know: kinds. Upstream: apimachinery/pkg/util/yaml YAMLOrJSONDecoder.
import { parseYamlDocuments } from '../machinery/yaml.ts';

export interface ManifestDocument {
  object: unknown;
  /** The document as compact JSON with sorted keys, the way messages quote it. */
  readonly json: string;
}

/** Yields the documents that are not empty. @throws Error with Go's text when the next one is broken. */
export function* decodeManifest(text: string): Generator<ManifestDocument> {
  for (const object of parseYamlDocuments(text)) {
    if (object === null || object === undefined) continue;
    yield {
      object,
      get json() {
        return sortedJson(object);
      },
    };
  }
}

/** Returns compact JSON with sorted keys, as Go marshals a map. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]));
}
