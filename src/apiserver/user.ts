// Who asks: a name, groups and what else an authenticator noted. The names and groups that mean something to the server.
// Called by: everything that looks at the user of a request. Must not know: who may do what, how users prove who they are.
import { isDNS1123Label, isDNS1123Subdomain } from '../machinery/validation.ts';

/** Upstream: apiserver pkg/authentication/user Info. */
export interface UserInfo {
  name: string;
  groups: string[];
  uid?: string;
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** Its members may do anything. */
export const PRIVILEGED_GROUP = 'system:masters';
export const ALL_AUTHENTICATED = 'system:authenticated';
export const ALL_UNAUTHENTICATED = 'system:unauthenticated';
export const NODES_GROUP = 'system:nodes';
export const NODE_USER_PREFIX = 'system:node:';
export const ANONYMOUS = 'system:anonymous';
const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';
const ALL_SERVICE_ACCOUNTS = 'system:serviceaccounts';

/** Who a request comes from that says nothing: a command in the same process. */
export const administrator: UserInfo = {
  name: 'kubernetes-admin',
  groups: [PRIVILEGED_GROUP, ALL_AUTHENTICATED],
};

/** Who a request comes from that need not prove anything. */
export const anonymous: UserInfo = { name: ANONYMOUS, groups: [ALL_UNAUTHENTICATED] };

/** Returns the user's name of a service account. */
export function serviceAccountUserName(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** Returns the groups of a service account, without system:authenticated. */
export function serviceAccountGroups(namespace: string): string[] {
  return [ALL_SERVICE_ACCOUNTS, `${ALL_SERVICE_ACCOUNTS}:${namespace}`];
}

/** Returns the service account of a user's name, or undefined. Upstream: serviceaccount.SplitUsername. */
export function splitServiceAccountName(userName: string): { namespace: string; name: string } | undefined {
  if (!userName.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined;
  const parts = userName.slice(SERVICE_ACCOUNT_PREFIX.length).split(':');
  const [namespace = '', name = ''] = parts;
  return parts.length === 2 && isDNS1123Label(namespace).length === 0 && isDNS1123Subdomain(name).length === 0
    ? { namespace, name }
    : undefined;
}
