// The client as commands use it: REST verbs, the mapping of words to resources, the kubeconfig.
// Called by: cli. Implemented in client/rest.ts, client/discovery.ts, client/kubeconfig.ts. Must not know: kinds.
import type { GroupVersionKind, GroupVersionResource, KubeObject, Unstructured } from '../machinery/types.ts';
import type { PortConnection, StreamIO, WatchEvent } from './transport.ts';
import type { Status } from '../machinery/status.ts';

/** A resource as discovery tells it, with what a request to it needs. */
export interface RESTMapping {
  gvr: GroupVersionResource;
  gvk: GroupVersionKind;
  namespaced: boolean;
}

export interface APIResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  group: string;
  version: string;
  kind: string;
  verbs: string[];
  shortNames: string[];
  categories: string[];
  readonly subresources: string[];
}

export interface RESTMapper {
  /**
   * Resolves a word of the command line: 'po', 'pods', 'Deployment', 'deployments.apps', 'deployments.v1.apps'.
   * @throws NoMatchError `the server doesn't have a resource type "x"`.
   */
  resourceFor(word: string): RESTMapping;
  /** @throws NoMatchError `no matches for kind "X" in version "g/v"`. */
  mappingFor(gvk: GroupVersionKind): RESTMapping;
  /** Every resource of every group version, preferred version first, as discovery lists them. */
  resources(): readonly APIResource[];
  /** Words that stand for several resources: 'all' → its members; undefined when it is no category. */
  category(word: string): readonly RESTMapping[] | undefined;
  /** Group versions in discovery order: 'v1', 'apps/v1'. */
  groupVersions(): readonly string[];
}

/** Thrown by the mapper; cli/errors.ts knows how each command prints it. */
export class NoMatchError extends Error {
  readonly word: string;
  constructor(message: string, word: string) {
    super(message);
    this.name = 'NoMatchError';
    this.word = word;
  }
}

export interface ListOptions {
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  limit?: number | undefined;
  continue?: string | undefined;
  resourceVersion?: string | undefined;
  /** How much of each object a Table carries; Metadata by default. */
  includeObject?: 'Metadata' | 'Object' | 'None' | undefined;
}

export type TableOrObject = Unstructured & { items?: Unstructured[] };

export interface RequestOptions {
  /** 'All' for a server dry run. */
  dryRun?: string | undefined;
  fieldManager?: string | undefined;
  fieldValidation?: string | undefined;
  subresource?: string | undefined;
  force?: boolean | undefined;
}

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

/** REST on any resource. Refusals throw StatusError; `Warning:` headers go to the handler of the factory. */
export interface RestClient {
  get(
    mapping: RESTMapping,
    key: { namespace?: string | undefined; name: string },
    options?: {
      subresource?: string | undefined;
      asTable?: boolean | undefined;
      includeObject?: ListOptions['includeObject'];
    },
  ): Promise<Unstructured>;
  /** One page or, without limit, all. Returns the List (or Table with asTable). */
  list(
    mapping: RESTMapping,
    namespace: string | undefined,
    options?: ListOptions & { asTable?: boolean | undefined },
  ): Promise<TableOrObject>;
  create(
    mapping: RESTMapping,
    namespace: string | undefined,
    object: object,
    options?: RequestOptions & { name?: string | undefined },
  ): Promise<Unstructured>;
  update(
    mapping: RESTMapping,
    key: { namespace?: string | undefined; name: string },
    object: object,
    options?: RequestOptions,
  ): Promise<Unstructured>;
  patch(
    mapping: RESTMapping,
    key: { namespace?: string | undefined; name: string },
    type: PatchType,
    patch: unknown,
    options?: RequestOptions,
  ): Promise<Unstructured>;
  /** Returns the object still there (graceful deletion) or the Status. `body` is metav1.DeleteOptions without kind. */
  delete(
    mapping: RESTMapping,
    key: { namespace?: string | undefined; name: string },
    body?: object,
    options?: RequestOptions,
  ): Promise<KubeObject | Status>;
  watch(
    mapping: RESTMapping,
    namespace: string | undefined,
    options: ListOptions & {
      timeoutMs?: number | undefined;
      asTable?: boolean | undefined;
      sendInitialEvents?: boolean | undefined;
      signal?: AbortSignal | undefined;
    },
  ): AsyncIterable<WatchEvent>;
  /** GET of any path (with its query): /healthz, /version, /openapi/v3. Returns the text as sent. */
  raw(method: string, pathAndQuery: string, body?: string | Uint8Array): Promise<string>;
  /** GET of a JSON document, decoded, with an Accept header: discovery, OpenAPI. */
  document?(path: string, accept: string): Promise<unknown>;
  /** exec, attach, log -f: path and query as the API has them. */
  stream(path: string, query: URLSearchParams, io: StreamIO): Promise<Status>;
  openPort(namespace: string, pod: string, port: number): Promise<PortConnection>;
  /** Asks whether ports of the pod may be opened. @throws StatusError when they may not, or there is no such pod. */
  checkPortForward(namespace: string, pod: string): Promise<void>;
  /** 'https://127.0.0.1:6443' or, in process, the address the cluster's kubeconfig names. */
  readonly serverUrl: string;
}

/** clientcmd's api.Config. */
export interface Kubeconfig {
  clusters: Map<string, Record<string, unknown>>;
  users: Map<string, Record<string, unknown>>;
  contexts: Map<string, Record<string, unknown>>;
  currentContext: string;
  preferences: Record<string, unknown>;
}

/** Reads and writes the kubeconfig as clientcmd does: --kubeconfig, KUBECONFIG (a list), else the state folder's. */
export interface KubeconfigAccess {
  /** The merged configuration; empty when no file exists. @throws Error with clientcmd's text for a damaged file. */
  load(): Kubeconfig;
  /** Writes changed entries back to the file each came from; new ones to the first file. Atomic, mode 0600. */
  save(config: Kubeconfig): void;
  /** Paths in order of precedence. */
  readonly files: readonly string[];
  readonly defaultFile: string;
}
