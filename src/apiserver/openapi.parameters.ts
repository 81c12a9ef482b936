// The parameters of requests as OpenAPI tells them.
// Called by: openapi.ts, openapi.v2.ts. Must not know: which request takes which.
export interface Parameter {
  name: string;
  in: 'path' | 'query';
  type: 'string' | 'boolean' | 'integer';
  description: string;
  isRequired: boolean;
}

const BOOLEANS = new Set([
  'allowWatchBookmarks',
  'sendInitialEvents',
  'watch',
  'force',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'follow',
  'insecureSkipTLSVerifyBackend',
  'previous',
  'timestamps',
  'stderr',
  'stdin',
  'stdout',
  'tty',
]);
const INTEGERS = new Set([
  'limit',
  'timeoutSeconds',
  'gracePeriodSeconds',
  'limitBytes',
  'sinceSeconds',
  'tailLines',
  'ports',
]);
const TEXTS: Readonly<Record<string, string>> = {
  allowWatchBookmarks: 'send BOOKMARK events now and then',
  continue: 'where the next page begins: the token of the page before',
  fieldSelector: 'which objects, by their fields',
  labelSelector: 'which objects, by their labels',
  limit: 'how many objects a page holds at most',
  resourceVersion: 'of which state, or from where on',
  resourceVersionMatch: 'how resourceVersion is meant: Exact or NotOlderThan',
  sendInitialEvents: 'begin a watch with what is there, and mark where that ends',
  timeoutSeconds: 'when the request ends at the latest',
  watch: 'send what happens instead of what is there',
  dryRun: 'All: do nothing, and answer as if',
  fieldManager: 'who writes, up to 128 bytes of printable characters',
  fieldValidation: 'what to do with unknown and doubled fields: Ignore, Warn or Strict',
  force: 'take over fields that others manage (apply only)',
  gracePeriodSeconds: 'how long an object may take to end',
  ignoreStoreReadErrorWithClusterBreakingPotential: 'delete even what cannot be read',
  orphanDependents: 'leave what the object owns; better: propagationPolicy',
  propagationPolicy: 'what happens to what the object owns: Orphan, Background or Foreground',
  pretty: 'indent the answer',
  name: 'name of the object',
  namespace: 'the namespace that it is in',
  path: 'the rest of the path',
};

/** Returns what a parameter is. */
export function parameterOf(name: string, place: Parameter['in']): Parameter {
  const type = BOOLEANS.has(name) ? 'boolean' : INTEGERS.has(name) ? 'integer' : 'string';
  return { name, in: place, type, description: TEXTS[name] ?? name, isRequired: place === 'path' };
}
