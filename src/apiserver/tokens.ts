// Tokens of service accounts: made, and told from any other text.
// Called by: subresources.token.ts, reviews.ts, the server's doors through server.ts. Must not know: HTTP, who may do what.
// Upstream: kubernetes pkg/serviceaccount jwt.go and claims.go.
import type { KeyObject } from 'node:crypto';
import { clusterKey } from '../machinery/clusterkeys.ts';
import { parseTime, type Clock } from '../machinery/clock.ts';
import { newNotFound } from '../machinery/status.ts';
import type { Random } from '../machinery/random.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ObjectReader } from '../resources/definition.ts';
import { ALL_AUTHENTICATED, serviceAccountGroups, serviceAccountUserName, type UserInfo } from './user.ts';

export const API_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';
const LEEWAY_MS = 60_000;
const EXTRA_PREFIX = 'authentication.kubernetes.io/';

interface ObjectClaim {
  name: string;
  uid: string;
}

/** What ties a token to the life of an object. */
export interface BoundObjects {
  pod?: ObjectClaim;
  secret?: ObjectClaim;
  node?: ObjectClaim;
}

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  iss: string;
  jti: string;
  'kubernetes.io': BoundObjects & { namespace: string; serviceaccount: ObjectClaim; warnafter?: number };
  nbf: number;
  sub: string;
}

export interface TokenOptions {
  audiences: readonly string[];
  expirationSeconds: number;
  /** Seconds after which a use is worth a warning. */
  warnAfterSeconds?: number;
  bound: BoundObjects;
  /** Default: now. */
  nowMs?: number;
}

/** Who a token stands for, or why it stands for nobody. */
export type TokenAnswer = { user: UserInfo; audiences: string[] } | { error: string };

export interface TokenKey {
  use: 'sig';
  kty: 'RSA';
  kid: string;
  alg: 'RS256';
  n: string;
  e: string;
}

export class TokenAuthority {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #reader: ObjectReader;
  readonly #secret: string;
  #publicKey: TokenKey | undefined;

  /** `secret` is what the key is drawn from beside the seed; '' where the same commands must give the same tokens. */
  constructor({ random, clock, reader }: { random: Random; clock: Clock; reader: ObjectReader }, secret = '') {
    this.#random = random;
    this.#clock = clock;
    this.#reader = reader;
    this.#secret = secret;
  }

  /** Returns a token of an account. `purpose` tells tokens apart that are made at one instant. */
  issue({ metadata }: KubeObject, options: TokenOptions, purpose: string): string {
    const { name, namespace = '', uid = '' } = metadata;
    const { audiences, expirationSeconds, warnAfterSeconds, bound, nowMs = this.#clock.nowMs() } = options;
    const nowSeconds = Math.floor(nowMs / 1000);
    const { node, pod, secret } = bound;
    const claims: Claims = {
      aud: [...audiences],
      exp: nowSeconds + expirationSeconds,
      iat: nowSeconds,
      iss: API_AUDIENCE,
      jti: this.#random.uid('token', `${namespace}/${name}@${purpose}`),
      'kubernetes.io': {
        namespace,
        ...(node ? { node } : {}),
        ...(pod ? { pod } : {}),
        ...(secret ? { secret } : {}),
        serviceaccount: { name, uid },
        ...(warnAfterSeconds === undefined ? {} : { warnafter: nowSeconds + warnAfterSeconds }),
      },
      nbf: nowSeconds,
      sub: serviceAccountUserName(namespace, name),
    };
    const text = `${encode({ alg: 'RS256', kid: this.publicKey().kid })}.${encode(claims)}`;
    const { sign } = process.getBuiltinModule('node:crypto');
    return `${text}.${sign('sha256', Buffer.from(text), this.#key()).toString('base64url')}`;
  }

  /** Returns whom a token stands for towards one of the audiences; undefined when it is none of this cluster's. */
  authenticate(
    token: string,
    { audiences = [API_AUDIENCE], nowMs = this.#clock.nowMs() }: { audiences?: readonly string[]; nowMs?: number } = {},
  ): TokenAnswer | undefined {
    const at = token.lastIndexOf('.');
    const text = token.slice(0, Math.max(at, 0));
    const claims = claimsIn(text);
    if (!claims) return undefined;
    if (!this.#isSigned(text, token.slice(at + 1))) return { error: 'invalid signature' };
    const shared = audiences.filter((audience) => claims.aud.includes(audience));
    if (shared.length === 0)
      return {
        error: `token audiences ${goTexts(claims.aud)} is invalid for the target audiences ${goTexts(audiences)}`,
      };
    const error = this.#refusal(claims, nowMs);
    return error === undefined ? { user: userOf(claims), audiences: shared } : { error };
  }

  #refusal(claims: Claims, nowMs: number): string | undefined {
    const nowSeconds = nowMs / 1000;
    if (nowSeconds >= claims.exp) return 'service account token has expired';
    if (nowSeconds < claims.nbf) return 'service account token is not valid yet';
    const { namespace, serviceaccount, secret, pod, node } = claims['kubernetes.io'];
    const account = this.#reader.get('serviceaccounts', { namespace, name: serviceaccount.name });
    if (!account) return newNotFound({ group: '', resource: 'serviceaccounts' }, serviceaccount.name).message;
    const { uid = '' } = account.metadata;
    if (uid !== serviceaccount.uid) return `service account UID (${uid}) does not match claim (${serviceaccount.uid})`;
    return (
      this.#lost('secrets', secret, {
        namespace,
        words: 'secret UID (%) does not match service account secret ref claim',
      }) ??
      this.#lost('pods', pod, { namespace, words: 'pod UID (%) does not match service account pod ref claim' }) ??
      // The node of a pod's token is told, not checked.
      (pod
        ? undefined
        : this.#lost('nodes', node, { words: 'node UID (%) does not match service account node ref claim' }))
    );
  }

  #lost(
    resource: string,
    claim: ObjectClaim | undefined,
    { namespace, words }: { namespace?: string; words: string },
  ): string | undefined {
    if (!claim) return undefined;
    const found = this.#reader.get(resource, { namespace, name: claim.name });
    if (!found || this.#isGone(found)) return 'service account token has been invalidated';
    const { uid = '' } = found.metadata;
    return uid === claim.uid ? undefined : `${words.replace('%', uid)} (${claim.uid})`;
  }

  /** A little while after its deletion an object counts as gone, whatever holds it. */
  #isGone({ metadata }: KubeObject): boolean {
    const atMs = parseTime(metadata.deletionTimestamp);
    return atMs !== undefined && this.#clock.nowMs() > atMs + LEEWAY_MS;
  }

  /** Returns what others check the tokens with. Upstream: go-jose JSONWebKey. */
  publicKey(): TokenKey {
    if (this.#publicKey) return this.#publicKey;
    const { createHash } = process.getBuiltinModule('node:crypto');
    const key = this.#verifier();
    const { n = '', e = '' } = key.export({ format: 'jwk' });
    const kid = createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
    return (this.#publicKey = { use: 'sig', kty: 'RSA', kid, alg: 'RS256', n, e });
  }

  #isSigned(text: string, signature: string): boolean {
    const { verify } = process.getBuiltinModule('node:crypto');
    const bytes = Buffer.from(signature, 'base64url');
    // Other texts that stand for the same bytes are no signature.
    return bytes.toString('base64url') === signature && verify('sha256', Buffer.from(text), this.#verifier(), bytes);
  }

  #key(): KeyObject {
    return clusterKey(this.#random, this.#secret, 'service-account');
  }

  #verifier(): KeyObject {
    return process.getBuiltinModule('node:crypto').createPublicKey(this.#key());
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function claimsIn(text: string): Claims | undefined {
  const [, body = '', ...more] = text.split('.');
  if (more.length > 0) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims | null;
    return claims?.iss === API_AUDIENCE && Array.isArray(claims.aud) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function goTexts(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
}

/** Upstream: kubernetes pkg/serviceaccount/util.go ServiceAccountInfo.UserInfo. */
function userOf({ jti, sub, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): UserInfo {
  const extra: Record<string, string[]> = { [`${EXTRA_PREFIX}credential-id`]: [`JTI=${jti}`] };
  if (pod) {
    extra[`${EXTRA_PREFIX}pod-name`] = [pod.name];
    extra[`${EXTRA_PREFIX}pod-uid`] = [pod.uid];
  }
  if (node) {
    extra[`${EXTRA_PREFIX}node-name`] = [node.name];
    if (node.uid !== '') extra[`${EXTRA_PREFIX}node-uid`] = [node.uid];
  }
  const groups = [...serviceAccountGroups(namespace), ALL_AUTHENTICATED];
  return { name: sub, uid: serviceaccount.uid, groups, extra };
}
