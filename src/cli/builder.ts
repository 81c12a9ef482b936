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
  /** '' or the subresource that the builder was told to read. */
  subresource: string;
}

/** A type or an object that the arguments name: what a watch watches. */
export interface BuilderSource {
  mapping: RESTMapping;
  namespace: string;
  /** '' for a whole type. */
  name: string;
  labelSelector: string;
  fieldSelector: string;
}

/** All infos, and the error that came with them: with continueOnError there may be both. */
export interface BuilderResult {
  infos: Info[];
  error: Error | undefined;
  /** The input stands for one object: it is printed as it is, not in a List. */
  singleItemImplied: boolean;
}

/** The steps, in any order, before `infos`. Names follow upstream's builder. */
export interface Builder {
  /** Files, folders, '-', URLs are refused offline. */
  filenames(options: { filenames: readonly string[]; recursive?: boolean; kustomize?: string }): Builder;
  /** A text that is no file: what an editor gave back. `source` stands in its errors. */
  stream(text: string, source: string): Builder;
  /** Words after the command: 'pods web-1', 'deploy/web svc/web', 'deploy,svc'. */
  args(words: readonly string[], options?: { allowsEmptyTypes?: boolean }): Builder;
  /** Types that the command itself names: no categories. */
  types(...types: readonly string[]): Builder;
  /** Names of one default type, or TYPE/NAME. Upstream: Builder.ResourceNames. */
  resourceNames(defaultType: string, words: readonly string[]): Builder;
  namespace(namespace: string, options: { isEnforced: boolean; requiresMatch?: boolean }): Builder;
  allNamespaces(isAll: boolean): Builder;
  labelSelector(selector: string): Builder;
  fieldSelector(selector: string): Builder;
  selectAll(isAll: boolean): Builder;
  subresource(subresource: string): Builder;
  /** Decode and map on the client only: no request is sent (--local, --dry-run=client with files). */
  local(): Builder;
  /** Take only objects of types that the scheme has. Upstream: Builder.WithScheme. */
  typed(scheme?: string): Builder;
  /** Ask the server for each object that files name. */
  latest(): Builder;
  continueOnError(): Builder;
  /** Lists in files become their items. */
  flatten(): Builder;
  requireObject(isRequired: boolean): Builder;
  singleResourceType(): Builder;
  /** For lists from the server: page size. */
  limit(chunkSize: number): Builder;
  /** Ask for Tables instead of objects: `get` prints what the server laid out. With whole objects in them for --sort-by. */
  asTable(isTable: boolean, includesObjects?: boolean): Builder;
  /** Strict decoding on the server for these objects: Strict, Warn or Ignore. */
  schema(fieldValidation: string): Builder;
  /** The types and objects that arguments name; empty for files. @throws as kubectl says. */
  sources(): Promise<BuilderSource[]>;
  /** @throws what is wrong with the arguments themselves, before anything is read. Upstream: Result.Err. */
  check(): Promise<void>;
  /** Whether the input stands for one object. @throws like check. */
  isSingleItemImplied(): Promise<boolean>;
  /** Visits each; errors of single objects are collected (continueOnError) or end it. @throws as kubectl says. */
  visit(visitor: (info: Info) => Promise<void>): Promise<void>;
  /** All infos at once. @throws as kubectl says. */
  infos(): Promise<Info[]>;
  /** Like infos, but hands back the error beside what was found. */
  result(): Promise<BuilderResult>;
}
