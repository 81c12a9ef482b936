// Refusals of a server as errors: its own Status, or one made up from the code.
// Called by: rest.ts, http.ts. Must not know: sockets. Upstream: apimachinery pkg/api/errors NewGenericServerResponse.
import { StatusError, type Status } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import { groupResourceString } from '../machinery/types.ts';
import type { ApiResponse } from './transport.ts';
import type { RESTMapping } from './types.ts';

const GENERIC: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', ''],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  409: ['Conflict', 'the server reported a conflict'],
  415: ['UnsupportedMediaType', ''],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

interface Subject {
  mapping: RESTMapping;
  name: string;
}

/** Returns the error of a response that is no success: what its Status says, else what its code means. */
export function errorFrom(response: ApiResponse, method: string, subject?: Subject): StatusError {
  const body = response.body as Partial<Status> | undefined;
  if (body?.kind === 'Status') return new StatusError(body as Status);
  return unstructuredError(response, method, subject);
}

/** Upstream: client-go rest/request.go maxUnstructuredResponseTextBytes. */
const MAX_TEXT_BYTES = 2048;

/** Returns the error that the code alone makes, and a text where there is one. Upstream: newUnstructuredResponseError. */
export function unstructuredError(response: ApiResponse, method: string, subject?: Subject): StatusError {
  const { status: code, headers } = response;
  const isText = (headers['content-type'] ?? 'text/').startsWith('text/');
  const bytes = Buffer.from(response.bytes ?? response.text ?? []).subarray(0, MAX_TEXT_BYTES);
  const text = isText ? bytes.toString().trim() : 'unknown';
  const [reason, message] = wordsFor(code, method, text);
  const resource = subject ? groupResourceString(subject.mapping.gvr) : '';
  const name = subject?.name ?? '';
  const about = resource === '' ? '' : ` (${[method.toLowerCase(), resource, name].filter((w) => w !== '').join(' ')})`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${message}${about}`,
    reason,
    details: {
      ...(name === '' ? {} : { name }),
      ...(subject?.mapping.gvr.group ? { group: subject.mapping.gvr.group } : {}),
      ...(subject ? { kind: subject.mapping.gvr.resource } : {}),
      causes: [{ reason: 'UnexpectedServerResponse', message: text }],
    },
    code,
  });
}

function wordsFor(code: number, method: string, text: string): readonly [reason: string, message: string] {
  if (code === 409 && method === 'POST') return ['AlreadyExists', 'the server reported a conflict'];
  if (code === 406 && text !== '' && text !== 'unknown') return ['NotAcceptable', text];
  const [reason, message] = GENERIC[code] ?? [];
  if (reason !== undefined) return [reason, message || text];
  if (code >= 500)
    return ['InternalError', `an error on the server (${quote(text)}) has prevented the request from succeeding`];
  return ['Unknown', `the server responded with the status code ${code} but did not return more information`];
}
