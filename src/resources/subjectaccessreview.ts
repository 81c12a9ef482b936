// SubjectAccessReview: may that user do this?
// Called by: resources/index.ts; the API server's reviews as a typed handle. Must not know: HTTP, storage, who may do what.
import type { SubjectAccessReview as UpstreamSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateAccessReview } from './subjectaccessreview.validation.ts';

export type SubjectAccessReview = Kind<UpstreamSubjectAccessReview>;

export const subjectAccessReview = defineResource<SubjectAccessReview>({
  gvr: { group: 'authorization.k8s.io', version: 'v1', resource: 'subjectaccessreviews' },
  kind: 'SubjectAccessReview',
  singular: 'subjectaccessreview',
  namespaced: false,
  verbs: ['create'],
  subresources: [],
  schema: 'io.k8s.api.authorization.v1.SubjectAccessReview',
  isReview: true,
  strategy: { validate: (object) => validateAccessReview(object, 'any') },
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
});
