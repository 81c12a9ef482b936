// What a kind is: one value that names it, defaults, validates, prints and describes it.
// Called by: apiserver (all but describe), cli (describe, podTemplate), controllers (as a typed handle for the loopback client).
// Must not know: HTTP, storage.
import type { Clock } from '../machinery/clock.ts';
import type { FieldErrors } from '../machinery/field.ts';
import type { Random } from '../machinery/random.ts';
import type { JSONSchema } from '../machinery/jsonschema.ts';
import type { SchemaNode } from '../machinery/schema.ts';
import type { DecodeOptions, DecodeResult } from '../machinery/strictdecoding.ts';
import type { GroupVersionResource, KubeObject, ObjectKey } from '../machinery/types.ts';
import type { DescribeContext } from './describe.ts';

/** What hooks may read: other objects (to allocate addresses, to find a namespace), time and chance. */
export interface StrategyContext {
  clock: Clock;
  random: Random;
  reader: ObjectReader;
  /** Where cluster IPs are taken from; default 10.96.0.0/12. */
  serviceCidr?: string;
  /** What the containers of a pod use now; undefined while none runs or their node is silent. */
  podUsage?(pod: ObjectKey): { containers: readonly (Amounts & { name: string })[] } | undefined;
  /** What a node's own programs use now; undefined while it is silent. */
  nodeUsage?(name: string): Amounts | undefined;
}
/** Who asks, to those hooks that note it. */
export interface Requester {
  name: string;
  groups: readonly string[];
  uid?: string;
  extra?: Readonly<Record<string, readonly string[]>>;
}
export interface Amounts {
  cpuMilli: number;
  memoryBytes: number;
}
export interface ObjectReader {
  /** `resource` is GroupResource text: 'services', 'ingressclasses.networking.k8s.io'. */
  get(resource: string, key: { namespace?: string | undefined; name: string }): KubeObject | undefined;
  list(resource: string, namespace?: string): readonly KubeObject[];
}

/**
 * Hooks in the order the registry calls them (upstream: apiserver/pkg/registry/rest create.go and update.go).
 * `prepare…` and `canonicalize` change their argument; `validate…` return what they found.
 */
export interface Strategy<T extends KubeObject> {
  /** Clears what clients may not set, sets generation 1, initial status (`status = {phase: 'Pending'}`), allocates. */
  prepareForCreate?(object: T, context: StrategyContext, requester?: Requester): void;
  validate?(object: T, context: StrategyContext): FieldErrors;
  warningsOnCreate?(object: T, context: StrategyContext): string[];
  canonicalize?(object: T): void;
  /** `object` is the new state: copies back what clients may not change (status, for kinds with a status subresource). */
  prepareForUpdate?(object: T, old: T, context: StrategyContext): void;
  validateUpdate?(object: T, old: T, context: StrategyContext): FieldErrors;
  warningsOnUpdate?(object: T, old: T, context: StrategyContext): string[];
  /** For PUT/PATCH of …/status. The registry has already kept spec, and all metadata but managedFields, of `old`. */
  prepareForStatusUpdate?(object: T, old: T, context: StrategyContext): void;
  /** For PUT/PATCH of …/approval, of which the registry has kept spec. */
  prepareForApprovalUpdate?(object: T, old: T, context: StrategyContext): void;
  /** True where writes of …/status change annotations too: a Deployment's controller numbers revisions so, without a new generation. */
  takesAnnotationsWithStatus?: boolean;
  /** True where writes of …/status take all metadata along: a CustomResourceDefinition's finalizer goes so. */
  takesMetadataWithStatus?: boolean;
  validateStatusUpdate?(object: T, old: T): FieldErrors;
  validateApprovalUpdate?(object: T, old: T): FieldErrors;
  /** What the first request to delete makes of an object, which then waits for its finalizers. Changes its argument. */
  prepareForDelete?(object: T, nowMs: number): void;
  /** Returns the grace period in seconds that a deletion gets (pods), or undefined for immediate deletion. */
  gracePeriodSeconds?(object: T, requested: number | undefined): number | undefined;
  /** Returns why an object may never be deleted (what the system keeps for itself), or undefined. */
  whyNotDeleted?(object: T): string | undefined;
  /** What garbage collection does when the deleter does not say. Default 'background'. */
  defaultPropagation?: 'background' | 'orphan';
  /** Names: default is a DNS subdomain. Returns the reasons why a name is refused. */
  validateName?(name: string, isPrefix: boolean): string[];
  /** PUT of an absent name creates it (leases, endpoints, services …). Upstream: AllowCreateOnUpdate. */
  allowsCreateOnUpdate?: boolean;
  /** Returns true to let updates without a resourceVersion win (nearly all kinds). Default true. Upstream: AllowUnconditionalUpdate. */
  allowsUnconditionalUpdate?: boolean;
}

export interface TableColumn {
  name: string;
  type: 'string' | 'integer' | 'boolean' | 'date' | 'number';
  format?: '' | 'name' | 'date' | 'date-time' | 'quantity' | 'duration';
  /** 0 is always shown; 1 only with -o wide. */
  priority?: 0 | 1;
  description?: string;
}
export type Cell = string | number | boolean | null;

/** Server-side printing. Upstream: kubernetes pkg/printers/internalversion/printers.go. */
export interface TableSpec<T extends KubeObject> {
  columns: readonly TableColumn[];
  /** One cell a column; ages are texts such as '5m' (machinery/duration.ts translateTimestampSince). */
  row(object: T, nowMs: number): Cell[];
  /** Conditions of the row: upstream marks finished pods 'Completed'. */
  conditions?(object: T): { type: string; status: string; reason: string; message: string }[];
}

export type Subresource =
  | 'status'
  | 'scale'
  | 'log'
  | 'exec'
  | 'attach'
  | 'portforward'
  | 'proxy'
  | 'binding'
  | 'eviction'
  | 'ephemeralcontainers'
  | 'resize'
  | 'token'
  | 'finalize'
  | 'approval';

/** A further API version in which the hub objects are served (extensions/v1beta1, autoscaling/v1). */
export interface ServedVersion<T extends KubeObject> {
  gvr: GroupVersionResource;
  kind: string;
  /** Name in the schemas, if another than the hub's; undefined: the hub's schema is used for strict decoding. */
  schema?: string;
  /** Fills defaults of this version in what a client sent, before toHub. Changes its argument. */
  setDefaults?(object: KubeObject): void;
  /** Returns the hub form. May change its argument. */
  toHub(object: KubeObject): T;
  /** Returns this version's form of a stored object, without changing it. */
  fromHub(object: T): KubeObject;
  /** The deprecation warning of every request for it, or undefined. */
  warning?: string;
  /** Served only while the cluster's legacy APIs are on. */
  isLegacy?: boolean;
  subresources?: readonly Subresource[];
  /** Where a version has ways of its own: those of custom resources do. */
  strategy?: Strategy<T>;
  table?: TableSpec<T>;
  scale?: ScaleSpec;
  fieldLabels?(object: T): Record<string, string>;
}

/** Where scale finds its numbers. Paths are dotted: 'spec.replicas'. */
export interface ScaleSpec {
  specReplicasPath: string;
  statusReplicasPath: string;
  /** Path of a label selector (object) or of its text; '' for none. */
  selectorPath: string;
  /** True where the selector is a plain map of labels. */
  selectsByMap?: boolean;
}

/** What stands in for the built-in schemas where the cluster's users define a kind. Versions are named 'example.com/v1'. */
export interface CustomTypes {
  listKind: string;
  /** The definition is going: nothing new is created. */
  isTerminating: boolean;
  /** False where the hub is a version that is stored but not served. */
  servesHub: boolean;
  /** The shape of a version for server-side apply; undefined for versions that there are not. */
  node(apiVersion: string): SchemaNode | undefined;
  /** The schema of a version as its users wrote it; undefined where there is none. */
  schema(apiVersion: string): JSONSchema | undefined;
  /** Returns what a client sent as the version has it, a fresh value with defaults; its apiVersion and kind are the version's. */
  decode(value: unknown, apiVersion: string, options: DecodeOptions): DecodeResult;
  /** Returns a stored object, in hub form, with what its schema has come to say since it was stored. Shared. */
  fromStorage(object: KubeObject): KubeObject;
  /** Returns an object in hub form as a version shows it. Shared. */
  encode(object: KubeObject, apiVersion: string): KubeObject;
}

export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  /** The hub: what is stored and what hooks see. */
  gvr: GroupVersionResource;
  kind: string;
  singular: string;
  shortNames?: readonly string[];
  categories?: readonly string[];
  namespaced: boolean;
  /** Default: all of get list watch create update patch delete deletecollection. */
  verbs?: readonly string[];
  subresources?: readonly Subresource[];
  /** Definition name in the schemas, 'io.k8s.api.apps.v1.Deployment'. */
  schema: string;
  versions?: readonly ServedVersion<T>[];
  /** Fills absent fields as the server does. Changes its argument. Upstream: kubernetes pkg/apis/<group>/<version>/defaults.go. */
  setDefaults?(object: T): void;
  strategy: Strategy<T>;
  table: TableSpec<T>;
  /** Returns the text of `kubectl describe`, without the trailing separator lines. */
  describe?(object: T, context: DescribeContext): Promise<string>;
  /** Returns the pod template (or pod) inside, for set image, rollout, logs deploy/x. */
  podTemplate?(object: T): unknown;
  /** Field selectors beyond metadata.name and metadata.namespace, with their values. */
  fieldLabels?(object: T): Record<string, string>;
  scale?: ScaleSpec;
  /** Adds what changes without meaning and is computed when read (heartbeats, lease renewals). Returns a new object or the same. */
  decorate?(object: T, clock: Clock): T;
  /** Warning of every request (ComponentStatus). */
  warning?: string;
  /** Set for kinds that a CustomResourceDefinition makes. */
  custom?: CustomTypes;
  /** True for what is posted, answered and not kept (SubjectAccessReview, TokenReview). */
  isReview?: boolean;
  /** Objects that are not stored but computed (ComponentStatus): all, or those of a namespace. */
  virtual?(context: StrategyContext, namespace?: string): T[];
  /** One of them, where it is had for less. @throws StatusError NotFound. */
  virtualObject?(context: StrategyContext, key: ObjectKey): T;
}

/** Returns the definition unchanged; exists so that the hooks of one file are typed by its kind. */
export function defineResource<T extends KubeObject>(definition: ResourceDefinition<T>): ResourceDefinition<T> {
  return definition;
}
