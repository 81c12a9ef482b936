// The hash that names of generated ConfigMaps and Secrets end with.
// Called by: commands create configmap and secret, cli/kustomize. Upstream: kubectl pkg/util/hash/hash.go.
import { sha256 } from '../machinery/random.ts';

/** Returns the ten letters that stand for a content. `json` is the canonical text of what is hashed. */
export function contentHash(json: string): string {
  const letters: Record<string, string> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };
  return Array.from(sha256(json).toString('hex').slice(0, 10), (c) => letters[c] ?? c).join('');
}
