// What `kubectl describe csr` says.
// Called by: certificatesigningrequest.ts. Must not know: HTTP, storage.
import { parseCertificateRequest, type CertificateRequest } from '../machinery/certificaterequests.ts';
import { requestedDuration, requestState, type CertificateSigningRequest } from './certificatesigningrequest.ts';
import { labelsCell } from './columns.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { timeText } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed, type PrefixWriter } from './describe.writer.ts';

/** Upstream: describeCertificateSigningRequest. @throws Error for a request that nobody can read. */
export async function describeCertificateSigningRequest(
  object: CertificateSigningRequest,
  context: DescribeContext,
): Promise<string> {
  const { metadata, spec } = object;
  const events = await eventsOf(object, context);
  const request = parsed(spec.request);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Labels', labelsCell(metadata.labels));
    w.field(0, 'Annotations', labelsCell(metadata.annotations));
    w.field(0, 'CreationTimestamp', timeText(metadata.creationTimestamp, context));
    w.field(0, 'Requesting User', spec.username);
    if (spec.signerName) w.field(0, 'Signer', spec.signerName);
    const duration = requestedDuration(object);
    if (duration !== undefined) w.field(0, 'Requested Duration', duration);
    w.field(0, 'Status', requestState(object));
    writeSubject(w, request);
    writeNames(w, request);
    writeEvents(w, events, context);
  });
}

function parsed(encoded: string): CertificateRequest {
  try {
    return parseCertificateRequest(encoded);
  } catch (error) {
    throw new Error(`Error parsing CSR: ${(error as Error).message}`, { cause: error });
  }
}

function writeSubject(w: PrefixWriter, { subject }: CertificateRequest): void {
  w.write(0, 'Subject:\n');
  w.row(0, '', 'Common Name:', subject.commonName);
  w.row(0, '', 'Serial Number:', subject.serialNumber);
  writeList(w, 'Organization', subject.organization);
  writeList(w, 'Organizational Unit', subject.organizationalUnit);
  writeList(w, 'Country', subject.country);
  writeList(w, 'Locality', subject.locality);
  writeList(w, 'Province', subject.province);
  writeList(w, 'StreetAddress', subject.streetAddress);
  writeList(w, 'PostalCode', subject.postalCode);
}

function writeNames(w: PrefixWriter, { names }: CertificateRequest): void {
  if (Object.values(names).every((list: string[]) => list.length === 0)) return;
  w.write(0, 'Subject Alternative Names:\n');
  writeList(w, 'DNS Names', names.dnsNames);
  writeList(w, 'Email Addresses', names.emailAddresses);
  writeList(w, 'URIs', names.uris);
  writeList(w, 'IP Addresses', names.ipAddresses);
}

function writeList(w: PrefixWriter, name: string, values: readonly string[]): void {
  if (values.length === 0) return;
  w.write(0, `\t${name}:\t${values.join('\n\t\t')}\n`);
}
