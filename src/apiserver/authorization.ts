// Whether a user may do what a request asks for: the chain of authorizers, and the refusal in upstream's words.
// Called by: handler, impersonation, reviews, escalation checks. Must not know: what the single authorizers look at.
import { parseFieldSelector, requiresExactField, type FieldSelector } from '../machinery/fieldselectors.ts';
import type { PolicyRule } from '../machinery/policyrules.ts';
import { newForbidden, type StatusError } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import { isValidPathSegmentName } from '../machinery/validation.ts';
import type { ObjectReader } from '../resources/definition.ts';
import { createNodeAuthorizer } from './authorization.node.ts';
import { RuleResolver } from './authorization.rules.ts';
import { createRbacAuthorizer } from './authorization.rbac.ts';
import type { RequestInfo } from './requestinfo.ts';
import { PRIVILEGED_GROUP, type UserInfo } from './user.ts';

/** What is to be decided. Upstream: apiserver pkg/authorization/authorizer AttributesRecord. */
export interface Attributes {
  user: UserInfo;
  verb: string;
  isResourceRequest: boolean;
  namespace: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  name: string;
  /** What a list or watch is cut down to. */
  fields: FieldSelector;
  /** Of requests that ask for no resource. */
  path: string;
}

/** `reason` says why, '' for nothing to say. Not allowed means no opinion: nothing here denies for good. */
export interface Decision {
  isAllowed: boolean;
  reason: string;
}

/** What a user may do in a namespace, as far as the authorizers can list it. */
export interface UserRules {
  rules: PolicyRule[];
  isIncomplete: boolean;
  /** '' for none. */
  error: string;
}

export interface Authorizer {
  authorize(attributes: Attributes): Decision;
  rulesFor(user: UserInfo, namespace: string): UserRules;
}

export interface ServerAuthorizer extends Authorizer {
  /** The rules of RBAC, for those that hand on what they have. */
  readonly resolver: RuleResolver;
}

const SELECTING: readonly string[] = ['list', 'watch', 'deletecollection'];

/** Returns the authorizer of --authorization-mode=Node,RBAC. Upstream: kubernetes pkg/kubeapiserver/authorizer. */
export function createAuthorizer(reader: ObjectReader): ServerAuthorizer {
  let resolver: RuleResolver | undefined;
  let chain: readonly Authorizer[] | undefined;
  const resolverOf = () => (resolver ??= new RuleResolver(reader));
  // Most requests are the administrator's, who needs neither.
  const chainOf = () => (chain ??= [createNodeAuthorizer(reader), createRbacAuthorizer(resolverOf())]);
  return {
    get resolver() {
      return resolverOf();
    },
    authorize(attributes) {
      if (attributes.user.groups.includes(PRIVILEGED_GROUP)) return { isAllowed: true, reason: '' };
      const reasons: string[] = [];
      for (const authorizer of chainOf()) {
        const decision = authorizer.authorize(attributes);
        if (decision.isAllowed) return decision;
        if (decision.reason !== '') reasons.push(decision.reason);
      }
      return { isAllowed: false, reason: reasons.join('\n') };
    },
    rulesFor(user, namespace) {
      const found = chainOf().map((authorizer) => authorizer.rulesFor(user, namespace));
      const errors = found.map(({ error }) => error).filter((error) => error !== '');
      return {
        rules: found.flatMap(({ rules }) => rules),
        isIncomplete: found.some(({ isIncomplete }) => isIncomplete),
        error: errors.length > 1 ? `[${errors.join(', ')}]` : (errors[0] ?? ''),
      };
    },
  };
}

/** Returns the attributes of a request. Upstream: apiserver pkg/endpoints/filters GetAuthorizerAttributes. */
export function attributesFor(
  user: UserInfo,
  info: RequestInfo,
  { path, query }: { path: string; query: URLSearchParams },
): Attributes {
  const { isResourceRequest, verb, namespace, group, version, resource, subresource } = info;
  const fields = SELECTING.includes(verb) ? selectorOf(query) : [];
  const name = info.name === '' && verb !== 'deletecollection' ? selectedName(fields) : info.name;
  return { user, isResourceRequest, verb, namespace, group, version, resource, subresource, name, fields, path };
}

/** A selector that cannot be read selects nothing in particular here: its refusal comes later. */
function selectorOf(query: URLSearchParams): FieldSelector {
  try {
    return parseFieldSelector(query.get('fieldSelector') ?? '');
  } catch {
    return [];
  }
}

/** A list of the one object of a name is as good as reading it. */
function selectedName(fields: FieldSelector): string {
  const name = requiresExactField(fields, 'metadata.name') ?? '';
  return name !== '' && isValidPathSegmentName(name).length === 0 ? name : '';
}

/** Returns a Forbidden. Upstream: apiserver pkg/endpoints/handlers/responsewriters ForbiddenStatusError. */
export function newForbiddenFor(attributes: Attributes, reason: string): StatusError {
  const { group, resource, name } = attributes;
  // What a browser takes for HTML is no use to anybody.
  const text = forbiddenText(attributes).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return newForbidden({ group, resource }, name, reason === '' ? text : `${text}: ${reason}`);
}

function forbiddenText(attributes: Attributes): string {
  const { user, verb, isResourceRequest, path, group, subresource, namespace } = attributes;
  const who = `User ${quote(user.name)} cannot ${verb}`;
  if (!isResourceRequest) return `${who} path ${quote(path)}`;
  const resource = subresource === '' ? attributes.resource : `${attributes.resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  return `${who} resource ${quote(resource)} in API group ${quote(group)} ${where}`;
}
