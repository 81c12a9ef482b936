// Event: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Event as UpstreamEvent } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Event = Kind<UpstreamEvent>;

export const event = defineResource<Event>({
  gvr: { group: '', version: 'v1', resource: 'events' },
  kind: 'Event',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.Event',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
