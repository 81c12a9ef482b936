// What a pod may know of itself: the downward API's fields and resources.
// Called by: kubelet/env.ts, kubelet/volumes.ts. Must not know: where the values go.
import type { ResourceFieldSelector } from 'kubernetes-types/core/v1';
import { milliValue, parseQuantity, value as wholeValue } from '../machinery/quantity.ts';
import type { Node } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';
import type { ContainerSpec } from './work.ts';

/** Returns `key="value"` lines, sorted. Upstream: kubernetes pkg/fieldpath FormatMap. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** Returns the text of a field such as metadata.name or metadata.labels['app']; '' for one that is not set. */
export function podFieldValue(pod: Pod, fieldPath: string): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (subscript) {
    const map = subscript[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations;
    return map?.[subscript[2] ?? ''] ?? '';
  }
  const { metadata, spec, status } = pod;
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
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
export function resourceFieldValue(
  pod: Pod,
  { resource, divisor, containerName }: ResourceFieldSelector,
  { node, container }: { node: Node | undefined; container?: ContainerSpec },
): string {
  const named = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(({ name }) => name === containerName);
  const target = named ?? container;
  const [list = '', name = ''] = resource.split(/\.(.*)/s);
  const resources = target?.resources ?? {};
  const own = list === 'limits' ? resources.limits?.[name] : resources.requests?.[name];
  const amount = own ?? (list === 'limits' ? node?.status.allocatable?.[name] : undefined) ?? '0';
  const unit = divisor === undefined || String(divisor) === '0' ? '1' : String(divisor);
  if (name === 'cpu') return String(Math.ceil(milliValue(parseQuantity(amount)) / milliValue(parseQuantity(unit))));
  return String(Math.ceil(wholeValue(parseQuantity(amount)) / wholeValue(parseQuantity(unit))));
}
