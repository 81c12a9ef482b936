// SelfSubjectRulesReview: what may I do in a namespace?
// Called by: resources/index.ts; the API server's reviews as a typed handle. Must not know: HTTP, storage, who may do what.
import type { SelfSubjectRulesReview as UpstreamSelfSubjectRulesReview } from 'kubernetes-types/authorization/v1';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type SelfSubjectRulesReview = Kind<UpstreamSelfSubjectRulesReview>;

export const selfSubjectRulesReview = defineResource<SelfSubjectRulesReview>({
  gvr: { group: 'authorization.k8s.io', version: 'v1', resource: 'selfsubjectrulesreviews' },
  kind: 'SelfSubjectRulesReview',
  singular: 'selfsubjectrulesreview',
  namespaced: false,
  verbs: ['create'],
  subresources: [],
  schema: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  isReview: true,
  strategy: {},
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
});
