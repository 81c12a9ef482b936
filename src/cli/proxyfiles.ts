// Files of a folder over HTTP: what `kubectl proxy --www` serves.
// Called by: proxyhandler.ts. Must not know: the API. Upstream: Go net/http FileServer.
import fs from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'text/xml; charset=utf-8',
};

/** Answers with a file, a folder's index.html or its listing, or 404. */
export function serveFile(
  response: ServerResponse,
  { folder, path: requested, url }: { folder: string; path: string; url: string },
): void {
  if (url.endsWith('/index.html')) return redirect(response, './');
  const place = path.join(folder, path.posix.join('/', decodeURIComponent(requested)));
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return notFound(response);
  if (!stat.isDirectory()) {
    if (url.endsWith('/')) return redirect(response, `../${path.basename(place)}`);
    return sendFile(response, place);
  }
  if (!url.endsWith('/')) return redirect(response, `${path.posix.basename(url)}/`);
  const index = path.join(place, 'index.html');
  if (fs.existsSync(index)) return sendFile(response, index);
  sendListing(response, place);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(301, { location }).end();
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end('404 page not found\n');
}

function sendFile(response: ServerResponse, file: string): void {
  const content = fs.readFileSync(file);
  const type = TYPES[path.extname(file).toLowerCase()] ?? guessType(content);
  response.writeHead(200, { 'content-type': type, 'content-length': content.length });
  response.end(content);
}

function guessType(content: Buffer): string {
  return content.subarray(0, 512).includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

function sendListing(response: ServerResponse, folder: string): void {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const names = entries.map((e) => (e.isDirectory() ? `${e.name}/` : e.name)).sort();
  const lines = names.map((name) => `<a href="${encodeURI(name)}">${escapeHtml(name)}</a>\n`).join('');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines}</pre>\n`);
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
