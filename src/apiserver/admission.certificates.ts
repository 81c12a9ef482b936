// Who may approve and sign certificates, and whose name nobody gets one for.
// Called by: server.ts, which puts it behind the admission chain. Must not know: HTTP, how certificates are made.
// Upstream: kubernetes plugin/pkg/admission/certificates: approval, signing, subjectrestriction.
import { parseCertificateRequest } from '../machinery/certificaterequests.ts';
import { quote } from '../machinery/strconv.ts';
import type { CertificateSigningRequest } from '../resources/certificatesigningrequest.ts';
import { newAdmissionForbidden, type AdmissionAttributes, type AdmissionPlugin } from './admission.ts';
import type { Authorizer } from './authorization.ts';
import { PRIVILEGED_GROUP, type UserInfo } from './user.ts';

const GROUP = 'certificates.k8s.io';
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

/** Returns the checks, in the form of an admission plugin. */
export function createCertificateChecks(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval, CertificateSigning and CertificateSubjectRestriction',
    validate(attributes) {
      const { definition, operation, subresource } = attributes;
      if (definition.gvr.group !== GROUP || definition.kind !== 'CertificateSigningRequest') return;
      if (operation === 'CREATE' && subresource === '') refusePrivilege(attributes);
      if (operation === 'UPDATE' && subresource === 'approval') checkSigner(attributes, 'approve', authorizer);
      if (operation === 'UPDATE' && subresource === 'status' && changesCertificate(attributes))
        checkSigner(attributes, 'sign', authorizer);
    },
  };
}

function refusePrivilege(attributes: AdmissionAttributes): void {
  const { spec } = attributes.object as CertificateSigningRequest;
  if (spec.signerName !== CLIENT_SIGNER) return;
  const { subject } = parseCertificateRequest(spec.request);
  if (!subject.organization.includes(PRIVILEGED_GROUP)) return;
  const why = `use of ${CLIENT_SIGNER} signer with ${PRIVILEGED_GROUP} group is not allowed`;
  throw newAdmissionForbidden(attributes, why);
}

function changesCertificate({ object, old }: AdmissionAttributes): boolean {
  const certificateOf = (state: unknown): string => (state as CertificateSigningRequest).status.certificate ?? '';
  return certificateOf(object) !== certificateOf(old);
}

/** What runs inside the cluster has no user and may. */
function checkSigner(attributes: AdmissionAttributes, verb: 'approve' | 'sign', authorizer: Authorizer): void {
  const { user, old } = attributes;
  if (!user) return;
  const { signerName } = (old as CertificateSigningRequest).spec;
  const names = [signerName, `${signerName.split('/')[0]}/*`];
  if (names.some((name) => isAllowed(authorizer, { user, verb, name }))) return;
  throw newAdmissionForbidden(
    attributes,
    `user not permitted to ${verb} requests with signerName ${quote(signerName)}`,
  );
}

function isAllowed(authorizer: Authorizer, asked: { user: UserInfo; verb: string; name: string }): boolean {
  const place = { namespace: '', group: GROUP, version: '*', resource: 'signers', subresource: '' };
  return authorizer.authorize({ ...asked, ...place, isResourceRequest: true, fields: [], path: '' }).isAllowed;
}
