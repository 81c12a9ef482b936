// Watches over a WebSocket: one text message an event.
// Called by: upgrades.ts. Must not know: kinds. Upstream: apiserver pkg/endpoints/handlers/watch.go HandleWS.
import type { WatchCursor } from '../apiserver/types.ts';
import type { ServerContext } from './http.ts';
import type { Upgrade } from './upgrades.ts';
import { followWatch, watchLine } from './watches.ts';
import { acceptWebSocket } from './websocket.ts';

const HIGH_WATER_BYTES = 1 << 20;

/** Sends events until the watch ends or the client goes. */
export async function watchOverWebSocket(context: ServerContext, upgrade: Upgrade, cursor: WatchCursor): Promise<void> {
  const socket = await acceptWebSocket(upgrade, protocolsOf(upgrade));
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  let ready: () => void = () => undefined;
  setImmediate(upgrade.release);
  await followWatch(context.engine, {
    cursor,
    request: upgrade.request,
    signal: gone.signal,
    isReady: () => socket.bufferedAmount < HIGH_WATER_BYTES,
    onReady: (callback) => (ready = callback),
    send: (event) => socket.send(watchLine(event).toString(), () => ready()),
  });
  socket.close(1000);
}

/** Any protocol will do as long as there is one: the events are text. Upstream: golang.org/x/net/websocket. */
function protocolsOf({ request }: Upgrade): string[] {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const named = offered.filter((name) => name !== '' && !name.startsWith('base64url.bearer.'));
  return named.length === 1 ? named : [];
}
