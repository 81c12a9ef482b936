// Bodies of requests, as bytes, up to a bound.
// Called by: http.ts. Must not know: what is in them.
import type { IncomingMessage } from 'node:http';
import { newBadRequest, newRequestEntityTooLarge } from '../machinery/status.ts';

/** Upstream: apiserver pkg/server/config.go MaxRequestBodyBytes. */
const LIMIT_BYTES = 3 * 1024 * 1024;

/**
 * Returns the body, undefined when there is none.
 * @throws StatusError RequestEntityTooLarge (what is left of the body is read away, so that the client can read the refusal),
 * BadRequest when the client stops half-way.
 */
export function readBody(request: IncomingMessage, limitBytes = LIMIT_BYTES): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const refuse = (): void => {
      reject(newRequestEntityTooLarge(`limit is ${limitBytes}`));
      request.removeListener('data', take);
      request.resume();
    };
    const take = (chunk: Uint8Array): void => {
      size += chunk.length;
      if (size > limitBytes) refuse();
      else chunks.push(chunk);
    };
    request.on('error', () => reject(newBadRequest('unexpected EOF')));
    request.on('close', () => reject(newBadRequest('unexpected EOF')));
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) return refuse();
    request.on('data', take);
    request.on('end', () => resolve(size === 0 ? undefined : Buffer.concat(chunks)));
  });
}
