// Answers of the API as HTTP: status, headers, warnings, the body in the form that the client takes.
// Called by: http.ts, watches.ts, upgrades.ts. Must not know: who asked, the cluster.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeBody, encodeBytes } from '../apiserver/encoding.ts';
import { isPretty, JSON_TYPE, negotiate, YAML_TYPE } from '../apiserver/negotiation.ts';
import type { ApiRequest, ApiResponse } from '../apiserver/types.ts';
import type { StatusError } from '../machinery/status.ts';

/** Headers of everything that the server says. */
export type CommonHeaders = () => Record<string, string>;

export interface AnswerOptions {
  common: CommonHeaders;
}

/** Objects of more bytes than this are compressed for who takes that. Upstream: responsewriters.SerializeObject. */
const GZIP_THRESHOLD_BYTES = 128 * 1024;

/** Writes an answer that is whole. Does nothing when the client has gone. */
export async function sendAnswer(
  response: ServerResponse,
  request: Pick<ApiRequest, 'query' | 'headers'>,
  answer: ApiResponse,
  { common }: AnswerOptions,
): Promise<void> {
  if (response.destroyed || response.headersSent) return;
  const content = await contentOf(answer, request);
  const headers: Record<string, string> = { ...common(), ...answer.headers };
  let bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (answer.body !== undefined && bytes.length > GZIP_THRESHOLD_BYTES && takesGzip(request.headers)) {
    bytes = await gzip(bytes);
    headers['content-encoding'] = 'gzip';
    headers['vary'] = headers['vary'] === undefined ? 'Accept-Encoding' : `${headers['vary']}, Accept-Encoding`;
  }
  if (response.destroyed) return;
  const length = answer.status === 304 ? {} : { 'content-length': bytes.length };
  response.writeHead(answer.status, { ...headers, ...warningHeader(answer.warnings), ...length });
  response.end(bytes);
}

function takesGzip(headers: ApiRequest['headers']): boolean {
  return (headers['accept-encoding'] ?? '').split(',').some((token) => token.trim() === 'gzip');
}

function gzip(bytes: Uint8Array): Promise<Buffer> {
  const zlib = process.getBuiltinModule('node:zlib');
  return new Promise((resolve, reject) => {
    zlib.gzip(bytes, { level: 1 }, (error, zipped) => (error ? reject(error) : resolve(zipped)));
  });
}

/** Writes a refusal that comes before the API server is asked. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  error: StatusError,
  options: AnswerOptions,
): Promise<void> {
  const { status } = error;
  const { accept = '', 'user-agent': agent = '' } = request.headers;
  const headers = { 'content-type': negotiate(accept)?.mediaType ?? JSON_TYPE };
  const answer: ApiResponse = { status: status.code ?? 500, headers, warnings: [], body: status };
  const asked = { query: new URLSearchParams(), headers: { accept, 'user-agent': agent } };
  return sendAnswer(response, asked, answer, options);
}

/** Returns the `Warning:` headers. Texts in other scripts travel as the bytes of their UTF-8, as Go writes them. */
export function warningHeader(warnings: readonly string[]): Record<string, string[]> {
  if (warnings.length === 0) return {};
  return { warning: warnings.map((text) => `299 - ${quoted(Buffer.from(text).toString('latin1'))}`) };
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')}"`;
}

async function contentOf(
  { body, text, bytes, headers, isIndented }: ApiResponse,
  request: Pick<ApiRequest, 'query' | 'headers'>,
): Promise<string | Uint8Array> {
  if (body === undefined) return bytes ?? text ?? '';
  if (headers['content-type']?.startsWith(YAML_TYPE)) {
    const { toYaml } = await import('../machinery/yaml.ts');
    return toYaml(body);
  }
  return (isIndented ?? isPretty(request)) ? encodeBody(body, { isPretty: true }) : encodeBytes(body);
}
