// What `kubectl describe serviceaccount` says.
// Called by: serviceaccount.ts. Must not know: HTTP, storage.
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeHead } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import type { ServiceAccount } from './serviceaccount.ts';

const TITLE = 'Image pull secrets:';

/** Upstream: describeServiceAccount. */
export async function describeServiceAccount(account: ServiceAccount, context: DescribeContext): Promise<string> {
  const secrets = account.imagePullSecrets ?? [];
  const events = await eventsOf(account, context);
  return tabbed((w) => {
    writeHead(w, account);
    if (secrets.length === 0) w.row(0, TITLE, '<none>');
    secrets.forEach(({ name }, i) => w.row(0, i === 0 ? TITLE : ' '.repeat(TITLE.length), name));
    writeEvents(w, events, context);
  });
}
