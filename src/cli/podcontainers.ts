// Which container of a pod a command means.
// Called by: commands logs, exec, attach, cp, run. Must not know: commands.
// Upstream: kubectl pkg/cmd/util/podcmd/podcmd.go.
import type { Pod } from '../resources/pod.ts';
import type { OutputStream } from './command.ts';

export const DEFAULT_CONTAINER_ANNOTATION = 'kubectl.kubernetes.io/default-container';

/** A container of a pod, of whatever sort. */
export interface PodContainer {
  name: string;
  image?: string;
  stdin?: boolean;
  tty?: boolean;
}

/** Returns the container of that name, be it a main, init or ephemeral one. */
export function findContainer({ spec }: Pod, name: string): PodContainer | undefined {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  return [...containers, ...initContainers, ...ephemeralContainers].find((c) => c.name === name);
}

/** Returns 'a, b, debug (ephem), setup (init)'. */
export function allContainerNames({ spec }: Pod): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  const names = containers.map((c) => c.name);
  return [
    ...names,
    ...ephemeralContainers.map((c) => `${c.name} (ephem)`),
    ...initContainers.map((c) => `${c.name} (init)`),
  ].join(', ');
}

/** Returns whether a choice was made when the first container was taken. */
export function hasSeveralContainers({ spec }: Pod): boolean {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  return containers.length > 1 || initContainers.length > 0 || ephemeralContainers.length > 0;
}

/**
 * Returns the named container, or without a name the annotated or first one; the choice is told on `warn`.
 * @throws Error `container x not found in pod y`.
 */
export function findOrDefaultContainer(pod: Pod, name: string, warn: OutputStream | undefined): PodContainer {
  if (name !== '') {
    const found = findContainer(pod, name);
    if (!found) throw new Error(`container ${name} not found in pod ${pod.metadata.name}`);
    return found;
  }
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER_ANNOTATION];
  const chosen = annotated ? findContainer(pod, annotated) : undefined;
  if (chosen) return chosen;
  const [first] = pod.spec.containers;
  if (!first) throw new Error(`pod ${pod.metadata.namespace}/${pod.metadata.name} does not have any containers`);
  if (hasSeveralContainers(pod))
    warn?.write(`Defaulted container ${JSON.stringify(first.name)} out of: ${allContainerNames(pod)}\n`);
  return first;
}
