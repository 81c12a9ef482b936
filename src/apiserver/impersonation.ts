// Acting as somebody else: the Impersonate-* headers, and whether the user may wear each of the names.
// Called by: handler. Must not know: how users prove who they are. Upstream: apiserver pkg/endpoints/filters/impersonation.
import { newBadRequest } from '../machinery/status.ts';
import { newForbiddenFor, type Attributes, type Authorizer } from './authorization.ts';
import {
  ALL_AUTHENTICATED,
  ALL_UNAUTHENTICATED,
  ANONYMOUS,
  serviceAccountGroups,
  serviceAccountUserName,
  splitServiceAccountName,
  type UserInfo,
} from './user.ts';

const PREFIX = 'impersonate-';
const EXTRA_PREFIX = 'impersonate-extra-';
const AUTHENTICATION = 'authentication.k8s.io/v1';

/** One name to wear, by the fields of upstream's ObjectReference. */
interface Mask {
  kind: 'ServiceAccount' | 'User' | 'Group' | 'UserExtra' | 'UID';
  namespace?: string;
  name: string;
  apiVersion?: string;
  /** The key of an extra. */
  fieldPath?: string;
}

/**
 * Returns the user as whom a request is to be answered: the one who asks where no header says otherwise. Values of a
 * repeated header stand on lines of their own.
 * @throws StatusError Forbidden, BadRequest.
 */
export function impersonated(
  user: UserInfo,
  headers: Readonly<Record<string, string>>,
  authorizer: Authorizer,
): UserInfo {
  let isAsked = false;
  for (const name in headers) if (name.startsWith(PREFIX)) isAsked = true;
  if (!isAsked) return user;
  const masks = masksIn(headers);
  if (masks.length === 0) return user;
  for (const mask of masks) {
    const attributes = attributesOf(user, mask);
    const { isAllowed, reason } = authorizer.authorize(attributes);
    if (!isAllowed) throw newForbiddenFor(attributes, reason);
  }
  return userOf(masks);
}

function linesOf(value: string | undefined): string[] {
  return value === undefined ? [] : value.split('\n');
}

function masksIn(headers: Readonly<Record<string, string>>): Mask[] {
  const name = linesOf(headers['impersonate-user'])[0] ?? '';
  const account = splitServiceAccountName(name);
  const masks: Mask[] = [];
  if (account) masks.push({ kind: 'ServiceAccount', ...account });
  else if (name !== '') masks.push({ kind: 'User', name });
  for (const group of linesOf(headers['impersonate-group'])) masks.push({ kind: 'Group', name: group });
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(EXTRA_PREFIX)) continue;
    const fieldPath = unescaped(header.slice(EXTRA_PREFIX.length));
    for (const line of linesOf(value))
      masks.push({ kind: 'UserExtra', apiVersion: AUTHENTICATION, name: line, fieldPath });
  }
  const uid = linesOf(headers['impersonate-uid'])[0] ?? '';
  if (uid !== '') masks.push({ kind: 'UID', apiVersion: AUTHENTICATION, name: uid });
  if (masks.length > 0 && name === '')
    throw newBadRequest(`requested [${masks.map(maskText).join(' ')}] without impersonating a user`);
  return masks;
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Go's `%v` of an ObjectReference. */
function maskText({ kind, namespace = '', name, apiVersion = '', fieldPath = '' }: Mask): string {
  return `{${[kind, namespace, name, '', apiVersion, '', fieldPath].join(' ')}}`;
}

const RESOURCES: Readonly<Record<Mask['kind'], string>> = {
  ServiceAccount: 'serviceaccounts',
  User: 'users',
  Group: 'groups',
  UserExtra: 'userextras',
  UID: 'uids',
};

function attributesOf(user: UserInfo, { kind, namespace = '', name, apiVersion, fieldPath = '' }: Mask): Attributes {
  const [group = '', version = ''] = apiVersion?.split('/') ?? [];
  const resource = RESOURCES[kind];
  return {
    user,
    verb: 'impersonate',
    isResourceRequest: true,
    namespace,
    group,
    version,
    resource,
    subresource: fieldPath,
    name,
    fields: [],
    path: '',
  };
}

function userOf(masks: readonly Mask[]): UserInfo {
  const user: UserInfo = { name: '', groups: [] };
  const extra: Record<string, string[]> = {};
  const given = masks.filter(({ kind }) => kind === 'Group').map(({ name }) => name);
  for (const { kind, namespace = '', name, fieldPath = '' } of masks) {
    if (kind === 'ServiceAccount') {
      user.name = serviceAccountUserName(namespace, name);
      if (given.length === 0) user.groups = serviceAccountGroups(namespace);
    } else if (kind === 'User') user.name = name;
    else if (kind === 'UID') user.uid = name;
    else if (kind === 'UserExtra') (extra[fieldPath] ??= []).push(name);
  }
  user.groups.push(...given);
  const hasNoAuthentication = user.name === ANONYMOUS;
  const isTold = user.groups.some(
    (group) => group === ALL_UNAUTHENTICATED || (group === ALL_AUTHENTICATED && !hasNoAuthentication),
  );
  if (!isTold) user.groups.push(hasNoAuthentication ? ALL_UNAUTHENTICATED : ALL_AUTHENTICATED);
  return Object.keys(extra).length > 0 ? { ...user, extra } : user;
}
