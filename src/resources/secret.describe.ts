// What `kubectl describe secret` says: sizes, not values.
// Called by: secret.ts. Must not know: HTTP, storage.
import { writeHead } from './describe.metadata.ts';
import { tabbed } from './describe.writer.ts';
import type { Secret } from './secret.ts';

const TOKEN_TYPE = 'kubernetes.io/service-account-token';

/** Upstream: describeSecret. */
export function describeSecret(secret: Secret): string {
  const { data = {}, type } = secret;
  return tabbed((w) => {
    writeHead(w, secret);
    w.write(0, `\nType:\t${type ?? ''}\n`);
    w.write(0, '\nData\n====\n');
    for (const key of Object.keys(data).sort()) {
      const bytes = Buffer.from(data[key] ?? '', 'base64');
      // A token is shown because it is of use only to one who pastes it elsewhere.
      w.field(0, key, key === 'token' && type === TOKEN_TYPE ? bytes.toString() : `${bytes.length} bytes`);
    }
  });
}
