// LocalSubjectAccessReview: may that user do this, in one namespace?
// Called by: resources/index.ts; the API server's reviews as a typed handle. Must not know: HTTP, storage, who may do what.
import type { LocalSubjectAccessReview as UpstreamLocalSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateAccessReview } from './subjectaccessreview.validation.ts';

export type LocalSubjectAccessReview = Kind<UpstreamLocalSubjectAccessReview>;

export const localSubjectAccessReview = defineResource<LocalSubjectAccessReview>({
  gvr: { group: 'authorization.k8s.io', version: 'v1', resource: 'localsubjectaccessreviews' },
  kind: 'LocalSubjectAccessReview',
  singular: 'localsubjectaccessreview',
  namespaced: true,
  verbs: ['create'],
  subresources: [],
  schema: 'io.k8s.api.authorization.v1.LocalSubjectAccessReview',
  isReview: true,
  strategy: { validate: (object) => validateAccessReview(object, 'local') },
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
});
