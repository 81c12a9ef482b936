// SelfSubjectReview: who am I?
// Called by: resources/index.ts; the API server's reviews as a typed handle. Must not know: HTTP, storage, who may do what.
import type { SelfSubjectReview as UpstreamSelfSubjectReview } from 'kubernetes-types/authentication/v1';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type SelfSubjectReview = Kind<UpstreamSelfSubjectReview>;

export const selfSubjectReview = defineResource<SelfSubjectReview>({
  gvr: { group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews' },
  kind: 'SelfSubjectReview',
  singular: 'selfsubjectreview',
  namespaced: false,
  verbs: ['create'],
  subresources: [],
  schema: 'io.k8s.api.authentication.v1.SelfSubjectReview',
  isReview: true,
  strategy: {},
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
});
