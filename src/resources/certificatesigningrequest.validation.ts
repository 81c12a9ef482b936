// What a CertificateSigningRequest may say, and who may change which part of its status.
// Called by: certificatesigningrequest.ts. Must not know: HTTP, storage.
// Upstream: kubernetes pkg/apis/certificates/validation/validation.go, pkg/apis/core/validation ValidateSignerName.
import { parseCertificateRequest } from '../machinery/certificaterequests.ts';
import { EXTENDED_USAGES, KEY_USAGES } from '../machinery/certificateusages.ts';
import {
  duplicate,
  type FieldErrors,
  forbidden,
  invalid,
  notSupported,
  Path,
  required,
  tooLong,
} from '../machinery/field.ts';
import { deepEqual } from '../machinery/meta.ts';
import { pemBlocks } from '../machinery/pem.ts';
import { quote } from '../machinery/strconv.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../machinery/validation.ts';
import type { CertificateSigningRequest, RequestCondition } from './certificatesigningrequest.ts';

const SPEC = Path.of('spec');
const CONDITIONS = Path.of('status', 'conditions');
const CERTIFICATE = Path.of('status', 'certificate');
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const LEAST_SECONDS = 600;
const MAX_DOMAIN = 253;
/** A domain, a slash, a namespace's name, a dot and an object's name. */
const MAX_SIGNER_NAME = MAX_DOMAIN + 1 + 63 + 1 + 253;
const USAGES = [...Object.keys(KEY_USAGES), ...EXTENDED_USAGES.map(([usage]) => usage)].sort();
const STATUSES: readonly string[] = ['False', 'True', 'Unknown'];
/** Conditions that are there or not, and never False. */
const FINAL: readonly string[] = ['Approved', 'Denied', 'Failed'];

/** Returns the conditions of a type. */
export function conditionsOf({ status }: CertificateSigningRequest, type: string): RequestCondition[] {
  return (status.conditions ?? []).filter((condition) => condition.type === type);
}

export function validateRequest(object: CertificateSigningRequest): FieldErrors {
  return [...validateSpec(object), ...validateStatus(object)];
}

export function validateRequestUpdate(object: CertificateSigningRequest, old: CertificateSigningRequest): FieldErrors {
  return validateChange(object, old, {});
}

export function validateRequestStatusUpdate(
  object: CertificateSigningRequest,
  old: CertificateSigningRequest,
): FieldErrors {
  return validateChange(object, old, { allowsCertificate: true });
}

export function validateApprovalUpdate(object: CertificateSigningRequest, old: CertificateSigningRequest): FieldErrors {
  return validateChange(object, old, { allowsApproval: true });
}

function validateSpec({ spec }: CertificateSigningRequest): FieldErrors {
  const { request, usages = [], signerName, expirationSeconds } = spec;
  const errors: FieldErrors = [];
  const why = whyNoRequest(request ?? '');
  if (why !== undefined) errors.push(invalid(SPEC.child('request'), request || null, why));
  if (usages.length === 0) errors.push(required(SPEC.child('usages')));
  usages.forEach((usage, i) => {
    if (!USAGES.includes(usage)) errors.push(notSupported(SPEC.child('usages').index(i), usage, USAGES));
  });
  usages.forEach((usage, i) => {
    if (usages.indexOf(usage) < i) errors.push(duplicate(SPEC.child('usages').index(i), usage));
  });
  errors.push(...validateSignerName(signerName ?? '', SPEC.child('signerName')));
  if (expirationSeconds !== undefined && expirationSeconds < LEAST_SECONDS) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid(SPEC.child('expirationSeconds'), expirationSeconds, detail));
  }
  return errors;
}

function whyNoRequest(encoded: string): string | undefined {
  try {
    return parseCertificateRequest(encoded).signatureError();
  } catch (error) {
    return (error as Error).message;
  }
}

function validateSignerName(name: string, path: Path): FieldErrors {
  if (name === LEGACY_SIGNER) return [invalid(path, name, 'the legacy signerName is not allowed via this API version')];
  if (name === '') return [required(path)];
  const [domain = '', rest, ...more] = name.split('/');
  if (rest === undefined || more.length > 0)
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  const errors: FieldErrors = [];
  if (domain.length > MAX_DOMAIN) errors.push(tooLong(path, MAX_DOMAIN));
  const labels = domain.split('.');
  errors.push(...validateLabels(labels, isDNS1123Label, { path, value: domain }));
  if (labels.length < 2)
    errors.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  errors.push(...validateLabels(rest.split('.'), isDNS1123Subdomain, { path, value: rest }));
  if (name.length > MAX_SIGNER_NAME) errors.push(tooLong(path, MAX_SIGNER_NAME));
  return errors;
}

/** What is wrong with the first label that is wrong: nobody could tell which of several is meant. */
function validateLabels(
  labels: readonly string[],
  check: (label: string) => string[],
  { path, value }: { path: Path; value: string },
): FieldErrors {
  const wrong = labels.find((label) => check(label).length > 0);
  if (wrong === undefined) return [];
  return check(wrong).map((reason) => invalid(path, value, `validating label ${quote(wrong)}: ${reason}`));
}

/** What was wrong before may stay. */
function validateStatus(object: CertificateSigningRequest, old?: CertificateSigningRequest): FieldErrors {
  const errors: FieldErrors = [];
  const conditions = object.status.conditions ?? [];
  const types = conditions.map(({ type }) => type);
  const oldTypes = old?.status.conditions?.map(({ type }) => type) ?? [];
  const wasBoth = ['Approved', 'Denied'].every((type) => oldTypes.includes(type));
  const hadTwice = new Set(oldTypes).size < oldTypes.length;
  conditions.forEach(({ type, status }, i) => {
    const path = CONDITIONS.index(i);
    if (!type && !oldTypes.includes('')) errors.push(required(path.child('type')));
    const allowed = FINAL.includes(type) ? ['True'] : STATUSES;
    if (!status) errors.push(required(path.child('status')));
    else if (!allowed.includes(status)) errors.push(notSupported(path.child('status'), status, allowed));
    const other = { Approved: 'Denied', Denied: 'Approved' }[type];
    if (!wasBoth && other !== undefined && types.slice(0, i).includes(other))
      errors.push(invalid(path.child('type'), type, 'Approved and Denied conditions are mutually exclusive'));
    if (!hadTwice && types.indexOf(type) < i) errors.push(duplicate(path.child('type'), type));
  });
  const { certificate = '' } = object.status;
  if (certificate === (old?.status.certificate ?? '')) return errors;
  const why = whyNoCertificate(certificate);
  if (why !== undefined) errors.push(invalid(CERTIFICATE, '<certificate data>', why));
  return errors;
}

/** Upstream: validateCertificate. */
function whyNoCertificate(encoded: string): string | undefined {
  if (encoded === '') return undefined;
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const blocks = pemBlocks(Buffer.from(encoded, 'base64').toString('latin1'));
  for (const { type, hasHeaders, bytes } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(type)}`;
    if (hasHeaders) return 'no PEM block headers are permitted';
    if (bytes.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates';
    try {
      if (new X509Certificate(bytes).raw.length < bytes.length) return 'x509: trailing data';
    } catch {
      return 'x509: malformed certificate';
    }
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

function validateChange(
  object: CertificateSigningRequest,
  old: CertificateSigningRequest,
  { allowsApproval = false, allowsCertificate = false },
): FieldErrors {
  const errors = validateStatus(object, old);
  const numberOf = (state: CertificateSigningRequest, type: string): number => conditionsOf(state, type).length;
  for (const type of FINAL)
    if (numberOf(object, type) < numberOf(old, type))
      errors.push(forbidden(CONDITIONS, `updates may not remove a condition of type ${quote(type)}`));
  for (const type of allowsApproval ? [] : ['Approved', 'Denied']) {
    if (numberOf(object, type) > numberOf(old, type))
      errors.push(forbidden(CONDITIONS, `updates may not add a condition of type ${quote(type)}`));
    else if (
      numberOf(object, type) === numberOf(old, type) &&
      !deepEqual(conditionsOf(object, type), conditionsOf(old, type))
    )
      errors.push(forbidden(CONDITIONS, `updates may not modify a condition of type ${quote(type)}`));
  }
  const before = old.status.certificate ?? '';
  if ((object.status.certificate ?? '') === before) return errors;
  if (!allowsCertificate) errors.push(forbidden(CERTIFICATE, 'updates may not set certificate content'));
  else if (before !== '') errors.push(forbidden(CERTIFICATE, 'updates may not modify existing certificate content'));
  return errors;
}
