// EndpointSlice: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { EndpointSlice as UpstreamEndpointSlice } from 'kubernetes-types/discovery/v1';
import { deepEqual } from '../machinery/meta.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, listCell, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { endpointSliceWarnings, validateEndpointSlice } from './endpoints.validation.ts';
import { raiseGeneration, startGeneration } from './strategy.ts';

export type EndpointSlice = Kind<UpstreamEndpointSlice>;

export const endpointSlice = defineResource<EndpointSlice>({
  gvr: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
  kind: 'EndpointSlice',
  singular: 'endpointslice',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  setDefaults(object) {
    for (const port of object.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  strategy: {
    validate: (object) => validateEndpointSlice(object),
    validateUpdate: (object, old) => validateEndpointSlice(object, old),
    warningsOnCreate: (object) => endpointSliceWarnings(object, true),
    warningsOnUpdate: (object) => endpointSliceWarnings(object, false),
    prepareForCreate: startGeneration,
    prepareForUpdate(object, old) {
      const { metadata, ...content } = object;
      const { metadata: oldMetadata, ...oldContent } = old;
      const hasNewLabels = !deepEqual(metadata.labels ?? {}, oldMetadata.labels ?? {});
      raiseGeneration(object, old, hasNewLabels || !deepEqual(content, oldContent));
    },
  },
  table: {
    columns: [nameColumn, textColumn('AddressType'), textColumn('Ports'), textColumn('Endpoints'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      object.addressType,
      listCell(
        (object.ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')),
        { max: 3, empty: '<unset>' },
      ),
      listCell(
        (object.endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
        { max: 3, empty: '<unset>' },
      ),
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) =>
    (await import('./endpointslice.describe.ts')).describeEndpointSlice(object, context),
});
