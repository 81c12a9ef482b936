// What looks random is a hash of (seed, purpose, key): uids, name suffixes, jitter. There is no generator that runs.
// Called by: registry, controllers, kubelet, network. Must not know: the clock.
import type { Json } from './types.ts';

const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export class Random {
  readonly seed: string;
  constructor(seed: string) {
    this.seed = seed;
  }

  /** Returns 32 bytes that depend on nothing but the seed, the purpose and the key. */
  bytes(purpose: string, key: string): Buffer {
    return sha256(`${this.seed}\0${purpose}\0${key}`);
  }

  /** Returns a whole number in [0, below). */
  int(purpose: string, key: string, below: number): number {
    return this.bytes(purpose, key).readUIntBE(0, 6) % below;
  }

  /** Returns a number in [0, 1). */
  fraction(purpose: string, key: string): number {
    return this.bytes(purpose, key).readUIntBE(0, 6) / 2 ** 48;
  }

  /** Returns an RFC 4122 version 4 uid. */
  uid(purpose: string, key: string): string {
    const b = this.bytes(purpose, key);
    b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
    b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
    const h = b.toString('hex');
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`;
  }

  /** Returns a suffix as generateName makes them. Upstream: apimachinery/pkg/util/rand String. */
  suffix(purpose: string, key: string, length = 5): string {
    const b = this.bytes(purpose, key);
    let text = '';
    for (let i = 0; i < length; i++) text += SAFE_ALPHABET[(b[i] ?? 0) % SAFE_ALPHABET.length];
    return text;
  }
}

/** Returns the SHA-256 of a text. The module is loaded on first use: a read-only command never needs it. */
export function sha256(text: string | Uint8Array): Buffer {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'buffer');
}

/**
 * Returns the short hash of a pod template or a controller revision: up to ten characters of the safe alphabet.
 * Upstream: kubernetes pkg/controller/controller_utils.go ComputeHash. Differs: hashes JSON with sorted keys, not Go's memory dump.
 */
export function templateHash(template: Json | object, collisionCount = 0): string {
  const digits = String(sha256(`${JSON.stringify(inOrder(template))}\0${collisionCount || ''}`).readUInt32BE(0));
  return Array.from(digits, (d) => SAFE_ALPHABET[d.charCodeAt(0) % SAFE_ALPHABET.length]).join('');
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, inOrder(child)]));
}
