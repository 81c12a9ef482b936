// Versions of custom resources: which one to use instead of a deprecated one.
// Called by: customresource.ts. Must not know: HTTP, storage.
// Upstream: apiextensions-apiserver pkg/apiserver/customresource_handler.go defaultDeprecationWarning.
import { compareVersions } from '../machinery/versions.ts';
import type { CustomResourceDefinition, CustomResourceVersion } from './customresourcedefinition.ts';

/** Returns the warning of every request for a version, or undefined. */
export function deprecationWarning(
  { spec }: CustomResourceDefinition,
  { name, deprecated, deprecationWarning: own }: CustomResourceVersion,
): string | undefined {
  if (!deprecated) return undefined;
  if (own !== undefined) return own;
  const { group, names, versions } = spec;
  const [better] = versions
    .filter((other) => other.served && !other.deprecated && compareVersions(name, other.name) > 0)
    .map((other) => other.name)
    .sort(compareVersions);
  const advice = better === undefined ? '' : `; use ${group}/${better} ${names.kind}`;
  return `${group}/${name} ${names.kind} is deprecated${advice}`;
}
