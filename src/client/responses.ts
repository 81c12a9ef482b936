// Refusals of a server as errors: its own Status, or one made up from the code.
// Called by: rest.ts, http.ts. Must not know: sockets. Upstream: apimachinery pkg/api/errors NewGenericServerResponse.
import { StatusError, type Status } from '../machinery/status.ts';
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
  413: ['RequestEntityTooLarge', ''],
  415: ['UnsupportedMediaType', 'the server was unable to understand the content type of the request'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  500: ['InternalError', ''],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

/** Returns the error of a response that is no success. */
export function errorFrom(
  response: ApiResponse,
  method: string,
  subject?: { mapping: RESTMapping; name: string },
): StatusError {
  const body = response.body as Partial<Status> | undefined;
  if (body?.kind === 'Status') return new StatusError(body as Status);
  const text = (response.text ?? Buffer.from(response.bytes ?? []).toString()).trim();
  const { status: code } = response;
  const [reason, words] = GENERIC[code] ?? [code >= 500 ? 'InternalError' : 'Unknown', ''];
  const fallback =
    code >= 500 ? `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding` : text;
  const resource = subject ? groupResourceString(subject.mapping.gvr) : '';
  const name = subject?.name ?? '';
  const about = resource === '' ? '' : ` (${[method.toLowerCase(), resource, name].filter((w) => w !== '').join(' ')})`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${words || fallback || 'unknown'}${about}`,
    reason,
    details: {
      ...(name === '' ? {} : { name }),
      ...(subject?.mapping.gvr.group ? { group: subject.mapping.gvr.group } : {}),
      ...(subject ? { kind: subject.mapping.gvr.resource } : {}),
      causes: [{ reason: 'UnexpectedServerResponse', message: text === '' ? 'unknown' : text }],
    },
    code,
  });
}
