// What nginx serves: its pages, its configuration files, and the few directives of a server block that are understood.
// Called by: images/nginx.ts. Must not know: logs, versions of images.
import type { ContainerView, SimulatedRequest, SimulatedResponse } from './image.ts';

export const welcomePage = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

export const page50x = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.<br/>
Please try again later.</p>
</body>
</html>
`;

export const nginxConf = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log  main;
    sendfile        on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
`;

export const defaultConf = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

const REASONS: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
};

/** Returns nginx' own page for a status. */
export function errorPage(status: number, version: string): SimulatedResponse {
  const title = `${status} ${REASONS[status] ?? 'Error'}`;
  const lines = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    `<hr><center>nginx/${version}</center>`,
    '</body>',
    '</html>',
    '',
  ];
  return { status, headers: { 'Content-Type': 'text/html' }, body: lines.join('\r\n') };
}

interface Location {
  path: string;
  isExact: boolean;
  root?: string;
  /** `return 200 'text'` */
  returns?: { status: number; text: string };
}
export interface ServerBlock {
  port: number;
  root: string;
  locations: Location[];
}

/** Returns the server blocks of the container's configuration; the default one when there is none to read. */
export function parseServers(read: (path: string) => string | undefined): ServerBlock[] {
  const main = read('/etc/nginx/nginx.conf') ?? '';
  const site = /^\s*include\s+\/etc\/nginx\/conf\.d\//m.test(main)
    ? (read('/etc/nginx/conf.d/default.conf') ?? '')
    : '';
  const servers = [main, site].flatMap((text) => blocks(text.replace(/#.*$/gm, ''), 'server').map(parseServer));
  return servers.length > 0 ? servers : [parseServer(blocks(defaultConf, 'server')[0]?.body ?? '')];
}

/** Finds `name ARGUMENTS { body }` wherever it stands, braces balanced. */
function blocks(text: string, name: string): { argument: string; body: string }[] {
  const found: { argument: string; body: string }[] = [];
  const head = new RegExp(`(?:^|[\\s;{}])${name}\\s*([^{};]*)\\{`, 'g');
  for (let match = head.exec(text); match; match = head.exec(text)) {
    let depth = 1;
    let at = head.lastIndex;
    for (; at < text.length && depth > 0; at++) depth += text[at] === '{' ? 1 : text[at] === '}' ? -1 : 0;
    found.push({ argument: (match[1] ?? '').trim(), body: text.slice(head.lastIndex, at - 1) });
    head.lastIndex = at;
  }
  return found;
}

function parseServer(block: { body: string } | string): ServerBlock {
  const body = typeof block === 'string' ? block : block.body;
  const root = /^\s*root\s+([^;]+);/m.exec(body.replace(/location[^{]*\{[^}]*\}/g, ''))?.[1]?.trim();
  const locations = blocks(body, 'location').map(({ argument, body: inner }): Location => {
    const returned = /return\s+(\d{3})(?:\s+(.+?))?;/s.exec(inner);
    const text = (returned?.[2] ?? '')
      .trim()
      .replace(/^(['"])(.*)\1$/s, '$2')
      .replaceAll('\\n', '\n');
    const innerRoot = /root\s+([^;]+);/.exec(inner)?.[1]?.trim();
    return {
      path: argument.replace(/^(=|\^~|~\*?)\s*/, ''),
      isExact: argument.startsWith('='),
      ...(innerRoot === undefined ? {} : { root: innerRoot }),
      ...(returned ? { returns: { status: Number(returned[1]), text } } : {}),
    };
  });
  const port = Number(/^\s*listen\s+(?:[\d.]+:)?(\d+)/m.exec(body)?.[1] ?? 80);
  return { port, root: root ?? '/usr/share/nginx/html', locations };
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
};

/** Returns what nginx answers from its files; the body of an error page is filled in by the caller. */
export function answerStatic(
  container: ContainerView,
  server: ServerBlock,
  request: SimulatedRequest,
): SimulatedResponse {
  const path = decodeURI(request.path.split('?')[0] ?? '/');
  const location =
    server.locations.find((l) => l.isExact && l.path === path) ??
    server.locations
      .filter((l) => !l.isExact && path.startsWith(l.path))
      .sort((a, b) => b.path.length - a.path.length)[0];
  if (location?.returns) {
    const { status, text } = location.returns;
    const headers: Record<string, string> = { 'Content-Type': 'text/plain' };
    if (status === 301 || status === 302) headers['Location'] = text;
    return { status, headers, body: text };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: {}, body: '' };
  const root = location?.root ?? server.root;
  const file = `${root}${path.endsWith('/') ? `${path}index.html` : path}`;
  const bytes = container.readFile(file);
  if (!bytes) {
    const status = path.endsWith('/') && path === '/' ? 403 : 404;
    return { status, headers: status === 404 ? { 'x-sandkube-missing': file } : {}, body: '' };
  }
  const extension = /\.(\w+)$/.exec(file)?.[1] ?? '';
  return {
    status: 200,
    headers: { 'Content-Type': TYPES[extension] ?? 'application/octet-stream', 'Accept-Ranges': 'bytes' },
    body: bytes,
  };
}
