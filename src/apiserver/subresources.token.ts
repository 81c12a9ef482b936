// serviceaccounts/token: a bound token, shaped like the genuine one, good for nothing outside this cluster.
// Called by: subresources.ts. Must not know: authentication.
import { formatTime } from '../machinery/clock.ts';
import { invalid, Path } from '../machinery/field.ts';
import { newInvalid } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { Exchange } from './exchange.ts';
import type { ApiResponse } from './types.ts';

interface TokenRequest extends KubeObject {
  spec?: {
    audiences?: string[];
    expirationSeconds?: number;
    boundObjectRef?: { kind?: string; name?: string; uid?: string };
  };
}
const TARGET = { schema: 'io.k8s.api.authentication.v1.TokenRequest', kind: 'TokenRequest', version: 'v1' };
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const DEFAULT_SECONDS = 3600;
const LEAST_SECONDS = 600;

/** POST serviceaccounts/x/token. Upstream: kubernetes pkg/registry/core/serviceaccount/storage/token.go. */
export function requestToken(exchange: Exchange): ApiResponse {
  const { registry, served, key } = exchange;
  exchange.writeOptions('CreateOptions');
  const account = registry.get(served.definition, key);
  const request = exchange.decodedBody(TARGET) as TokenRequest;
  const seconds = request.spec?.expirationSeconds ?? DEFAULT_SECONDS;
  if (seconds < LEAST_SECONDS) {
    const why = invalid(
      Path.of('spec', 'expirationSeconds'),
      seconds,
      'may not specify a duration less than 10 minutes',
    );
    throw newInvalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [why]);
  }
  const audiences = request.spec?.audiences?.length ? request.spec.audiences : [ISSUER];
  const nowMs = registry.context.clock.nowMs();
  const endMs = nowMs + seconds * 1000;
  const status = {
    token: tokenFor(exchange, account, { audiences, nowMs, endMs }),
    expirationTimestamp: formatTime(endMs),
  };
  return exchange.respondWith(
    {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: key.name, namespace: key.namespace, creationTimestamp: formatTime(nowMs) },
      spec: {
        ...request.spec,
        audiences,
        expirationSeconds: seconds,
        boundObjectRef: request.spec?.boundObjectRef ?? null,
      },
      status,
    },
    201,
  );
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function tokenFor(
  { registry }: Exchange,
  { metadata }: KubeObject,
  { audiences, nowMs, endMs }: { audiences: string[]; nowMs: number; endMs: number },
): string {
  const { random, store } = registry.context;
  const { name, namespace = '', uid = '' } = metadata;
  const id = `${namespace}/${name}@${store.revision}/${nowMs}`;
  const head = encode({ alg: 'RS256', kid: random.bytes('signing-key', '').toString('base64url') });
  const claims = encode({
    aud: audiences,
    exp: seconds(endMs),
    iat: seconds(nowMs),
    iss: ISSUER,
    jti: random.uid('token', id),
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    nbf: seconds(nowMs),
    sub: `system:serviceaccount:${namespace}:${name}`,
  });
  const signature = Buffer.concat(Array.from({ length: 8 }, (_, i) => random.bytes('signature', `${id}#${i}`)));
  return `${head}.${claims}.${signature.toString('base64url')}`;
}
