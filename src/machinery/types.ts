// The shapes every layer shares: objects, their metadata, names of groups, versions, kinds and resources.
// Called by: everything. Must not know: any single kind.
import type { ObjectMeta as UpstreamObjectMeta, OwnerReference } from 'kubernetes-types/meta/v1';

export type { OwnerReference };

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** metav1.ObjectMeta as it stands in storage: `name` is always there. */
export type ObjectMeta = Omit<UpstreamObjectMeta, 'name'> & { name: string };

/** Any API object. Stored objects are shared and must never be changed in place: clone first (`meta.ts` clone). */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object of which only JSON-ness is known; for generic machinery (printers, patch, jsonpath). */
export type Unstructured = KubeObject & { [field: string]: unknown };

/**
 * A kind as our code works on it: metadata is there, and so are spec and status where upstream's type has them
 * (the registry writes `{}` for a status that is absent).
 */
export type Kind<T> = Omit<T, 'apiVersion' | 'kind' | 'metadata' | 'spec' | 'status'> &
  KubeObject &
  (T extends { spec?: infer S } ? { spec: NonNullable<S> } : unknown) &
  (T extends { status?: infer S } ? { status: NonNullable<S> } : unknown);

export interface GroupVersion {
  /** '' for the core group. */
  group: string;
  version: string;
}
export interface GroupVersionKind extends GroupVersion {
  kind: string;
}
export interface GroupVersionResource extends GroupVersion {
  /** Plural, lower case: 'pods'. */
  resource: string;
}
export interface GroupResource {
  group: string;
  resource: string;
}

/** Where an object lies. `namespace` is '' or absent for cluster-scoped kinds. */
export interface ObjectKey {
  namespace?: string | undefined;
  name: string;
}

/** Returns 'v1' or 'apps/v1'. Upstream: apimachinery/pkg/runtime/schema GroupVersion.String. */
export function groupVersionString({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Returns the group and version of an apiVersion such as 'v1' or 'apps/v1'. */
export function parseGroupVersion(apiVersion: string): GroupVersion {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Returns 'pods' or 'deployments.apps'. Upstream: schema.GroupResource.String. */
export function groupResourceString({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}
