// The keys that a cluster signs with: drawn from its seed and its secret, one for each purpose.
// Called by: apiserver (tokens), controllers (certificates), server (its own certificates). Must not know: what is signed.
import type { KeyObject } from 'node:crypto';
import type { Random } from './random.ts';
import { seededRsaKey } from './seededkeys.ts';

export type KeyPurpose = 'service-account' | 'authority';

const keys = new Map<string, KeyObject>();

/**
 * Returns a cluster's private key. `secret` is what it is drawn from beside the seed; '' where the same commands must give
 * the same bytes. Found once a process: it takes a tenth of a second.
 */
export function clusterKey(random: Random, secret: string, purpose: KeyPurpose): KeyObject {
  const name = JSON.stringify([random.seed, secret, purpose]);
  let key = keys.get(name);
  if (!key) {
    key = seededRsaKey((label) => random.bytes('signing-key', `${secret}\0${purpose}\0${label}`));
    keys.set(name, key);
  }
  return key;
}
