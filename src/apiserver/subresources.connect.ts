// pods/exec, pods/attach and pods/portforward: streams between a client and a container.
// Called by: subresources.ts. Must not know: sockets, shells.
import { attributesFor, newForbiddenFor, type Authorizer } from './authorization.ts';
import type { ExecOptions } from './connector.ts';
import { newBadRequest } from '../machinery/status.ts';
import type { Pod } from '../resources/pod.ts';
import type { Exchange } from './exchange.ts';
import { boolParameter } from './parameters.ts';
import { containerFor } from './podcontainers.ts';
import type { SubresourceContext } from './subresources.ts';
import type { ApiResponse } from './types.ts';
import { administrator } from './user.ts';

const SWITCHING = 101;

/** Upstream: kubernetes pkg/registry/core/pod/strategy.go ExecLocation. */
export function execInPod(exchange: Exchange, { connector, authorizer }: SubresourceContext): ApiResponse {
  requireCreate(exchange, authorizer);
  const { pod, options } = streamOptions(exchange, true);
  return streaming(exchange, { stream: connector().exec(pod, options) });
}

/** Upstream: kubernetes pkg/registry/core/pod/strategy.go AttachLocation. */
export function attachToPod(exchange: Exchange, { connector, authorizer }: SubresourceContext): ApiResponse {
  requireCreate(exchange, authorizer);
  const { pod, options } = streamOptions(exchange, false);
  return streaming(exchange, { stream: connector().attach(pod, options) });
}

/** Upstream: kubernetes pkg/registry/core/pod/strategy.go PortForwardLocation. */
export function forwardPorts(exchange: Exchange, { connector, authorizer }: SubresourceContext): ApiResponse {
  requireCreate(exchange, authorizer);
  const pod = podWithNode(exchange);
  const kubelet = connector();
  return streaming(exchange, { openPort: (port) => kubelet.openPort(pod, port) });
}

/** A WebSocket begins with GET; what it opens takes leave to create all the same. Upstream: ensureAuthorizedForVerb. */
function requireCreate({ request, info }: Exchange, authorizer: Authorizer): void {
  if (info.verb !== 'get') return;
  const attributes = attributesFor(request.user ?? administrator, { ...info, verb: 'create' }, request);
  const { isAllowed, reason } = authorizer.authorize(attributes);
  if (!isAllowed) throw newForbiddenFor(attributes, reason);
}

function streaming({ warnings }: Exchange, answer: Pick<ApiResponse, 'stream' | 'openPort'>): ApiResponse {
  return { status: SWITCHING, headers: {}, warnings, ...answer };
}

function streamOptions(exchange: Exchange, needsCommand: boolean): { pod: Pod; options: ExecOptions } {
  const { registry, served, key, request } = exchange;
  const { query } = request;
  const isOn = (parameter: string): boolean => boolParameter(query, parameter);
  const command = query.getAll('command');
  if (needsCommand && command.length === 0) throw newBadRequest('you must specify at least 1 command for exec');
  const found = registry.get(served.definition, key) as Pod;
  const container = containerFor(found, query.get('container') ?? '');
  const pod = podWithNode(exchange);
  const tty = isOn('tty');
  const options = {
    container,
    command,
    stdin: isOn('stdin'),
    stdout: isOn('stdout'),
    stderr: isOn('stderr') && !tty,
    tty,
  };
  if (!options.stdin && !options.stdout && !options.stderr)
    throw newBadRequest('you must specify at least 1 of stdin, stdout, stderr');
  return { pod, options };
}

function podWithNode({ registry, served, key }: Exchange): Pod {
  const pod = registry.get(served.definition, key) as Pod;
  if (!pod.spec.nodeName) throw newBadRequest(`pod ${key.name} does not have a host assigned`);
  return pod;
}
