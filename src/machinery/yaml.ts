// YAML in and out, as Go's sigs.k8s.io/yaml reads and writes it. The one door to YAML.
// Called by: cli (files, printers, edit, config), client (kubeconfig), server (bodies). Must not know: kinds.
import { checkValue } from './yaml.text.ts';
import { emitYaml } from './yaml.emit.ts';

/**
 * Returns the JSON value as YAML, ending in a newline, with Go's key order, quotes and folding.
 * @throws Error `yaml: control characters are not allowed` for texts that Go's YAML cannot read back.
 * Upstream: sigs.k8s.io/yaml Marshal and JSONToYAML.
 */
export function toYaml(value: unknown): string {
  checkValue(value);
  return emitYaml(value);
}

export { toKyaml } from './yaml.kyaml.ts';
