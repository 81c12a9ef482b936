// Reviews: objects that are posted, answered and not kept.
// Called by: handler. Must not know: HTTP, what authorizers look at.
// Upstream: kubernetes pkg/registry/authorization, pkg/registry/authentication.
import type {
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewSpec,
} from 'kubernetes-types/authorization/v1';
import { formatTime } from '../machinery/clock.ts';
import { newBadRequest, newInvalid, newNoSuchRoute } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { Attributes, Authorizer } from './authorization.ts';
import type { Exchange } from './exchange.ts';
import { trackFields, withManagers } from './fieldmanager.ts';
import { ensureNamespace, setDefaults, setGroupVersionKind } from './registry.create.ts';
import { decodeObject } from './scheme.ts';
import { createBinding } from './subresources.binding.ts';
import type { TokenAuthority } from './tokens.ts';
import type { ApiResponse } from './types.ts';
import { administrator, type UserInfo } from './user.ts';

export interface ReviewOptions {
  authorizer: Authorizer;
  tokens: TokenAuthority;
}

type Review = KubeObject & { spec: Record<string, unknown>; status?: unknown };
type Answer = (review: Review, user: UserInfo, options: ReviewOptions) => object;

const CREATED = 201;

const ANSWERS: Readonly<Record<string, Answer>> = {
  SelfSubjectAccessReview: accessAnswer,
  SubjectAccessReview: accessAnswer,
  LocalSubjectAccessReview: accessAnswer,
  SelfSubjectRulesReview: rulesAnswer,
  SelfSubjectReview: userAnswer,
  TokenReview: tokenAnswer,
};

/** Answers a review with itself and its status. @throws StatusError Invalid, BadRequest. */
export function answerReview(exchange: Exchange, review: ReviewOptions): ApiResponse {
  const { served, registry, scheme, request, namespace, warn } = exchange;
  const { definition } = served;
  if (definition.kind === 'Binding') return createBinding(exchange);
  exchange.checkMediaType();
  const options = exchange.writeOptions('CreateOptions');
  const object = decodeObject(served, exchange.objectBody(served.kind), {
    scheme,
    fieldValidation: exchange.fieldValidation(),
    duplicates: exchange.duplicates(),
    warn,
  });
  setGroupVersionKind(definition, object);
  const { name, ...metadata } = object.metadata;
  if (name === '') object.metadata = metadata as KubeObject['metadata'];
  ensureNamespace(definition, object, namespace);
  setDefaults(definition, object);
  trackFields(registry.context, { definition, object, options });
  refuseInvalid(definition, object, exchange);
  const answer = ANSWERS[definition.kind];
  if (!answer) throw newNoSuchRoute();
  const answered = answer(object as Review, request.user ?? administrator, review) as KubeObject;
  if (definition.kind === 'SelfSubjectReview')
    answered.metadata = { creationTimestamp: formatTime(registry.context.clock.nowMs()) } as KubeObject['metadata'];
  return exchange.respond(answered, CREATED);
}

/** The kind is not told: upstream has lost it by then. */
function refuseInvalid(definition: ResourceDefinition, object: KubeObject, { registry }: Exchange): void {
  const errors = definition.strategy.validate?.(withManagers(definition, object), registry.context) ?? [];
  if (errors.length > 0) throw newInvalid({ group: definition.gvr.group, kind: '' }, '', errors);
}

function accessAnswer(review: Review, asking: UserInfo, { authorizer }: ReviewOptions): object {
  const spec = review.spec as SubjectAccessReviewSpec;
  const isSelf = review.kind === 'SelfSubjectAccessReview';
  const { user: name = '', groups = [], uid = '', extra } = spec;
  const about: UserInfo = { name, groups, uid, ...(extra ? { extra } : {}) };
  const attributes = attributesOf(isSelf ? asking : about, spec.resourceAttributes, spec.nonResourceAttributes);
  const { isAllowed, reason } = authorizer.authorize(attributes);
  return { ...review, status: { allowed: isAllowed, ...(reason === '' ? {} : { reason }) } };
}

/** Upstream: kubernetes pkg/registry/authorization/util AuthorizationAttributesFrom. */
function attributesOf(
  user: UserInfo,
  resourceAttributes: ResourceAttributes | undefined,
  nonResourceAttributes: NonResourceAttributes | undefined,
): Attributes {
  const { namespace = '', verb = '', group = '', version = '', resource = '' } = resourceAttributes ?? {};
  const { subresource = '', name = '' } = resourceAttributes ?? {};
  const rest = { user, namespace, group, version, resource, subresource, name, fields: [] };
  return resourceAttributes
    ? { ...rest, verb, isResourceRequest: true, path: '' }
    : {
        ...rest,
        verb: nonResourceAttributes?.verb ?? '',
        isResourceRequest: false,
        path: nonResourceAttributes?.path ?? '',
      };
}

function rulesAnswer({ apiVersion, kind, spec }: Review, user: UserInfo, { authorizer }: ReviewOptions): object {
  const namespace = (spec as { namespace?: string }).namespace ?? '';
  if (namespace === '') throw newBadRequest('no namespace on request');
  const { rules, isIncomplete, error } = authorizer.rulesFor(user, namespace);
  const resourceRules = rules
    .filter(({ resources = [] }) => resources.length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames ? { resourceNames } : {}),
    }));
  const nonResourceRules = rules
    .filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  const evaluationError = error === '' ? {} : { evaluationError: error };
  const status = { resourceRules, nonResourceRules, incomplete: isIncomplete, ...evaluationError };
  return { kind, apiVersion, metadata: {}, spec: {}, status };
}

function userAnswer({ apiVersion, kind }: Review, user: UserInfo): object {
  return { kind, apiVersion, metadata: {}, status: { userInfo: userFields(user) } };
}

function userFields({ name, uid = '', groups, extra }: UserInfo): object {
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    ...(groups.length > 0 ? { groups } : {}),
    ...(extra ? { extra } : {}),
  };
}

function tokenAnswer(review: Review, _user: UserInfo, { tokens }: ReviewOptions): object {
  const { token = '', audiences } = review.spec as { token?: string; audiences?: string[] };
  if (token === '') throw newBadRequest('token is required for TokenReview in authentication');
  const answer = tokens.authenticate(token, audiences?.length ? { audiences } : {});
  if (!answer) return { ...review, status: { error: INVALID_TOKEN } };
  if ('error' in answer) return { ...review, status: { error: `[${INVALID_TOKEN}, ${answer.error}]` } };
  const { user, audiences: shared } = answer;
  return { ...review, status: { authenticated: true, user: userFields(user), audiences: shared } };
}

const INVALID_TOKEN = 'invalid bearer token';
