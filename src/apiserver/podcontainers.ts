// Which container of a pod a request means.
// Called by: subresources log, exec, attach. Must not know: kubelets.
import { newBadRequest } from '../machinery/status.ts';
import type { Pod } from '../resources/pod.ts';

/**
 * Returns the container's name: the one asked for, or the only one.
 * @throws StatusError BadRequest. Upstream: kubernetes pkg/registry/core/pod/strategy.go LogLocation and streamLocation.
 */
export function containerFor({ metadata, spec }: Pod, asked: string): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec;
  if (asked !== '') {
    if ([...containers, ...initContainers, ...ephemeralContainers].some(({ name }) => name === asked)) return asked;
    throw newBadRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  const [only, ...more] = containers;
  if (only && more.length === 0) return only.name;
  let text = `a container name must be specified for pod ${metadata.name}`;
  if (only) text += `, choose one of: [${namesOf(containers)}]`;
  if (initContainers.length > 0) text += ` or one of the init containers: [${namesOf(initContainers)}]`;
  if (ephemeralContainers.length > 0) text += ` or one of the ephemeral containers: [${namesOf(ephemeralContainers)}]`;
  throw newBadRequest(text);
}

function namesOf(containers: readonly { name: string }[]): string {
  return containers.map(({ name }) => name).join(' ');
}
