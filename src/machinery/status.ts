// metav1.Status and the errors of the API: the only place that builds them, and where their texts stand.
// Called by: every layer below the cli, which prints them in cli/errors.ts. Must not know: sockets, kinds.
import type { FieldError } from './field.ts';
import { quote } from './strconv.ts';
import { groupResourceString, type GroupResource } from './types.ts';

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { continue?: string; remainingItemCount?: number };
  status?: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** Thrown for every refusal of the API server. `message` is what kubectl prints after `Error from server (Reason): `. */
export class StatusError extends Error {
  readonly status: Status;
  constructor(status: Status) {
    super(status.message ?? '');
    this.name = 'StatusError';
    this.status = status;
  }
}

interface Failure {
  code: number;
  reason?: string;
  message: string;
  details?: StatusDetails;
}

function failure({ code, reason, message, details }: Failure): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details ? { details } : {}),
    code,
  });
}

function detailsOf(gr: GroupResource, name: string, more: StatusDetails = {}): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(gr.group === '' ? {} : { group: gr.group }),
    ...(gr.resource === '' ? {} : { kind: gr.resource }),
    ...more,
  };
}

// Upstream of all below: apimachinery/pkg/api/errors/errors.go.

/** `pods "x" not found`. */
export function newNotFound(gr: GroupResource, name: string): StatusError {
  const message = `${groupResourceString(gr)} ${quote(name)} not found`;
  return failure({ code: 404, reason: 'NotFound', message, details: detailsOf(gr, name) });
}

/** `pods "x" already exists`. */
export function newAlreadyExists(gr: GroupResource, name: string): StatusError {
  const message = `${groupResourceString(gr)} ${quote(name)} already exists`;
  return failure({ code: 409, reason: 'AlreadyExists', message, details: detailsOf(gr, name) });
}

/** `Operation cannot be fulfilled on pods "x": why`. */
export function newConflict(gr: GroupResource, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${groupResourceString(gr)} ${quote(name)}: ${why}`;
  return failure({ code: 409, reason: 'Conflict', message, details: detailsOf(gr, name) });
}

/** The 409 of an apply: `Apply failed with N conflicts: …`, one cause a conflicting field. */
export function newApplyConflict(causes: StatusCause[], message: string): StatusError {
  return failure({ code: 409, reason: 'Conflict', message, details: { causes } });
}

/** `pods "x" is forbidden: why`. */
export function newForbidden(gr: GroupResource, name: string, why: string): StatusError {
  const resource = groupResourceString(gr);
  const message =
    resource === ''
      ? `forbidden: ${why}`
      : name === ''
        ? `${resource} is forbidden: ${why}`
        : `${resource} ${quote(name)} is forbidden: ${why}`;
  return failure({ code: 403, reason: 'Forbidden', message, details: detailsOf(gr, name) });
}

/**
 * `Pod "x" is invalid: cause` or `Pod "x" is invalid: [cause, cause]`; the details carry one cause a field error.
 * `kind` is the group and the *kind* (not the resource), as upstream prints it: `Deployment.apps "x" is invalid`.
 */
export function newInvalid(
  kind: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const subject = groupResourceString({ group: kind.group, resource: kind.kind });
  const texts = [...new Set(errors.map((e) => e.message()))];
  const list = texts.length === 0 ? '' : `: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
  const causes = errors.map((e) => ({ reason: e.reason, message: e.body(), field: e.field }));
  return failure({
    code: 422,
    reason: 'Invalid',
    message: `${subject} ${quote(name)} is invalid${list}`,
    details: detailsOf({ group: kind.group, resource: kind.kind }, name, { causes }),
  });
}

export function newBadRequest(message: string): StatusError {
  return failure({ code: 400, reason: 'BadRequest', message });
}

export function newUnauthorized(): StatusError {
  return failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

export function newNotAcceptable(message: string, details?: StatusDetails): StatusError {
  return failure({ code: 406, reason: 'NotAcceptable', message, ...(details ? { details } : {}) });
}

export function newUnsupportedMediaType(message: string, details?: StatusDetails): StatusError {
  return failure({ code: 415, reason: 'UnsupportedMediaType', message, ...(details ? { details } : {}) });
}

/** 410 with reason Expired: a watch or a continue token is too old. */
export function newResourceExpired(message: string): StatusError {
  return failure({ code: 410, reason: 'Expired', message });
}

export function newTimeout(message: string, retryAfterSeconds = 0, causes: StatusCause[] = []): StatusError {
  const details = {
    ...(causes.length > 0 ? { causes } : {}),
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  };
  return failure({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details });
}

export function newTooManyRequests(message: string, retryAfterSeconds: number, causes: StatusCause[]): StatusError {
  const details = { causes, ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}) };
  return failure({ code: 429, reason: 'TooManyRequests', message, details });
}

export function newRequestEntityTooLarge(message: string): StatusError {
  return failure({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: ${message}` });
}

export function newInternalError(message: string): StatusError {
  const details = { causes: [{ message }] };
  return failure({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${message}`, details });
}

/** An error without a reason: kubectl prints `Error from server: message`. */
export function newUnknown(message: string): StatusError {
  return failure({ code: 500, message });
}

/** 422 without details, of a patch that cannot be applied. Upstream: NewGenericServerResponse. */
export function newUnprocessable(): StatusError {
  const message = 'the server rejected our request due to an error in our request';
  return failure({ code: 422, reason: 'Invalid', message, details: {} });
}

export function newServiceUnavailable(message: string): StatusError {
  return failure({ code: 503, reason: 'ServiceUnavailable', message });
}

/** What a path that no kind of a served version has answers. Upstream: apiserver pkg/server/handler.go serviceErrorHandler. */
export function newNoSuchRoute(): StatusError {
  const message = 'the server could not find the requested resource';
  return failure({ code: 404, reason: 'NotFound', message, details: {} });
}

/** 405 of a verb that a resource does not have. */
export function newMethodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return failure({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
}

/** 405 of a verb that the path has and the kind has not: `watch is not supported on resources of kind "x"`. */
export function newMethodNotSupported(gr: GroupResource, action: string): StatusError {
  const message = `${action} is not supported on resources of kind ${quote(groupResourceString(gr))}`;
  return failure({ code: 405, reason: 'MethodNotAllowed', message, details: detailsOf(gr, '') });
}

/** The Status of a request that succeeded without an object to return (delete). */
export function statusSuccess(details?: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details ? { details } : {}) };
}

/** Returns the reason when the error is a StatusError, else undefined. */
export function reasonOf(error: unknown): string | undefined {
  return error instanceof StatusError ? error.status.reason : undefined;
}
export function isNotFound(error: unknown): boolean {
  return reasonOf(error) === 'NotFound';
}
export function isAlreadyExists(error: unknown): boolean {
  return reasonOf(error) === 'AlreadyExists';
}
export function isConflict(error: unknown): boolean {
  return reasonOf(error) === 'Conflict';
}
export function isInvalid(error: unknown): boolean {
  return reasonOf(error) === 'Invalid';
}
