// What others check tokens of service accounts with: who issues them, and the public key.
// Called by: documents.ts. Must not know: how tokens are made.
// Upstream: kubernetes pkg/serviceaccount openidmetadata.go, pkg/routes/openidmetadata.go. Differs: the keys' address is the
// one that was asked, as a served cluster has whatever port was free.
import { newMethodNotAllowed } from '../machinery/status.ts';
import { API_AUDIENCE, type TokenAuthority } from './tokens.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

export const ISSUER_PATHS: readonly string[] = ['/.well-known/openid-configuration', '/openid/v1/jwks'];
const [CONFIGURATION, KEYS] = ISSUER_PATHS;

/** Answers the two paths; undefined for any other. @throws StatusError MethodNotAllowed. */
export function issuerDocument(
  { method, path, headers }: ApiRequest,
  { tokens, serverAddress }: { tokens: TokenAuthority; serverAddress: string },
): ApiResponse | undefined {
  const asked = path.replace(/\/$/, '');
  if (asked !== CONFIGURATION && asked !== KEYS) return undefined;
  if (method !== 'GET') throw newMethodNotAllowed();
  if (asked === KEYS) return document('application/jwk-set+json', { keys: [tokens.publicKey()] });
  return document('application/json', {
    issuer: API_AUDIENCE,
    jwks_uri: `https://${headers['host'] ?? serverAddress}${KEYS}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
}

function document(contentType: string, body: object): ApiResponse {
  const headers = { 'content-type': contentType, 'cache-control': 'public, max-age=3600' };
  return { status: 200, headers, warnings: [], text: JSON.stringify(body) };
}
