// YAML in and out, as Go's sigs.k8s.io/yaml reads and writes it. The one door to YAML.
// Called by: cli (files, printers, edit, config), client (kubeconfig), server (bodies). Must not know: kinds.
import { decodeDocuments } from './yaml.documents.ts';
import { emitYaml } from './yaml.emit.ts';

export { decodeDocuments } from './yaml.documents.ts';
export { toKyaml } from './yaml.kyaml.ts';
export { yamlToJson } from './yaml.parse.ts';

/**
 * Returns the JSON value as YAML, ending in a newline, with Go's key order, quotes and folding.
 * @throws Error `yaml: control characters are not allowed` for texts that Go's YAML cannot read back.
 * Upstream: sigs.k8s.io/yaml Marshal and JSONToYAML.
 */
export function toYaml(value: unknown): string {
  return emitYaml(value);
}

/**
 * Yields the values of a file's documents, one by one, null for those that are empty.
 * @throws Error with Go's text when the next one is broken; see `decodeDocuments`.
 */
export function* parseYamlDocuments(text: string): Generator<unknown> {
  for (const document of decodeDocuments(text)) yield document.value;
}
