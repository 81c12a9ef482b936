// What documents about the served kinds are made of, as texts: a document is the same as long as its text is.
// Called by: documents, documents.openapi. Must not know: documents.
import { groupVersionString } from '../machinery/types.ts';
import { knownFields } from './listoptions.ts';
import type { Scheme, ServedResource } from './scheme.ts';

const keys = new WeakMap<ServedResource, string>();

/** Returns a text that changes with what is served in a group version. */
export function groupVersionKey(scheme: Scheme, group: string, version: string): string {
  return [groupVersionString({ group, version }), ...scheme.resources(group, version).map(resourceKey)].join('\n');
}

/** Returns a text that changes with what is served in some groups. */
export function groupsKey(scheme: Scheme, groups: readonly string[]): string {
  return groups
    .flatMap((group) => scheme.versions(group).map((version) => groupVersionKey(scheme, group, version)))
    .join('\n');
}

function resourceKey(served: ServedResource): string {
  let key = keys.get(served);
  if (key !== undefined) return key;
  const { gvr, kind, schema, verbs, subresources, definition } = served;
  const { namespaced, singular, shortNames, categories, custom } = definition;
  const shape = [custom?.schema(groupVersionString(gvr)), ...knownFields(served)];
  const names = [gvr, kind, schema, namespaced, singular, shortNames, categories];
  key = JSON.stringify([...names, verbs, subresources, custom, shape]);
  keys.set(served, key);
  return key;
}

/** Returns the tag of what is made of a text, in the quotes in which HTTP wants it. */
export function etagOf(text: string): string {
  return `"${process.getBuiltinModule('node:crypto').hash('sha512', text, 'hex').toUpperCase()}"`;
}
