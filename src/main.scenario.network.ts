// A loopback network in memory and a curl on it, so that lessons can forward ports without opening one on this machine.
// Called by: main.scenario.ts. Must not know: commands of ours, what answers.
import http from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { parseArgs } from 'node:util';
import type { LocalNetwork } from './cli/runtime.ts';
import type { CommandOutcome } from './scenario/scenario.ts';

/** The first port that is handed out when none is asked for. */
const FIRST_FREE_PORT = 40_000;
const LOCAL_NAMES: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  '127.0.0.1': ['127.0.0.1'],
  '[::1]': ['::1'],
};

export class LoopbackNetwork implements LocalNetwork {
  readonly #listeners = new Map<string, (connection: Duplex) => void>();

  listen: LocalNetwork['listen'] = async (place, onConnection) => {
    if (place.network === 'unix') return this.#open(place.path, 0, onConnection);
    const { network, address } = place;
    let { port } = place;
    if (port === 0) for (port = FIRST_FREE_PORT; this.#listeners.has(`${address} ${port}`);) port++;
    const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    if (this.#listeners.has(`${address} ${port}`))
      throw new Error(`listen ${network} ${where}: bind: address already in use`);
    return this.#open(`${address} ${port}`, port, onConnection);
  };

  #open(key: string, port: number, onConnection: (connection: Duplex) => void) {
    this.#listeners.set(key, onConnection);
    return { port, close: async () => void this.#listeners.delete(key) };
  }

  /** Returns a connection to a port of this machine; undefined when nobody listens there. */
  connect(host: string, port: number): Duplex | undefined {
    for (const address of LOCAL_NAMES[host] ?? []) {
      const accept = this.#listeners.get(`${address} ${port}`);
      if (!accept) continue;
      const [near, far] = duplexPair();
      // As with sockets, a side that is closed closes the other one, once that has read what was sent.
      far.once('close', () => near.push(null));
      near.once('close', () => far.destroy());
      accept(far);
      return near;
    }
    return undefined;
  }
}

const CURL_OPTIONS = {
  silent: { type: 'boolean', short: 's' },
  'show-error': { type: 'boolean', short: 'S' },
  fail: { type: 'boolean', short: 'f' },
  location: { type: 'boolean', short: 'L' },
  request: { type: 'string', short: 'X' },
  header: { type: 'string', short: 'H', multiple: true },
  data: { type: 'string', short: 'd' },
  output: { type: 'string', short: 'o' },
  'write-out': { type: 'string', short: 'w' },
} as const;

type CurlOptions = ReturnType<typeof parseArgs<{ options: typeof CURL_OPTIONS; allowPositionals: true }>>['values'];

/** More redirects than this are not followed. */
const MAX_REDIRECTS = 50;

/** Runs curl with the options above on a local port; undefined for everything else, which is left to the machine's curl. */
export async function curl(args: readonly string[], network: LoopbackNetwork): Promise<CommandOutcome | undefined> {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: CURL_OPTIONS, allowPositionals: true });
  } catch {
    return undefined;
  }
  const { values, positionals } = parsed;
  let url = urlOf(positionals[0]);
  if (!url || positionals.length !== 1 || !LOCAL_NAMES[url.hostname]) return undefined;
  for (let redirects = 0; ; redirects++) {
    const answer = await exchange(url, values, network);
    if ('exitCode' in answer) return values.silent && !values['show-error'] ? { ...answer, output: '' } : answer;
    const { location } = answer.headers;
    if (values.location && location !== undefined && redirects < MAX_REDIRECTS) url = new URL(location, url);
    else return outcomeOf(answer, values);
  }
}

function urlOf(text = ''): URL | undefined {
  try {
    return new URL(/^\w+:\/\//.test(text) ? text : `http://${text}`);
  } catch {
    return undefined;
  }
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Returns the answer, or what curl says when there is none. */
async function exchange(url: URL, values: CurlOptions, network: LoopbackNetwork): Promise<Answer | CommandOutcome> {
  const port = Number(url.port || '80');
  const connection = network.connect(url.hostname, port);
  if (!connection) {
    const output = `curl: (7) Failed to connect to ${url.hostname} port ${port} after 0 ms: Could not connect to server\n`;
    return { output, exitCode: 7 };
  }
  const headers: Record<string, string> = { host: url.host, 'user-agent': 'curl', accept: '*/*' };
  if (values.data !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  for (const header of values.header ?? []) {
    const colon = header.indexOf(':');
    headers[header.slice(0, colon).toLowerCase()] = header.slice(colon + 1).trim();
  }
  const method = values.request ?? (values.data === undefined ? 'GET' : 'POST');
  return new Promise((resolve, reject) => {
    const request = http.request(
      { method, path: `${url.pathname}${url.search}`, headers, createConnection: () => connection },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    request.on('error', () => resolve({ output: 'curl: (52) Empty reply from server\n', exitCode: 52 }));
    request.end(values.data);
  });
}

function outcomeOf({ status, headers, body }: Answer, values: CurlOptions): CommandOutcome {
  const variables: Record<string, string> = {
    http_code: String(status),
    redirect_url: String(headers.location ?? ''),
    content_type: String(headers['content-type'] ?? ''),
  };
  const written = (values['write-out'] ?? '')
    .replace(/%\{(\w+)\}/g, (_, name: string) => variables[name] ?? '')
    .replaceAll('\\n', '\n');
  if (values.fail && status >= 400) {
    const refusal = `curl: (22) The requested URL returned error: ${status}\n`;
    return { output: written + (values.silent && !values['show-error'] ? '' : refusal), exitCode: 22 };
  }
  return { output: (values.output === undefined ? body : '') + written, exitCode: 0 };
}
