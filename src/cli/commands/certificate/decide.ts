// `kubectl certificate approve` and `deny`: a condition on a request for a certificate.
// Called by: commands/certificate.ts. Must not know: who signs. Upstream: kubectl pkg/cmd/certificates/certificates.go.
import { formatTime } from '../../../machinery/clock.ts';
import { isConflict, isNotFound } from '../../../machinery/status.ts';
import { quote } from '../../../machinery/strconv.ts';
import { parseGroupVersion } from '../../../machinery/types.ts';
import type { CertificateSigningRequest } from '../../../resources/certificatesigningrequest.ts';
import type { Info } from '../../builder.ts';
import { defineCommand, type CommandContext, type CommandSpec } from '../../command.ts';
import { filenameFlags, filenameOptions } from '../../commandflags.ts';
import { operationPrinter, printObject } from '../../commandprinter.ts';
import { printFlags } from '../../printers.ts';
import { requireObject } from '../../requests.ts';

interface Decision {
  operation: string;
  type: 'Approved' | 'Denied';
  /** The decision that cannot be taken back. */
  opposite: 'Approved' | 'Denied';
  reason: string;
  message: string;
}

const MAX_CONFLICTS = 10;
const GROUP_KIND = 'CertificateSigningRequest.certificates.k8s.io';

function decisionCommand(
  texts: { use: string; short: string; long: string; example: string },
  decision: Decision,
): CommandSpec {
  return defineCommand({
    ...texts,
    flags: [
      ...printFlags(),
      { name: 'force', type: 'bool', default: 'false', usage: 'Write the request although it is decided so already.' },
      ...filenameFlags('of the request'),
    ],
    run: (context) => decideAll(context, decision),
  });
}

async function decideAll(context: CommandContext, decision: Decision): Promise<void> {
  const { args, flags, factory, streams } = context;
  const printer = operationPrinter(context, decision.operation);
  const files = filenameOptions(flags);
  if (args.length === 0 && files.filenames.length === 0 && !files.kustomize)
    throw new Error('one or more CSRs must be specified as <name> or -f <filename>');
  const builder = factory
    .builder()
    .continueOnError()
    .filenames(files)
    .resourceNames('certificatesigningrequests', args)
    .flatten()
    .latest();
  let found = 0;
  await builder.visit(async (info) => {
    await decide(context, info, decision);
    found++;
    printObject(context, printer, requireObject(info));
  });
  if (found === 0) streams.out.write('No resources found\n');
}

async function decide({ factory, flags }: CommandContext, info: Info, decision: Decision): Promise<void> {
  const rest = await factory.rest();
  const { mapping } = info;
  for (let conflicts = 0; ; conflicts++) {
    requireKind(info);
    const key = { name: info.name };
    let request: CertificateSigningRequest;
    try {
      request = (await rest.get(mapping, key)) as unknown as CertificateSigningRequest;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new Error(`could not find v1 version of ${info.name}: ${(error as Error).message}`, { cause: error });
    }
    const changed = decided(request, decision, factory.clock.nowMs());
    if (changed === request && !flags.bool('force')) return;
    try {
      await rest.update(mapping, key, changed, { subresource: 'approval' });
      return;
    } catch (error) {
      if (!isConflict(error) || conflicts >= MAX_CONFLICTS) throw error;
      info.object = await rest.get(mapping, key);
    }
  }
}

function requireKind(info: Info): void {
  const { apiVersion, kind } = requireObject(info);
  const { group } = parseGroupVersion(apiVersion);
  const got = group === '' ? kind : `${kind}.${group}`;
  if (got !== GROUP_KIND) throw new Error(`can only handle ${GROUP_KIND} objects, got ${got}`);
}

/** Returns the request with the decision; the same object where it is there already. @throws Error for the opposite. */
function decided(
  request: CertificateSigningRequest,
  { type, opposite, reason, message }: Decision,
  nowMs: number,
): CertificateSigningRequest {
  const conditions = request.status.conditions ?? [];
  for (const condition of conditions)
    if (condition.type === opposite)
      throw new Error(`certificate signing request ${quote(request.metadata.name)} is already ${opposite}`);
  if (conditions.some((condition) => condition.type === type)) return request;
  const condition = { type, status: 'True', reason, message, lastUpdateTime: formatTime(nowMs) };
  return { ...request, status: { ...request.status, conditions: [...conditions, condition] } };
}

export const approve = decisionCommand(
  {
    use: 'approve (-f FILENAME | NAME)',
    short: 'Approve a request for a certificate',
    long: `Approves a request for a certificate: the signer that it names issues one.

Whoever holds the certificate may act as the user and the groups that it names. Look at a request before you approve it.`,
    example: `# Approve the request csr-sqgzp
kubectl certificate approve csr-sqgzp`,
  },
  {
    operation: 'approved',
    type: 'Approved',
    opposite: 'Denied',
    reason: 'KubectlApprove',
    message: 'This CSR was approved by kubectl certificate approve.',
  },
);

export const deny = decisionCommand(
  {
    use: 'deny (-f FILENAME | NAME)',
    short: 'Deny a request for a certificate',
    long: `Denies a request for a certificate: its signer issues none.`,
    example: `# Deny the request csr-sqgzp
kubectl certificate deny csr-sqgzp`,
  },
  {
    operation: 'denied',
    type: 'Denied',
    opposite: 'Approved',
    reason: 'KubectlDeny',
    message: 'This CSR was denied by kubectl certificate deny.',
  },
);
