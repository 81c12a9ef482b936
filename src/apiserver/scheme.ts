// The kinds this server serves, in which groups and versions, and how bodies become hub objects.
// Called by: handler, registry, discovery, openapi. Must not know: the store.
import { newBadRequest } from '../machinery/status.ts';
import {
  groupVersionString,
  parseGroupVersion,
  type GroupVersion,
  type GroupVersionKind,
  type GroupVersionResource,
  type KubeObject,
} from '../machinery/types.ts';
import { compareVersions } from '../machinery/versions.ts';
import type { Codec } from './codec.ts';
import { checkCustomKind } from './customresources.ts';
import { remembered } from './encoded.ts';
import { withManagers } from './fieldmanager.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { hubOf, ServedIndex, versionOf, type ServedResource } from './scheme.served.ts';

export type { ServedResource };

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

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

interface SchemeOptions {
  allowsLegacyApis: boolean;
  /** Returns the kinds that CustomResourceDefinitions make now: the same list as long as nothing changes. */
  customResources?(): readonly ResourceDefinition[];
}

const NONE: readonly ResourceDefinition[] = [];

/** The served resources, found by group, version, resource or kind. */
export class Scheme {
  readonly #builtIn = new ServedIndex();
  readonly #customResources: () => readonly ResourceDefinition[];
  #custom = new ServedIndex();
  #customDefinitions: readonly ResourceDefinition[] = NONE;

  constructor(definitions: readonly ResourceDefinition[], { allowsLegacyApis, customResources }: SchemeOptions) {
    this.#customResources = customResources ?? (() => NONE);
    for (const definition of definitions) {
      this.#builtIn.add(hubOf(definition));
      for (const version of definition.versions ?? [])
        if (allowsLegacyApis || !version.isLegacy) this.#builtIn.add(versionOf(definition, version));
    }
  }

  /** What is built in is found without a look at what is not. */
  served(gvr: GroupVersionResource): ServedResource | undefined {
    return this.#builtIn.served(gvr) ?? this.#customIndex().served(gvr);
  }

  servedKind(gvk: GroupVersionKind): ServedResource | undefined {
    return this.#builtIn.servedKind(gvk) ?? this.#customIndex().servedKind(gvk);
  }

  /** Group names in order of priority; the core group ('') first. */
  groups(): string[] {
    const groups = new Set([...this.#builtIn.groups(), ...this.#customIndex().groups()]);
    return [...groups].sort((a, b) => groupRank(a) - groupRank(b) || (a < b ? -1 : 1));
  }

  /** Versions of a group, the preferred one first. */
  versions(group: string): string[] {
    const versions = new Set([...this.#builtIn.versions(group), ...this.#customIndex().versions(group)]);
    return [...versions].sort(compareVersions);
  }

  resources(group: string, version: string): readonly ServedResource[] {
    const builtIn = this.#builtIn.resources(group, version);
    // The groups that are built in have no custom resources in versions that are built in.
    return builtIn.length > 0 ? builtIn : this.#customIndex().resources(group, version);
  }

  #customIndex(): ServedIndex {
    const definitions = this.#customResources();
    if (definitions === this.#customDefinitions) return this.#custom;
    this.#customDefinitions = definitions;
    this.#custom = new ServedIndex();
    for (const definition of definitions) {
      if (definition.custom?.servesHub) this.#custom.add(hubOf(definition));
      for (const version of definition.versions ?? []) this.#custom.add(versionOf(definition, version));
    }
    return this.#custom;
  }
}

function groupRank(group: string): number {
  const place = GROUP_ORDER.indexOf(group);
  return place < 0 ? GROUP_ORDER.length : place;
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
export function decodeObject(
  served: ServedResource,
  value: Record<string, unknown>,
  options: DecodeOptions,
): KubeObject {
  const { codec, kind, definition } = served;
  const version = definition.custom
    ? checkCustomKind(served, value)
    : checkKind({ kind, versions: [served.gvr], definition }, value, options.scheme).version;
  return toHub(served, decodeAs({ codec, kind, version }, value, options) as KubeObject);
}

/**
 * Returns a body decoded by a schema, a fresh value; unknown fields are refused or warned of as fieldValidation says.
 * @throws StatusError BadRequest.
 */
export function decodeAs(
  target: { codec: Codec; kind: string; version: string },
  value: unknown,
  { fieldValidation: mode, duplicates = [], warn }: DecodeOptions,
): unknown {
  const decoded = target.codec.decode(value, { mode, duplicates });
  const refusal = strictRefusal(decoded, mode, warn);
  if (refusal === undefined) return decoded.value;
  throw newBadRequest(
    `${target.kind} in version "${target.version}" cannot be handled as a ${target.kind}: ${refusal}`,
  );
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
  const encode = (): KubeObject => served.codec.encode(fromHub(served, withManagers(served.definition, object)));
  return remembered(served, object, encode) as KubeObject;
}

/** Returns a stored object in a served version, without changing it. */
export function fromHub(served: ServedResource, object: KubeObject): KubeObject {
  return served.version ? served.version.fromHub(object) : object;
}

export interface ExpectedKind {
  kind: string;
  /** Those that are taken, that of the path first. */
  versions: readonly [GroupVersion, ...GroupVersion[]];
  /** Absent for a type that is no resource. */
  definition?: ResourceDefinition;
}

/** Returns what a body says it is, where that is as expected. @throws StatusError BadRequest. */
export function checkKind(expected: ExpectedKind, value: Record<string, unknown>, scheme: Scheme): GroupVersionKind {
  const { versions } = expected;
  const own = { group: versions[0].group, version: versions[0].version };
  const apiVersion = typeof value['apiVersion'] === 'string' ? value['apiVersion'] : '';
  const gv: GroupVersion = apiVersion === '' ? own : parseGroupVersion(apiVersion);
  const kind = typeof value['kind'] === 'string' && value['kind'] !== '' ? value['kind'] : expected.kind;
  const gvk = { ...gv, kind };
  if (kind === expected.kind && versions.some((taken) => taken.group === gv.group && taken.version === gv.version))
    return gvk;
  const refuse = (why: string): never => {
    throw newBadRequest(`${kind} in version "${gv.version}" cannot be handled as a ${expected.kind}: ${why}`);
  };
  const known = scheme.servedKind(gvk);
  if (!known)
    refuse(`no kind "${kind}" is registered for version "${groupVersionString(gv)}" in scheme "${SCHEME_NAME}"`);
  else if (known.definition !== expected.definition)
    refuse(
      `converting (${gv.version}.${kind}) to (${internalPackage(own.group)}.${expected.kind}): unknown conversion`,
    );
  throw newBadRequest(
    `the API version in the data (${groupVersionString(gv)}) ` +
      `does not match the expected API version (${groupVersionString(own)})`,
  );
}

/** Returns the Go package of a group's own types. */
export function internalPackage(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}
