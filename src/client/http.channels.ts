// The channels of a WebSocket that carries a command's streams: numbers, protocols, how they end.
// Called by: http.streams.ts, server/*. Must not know: sockets. Upstream: apimachinery pkg/util/remotecommand/constants.go.

/** First byte of every message. */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** In order of preference. The fifth can say that a channel is at its end. */
export const V5 = 'v5.channel.k8s.io';
export const V4 = 'v4.channel.k8s.io';

/** Returns a message: the channel's number, then the bytes. */
export function message(channel: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(channel), bytes]);
}

/** Returns the message that tells that nothing more comes on a channel. */
export function closeMessage(channel: number): Buffer {
  return Buffer.of(channels.close, channel);
}

/** Returns the parts of a message; undefined for an empty one. */
export function parseMessage(bytes: Uint8Array): { channel: number; payload: Buffer } | undefined {
  const [channel] = bytes;
  if (channel === undefined) return undefined;
  return { channel, payload: Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.length - 1) };
}

/** Returns a terminal's size as the resize channel tells it. */
export function sizeMessage({ columns, rows }: { columns: number; rows: number }): Buffer {
  return Buffer.from(JSON.stringify({ Width: columns, Height: rows }));
}
