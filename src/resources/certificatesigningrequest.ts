// CertificateSigningRequest: its names, strategy and table.
// Called by: resources/index.ts; the certificate controllers as a typed handle. Must not know: HTTP, storage, who signs.
import type { CertificateSigningRequest as UpstreamRequest } from 'kubernetes-types/certificates/v1';
import { formatTime } from '../machinery/clock.ts';
import { humanDuration } from '../machinery/duration.ts';
import type { Kind } from '../machinery/types.ts';
import {
  conditionsOf,
  validateApprovalUpdate,
  validateRequest,
  validateRequestStatusUpdate,
  validateRequestUpdate,
} from './certificatesigningrequest.validation.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { keepStatus } from './strategy.ts';

export type CertificateSigningRequest = Kind<UpstreamRequest>;
export type RequestCondition = NonNullable<CertificateSigningRequest['status']['conditions']>[number];

/** How long a certificate is wanted for, in words; undefined where the signer decides. */
export function requestedDuration({ spec: { expirationSeconds } }: CertificateSigningRequest): string | undefined {
  return expirationSeconds === undefined ? undefined : humanDuration(expirationSeconds * 1000);
}

/** Returns 'Pending', 'Approved,Issued' and the like. Upstream: kubernetes pkg/printers extractCSRStatus. */
export function requestState({ status }: CertificateSigningRequest): string {
  const types = (status.conditions ?? []).map(({ type }) => type);
  const decision = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  const failure = types.includes('Failed') ? ',Failed' : '';
  return `${decision}${failure}${status.certificate ? ',Issued' : ''}`;
}

export const certificateSigningRequest = defineResource<CertificateSigningRequest>({
  gvr: { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' },
  kind: 'CertificateSigningRequest',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  subresources: ['approval', 'status'],
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  strategy: {
    // Nobody minds what requests are called.
    validateName: () => [],
    prepareForCreate(object, _context, requester) {
      const { request, signerName, expirationSeconds, usages } = object.spec;
      const { name = '', uid = '', groups = [], extra = {} } = requester ?? {};
      object.spec = {
        request,
        signerName,
        ...(expirationSeconds === undefined ? {} : { expirationSeconds }),
        ...(usages === undefined ? {} : { usages }),
        ...(name === '' ? {} : { username: name }),
        ...(uid === '' ? {} : { uid }),
        ...(groups.length > 0 ? { groups: [...groups] } : {}),
        ...(Object.keys(extra).length > 0 ? { extra: copyLists(extra) } : {}),
      };
      object.status = {};
    },
    prepareForUpdate(object, old) {
      object.spec = old.spec;
      keepStatus(object, old);
    },
    takesMetadataWithStatus: true,
    prepareForStatusUpdate(object, old, context) {
      for (const type of ['Approved', 'Denied']) keepConditions(object, old, type);
      fillTimes(object, old, formatTime(context.clock.nowMs()));
    },
    prepareForApprovalUpdate(object, old, context) {
      const { conditions } = object.status;
      object.status = { ...old.status, ...(conditions ? { conditions } : {}) };
      if (!conditions) delete object.status.conditions;
      fillTimes(object, old, formatTime(context.clock.nowMs()));
    },
    validate: validateRequest,
    validateUpdate: validateRequestUpdate,
    validateStatusUpdate: validateRequestStatusUpdate,
    validateApprovalUpdate,
  },
  fieldLabels: ({ spec }) => ({ 'spec.signerName': spec.signerName }),
  table: {
    columns: [
      nameColumn,
      ageColumn,
      textColumn('SignerName'),
      textColumn('Requestor'),
      textColumn('RequestedDuration'),
      textColumn('Condition'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      ageCell(object, nowMs),
      object.spec.signerName || '<none>',
      object.spec.username ?? '',
      requestedDuration(object) ?? '<none>',
      requestState(object),
    ],
  },
  describe: async (object, context) =>
    (await import('./certificatesigningrequest.describe.ts')).describeCertificateSigningRequest(object, context),
});

function copyLists(lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([key, values]) => [key, [...values]]));
}

/** Puts back what …/status may not change; where some were added or taken away, validation says so. Changes the object. */
function keepConditions(object: CertificateSigningRequest, old: CertificateSigningRequest, type: string): void {
  const kept = conditionsOf(old, type);
  if (kept.length !== conditionsOf(object, type).length) return;
  let next = 0;
  object.status.conditions = object.status.conditions?.map((condition) =>
    condition.type === type ? (kept[next++] as RequestCondition) : condition,
  );
  if (!object.status.conditions) delete object.status.conditions;
}

/** Fills the times of conditions that have none. Changes the object. Upstream: populateConditionTimestamps. */
function fillTimes(object: CertificateSigningRequest, old: CertificateSigningRequest, now: string): void {
  const { conditions } = object.status;
  if (!conditions) return;
  object.status.conditions = conditions.map((condition) => {
    const before = conditionsOf(old, condition.type).find(
      ({ status, lastTransitionTime }) => status === condition.status && lastTransitionTime,
    );
    const lastTransitionTime = condition.lastTransitionTime ?? before?.lastTransitionTime ?? now;
    return { ...condition, lastUpdateTime: condition.lastUpdateTime ?? now, lastTransitionTime };
  });
}
