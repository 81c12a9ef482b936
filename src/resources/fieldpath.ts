// What a fieldRef and a resourceFieldRef stand for: fields of an object's metadata, amounts of a container.
// Called by: kubelet/downward.ts, cli/commands/set/env.list.ts. Must not know: where the values go.
// Upstream: kubernetes pkg/fieldpath, kubectl pkg/util/resource.
import type { ResourceFieldSelector, ResourceRequirements } from 'kubernetes-types/core/v1';
import { milliValue, parseQuantity, value as wholeValue } from '../machinery/quantity.ts';
import type { ObjectMeta } from '../machinery/types.ts';

type Metadata = Pick<ObjectMeta, 'name' | 'namespace' | 'uid' | 'labels' | 'annotations'>;

/** Returns the text of metadata.name, metadata.labels['app'] and the like, '' for what is not set; undefined for other fields. */
export function metadataFieldValue(metadata: Metadata, fieldPath: string): string | undefined {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (subscript) {
    const map = subscript[1] === 'labels' ? metadata.labels : metadata.annotations;
    return map?.[subscript[2] ?? ''] ?? '';
  }
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
    default:
      return undefined;
  }
}

/** Returns `key="value"` lines, sorted. Upstream: FormatMap. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** Returns a request or limit in units of the divisor, rounded up; for a limit that is absent, what `limits` has. */
export function resourceFieldValue(
  resources: ResourceRequirements | undefined,
  { resource, divisor }: ResourceFieldSelector,
  limits: Readonly<Record<string, unknown>> = {},
): string {
  const [list = '', name = ''] = resource.split(/\.(.*)/s);
  const own = list === 'limits' ? resources?.limits?.[name] : resources?.requests?.[name];
  const amount = parseQuantity(String(own ?? (list === 'limits' ? limits[name] : undefined) ?? '0'));
  const unit = parseQuantity(divisor === undefined || String(divisor) === '0' ? '1' : String(divisor));
  const parts = name === 'cpu' ? milliValue(amount) / milliValue(unit) : wholeValue(amount) / wholeValue(unit);
  return String(Math.ceil(parts));
}
