// The documents of a manifest that are not empty, decoded one by one.
// Called by: cli/filevisitors.ts. Must not know: kinds.
import { decodeDocuments, type YamlDocument } from '../machinery/yaml.documents.ts';

export type ManifestDocument = YamlDocument;

/** Yields the documents that are not empty. @throws Error with Go's text when the next one is broken. */
export function* decodeManifest(text: string): Generator<ManifestDocument> {
  for (const document of decodeDocuments(text)) if (document.value !== null) yield document;
}
