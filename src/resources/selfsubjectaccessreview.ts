// SelfSubjectAccessReview: may I do this?
// Called by: resources/index.ts; the API server's reviews as a typed handle. Must not know: HTTP, storage, who may do what.
import type { SelfSubjectAccessReview as UpstreamSelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateAccessReview } from './subjectaccessreview.validation.ts';

export type SelfSubjectAccessReview = Kind<UpstreamSelfSubjectAccessReview>;

export const selfSubjectAccessReview = defineResource<SelfSubjectAccessReview>({
  gvr: { group: 'authorization.k8s.io', version: 'v1', resource: 'selfsubjectaccessreviews' },
  kind: 'SelfSubjectAccessReview',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
  verbs: ['create'],
  subresources: [],
  schema: 'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
  isReview: true,
  strategy: { validate: (object) => validateAccessReview(object, 'self') },
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
});
