// What can be asked of every kind, before it is known of which: verbs, methods, ids and parameters of operations.
// Called by: openapi.operations.ts, openapi.ts, openapi.custom.ts. Must not know: any kind.
// Upstream: apiserver pkg/endpoints/installer.go.
export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
export const PATCH_SCHEMA = `${META}Patch`;
const DELETE_OPTIONS = `${META}DeleteOptions`;
const STATUS = `${META}Status`;
const WATCH_EVENT = `${META}WatchEvent`;

/** Types that operations of every kind speak of. */
export const SHARED_TYPES: readonly string[] = [PATCH_SCHEMA, DELETE_OPTIONS, STATUS, WATCH_EVENT];

const SELECTING = [
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
];
export const LISTING = ['allowWatchBookmarks', ...SELECTING, 'watch'];
const WRITING = ['dryRun', 'fieldManager', 'fieldValidation'];
const DELETING = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];
const STREAMING = ['command', 'container', 'stderr', 'stdin', 'stdout', 'tty'];
export const CONNECTING: Readonly<Record<string, readonly string[]>> = {
  exec: STREAMING,
  attach: STREAMING.filter((name) => name !== 'command'),
  portforward: ['ports'],
  proxy: ['path'],
};
export const LOGGING = [
  'container',
  'follow',
  'insecureSkipTLSVerifyBackend',
  'limitBytes',
  'previous',
  'sinceSeconds',
  'stream',
  'tailLines',
  'timestamps',
];
export const PROXY_METHODS: readonly Method[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

/** Codes of success by action, where there is more than one. */
export const OK = { '200': 'OK' };
export const CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  post: { ...OK, '201': 'Created', '202': 'Accepted' },
  put: { ...OK, '201': 'Created' },
  patch: { ...OK, '201': 'Created' },
  delete: { ...OK, '202': 'Accepted' },
};

/** '{place}' is the group and version, '{kind}' the kind with where it is. 'own' stands for the kind's schema. */
export interface Template {
  verb: string;
  method: Method;
  action: string;
  id: string;
  words: string;
  query?: readonly string[];
  body?: string;
  answer?: string;
  isStream?: boolean;
}

export const COLLECTION: readonly Template[] = [
  {
    verb: 'list',
    method: 'get',
    action: 'list',
    id: 'list{place}{kind}',
    words: 'list or watch {kind}',
    query: LISTING,
    answer: 'ownList',
    isStream: true,
  },
  {
    verb: 'create',
    method: 'post',
    action: 'post',
    id: 'create{place}{kind}',
    words: 'create {kind}',
    query: WRITING,
    body: 'own',
    answer: 'own',
  },
  {
    verb: 'deletecollection',
    method: 'delete',
    action: 'deletecollection',
    id: 'delete{place}Collection{kind}',
    words: 'delete all selected {kind}',
    query: [...SELECTING, ...DELETING].sort(),
    body: DELETE_OPTIONS,
    answer: STATUS,
  },
];
export const ITEM: readonly Template[] = [
  { verb: 'get', method: 'get', action: 'get', id: 'read{place}{kind}', words: 'read {kind}', answer: 'own' },
  {
    verb: 'update',
    method: 'put',
    action: 'put',
    id: 'replace{place}{kind}',
    words: 'replace {kind}',
    query: WRITING,
    body: 'own',
    answer: 'own',
  },
  {
    verb: 'patch',
    method: 'patch',
    action: 'patch',
    id: 'patch{place}{kind}',
    words: 'change parts of {kind}',
    query: [...WRITING, 'force'],
    body: PATCH_SCHEMA,
    answer: 'own',
  },
  {
    verb: 'delete',
    method: 'delete',
    action: 'delete',
    id: 'delete{place}{kind}',
    words: 'delete {kind}',
    query: DELETING,
    body: DELETE_OPTIONS,
    answer: STATUS,
  },
];
// Custom resources tell of the options that their routes are made of by another hand, and not of the old paths of watches.
export const CUSTOM_COLLECTION = COLLECTION.map((template) => {
  if (template.verb !== 'deletecollection') return template;
  const { body: _none, ...rest } = template;
  return { ...rest, query: LISTING };
});
export const CUSTOM_ITEM = ITEM.map((template) =>
  template.verb === 'get' ? { ...template, query: ['resourceVersion'] } : template,
);
export const CREATING = COLLECTION.filter(({ verb }) => verb === 'create');
export const LISTING_ONLY = COLLECTION.filter(({ verb }) => verb === 'list');
const WATCHED = { verb: 'watch', method: 'get', answer: WATCH_EVENT, isStream: true } as const;
export const WATCH_ITEM: readonly Template[] = [
  { ...WATCHED, action: 'watch', id: 'watch{place}{kind}', words: 'watch {kind}; a list can do it, too' },
];
export const WATCH_LIST: readonly Template[] = [
  { ...WATCHED, action: 'watchlist', id: 'watch{place}{kind}List', words: 'watch {kind}; a list can do it, too' },
];
