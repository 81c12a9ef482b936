// What a request's head asks for, and heads that no server of HTTP takes.
// Called by: http.ts. Must not know: the API. Upstream: Go net/http readRequest.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Returns the path with its query, whether the client named the server before it or not. */
export function targetOf({ url = '/' }: IncomingMessage): string {
  return url.startsWith('/') ? url : /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] || '/';
}

/** Returns what is wrong with a head, as Go says it; undefined for one that is to be answered. */
export function malformationOf(head: IncomingMessage): string | undefined {
  if (head.headers.host === undefined) return '400 Bad Request: missing required Host header';
  const path = targetOf(head).split('?')[0] ?? '';
  return /%(?![0-9a-fA-F]{2})/.test(path) ? '400 Bad Request' : undefined;
}

/** Answers in plain text and lets the connection go. */
export function sendPlainRefusal(response: ServerResponse, text: string): void {
  response.writeHead(400, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': text.length,
    connection: 'close',
  });
  response.end(text);
}
