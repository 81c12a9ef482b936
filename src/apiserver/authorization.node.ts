// The Node authorizer: kubelets may touch what is theirs, and read what the pods on their node need.
// Called by: authorization.ts. Must not know: RBAC's objects.
// Upstream: kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go.
import { quote } from '../machinery/strconv.ts';
import type { ObjectReader } from '../resources/definition.ts';
import type { Pod } from '../resources/pod.ts';
import type { Attributes, Authorizer, Decision } from './authorization.ts';
import { ruleAllows } from './authorization.rbac.ts';
import { nodeRules } from './bootstrappolicy.ts';
import { referencedNames, type ReferencedKind } from './podreferences.ts';
import { NODE_USER_PREFIX, NODES_GROUP, type UserInfo } from './user.ts';

type Rule = (nodeName: string, attributes: Attributes, reader: ObjectReader) => Decision;

const ALLOWED: Decision = { isAllowed: true, reason: '' };
const LEASE_NAMESPACE = 'kube-node-lease';
const READ = ['get', 'list', 'watch'];

function refused(reason: string): Decision {
  return { isAllowed: false, reason };
}

/** Returns the authorizer over the objects of the cluster. */
export function createNodeAuthorizer(reader: ObjectReader): Authorizer {
  return {
    authorize(attributes) {
      const nodeName = nodeOf(attributes.user);
      if (nodeName === undefined) return refused('');
      if (nodeName === '') return refused(`unknown node for user ${quote(attributes.user.name)}`);
      const resource = attributes.group === '' ? attributes.resource : `${attributes.resource}.${attributes.group}`;
      const rule = attributes.isResourceRequest && Object.hasOwn(RULES, resource) ? RULES[resource] : undefined;
      if (rule) return rule(nodeName, attributes, reader);
      return nodeRules().some((granted) => ruleAllows(granted, attributes)) ? ALLOWED : refused('');
    },
    rulesFor: (user) =>
      nodeOf(user) === undefined
        ? { rules: [], isIncomplete: false, error: '' }
        : { rules: [], isIncomplete: true, error: 'node authorizer does not support user rule resolution' },
  };
}

/** Returns the node's name, '' for a node without one, undefined for others. Upstream: auth/nodeidentifier. */
export function nodeOf({ name, groups }: UserInfo): string | undefined {
  if (!name.startsWith(NODE_USER_PREFIX)) return undefined;
  return groups.includes(NODES_GROUP) ? name.slice(NODE_USER_PREFIX.length) : undefined;
}

const RULES: Readonly<Record<string, Rule>> = {
  secrets: readReferenced('secrets'),
  configmaps: readReferenced('configmaps'),
  persistentvolumeclaims: (nodeName, attributes, reader) => {
    if (attributes.subresource !== 'status')
      return getReferenced('persistentvolumeclaims')(nodeName, attributes, reader);
    if (!['update', 'patch'].includes(attributes.verb)) return refused('can only get/update/patch this type');
    return referenced(nodeName, 'persistentvolumeclaims', attributes, reader);
  },
  serviceaccounts: (nodeName, attributes, reader) => {
    const { verb, name, subresource } = attributes;
    if (verb === 'get' && subresource === '') return referenced(nodeName, 'serviceaccounts', attributes, reader);
    if (verb !== 'create' || name === '') return refused('can only create tokens for individual service accounts');
    if (subresource !== 'token') return refused('can only create token subresource of serviceaccount');
    return referenced(nodeName, 'serviceaccounts', attributes, reader);
  },
  'leases.coordination.k8s.io': authorizeLease,
  nodes: authorizeNode,
  pods: authorizePod,
};

function readReferenced(kind: ReferencedKind): Rule {
  return (nodeName, attributes, reader) => {
    if (!READ.includes(attributes.verb)) return refused('can only read resources of this type');
    if (attributes.subresource !== '') return refused('cannot read subresource');
    if (attributes.namespace === '') return refused('can only read namespaced object of this type');
    return referenced(nodeName, kind, attributes, reader);
  };
}

function getReferenced(kind: ReferencedKind): Rule {
  return (nodeName, attributes, reader) => {
    if (attributes.verb !== 'get') return refused('can only get individual resources of this type');
    if (attributes.subresource !== '') return refused('cannot get subresource');
    return referenced(nodeName, kind, attributes, reader);
  };
}

/** Allowed is what a pod on the node refers to. */
function referenced(
  nodeName: string,
  kind: ReferencedKind,
  { namespace, name }: Attributes,
  reader: ObjectReader,
): Decision {
  if (name === '') return refused('No Object name found');
  const pods = reader.list('pods', namespace) as readonly Pod[];
  const isFound = pods.some((pod) => pod.spec.nodeName === nodeName && referencedNames(pod, kind).has(name));
  return isFound ? ALLOWED : unrelated(nodeName);
}

function unrelated(nodeName: string): Decision {
  return refused(`no relationship found between node '${nodeName}' and this object`);
}

function authorizeLease(nodeName: string, { verb, namespace, name }: Attributes): Decision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
    return refused('can only get, create, update, patch, or delete a node lease');
  if (namespace !== LEASE_NAMESPACE)
    return refused(`can only access leases in the ${quote(LEASE_NAMESPACE)} system namespace`);
  if (verb !== 'create' && name !== nodeName)
    return refused('can only access node lease with the same name as the requesting node');
  return ALLOWED;
}

function authorizeNode(nodeName: string, { verb, name, subresource }: Attributes): Decision {
  if (subresource === 'status') return ['update', 'patch'].includes(verb) ? ALLOWED : refused('');
  if (subresource !== '') return refused('');
  if (['create', 'update', 'patch'].includes(verb)) return ALLOWED;
  if (!READ.includes(verb)) return refused('');
  if (name === nodeName) return ALLOWED;
  const what = name === '' ? 'all nodes' : `'${name}'`;
  return refused(`node '${nodeName}' cannot read ${what}, only its own Node object`);
}

function authorizePod(nodeName: string, attributes: Attributes, reader: ObjectReader): Decision {
  const { verb, subresource, namespace, name, fields } = attributes;
  if (subresource === 'status') return ['update', 'patch'].includes(verb) ? ALLOWED : refused('');
  if (subresource === 'eviction') return verb === 'create' ? ALLOWED : refused('');
  if (subresource !== '') return refused('');
  if (['create', 'delete'].includes(verb)) return ALLOWED;
  if (!READ.includes(verb)) return refused('');
  const isOfNode = fields.some(
    ({ field, operator, value }) => field === 'spec.nodeName' && operator === '=' && value === nodeName,
  );
  if (verb !== 'get' && isOfNode) return ALLOWED;
  if (verb !== 'get' && name === '') return refused('can only list/watch pods with spec.nodeName field selector');
  const found = reader.get('pods', { namespace, name }) as Pod | undefined;
  return found?.spec.nodeName === nodeName ? ALLOWED : unrelated(nodeName);
}
