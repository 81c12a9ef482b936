// port-forward over SPDY: for every connection a stream of data and a stream for what goes wrong.
// Called by: websocket.ts, spdy.ts. Must not know: what listens on a port. Upstream: kubernetes pkg/kubelet/streaming/portforward.
import type { Duplex } from 'node:stream';
import type { ApiRequest, ApiResponse, PortConnection } from '../apiserver/types.ts';
import { openSpdy, type SpdyStream } from '../client/http.spdy.ts';
import type { ServerContext } from './http.ts';

export type OpenPort = NonNullable<ApiResponse['openPort']>;

/** Serves the connections of one client until it goes. */
export async function servePorts(
  context: ServerContext,
  { pipe, request, openPort }: { pipe: Duplex; request: ApiRequest; openPort: OpenPort },
): Promise<void> {
  const pairs = new Map<string, { data?: SpdyStream; error?: SpdyStream }>();
  const closed = new Promise<void>((resolve) => {
    openSpdy(pipe, {
      isServer: true,
      onClose: resolve,
      onStream: (stream) => {
        const { streamtype = '', port = '', requestid = stream.id } = stream.headers;
        const key = `${port}/${requestid}`;
        const pair = pairs.get(key) ?? {};
        pairs.set(key, pair);
        if (streamtype === 'error') pair.error = stream;
        else if (streamtype === 'data') pair.data = stream;
        else return stream.reset();
        const { data, error } = pair;
        if (!data || !error) return;
        pairs.delete(key);
        void carry(context, { request, open: () => openPort(Number(port)), data, error });
      },
    });
  });
  await closed;
}

interface Carried {
  request: ApiRequest;
  open(): PortConnection;
  data: Duplex;
  error: Duplex;
}

/** Carries bytes between a client and an application until either ends; a failure is told on the stream for it. */
export async function carry(context: ServerContext, { request, open, data, error }: Carried): Promise<void> {
  const { engine } = context;
  const command = `${request.method} ${request.path}`;
  try {
    const connection = await engine.perform(command, () => open());
    const pass = async (bytes: Uint8Array): Promise<void> => {
      const answers = await engine.perform(command, async ({ loop }) => {
        const given = await connection.send(bytes);
        await loop.runToRest();
        return given;
      });
      for (const answer of answers) data.write(answer);
    };
    // The stream outlives the loop: what was answered last is still on its way.
    const received = data.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    for await (const bytes of received) {
      await pass(bytes);
      if (connection.isClosed) break;
    }
    if (!connection.isClosed) await pass(new Uint8Array(0));
    error.end();
  } catch (failure) {
    error.end((failure as Error).message);
  } finally {
    data.end();
  }
}
