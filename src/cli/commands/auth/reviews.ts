// Reviews: objects that are posted, answered and not kept.
// Called by: commands/auth/*. Upstream: client-go/kubernetes/typed/authorization, authentication.
import type { Factory } from '../../factory.ts';
import type { Unstructured } from '../../../machinery/types.ts';

/** Posts a review of the caller and returns the answer. @throws StatusError */
export async function postReview(
  factory: Factory,
  { group, version, kind }: { group: string; version: string; kind: string },
  spec?: object,
): Promise<Unstructured> {
  const rest = await factory.rest();
  const resource = `${kind.toLowerCase()}s`;
  const mapping = { gvr: { group, version, resource }, gvk: { group, version, kind }, namespaced: false };
  const review = { apiVersion: `${group}/${version}`, kind, metadata: {}, ...(spec ? { spec } : {}) };
  return rest.create(mapping, undefined, review);
}
