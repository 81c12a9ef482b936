// Endpoints: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Endpoints as UpstreamEndpoints } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { endpointsWarnings, validateEndpoints } from './endpoints.validation.ts';

export type Endpoints = Kind<UpstreamEndpoints>;

export const endpoints = defineResource<Endpoints>({
  gvr: { group: '', version: 'v1', resource: 'endpoints' },
  kind: 'Endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.Endpoints',
  warning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  setDefaults(object) {
    for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
  },
  strategy: {
    allowsCreateOnUpdate: true,
    validate: (object) => validateEndpoints(object),
    validateUpdate: (object, old) => validateEndpoints(object, old),
    warningsOnCreate: endpointsWarnings,
    warningsOnUpdate: endpointsWarnings,
  },
  table: {
    columns: [nameColumn, textColumn('Endpoints'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, endpointsCell(object), ageCell(object, nowMs)],
  },
  describe: async (object, context) => (await import('./endpoints.describe.ts')).describeEndpoints(object, context),
});

const SHOWN = 3;

/** Returns up to three `address:port` and how many more there are. Upstream: printers.go formatEndpoints. */
export function endpointsCell({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) =>
      addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
    );
  });
  const more = all.length > SHOWN ? ` + ${all.length - SHOWN} more...` : '';
  return `${all.slice(0, SHOWN).join(',')}${more}`;
}
