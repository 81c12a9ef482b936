// The endpoints behind a service's port, on one line.
// Called by: service.describe.ts, ingress.describe.ts. Must not know: services.
import { joinHostPort } from './describe.metadata.ts';
import type { EndpointSlice } from './endpointslice.ts';

const MAX_SHOWN = 3;

/**
 * Returns up to three ready endpoints of a port and how many more there are; '<none>' without slices.
 * Upstream: formatEndpointSlices.
 */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const shown: string[] = [];
  let count = 0;
  let hasMore = false;
  for (const { ports = [], endpoints = [] } of slices) {
    // A headless service may have no ports at all.
    const numbers =
      ports.length === 0 ? [undefined] : ports.filter((p) => (p.name ?? '') === portName).map((p) => p.port);
    for (const number of numbers) {
      for (const { addresses, conditions } of endpoints) {
        // Upstream notices that the line is full before it looks whether the endpoint is ready.
        if (shown.length === MAX_SHOWN) hasMore = true;
        if (conditions?.ready === false) continue;
        const address = addresses[0] ?? '';
        if (!hasMore) shown.push(number === undefined ? address : joinHostPort(address, number));
        count++;
      }
    }
  }
  return hasMore ? `${shown.join(',')} + ${count - MAX_SHOWN} more...` : shown.join(',');
}
