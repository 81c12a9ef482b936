// Requests that are sent again: because the server asks to come back, or because a connection broke.
// Called by: http.ts. Must not know: HTTP's bytes. Upstream: client-go rest/with_retry.go.
import type { IncomingMessage } from 'node:http';
import { ConnectionError, withPrevious } from './http.errors.ts';

export interface Attempts {
  /** Sends the request once. @throws ConnectionError */
  send(): Promise<IncomingMessage>;
  /** Whether an error may be met by trying again. */
  isRetryable(error: ConnectionError): boolean;
  signal?: AbortSignal | undefined;
}

const MAX_RETRIES = 10;
/** Upstream: retryAfterResponse. */
const BROKEN_DELAY_SECONDS = 1;

/** Resolves with the first answer that does not ask to come back. @throws ConnectionError, after the last attempt. */
export async function sendWithRetries({ send, isRetryable, signal }: Attempts): Promise<IncomingMessage> {
  let previous: ConnectionError | undefined;
  for (let retries = 0; ; retries++) {
    let seconds: number | undefined;
    try {
      const message = await send();
      seconds = retryAfterSeconds(message);
      if (seconds === undefined || retries >= MAX_RETRIES || signal?.aborted) return message;
      message.resume();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      if (retries >= MAX_RETRIES || signal?.aborted || !isRetryable(error)) throw withPrevious(error, previous);
      previous = error;
      seconds = BROKEN_DELAY_SECONDS;
    }
    await pause(seconds * 1000, signal);
  }
}

function retryAfterSeconds({ statusCode = 0, headers }: IncomingMessage): number | undefined {
  const text = headers['retry-after'] ?? '';
  const asks = statusCode === 429 || statusCode >= 500;
  return asks && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
