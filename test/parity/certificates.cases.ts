// Requests for certificates: shown, approved, denied, signed, refused.
// Called by: speaking.test.ts.
import type { ParityGroup } from './compare.ts';

/** CN=ann, O=dev and ops, more of a subject, and a name of each kind. */
const ANN =
  'MIIBbjCCARUCAQAwVTELMAkGA1UEBhMCREUxDTALBgNVBAcMBEtpZWwxDDAKBgNVBAoMA2RldjEMMAoGA1UECgwDb3BzMQ0wCwYD' +
  'VQQLDARjb3JlMQwwCgYDVQQDDANhbm4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ9wyVL4BG6bCP8nH9OvNdU5cNuSaD3Bhu8' +
  '+EzgYd0Tz/Jflo+U60O91wYhbCh/IBKKlEcB6iBVnfiu2mWfQoORoF4wXAYJKoZIhvcNAQkOMU8wTTBLBgNVHREERDBCgg9hbm4u' +
  'ZXhhbXBsZS5jb22HBAoAAAeBD2FubkBleGFtcGxlLmNvbYYYc3BpZmZlOi8vZXhhbXBsZS5jb20vYW5uMAoGCCqGSM49BAMCA0cA' +
  'MEQCIHRvrMhYfkjbTRjvAM7i2c/tapn0p8r0DL1RHYduzpcVAiAHLilxsniSlJC1OFs/+S/u6culH6fpYX6g5Pv7XCa6MA==';
/** CN=eve, O=system:masters. */
const EVE =
  'MIHiMIGJAgEAMCcxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMQwwCgYDVQQDDANldmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC' +
  'AAQ9wyVL4BG6bCP8nH9OvNdU5cNuSaD3Bhu8+EzgYd0Tz/Jflo+U60O91wYhbCh/IBKKlEcB6iBVnfiu2mWfQoORoAAwCgYIKoZI' +
  'zj0EAwIDSAAwRQIhALWSPUhS20Qi76pNMHJLO8sO0tuGd9YeUf2EALUYCESYAiBBt4e7OyNZhJAgER1Lr9DMGfZd79Ina2/vnsbG' +
  '1Pnh9w==';
/** CN=system:node:node-1, O=system:nodes, DNS:node-1. */
const SERVER =
  'MIIBEzCBugIBADA0MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxGzAZBgNVBAMMEnN5c3RlbTpub2RlOm5vZGUtMTBZMBMGByqGSM49' +
  'AgEGCCqGSM49AwEHA0IABD3DJUvgEbpsI/ycf06811Tlw25JoPcGG7z4TOBh3RPP8l+Wj5TrQ73XBiFsKH8gEoqURwHqIFWd+K7a' +
  'ZZ9Cg5GgJDAiBgkqhkiG9w0BCQ4xFTATMBEGA1UdEQQKMAiCBm5vZGUtMTAKBggqhkjOPQQDAgNIADBFAiEAs5SfIa5Kd0Cqf6hK' +
  'so0TyvO3qsMKTcEm/dtSHPSZtBMCIG/QONbur50ocP91kG26GW70kfsAHzwoSmxt+PREjbKO';
/** CN=system:node:node-1, O=system:nodes. */
const KUBELET =
  'MIHuMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lzdGVtOm5vZGU6bm9kZS0xMFkwEwYHKoZIzj0C' +
  'AQYIKoZIzj0DAQcDQgAEPcMlS+ARumwj/Jx/TrzXVOXDbkmg9wYbvPhM4GHdE8/yX5aPlOtDvdcGIWwofyASipRHAeogVZ34rtpl' +
  'n0KDkaAAMAoGCCqGSM49BAMCA0cAMEQCIFIlVFsHQpgknzYhQ6z88cyg8iktxhX/2jJGJ+vJLK6+AiB8Ck84ZQxHfwnZHKuphCw0' +
  'PjKIFZrqOzLrAtIuVUn/Dw==';
/** KUBELET's with another name: the signature is wrong. */
const FORGED =
  'MIHuMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lzdGVtOm5vZGU6bm9kZS0yMFkwEwYHKoZIzj0C' +
  'AQYIKoZIzj0DAQcDQgAEPcMlS+ARumwj/Jx/TrzXVOXDbkmg9wYbvPhM4GHdE8/yX5aPlOtDvdcGIWwofyASipRHAeogVZ34rtpl' +
  'n0KDkaAAMAoGCCqGSM49BAMCA0cAMEQCIFIlVFsHQpgknzYhQ6z88cyg8iktxhX/2jJGJ+vJLK6+AiB8Ck84ZQxHfwnZHKuphCw0' +
  'PjKIFZrqOzLrAtIuVUn/Dw==';

function pem(der: string, type = 'CERTIFICATE REQUEST'): string {
  const lines = der.match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`).toString('base64');
}

function manifest(
  name: string,
  spec: { request: string; signerName?: string; usages?: string[]; [more: string]: unknown },
) {
  const given = { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...spec };
  return JSON.stringify({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name, labels: { case: 'csr' } },
    spec: given,
  });
}

const SERVING = ['digital signature', 'key encipherment', 'server auth'];
const WRONG: Readonly<Record<string, string>> = {
  'nopem.json': manifest('wrong', { request: Buffer.from('hello').toString('base64') }),
  'othertype.json': manifest('wrong', { request: pem(ANN, 'CERTIFICATE') }),
  'forged.json': manifest('wrong', { request: pem(FORGED) }),
  'usages.json': manifest('wrong', { request: pem(ANN), usages: ['client auth', 'client auth', 'fly'] }),
  'nousages.json': manifest('wrong', { request: pem(ANN), usages: [] }),
  'short.json': manifest('wrong', { request: pem(ANN), expirationSeconds: 599, signerName: 'ann' }),
  'signers.json': manifest('wrong', { request: pem(ANN), signerName: 'Example/a_b' }),
  'legacy.json': manifest('wrong', { request: pem(ANN), signerName: 'kubernetes.io/legacy-unknown' }),
  'nosigner.json': manifest('wrong', { request: pem(ANN), signerName: '' }),
  'masters.json': manifest('wrong', { request: pem(EVE) }),
  'base64.json': manifest('wrong', { request: '%%%' }),
};

const APPROVER = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: halfway}
rules:
- {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [get, list]}
- {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}
- {apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [example.com/*], verbs: [approve]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: halfway}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: halfway}
subjects: [{kind: User, name: joe}]
`;

export const certificateGroups: readonly ParityGroup[] = [
  {
    name: 'requests for certificates',
    files: {
      ...WRONG,
      'ann.json': manifest('ann', { request: pem(ANN), expirationSeconds: 86400 }),
      'other.json': manifest('other', { request: pem(ANN), signerName: 'example.com/signer' }),
      'eve.json': manifest('eve', { request: pem(EVE), signerName: 'example.com/signer' }),
      'server.json': manifest('server', {
        request: pem(SERVER),
        signerName: 'kubernetes.io/kubelet-serving',
        usages: SERVING,
      }),
      'badserver.json': manifest('badserver', {
        request: pem(KUBELET),
        signerName: 'kubernetes.io/kubelet-serving',
        usages: SERVING,
      }),
      'badusage.json': manifest('badusage', { request: pem(ANN), usages: ['client auth', 'server auth'] }),
      'approver.yaml': APPROVER,
      'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}\n',
    },
    lines: [
      'get csr',
      'create -f ann.json',
      'get csr -o wide --show-labels',
      'describe csr ann',
      'certificate approve ann',
      'get csr ann',
      'get csr ann -o yaml --show-managed-fields',
      'describe certificatesigningrequest/ann',
      'certificate approve ann',
      'certificate approve ann --force -o name',
      '! certificate deny ann',
      '! certificate approve nosuch',
      '! certificate approve',
      '! certificate deny other nosuch',
      '! create -f forged.json',
      '! create -f masters.json',
      'create -f other.json',
      'certificate deny -f other.json',
      'get csr',
      '! certificate approve other',
      'describe csr other',
      '! create -f nopem.json',
      '! create -f othertype.json',
      '! create -f usages.json',
      '! create -f nousages.json',
      '! create -f short.json',
      '! create -f signers.json',
      '! create -f legacy.json',
      '! create -f nosigner.json',
      '! create -f base64.json',
      'create -f eve.json -o yaml',
      'create -f server.json -f badserver.json -f badusage.json',
      'certificate approve server badserver badusage',
      'get csr',
      'get csr badserver badusage -o jsonpath={.items[*].status.conditions}',
      'get csr --field-selector spec.signerName=example.com/signer',
      '! get csr --field-selector spec.username=ann',
      'certificate deny eve -o jsonpath={.status.conditions[*].type}',
      `patch csr eve --type=merge -p '{"spec":{"usages":["any"]}}'`,
      `! patch csr eve --subresource=approval --type=merge -p '{"status":{"conditions":[]}}'`,
      `! patch csr eve --subresource=status --type=merge -p '{"status":{"certificate":"aGVsbG8="}}'`,
      `! patch csr eve --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Denied","status":"False"},{"type":"Approved","status":"True"}]}}'`,
      `! patch csr eve --subresource=status --type=merge -p '{"status":{"conditions":[]}}'`,
      `patch csr eve --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Denied","status":"True"},{"type":"Failed","status":"True","reason":"Odd"}]}}'`,
      'get csr eve -o yaml',
      'create -f pod.yaml',
      '! certificate approve -f pod.yaml',
      'apply -f approver.yaml',
      '! certificate approve ann --force --as=joe',
      'certificate deny eve --force --as=joe',
      '! certificate deny eve --force --as=sam',
      'wait --for=condition=Approved csr/ann',
      'api-resources --api-group=certificates.k8s.io -o wide',
      'explain csr.spec.signerName',
      'sandkube advance 2h',
      'get csr',
      'delete csr --all',
    ],
  },
];
