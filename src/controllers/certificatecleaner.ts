// Deletes requests for certificates that are over: decided an hour ago, expired, or undecided for a day.
// Called by: controllers/manager.ts through the index. Must not know: who signs.
// Upstream: kubernetes pkg/controller/certificates/cleaner. Differs: looks when a request is due, not every hour.
import { parseTime } from '../machinery/clock.ts';
import { parseKey } from '../machinery/meta.ts';
import { certificateSigningRequest, type CertificateSigningRequest } from '../resources/certificatesigningrequest.ts';
import type { Controller } from './controller.ts';
import { self } from './enqueue.ts';

const HOUR_MS = 3600 * 1000;
const PENDING_MS = 24 * HOUR_MS;

export const certificateCleaner: Controller = {
  name: 'certificatesigningrequest-cleaner-controller',
  watches: [{ definition: certificateSigningRequest, enqueue: self }],
  reconcile({ client, nowMs }, key) {
    const request = client.get(certificateSigningRequest, parseKey(key));
    const dueMs = request ? overAtMs(request) : undefined;
    if (dueMs === undefined) return undefined;
    if (nowMs < dueMs) return { requeueAtMs: dueMs, isBackground: true };
    client.delete(certificateSigningRequest, parseKey(key));
    return undefined;
  },
};

/** Returns when a request is over, undefined for never: one that failed, or is approved and nobody signs, stays. */
function overAtMs({ metadata, status }: CertificateSigningRequest): number | undefined {
  const conditions = status.conditions ?? [];
  if (conditions.length === 0) return (parseTime(metadata.creationTimestamp) ?? 0) + PENDING_MS;
  const decided = conditions.filter(({ type }) => type === 'Denied' || (type === 'Approved' && status.certificate));
  const dues = decided.flatMap(({ lastUpdateTime }) => parseTime(lastUpdateTime) ?? []).map((ms) => ms + HOUR_MS);
  if (conditions.some(({ type }) => type === 'Approved') && status.certificate) dues.push(endOf(status.certificate));
  return dues.length === 0 ? undefined : Math.min(...dues);
}

function endOf(certificate: string): number {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  return Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo);
}
