// Answers of a server over HTTP: their bytes, headers, warnings, and what Go makes of them.
// Called by: http.ts. Must not know: connections. Upstream: client-go rest/request.go transformResponse.
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { unmarshalJson } from '../machinery/gojson.ts';
import type { ApiResponse } from './transport.ts';

/** What client-go's decoders know. */
const KNOWN_TYPES = /^application\/(json|yaml|vnd\.kubernetes\.protobuf)\b/;

export class HttpResponse implements ApiResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly warnings: string[];
  readonly bytes: Uint8Array;

  constructor(message: IncomingMessage, bytes: Buffer) {
    this.status = message.statusCode ?? 0;
    this.headers = {};
    for (const [name, value] of Object.entries(message.headers))
      if (typeof value === 'string') this.headers[name] = value;
    this.warnings = warningsIn(message);
    this.bytes = bytes;
  }

  /** @throws Error with the words of Go's decoder when an answer that should be JSON is not. */
  get body(): unknown {
    const { 'content-type': type = 'application/json' } = this.headers;
    const isKnown = KNOWN_TYPES.test(type);
    if (this.status >= 300) {
      if (!isKnown || this.bytes.length === 0) return undefined;
      try {
        return unmarshalJson(this.text);
      } catch {
        // A refusal without a Status: told by its code.
        return undefined;
      }
    }
    if (!isKnown) throw new Error(`serializer for ${type} doesn't exist`);
    return unmarshalJson(this.text);
  }

  get text(): string {
    return Buffer.from(this.bytes).toString();
  }
}

/** Returns the bytes of an answer as they are meant: unpacked when they were sent packed. */
export function unpacked(message: IncomingMessage): Readable {
  if (message.headers['content-encoding']?.toLowerCase() !== 'gzip') return message;
  const unzip = process.getBuiltinModule('node:zlib').createGunzip();
  message.on('error', (error) => unzip.destroy(error));
  message.on('aborted', () => unzip.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
  return message.pipe(unzip);
}

/** Upstream: apimachinery pkg/util/net ParseWarningHeaders. */
function warningsIn({ rawHeaders }: IncomingMessage): string[] {
  const found: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'warning') continue;
    const text = /^299 \S+ "((?:[^"\\]|\\.)*)"/.exec(rawHeaders[at + 1] ?? '')?.[1];
    if (text !== undefined) found.push(Buffer.from(text.replace(/\\(.)/g, '$1'), 'latin1').toString());
  }
  return found;
}
