// RSA keys that depend on nothing but a seed: the same cluster has the same keys, wherever it is opened.
// Called by: machinery/clusterkeys.ts. Must not know: what is signed with them. Upstream: FIPS 186-5 appendix A.1 in outline.
import type { KeyObject } from 'node:crypto';

const PRIME_BITS = 1024n;
const EXPONENT = 65_537n;
/** With so many rounds a number that is no prime passes once in 2^128 times. */
const CHECKS = 64;
/** Numbers that one of these divides need no closer look. */
const SMALL_PRIMES = 600;

/** Returns the private key of 2048 bits that belongs to a source of bytes: `bytes(label)` is 32 bytes, always the same. */
export function seededRsaKey(bytes: (label: string) => Buffer): KeyObject {
  const [one, other] = [seededPrime(bytes, 'p'), seededPrime(bytes, 'q')];
  const [p, q] = one > other ? [one, other] : [other, one];
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const key = {
    kty: 'RSA',
    n: encode(p * q),
    e: encode(EXPONENT),
    d: encode(d),
    p: encode(p),
    q: encode(q),
    dp: encode(d % (p - 1n)),
    dq: encode(d % (q - 1n)),
    qi: encode(inverse(q, p)),
  };
  return process.getBuiltinModule('node:crypto').createPrivateKey({ key, format: 'jwk' });
}

/** Returns the first prime from a seeded place on; its two highest bits are set, so that a product has all its bits. */
function seededPrime(bytes: (label: string) => Buffer, label: string): bigint {
  const { checkPrimeSync } = process.getBuiltinModule('node:crypto');
  const parts = [0, 1, 2, 3].map((i) => bytes(`${label}/${i}`));
  const start = BigInt(`0x${Buffer.concat(parts).toString('hex')}`) | (3n << (PRIME_BITS - 2n)) | 1n;
  const divisors = smallPrimes().map((prime) => ({ prime, rest: Number(start % BigInt(prime)) }));
  for (let step = 0; ; step += 2) {
    if (divisors.some(({ prime, rest }) => (rest + step) % prime === 0)) continue;
    const candidate = start + BigInt(step);
    if ((candidate - 1n) % EXPONENT !== 0n && checkPrimeSync(candidate, { checks: CHECKS })) return candidate;
  }
}

function smallPrimes(): number[] {
  const found: number[] = [];
  for (let n = 3; found.length < SMALL_PRIMES; n += 2) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** Euclid's algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return ((factor % modulus) + modulus) % modulus;
}

function encode(value: bigint): string {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url');
}
