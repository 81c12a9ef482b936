// metav1.ListOptions: selectors, pages and versions of a list, a watch or a deletion of many.
// Called by: handler, watch. Must not know: HTTP beyond the query.
import {
  matchesFields,
  parseFieldSelector,
  requiresExactField,
  type FieldSelector,
} from '../machinery/fieldselectors.ts';
import { forbidden, invalid, notSupported, Path, type FieldErrors } from '../machinery/field.ts';
import { matchesLabels, parseLabelSelector, type LabelSelector } from '../machinery/selectors.ts';
import { newBadRequest, newInvalid } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { ServedResource } from './scheme.ts';

export interface ListOptions {
  labels: LabelSelector | undefined;
  fields: FieldSelector;
  limit: number;
  continueToken: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  timeoutSeconds: number | undefined;
  allowsBookmarks: boolean;
  sendsInitialEvents: boolean | undefined;
}

// Kinds whose versions convert field labels themselves; upstream words the refusal of the others differently.
const CONVERTING: readonly string[] = [
  'pods',
  'nodes',
  'replicationcontrollers',
  'events',
  'namespaces',
  'secrets',
  'services',
  'jobs',
  'certificatesigningrequests',
];

/** @throws StatusError BadRequest or Invalid. Upstream: apiserver pkg/endpoints/handlers/get.go ListResource. */
export function listOptionsFrom(served: ServedResource, query: URLSearchParams, isWatch: boolean): ListOptions {
  const options: ListOptions = {
    labels: undefined,
    fields: [],
    limit: integer(query, 'limit') ?? 0,
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    allowsBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendsInitialEvents: query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined,
  };
  try {
    const labels = query.get('labelSelector') ?? '';
    if (labels !== '') options.labels = parseLabelSelector(labels);
    const fields = query.get('fieldSelector') ?? '';
    if (fields !== '') options.fields = parseFieldSelector(fields);
  } catch (error) {
    throw newBadRequest((error as Error).message);
  }
  const errors = validate(options, isWatch);
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  checkFields(served, options.fields);
  return options;
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1' || value === '';
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

// Upstream: apimachinery pkg/apis/meta/internalversion/validation ValidateListOptions.
function validate(options: ListOptions, isWatch: boolean): FieldErrors {
  const { resourceVersionMatch: match, resourceVersion, sendsInitialEvents, continueToken } = options;
  const path = Path.of('resourceVersionMatch');
  if (isWatch && sendsInitialEvents !== undefined) {
    if (match === '') return [forbidden(path, 'resourceVersionMatch is required for sendInitialEvents')];
    if (match !== 'NotOlderThan') return [notSupported(path, match, ['NotOlderThan'])];
    return [];
  }
  const errors: FieldErrors = [];
  if (sendsInitialEvents !== undefined)
    errors.push(forbidden(Path.of('sendInitialEvents'), 'sendInitialEvents is forbidden for list'));
  if (match === '') return errors;
  if (isWatch)
    errors.push(forbidden(path, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  if (resourceVersion === '')
    errors.push(forbidden(path, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (continueToken !== '') errors.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
  if (match !== 'Exact' && match !== 'NotOlderThan')
    errors.push(notSupported(path, match, ['Exact', 'NotOlderThan', '']));
  if (match === 'Exact' && resourceVersion === '0')
    errors.push(forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  return errors;
}

function checkFields({ definition }: ServedResource, fields: FieldSelector): void {
  if (fields.length === 0) return;
  const known = knownFields(definition);
  for (const { field } of fields) {
    if (field === 'metadata.name' || (field === 'metadata.namespace' && definition.namespaced)) continue;
    if (!known || known.has(field)) continue;
    throw newBadRequest(
      CONVERTING.includes(definition.gvr.resource)
        ? `field label not supported: ${field}`
        : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
}

// Asked of an empty object: the names do not depend on the values.
function knownFields(definition: ResourceDefinition): ReadonlySet<string> | undefined {
  if (!definition.fieldLabels) return new Set();
  const empty = { apiVersion: '', kind: definition.kind, metadata: { name: '' }, spec: {}, status: {} };
  return new Set(Object.keys(definition.fieldLabels({ ...empty, involvedObject: {}, source: {} } as KubeObject)));
}

/** Returns whether an object is in the selection. */
export type Predicate = (object: KubeObject) => boolean;

/** Returns the test of both selectors; undefined when there is none. */
export function predicateFor(definition: ResourceDefinition, options: ListOptions): Predicate | undefined {
  const { labels, fields } = options;
  if (!labels && fields.length === 0) return undefined;
  return (object) =>
    (!labels || matchesLabels(labels, object.metadata.labels ?? {})) &&
    (fields.length === 0 || matchesFields(fields, fieldsOf(definition, object)));
}

/** Returns the name that the field selector asks for, or undefined. */
export function requestedName({ fields }: ListOptions): string | undefined {
  return requiresExactField(fields, 'metadata.name');
}

function fieldsOf(definition: ResourceDefinition, object: KubeObject): ReadonlyMap<string, string> {
  const fields = new Map<string, string>(Object.entries(definition.fieldLabels?.(object) ?? {}));
  fields.set('metadata.name', object.metadata.name);
  if (object.metadata.namespace !== undefined) fields.set('metadata.namespace', object.metadata.namespace);
  return fields;
}

/** Returns the revision that a text names. @throws StatusError with the server's text. */
export function parseResourceVersion(text: string): number {
  if (text === '') return 0;
  if (/^\d+$/.test(text)) return Number(text);
  const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw newBadRequest(invalid(Path.of('resourceVersion'), text, why).message());
}
