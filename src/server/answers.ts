// Answers of the API as HTTP: status, headers, warnings, the body in the form that the client takes.
// Called by: http.ts, watches.ts, upgrades.ts. Must not know: who asked, the cluster.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeBody } from '../apiserver/encoding.ts';
import type { ApiRequest, ApiResponse } from '../apiserver/types.ts';
import type { StatusError } from '../machinery/status.ts';

const JSON_TYPE = 'application/json';
const YAML = 'application/yaml';

/** Headers of everything that the server says. */
export type CommonHeaders = () => Record<string, string>;

export interface AnswerOptions {
  common: CommonHeaders;
}

/** Writes an answer that is whole. Does nothing when the client has gone. */
export async function sendAnswer(
  response: ServerResponse,
  request: Pick<ApiRequest, 'query' | 'headers'>,
  answer: ApiResponse,
  { common }: AnswerOptions,
): Promise<void> {
  if (response.destroyed || response.headersSent) return;
  const { type, content } = await contentOf(answer, request);
  const headers = { ...common(), ...answer.headers, ...(type === undefined ? {} : { 'content-type': type }) };
  const bytes = Buffer.from(content as string);
  response.writeHead(answer.status, { ...headers, ...warningHeader(answer.warnings), 'content-length': bytes.length });
  response.end(bytes);
}

/** Writes a refusal that comes before the API server is asked. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  error: StatusError,
  options: AnswerOptions,
): Promise<void> {
  const { status } = error;
  const answer: ApiResponse = { status: status.code ?? 500, headers: {}, warnings: [], body: status };
  const { accept = '' } = request.headers;
  return sendAnswer(response, { query: new URLSearchParams(), headers: { accept } }, answer, options);
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
  { body, text, bytes }: ApiResponse,
  request: Pick<ApiRequest, 'query' | 'headers'>,
): Promise<{ type?: string; content: string | Uint8Array }> {
  if (body === undefined) return { content: bytes ?? text ?? '' };
  if (prefersYaml(request.headers['accept'])) {
    const { toYaml } = await import('../machinery/yaml.ts');
    return { type: YAML, content: toYaml(body) };
  }
  return { content: encodeBody(body, { isPretty: isPretty(request) }) };
}

function prefersYaml(accept = ''): boolean {
  for (const clause of accept.split(',')) {
    const type = clause.split(';')[0]?.trim();
    if (type === YAML) return true;
    if (type === JSON_TYPE || type === '*/*' || type === 'application/*') return false;
  }
  return false;
}

/** People's clients get indented JSON. Upstream: apiserver pkg/endpoints/handlers/negotiation isPrettyPrint. */
function isPretty({ query, headers }: Pick<ApiRequest, 'query' | 'headers'>): boolean {
  const pretty = query.get('pretty');
  if (pretty !== null) return ['', '1', 'true'].includes(pretty);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '');
}
