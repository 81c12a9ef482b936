// `logs -f` over HTTP: what a container prints, as it prints it.
// Called by: http.ts. Must not know: where the lines come from.
import type { ServerResponse } from 'node:http';
import type { ApiRequest, ApiResponse } from '../apiserver/types.ts';
import { warningHeader } from './answers.ts';
import type { ServerContext } from './http.ts';

/** Sends bytes until the container ends or the client goes. Resolves then. */
export async function streamLog(
  { engine, common }: ServerContext,
  { request, response, answer }: { request: ApiRequest; response: ServerResponse; answer: ApiResponse },
): Promise<void> {
  const { stream, headers, warnings } = answer;
  response.writeHead(200, { ...common(), ...headers, ...warningHeader(warnings) });
  response.flushHeaders();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const write = (bytes: Uint8Array): void => {
    if (gone.signal.aborted) return;
    response.write(bytes);
  };
  if (stream)
    await engine.stream(`GET ${request.path}`, stream, {
      writeStdout: write,
      writeStderr: write,
      signal: gone.signal,
    });
  response.end();
}
