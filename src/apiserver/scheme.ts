// The kinds this server serves, in which groups and versions, and how bodies become hub objects.
// Called by: handler, registry, discovery, openapi. Must not know: the store.
import { newBadRequest } from '../machinery/status.ts';
import { decodeStrict } from '../machinery/strictdecoding.ts';
import {
  groupVersionString,
  parseGroupVersion,
  type GroupVersion,
  type GroupVersionKind,
  type GroupVersionResource,
  type KubeObject,
} from '../machinery/types.ts';
import { addZeroValues } from '../machinery/zerovalues.ts';
import { withManagers } from './fieldmanager.ts';
import { addRequiredStructs } from './structs.ts';
import type { ResourceDefinition, ServedVersion, Subresource } from '../resources/definition.ts';

/** A resource in one of the versions in which it is served. */
export interface ServedResource {
  definition: ResourceDefinition;
  gvr: GroupVersionResource;
  kind: string;
  schema: string;
  /** Absent for the hub's own version. */
  version?: ServedVersion<KubeObject>;
  subresources: readonly Subresource[];
  verbs: readonly string[];
  warning?: string;
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export const ALL_VERBS: readonly string[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

// Upstream: kubernetes pkg/controlplane/apiserver/aggregator.go, by falling priority. Other groups follow, by name.
const GROUP_ORDER: readonly string[] = [
  '',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'extensions',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'apiextensions.k8s.io',
  'admissionregistration.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

// The name the genuine server's scheme carries in its messages.
const SCHEME_NAME = 'pkg/api/legacyscheme/scheme.go:30';

/** The served resources, found by group, version, resource or kind. */
export class Scheme {
  readonly #byResource = new Map<string, ServedResource>();
  readonly #byKind = new Map<string, ServedResource>();
  readonly #groups = new Map<string, Map<string, ServedResource[]>>();

  constructor(definitions: readonly ResourceDefinition[], { allowsLegacyApis }: { allowsLegacyApis: boolean }) {
    for (const definition of definitions) {
      this.#add(hubOf(definition));
      for (const version of definition.versions ?? [])
        if (allowsLegacyApis || !version.isLegacy) this.#add(versionOf(definition, version));
    }
  }

  #add(served: ServedResource): void {
    const { group, version, resource } = served.gvr;
    this.#byResource.set(`${group}/${version}/${resource}`, served);
    this.#byKind.set(`${group}/${version}/${served.kind}`, served);
    let versions = this.#groups.get(group);
    if (!versions) this.#groups.set(group, (versions = new Map<string, ServedResource[]>()));
    const list = versions.get(version);
    if (list) list.push(served);
    else versions.set(version, [served]);
  }

  served({ group, version, resource }: GroupVersionResource): ServedResource | undefined {
    return this.#byResource.get(`${group}/${version}/${resource}`);
  }

  servedKind({ group, version, kind }: GroupVersionKind): ServedResource | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  /** Group names in order of priority; the core group ('') first. */
  groups(): string[] {
    return [...this.#groups.keys()].sort((a, b) => groupRank(a) - groupRank(b) || (a < b ? -1 : 1));
  }

  /** Versions of a group, the preferred one first. */
  versions(group: string): string[] {
    return [...(this.#groups.get(group)?.keys() ?? [])].sort(compareVersions);
  }

  resources(group: string, version: string): readonly ServedResource[] {
    return this.#groups.get(group)?.get(version) ?? [];
  }
}

function hubOf(definition: ResourceDefinition): ServedResource {
  return {
    definition,
    gvr: definition.gvr,
    kind: definition.kind,
    schema: definition.schema,
    subresources: definition.subresources ?? [],
    verbs: definition.verbs ?? ALL_VERBS,
    ...(definition.warning === undefined ? {} : { warning: definition.warning }),
  };
}

function versionOf(definition: ResourceDefinition, version: ServedVersion<KubeObject>): ServedResource {
  return {
    definition,
    gvr: version.gvr,
    kind: version.kind,
    schema: version.schema ?? definition.schema,
    version,
    subresources: version.subresources ?? definition.subresources ?? [],
    verbs: definition.verbs ?? ALL_VERBS,
    ...(version.warning === undefined ? {} : { warning: version.warning }),
  };
}

function groupRank(group: string): number {
  const place = GROUP_ORDER.indexOf(group);
  return place < 0 ? GROUP_ORDER.length : place;
}

function versionRank(version: string): number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [0, 0, 0];
  const stage = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}

/** Orders versions as Kubernetes prefers them: v2, v1, v1beta1, v1alpha1. Upstream: apimachinery pkg/version CompareKubeAwareVersionStrings. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [versionRank(a), versionRank(b)];
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return (y[i] ?? 0) - (x[i] ?? 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface DecodeOptions {
  scheme: Scheme;
  fieldValidation: FieldValidation;
  /** Paths of fields that the text has twice. */
  duplicates?: readonly string[];
  warn(text: string): void;
}

/**
 * Returns the hub form of what a client sent, a fresh object with this version's defaults. `value` is not changed.
 * @throws StatusError BadRequest with the server's texts. Upstream: apiserver pkg/endpoints/handlers create.go and rest.go.
 */
export function decodeObject(served: ServedResource, value: unknown, options: DecodeOptions): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw newBadRequest(
      `the object provided is unrecognized (must be of type ${served.kind}): couldn't get version/kind; ` +
        `json parse error: json: cannot unmarshal ${jsonTypeName(value)} into Go value of type struct ` +
        `{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } ` +
        `(${summarize(value)})`,
    );
  const gvk = checkKind(served, value as Record<string, unknown>, options.scheme);
  const { schema, kind } = served;
  return toHub(served, decodeAs({ schema, kind, version: gvk.version }, value, options) as KubeObject);
}

/**
 * Returns a body decoded by a schema, a fresh value; unknown fields are refused or warned of as fieldValidation says.
 * @throws StatusError BadRequest.
 */
export function decodeAs(
  target: { schema: string; kind: string; version: string },
  value: unknown,
  { fieldValidation: mode, duplicates = [], warn }: DecodeOptions,
): unknown {
  const decoded = decodeStrict(value, target.schema, { mode, duplicates });
  const refusal = strictRefusal(decoded, mode, warn);
  if (refusal === undefined) {
    addRequiredStructs(decoded.value, target.schema);
    keepEmptyManagers(decoded.value, value);
    return decoded.value;
  }
  throw newBadRequest(
    `${target.kind} in version "${target.version}" cannot be handled as a ${target.kind}: ${refusal}`,
  );
}

/** Keeps an empty list of managers, which asks to forget them; decoding drops empty lists. Changes `decoded`. */
export function keepEmptyManagers(decoded: unknown, given: unknown): void {
  type Meta = { metadata?: { managedFields?: unknown } };
  const managers = (given as Meta).metadata?.managedFields;
  const metadata = (decoded as Meta).metadata;
  if (metadata && Array.isArray(managers) && managers.length === 0) metadata.managedFields = [];
}

/** Returns why a decoded value is refused, or undefined; warns of strict errors where they are let through. */
export function strictRefusal(
  { error, strictErrors }: { error?: string | undefined; strictErrors: readonly string[] },
  fieldValidation: FieldValidation,
  warn: (text: string) => void,
): string | undefined {
  if (error !== undefined) return error;
  if (strictErrors.length === 0 || fieldValidation === 'Ignore') return undefined;
  if (fieldValidation === 'Strict') return `strict decoding error: ${strictErrors.join(', ')}`;
  for (const text of strictErrors) warn(text);
  return undefined;
}

/** Turns an object of a served version, which the caller owns, into its hub form; sets apiVersion and kind. */
export function toHub(served: ServedResource, object: KubeObject): KubeObject {
  const { definition, version } = served;
  if (typeof object.metadata !== 'object' || object.metadata === null) object.metadata = { name: '' };
  version?.setDefaults?.(object);
  const hub = version ? version.toHub(object) : object;
  hub.apiVersion = groupVersionString(definition.gvr);
  hub.kind = definition.kind;
  return hub;
}

/** Returns a stored object as clients see it: in a served version, with the empty values that Go writes out. Shared. */
export function encodeObject(served: ServedResource, object: KubeObject): KubeObject {
  return addZeroValues(fromHub(served, withManagers(served.definition, object)), served.schema);
}

/** Returns a stored object in a served version, without changing it. */
export function fromHub(served: ServedResource, object: KubeObject): KubeObject {
  return served.version ? served.version.fromHub(object) : object;
}

function checkKind(served: ServedResource, value: Record<string, unknown>, scheme: Scheme): GroupVersionKind {
  const own = { group: served.gvr.group, version: served.gvr.version };
  const apiVersion = typeof value['apiVersion'] === 'string' ? value['apiVersion'] : '';
  const gv: GroupVersion = apiVersion === '' ? own : parseGroupVersion(apiVersion);
  const kind = typeof value['kind'] === 'string' && value['kind'] !== '' ? value['kind'] : served.kind;
  const gvk = { ...gv, kind };
  const refuse = (why: string): never => {
    throw newBadRequest(`${kind} in version "${gv.version}" cannot be handled as a ${served.kind}: ${why}`);
  };
  const known = scheme.servedKind(gvk);
  if (!known)
    refuse(`no kind "${kind}" is registered for version "${groupVersionString(gv)}" in scheme "${SCHEME_NAME}"`);
  else if (known.definition !== served.definition)
    refuse(
      `converting (${gv.version}.${kind}) to (${internalPackage(served.gvr.group)}.${served.kind}): unknown conversion`,
    );
  if (gv.group !== own.group || gv.version !== own.version)
    throw newBadRequest(
      `the API version in the data (${groupVersionString(gv)}) ` +
        `does not match the expected API version (${groupVersionString(own)})`,
    );
  return gvk;
}

/** Returns the Go package of a group's own types. */
export function internalPackage(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}

function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function summarize(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 30 ? `${JSON.stringify(text.slice(0, 30))} ...` : text;
}
