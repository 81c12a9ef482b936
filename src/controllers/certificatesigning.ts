// Signs approved requests for certificates with the cluster's authority.
// Called by: controllers/manager.ts through the index. Must not know: who approves, files.
// Upstream: kubernetes pkg/controller/certificates/signer.
import { AUTHORITY_LIFETIME, clusterAuthority, signCertificate } from '../machinery/certificateauthority.ts';
import { parseCertificateRequest, type CertificateRequest } from '../machinery/certificaterequests.ts';
import { formatTime } from '../machinery/clock.ts';
import { clone, parseKey } from '../machinery/meta.ts';
import { certificateSigningRequest, type CertificateSigningRequest } from '../resources/certificatesigningrequest.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { self } from './enqueue.ts';

const LONGEST_SECONDS = 365 * 24 * 3600;
const LEAST_SECONDS = 600;
/** Clocks of others may be behind. */
const BACKDATE_SECONDS = 300;
/** What lasts less than this is not shortened by that. */
const SHORT_SECONDS = 8 * 3600;
const ENCIPHERMENT = 'key encipherment';

type Check = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

/** What each of the cluster's signers asks of a request: why not, or undefined. */
const SIGNERS: Readonly<Record<string, Check>> = {
  'kubernetes.io/kube-apiserver-client': whyNoClient,
  'kubernetes.io/kube-apiserver-client-kubelet': whyNoKubeletClient,
  'kubernetes.io/kubelet-serving': whyNoKubeletServer,
};

export const certificateSigningController: Controller = {
  name: 'certificatesigningrequest-signing-controller',
  watches: [{ definition: certificateSigningRequest, enqueue: self }],
  reconcile(context, key) {
    const { client, nowMs } = context;
    const request = client.get(certificateSigningRequest, parseKey(key));
    if (!request || !isSignable(request)) return;
    const check = Object.hasOwn(SIGNERS, request.spec.signerName) ? SIGNERS[request.spec.signerName] : undefined;
    if (!check) return;
    const parsed = parseCertificateRequest(request.spec.request);
    const why = check(parsed, request.spec.usages ?? []);
    const changed = clone(request);
    if (why === undefined) {
      changed.status.certificate = Buffer.from(certificateFor(request, parsed, context)).toString('base64');
    } else {
      const now = formatTime(nowMs);
      const times = { lastUpdateTime: now, lastTransitionTime: now };
      const failure = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: why, ...times };
      changed.status.conditions = [...(changed.status.conditions ?? []), failure];
    }
    client.updateStatus(certificateSigningRequest, changed);
  },
};

function isSignable({ status }: CertificateSigningRequest): boolean {
  const types = (status.conditions ?? []).map(({ type }) => type);
  return types.includes('Approved') && !types.includes('Denied') && !types.includes('Failed') && !status.certificate;
}

function certificateFor(
  { metadata, spec }: CertificateSigningRequest,
  { subject, names, publicKey }: CertificateRequest,
  { random, settings, nowMs }: ControllerContext,
): string {
  const wanted = spec.expirationSeconds ?? LONGEST_SECONDS;
  const seconds = Math.max(LEAST_SECONDS, Math.min(wanted, LONGEST_SECONDS));
  const notBeforeMs = nowMs - BACKDATE_SECONDS * 1000;
  const endMs = (seconds < SHORT_SECONDS ? nowMs : notBeforeMs) + seconds * 1000;
  return signCertificate(clusterAuthority(random, settings.tokenSecret ?? ''), {
    subject,
    names,
    publicKey,
    usages: spec.usages ?? [],
    serial: random.bytes('serial', metadata.uid ?? '').subarray(0, 16),
    notBeforeMs,
    notAfterMs: Math.min(endMs, AUTHORITY_LIFETIME.notAfterMs),
  });
}

/** Upstream: validAPIServerClientUsages. */
function whyNoClient(_request: CertificateRequest, usages: readonly string[]): string | undefined {
  const allowed = ['digital signature', ENCIPHERMENT, 'client auth'];
  const wrong = usages.find((usage) => !allowed.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

/** Upstream: kubernetes pkg/apis/certificates ValidateKubeletClientCSR. */
function whyNoKubeletClient({ subject, names }: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(subject.organization)) return 'subject organization is not system:nodes';
  if (names.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (names.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (names.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (names.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return whyNoNode(subject.commonName) ?? whyOtherUsages(usages, 'client auth');
}

/** Upstream: kubernetes pkg/apis/certificates ValidateKubeletServingCSR. */
function whyNoKubeletServer({ subject, names }: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(subject.organization)) return 'subject organization is not system:nodes';
  if (names.dnsNames.length + names.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (names.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (names.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return whyOtherUsages(usages, 'server auth') ?? whyNoNode(subject.commonName);
}

function isOfNodes(organization: readonly string[]): boolean {
  return organization.length === 1 && organization[0] === 'system:nodes';
}

function whyNoNode(commonName: string): string | undefined {
  return commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node:';
}

function whyOtherUsages(usages: readonly string[], purpose: string): string | undefined {
  const required = ['digital signature', ENCIPHERMENT, purpose].sort();
  const given = [...new Set([...usages, ENCIPHERMENT])].sort();
  return given.join() === required.join() ? undefined : `usages did not match [${required.join(' ')}]`;
}
