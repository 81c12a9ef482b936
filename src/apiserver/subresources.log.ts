// pods/log: a container's output, now or as it comes.
// Called by: subresources.ts. Must not know: how logs are made.
import { invalid, Path, type FieldErrors } from '../machinery/field.ts';
import { newBadRequest, newInvalid } from '../machinery/status.ts';
import type { LogOptions } from './connector.ts';
import type { Pod } from '../resources/pod.ts';
import type { Exchange } from './exchange.ts';
import { boolParameter } from './parameters.ts';
import { containerFor } from './podcontainers.ts';
import type { SubresourceContext } from './subresources.ts';
import type { ApiResponse } from './types.ts';

/** GET pods/x/log. Upstream: kubernetes pkg/registry/core/pod/rest/log.go. */
export function podLogs(exchange: Exchange, { connector }: SubresourceContext): ApiResponse {
  const { registry, served, key, request, warnings } = exchange;
  const pod = registry.get(served.definition, key) as Pod;
  const options = logOptionsFrom(request.query, key.name);
  options.container = containerFor(pod, options.container);
  const headers = { 'content-type': 'text/plain' };
  // A pod without a node has said nothing yet.
  const answer = pod.spec.nodeName ? connector().logs(pod, options) : { text: '' };
  return { status: 200, headers, warnings, ...answer };
}

function logOptionsFrom(query: URLSearchParams, name: string): LogOptions {
  const errors: FieldErrors = [];
  const number = (parameter: string, least: number, why: string): number | undefined => {
    const text = query.get(parameter);
    if (text === null || text === '') return undefined;
    if (!/^[+-]?\d+$/.test(text))
      throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const value = Number(text);
    if (value < least) errors.push(invalid(Path.of(parameter), value, why));
    return value;
  };
  const isOn = (parameter: string): boolean => boolParameter(query, parameter);
  const tailLines = number('tailLines', 0, 'must be greater than or equal to 0');
  const limitBytes = number('limitBytes', 1, 'must be greater than 0');
  const sinceSeconds = number('sinceSeconds', 1, 'must be greater than 0');
  const sinceTime = query.get('sinceTime') ?? '';
  if (sinceSeconds !== undefined && sinceTime !== '')
    throw newBadRequest('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'PodLogOptions' }, name, errors);
  return {
    container: query.get('container') ?? '',
    previous: isOn('previous'),
    follow: isOn('follow'),
    timestamps: isOn('timestamps'),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === '' ? {} : { sinceTime }),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  };
}
