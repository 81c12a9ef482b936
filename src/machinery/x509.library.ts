// The one door to @peculiar/asn1-*: certificates and requests for them as values and as DER. Loaded when first used.
// Called by: machinery/certificaterequests.ts, machinery/certificateauthority.ts. Must not know: Kubernetes, keys.
import type * as Requests from '@peculiar/asn1-csr';
import type * as Schema from '@peculiar/asn1-schema';
import type * as X509 from '@peculiar/asn1-x509';
import { requirePackage } from './packages.ts';

export type { Requests, Schema, X509 };

let requests: typeof Requests | undefined;
let schema: typeof Schema | undefined;
let x509: typeof X509 | undefined;

/** Returns the shapes of requests for certificates. */
export function requestShapes(): typeof Requests {
  // The bundle: resolved when it is built, run when first called.
  requests ??= (
    typeof require === 'function' ? require('@peculiar/asn1-csr') : requirePackage('@peculiar/asn1-csr')
  ) as typeof Requests;
  return requests;
}

/** Returns the shapes of certificates. */
export function certificateShapes(): typeof X509 {
  x509 ??= (
    typeof require === 'function' ? require('@peculiar/asn1-x509') : requirePackage('@peculiar/asn1-x509')
  ) as typeof X509;
  return x509;
}

/** Returns what turns the shapes into DER and back. */
export function asn1(): typeof Schema {
  schema ??= (
    typeof require === 'function' ? require('@peculiar/asn1-schema') : requirePackage('@peculiar/asn1-schema')
  ) as typeof Schema;
  return schema;
}

/** Returns the DER of a value. */
export function toDer(value: object): Buffer {
  return Buffer.from(asn1().AsnConvert.serialize(value));
}

/** Returns DER for a field that holds any other. */
export function toArrayBuffer(der: Uint8Array): ArrayBuffer {
  return Uint8Array.from(der).buffer;
}
