// `kubectl auth whoami`.
// Called by: commands/auth.ts. Upstream: kubectl pkg/cmd/auth/whoami.go.
import { isNotFound, reasonOf } from '../../../machinery/status.ts';
import { getNewTabWriter } from '../../../machinery/table.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import { defineCommand, type OutputStream } from '../../command.ts';
import { operationPrinter } from '../../commandprinter.ts';
import type { Factory } from '../../factory.ts';
import { listText } from '../../../machinery/policyrules.ts';
import { printFlags } from '../../printers.ts';
import { postReview } from './reviews.ts';

interface UserInfo {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

export const authWhoami = defineCommand({
  use: 'whoami',
  short: 'Show who the server takes you for',
  long: 'Shows who the server takes you for: name, groups and what else it noted about you.',
  example: `# Name and groups
kubectl auth whoami

# The same in JSON
kubectl auth whoami -o json`,
  flags: [...printFlags()],
  async run(context) {
    const { factory, flags, streams } = context;
    const printer = flags.string('output') === '' ? undefined : operationPrinter(context, '', { isTyped: true });
    const review = await reviewOfCaller(factory);
    if (printer) printer.print(review, streams.out);
    else printTable((review['status'] as { userInfo?: UserInfo } | undefined)?.userInfo ?? {}, streams.out);
  },
});

async function reviewOfCaller(factory: Factory): Promise<Unstructured> {
  let refusal: unknown;
  for (const version of ['v1', 'v1beta1', 'v1alpha1']) {
    try {
      return await postReview(factory, { group: 'authentication.k8s.io', version, kind: 'SelfSubjectReview' });
    } catch (error) {
      refusal = error;
      if (!isNotFound(error)) break;
    }
  }
  const isDisabled = 'the selfsubjectreviews API is not enabled in the cluster';
  if (isNotFound(refusal)) throw new Error(isDisabled, { cause: refusal });
  if (reasonOf(refusal) === 'Forbidden')
    throw new Error(`${isDisabled} or you do not have permission to call it`, { cause: refusal });
  throw refusal;
}

function printTable({ username, uid, groups = [], extra = {} }: UserInfo, out: OutputStream): void {
  const table = getNewTabWriter(out);
  table.write('ATTRIBUTE\tVALUE\n');
  if (username) table.write(`Username\t${username}\n`);
  if (uid) table.write(`UID\t${uid}\n`);
  if (groups.length > 0) table.write(`Groups\t${listText(groups)}\n`);
  for (const key of Object.keys(extra).sort()) table.write(`Extra: ${key}\t${listText(extra[key])}\n`);
  table.flush();
}
