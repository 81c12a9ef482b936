// serviceaccounts/token: a token of the account, bound to the life of an object where that is asked for.
// Called by: subresources.ts. Must not know: authentication.
// Upstream: kubernetes pkg/registry/core/serviceaccount/storage/token.go.
import type { BoundObjectReference, TokenRequestSpec } from 'kubernetes-types/authentication/v1';
import { formatTime } from '../machinery/clock.ts';
import { type FieldErrors, invalid, Path } from '../machinery/field.ts';
import { newBadRequest, newConflict, newInvalid, newNotFound } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import { parseGroupVersion, type KubeObject } from '../machinery/types.ts';
import type { Pod } from '../resources/pod.ts';
import type { Exchange } from './exchange.ts';
import type { PodTokenOptions } from './loopbackclient.ts';
import type { Registry } from './registry.ts';
import type { ExpectedKind } from './scheme.ts';
import type { SubresourceContext } from './subresources.ts';
import { API_AUDIENCE, type BoundObjects, type TokenAuthority } from './tokens.ts';
import type { ApiResponse } from './types.ts';

type TokenRequest = Omit<KubeObject, 'metadata'> & {
  metadata?: Partial<KubeObject['metadata']>;
  spec?: Partial<TokenRequestSpec>;
};

const TARGET: ExpectedKind & { schema: string } = {
  schema: 'io.k8s.api.authentication.v1.TokenRequest',
  kind: 'TokenRequest',
  versions: [{ group: 'authentication.k8s.io', version: 'v1' }],
};
const GROUP_KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const DEFAULT_SECONDS = 3600;
const LEAST_SECONDS = 600;
const MOST_SECONDS = 2 ** 32;
/** What kubelets ask for: such tokens warn after that time, and end after a year. */
const EXTENDED_SECONDS = 3607;
const YEAR_SECONDS = 365 * 24 * 3600;
const CREATED = 201;

/** POST serviceaccounts/x/token. @throws StatusError */
export function requestToken(exchange: Exchange, { tokens }: SubresourceContext): ApiResponse {
  const { registry, served, key } = exchange;
  exchange.writeOptions('CreateOptions');
  const request = exchange.decodedBody(TARGET) as TokenRequest;
  const namespace = key.namespace ?? '';
  refuseOtherNames(request, { namespace, name: key.name });
  const account = registry.get(served.definition, key);
  const audiences = request.spec?.audiences?.length ? request.spec.audiences : [API_AUDIENCE];
  const seconds = request.spec?.expirationSeconds ?? DEFAULT_SECONDS;
  refuseDuration(seconds);
  const { boundObjectRef } = request.spec ?? {};
  const bound = boundObjectRef ? boundObjects(registry, boundObjectRef, { namespace, account: key.name }) : {};
  const { store, clock } = registry.context;
  const nowMs = clock.nowMs();
  const isExtended = bound.pod !== undefined && seconds === EXTENDED_SECONDS && isForServer(audiences);
  const expirationSeconds = isExtended ? YEAR_SECONDS : seconds;
  const extension = isExtended ? { warnAfterSeconds: seconds } : {};
  const token = tokens.issue(
    account,
    { audiences, expirationSeconds, bound, ...extension },
    `${store.revision}/${nowMs}`,
  );
  return exchange.respondWith(
    {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: key.name, namespace, creationTimestamp: formatTime(nowMs) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: boundObjectRef ?? null },
      status: { token, expirationTimestamp: formatTime(nowMs + seconds * 1000) },
    },
    CREATED,
  );
}

/** Returns the token that a kubelet puts into a pod, or undefined when the account is gone. */
export function podToken(
  { context: { reader } }: Registry,
  tokens: TokenAuthority,
  { pod, audience, expirationSeconds: seconds, atMs }: PodTokenOptions & { pod: Pod },
): string | undefined {
  const { namespace, name, uid = '' } = pod.metadata;
  const account = reader.get('serviceaccounts', { namespace, name: pod.spec.serviceAccountName || 'default' });
  if (!account) return undefined;
  const { nodeName = '' } = pod.spec;
  const node = { name: nodeName, uid: reader.get('nodes', { name: nodeName })?.metadata.uid ?? '' };
  const audiences = [audience || API_AUDIENCE];
  const isExtended = seconds === EXTENDED_SECONDS && isForServer(audiences);
  const expirationSeconds = isExtended ? YEAR_SECONDS : seconds;
  const extension = isExtended ? { warnAfterSeconds: seconds } : {};
  const options = { audiences, expirationSeconds, bound: { pod: { name, uid }, node }, nowMs: atMs, ...extension };
  return tokens.issue(account, options, `${uid}/${atMs}`);
}

function isForServer(audiences: readonly string[]): boolean {
  return audiences.length === 1 && audiences[0] === API_AUDIENCE;
}

function refuseOtherNames({ metadata = {} }: TokenRequest, key: { namespace: string; name: string }): void {
  const errors: FieldErrors = [];
  for (const field of ['name', 'namespace'] as const) {
    const given = metadata[field] ?? '';
    const detail = `must match the service account ${field} if specified`;
    if (given !== '' && given !== key[field]) errors.push(invalid(Path.of('metadata', field), given, detail));
  }
  if (errors.length > 0) throw newInvalid(GROUP_KIND, key.name, errors);
}

function refuseDuration(seconds: number): void {
  const detail =
    seconds < LEAST_SECONDS
      ? 'may not specify a duration less than 10 minutes'
      : seconds > MOST_SECONDS
        ? 'may not specify a duration larger than 2^32 seconds'
        : '';
  if (detail === '') return;
  throw newInvalid(GROUP_KIND, '', [invalid(Path.of('spec', 'expirationSeconds'), seconds, detail)]);
}

/** Returns what the token is bound to: of a pod its node, too. */
function boundObjects(
  { context: { reader } }: Registry,
  { apiVersion = '', kind = '', name = '', uid: wanted = '' }: BoundObjectReference,
  { namespace, account }: { namespace: string; account: string },
): BoundObjects {
  const { group, version } = parseGroupVersion(apiVersion);
  const resource = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind];
  if (group !== '' || resource === undefined)
    throw newBadRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  const found = reader.get(resource, { ...(kind === 'Node' ? {} : { namespace }), name });
  if (!found) throw newNotFound({ group: '', resource }, name);
  const { uid = '' } = found.metadata;
  const { nodeName = '', serviceAccountName } = kind === 'Pod' ? (found as Pod).spec : {};
  if (kind === 'Pod' && serviceAccountName !== account)
    throw newBadRequest(
      `cannot bind token for serviceaccount ${quote(account)} to pod running with different serviceaccount name.`,
    );
  if (wanted !== '' && wanted !== uid)
    throw newConflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${wanted}) does not match the UID in record. ` +
        'The object might have been deleted and then recreated',
    );
  const claim = { name, uid };
  if (kind === 'Secret') return { secret: claim };
  if (kind === 'Node') return { node: claim };
  if (nodeName === '') return { pod: claim };
  return { pod: claim, node: { name: nodeName, uid: reader.get('nodes', { name: nodeName })?.metadata.uid ?? '' } };
}
