// From files, arguments and selectors to objects: what a command works on, one Info an object.
// Called by: cli/commands/*. Upstream: cli-runtime/pkg/resource/builder.go and visitor.go (order, texts, exit codes).
import type { RESTMapping } from '../client/types.ts';
import type { Unstructured } from '../machinery/types.ts';

/** One object that a command visits. */
export interface Info {
  mapping: RESTMapping;
  /** '' for cluster-scoped. */
  namespace: string;
  name: string;
  /** File path, 'STDIN' or '' for one named by arguments. */
  source: string;
  /** What the file says, or what the server has; undefined until `get` was called for one named by arguments. */
  object: Unstructured | undefined;
}

/** The steps, in any order, before `infos`. Names follow upstream's builder. */
export interface Builder {
  /** Files, folders, '-', URLs are refused offline. */
  filenames(options: { filenames: readonly string[]; recursive?: boolean; kustomize?: string }): Builder;
  /** Words after the command: 'pods web-1', 'deploy/web svc/web', 'deploy,svc'. */
  args(words: readonly string[], options?: { allowsEmptyTypes?: boolean }): Builder;
  namespace(namespace: string, options: { isEnforced: boolean; requiresMatch?: boolean }): Builder;
  allNamespaces(isAll: boolean): Builder;
  labelSelector(selector: string): Builder;
  fieldSelector(selector: string): Builder;
  selectAll(isAll: boolean): Builder;
  /** Decode and map on the client only: no request is sent (--local, --dry-run=client with files). */
  local(): Builder;
  /** Ask the server for each object that files name. */
  latest(): Builder;
  continueOnError(): Builder;
  /** Lists in files become their items. */
  flatten(): Builder;
  requireObject(isRequired: boolean): Builder;
  singleResourceType(): Builder;
  /** For lists from the server: page size. */
  limit(chunkSize: number): Builder;
  /** Strict decoding on the server for these objects: Strict, Warn or Ignore. */
  schema(fieldValidation: string): Builder;
  /** Visits each; errors of single objects are collected (continueOnError) or end it. @throws as kubectl says. */
  visit(visitor: (info: Info) => Promise<void>): Promise<void>;
  /** All infos at once. */
  infos(): Promise<Info[]>;
}
