// What a pod may know of itself: the downward API's fields and resources.
// Called by: kubelet/env.ts, kubelet/volumes.ts. Must not know: where the values go.
import type { ResourceFieldSelector } from 'kubernetes-types/core/v1';
import { metadataFieldValue, resourceFieldValue } from '../resources/fieldpath.ts';
import type { Node } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';
import type { ContainerSpec } from './work.ts';

/** Returns the text of a field such as metadata.name or metadata.labels['app']; '' for one that is not set. */
export function podFieldValue(pod: Pod, fieldPath: string): string {
  const { metadata, spec, status } = pod;
  const ofMetadata = metadataFieldValue(metadata, fieldPath);
  if (ofMetadata !== undefined) return ofMetadata;
  switch (fieldPath) {
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return status.hostIP ?? '';
    case 'status.podIP':
      return status.podIP ?? '';
    case 'status.podIPs':
      return (status.podIPs ?? []).map(({ ip }) => ip).join(',');
    default:
      return '';
  }
}

/**
 * Returns a container's request or limit in units of the divisor, rounded up; a limit that is absent is the node's.
 */
export function podResourceValue(
  pod: Pod,
  selector: ResourceFieldSelector,
  { node, container }: { node: Node | undefined; container?: ContainerSpec },
): string {
  const { containerName } = selector;
  const named = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(({ name }) => name === containerName);
  return resourceFieldValue((named ?? container)?.resources, selector, node?.status.allocatable);
}
