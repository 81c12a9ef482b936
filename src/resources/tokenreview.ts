// TokenReview: whose token is this?
// Called by: resources/index.ts; the API server's reviews as a typed handle. Must not know: HTTP, storage, who may do what.
import type { TokenReview as UpstreamTokenReview } from 'kubernetes-types/authentication/v1';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type TokenReview = Kind<UpstreamTokenReview>;

export const tokenReview = defineResource<TokenReview>({
  gvr: { group: 'authentication.k8s.io', version: 'v1', resource: 'tokenreviews' },
  kind: 'TokenReview',
  singular: 'tokenreview',
  namespaced: false,
  verbs: ['create'],
  subresources: [],
  schema: 'io.k8s.api.authentication.v1.TokenReview',
  isReview: true,
  strategy: {},
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
});
