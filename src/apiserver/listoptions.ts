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
import { newBadRequest, newInvalid, newUnknown, type StatusError } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import { isDNS1123Label } from '../machinery/validation.ts';
import type { KubeObject } from '../machinery/types.ts';
import { boolParameter, intParameter, optionalBool } from './parameters.ts';
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

/**
 * `name`: that of the path, which is a selection like any other.
 * @throws StatusError BadRequest or Invalid. Upstream: apiserver pkg/endpoints/handlers/get.go ListResource.
 */
export function listOptionsFrom(
  served: ServedResource,
  query: URLSearchParams,
  { isWatch = false, name = '' } = {},
): ListOptions {
  const options: ListOptions = {
    labels: undefined,
    fields: [],
    limit: intParameter(query, 'limit') ?? 0,
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    timeoutSeconds: intParameter(query, 'timeoutSeconds'),
    allowsBookmarks: boolParameter(query, 'allowWatchBookmarks'),
    sendsInitialEvents: optionalBool(query, 'sendInitialEvents'),
  };
  try {
    const labels = query.get('labelSelector') ?? '';
    if (labels !== '') options.labels = parseLabelSelector(labels);
    const fields = query.get('fieldSelector') ?? '';
    if (fields !== '') options.fields = parseFieldSelector(fields);
  } catch (error) {
    throw newBadRequest((error as Error).message);
  }
  // Watches that do not say begin with everything there is.
  if (isWatch && isLegacy(options))
    Object.assign(options, { sendsInitialEvents: true, resourceVersionMatch: 'NotOlderThan' });
  const errors = validate(options, isWatch);
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  checkFields(served, options.fields);
  return name === '' ? options : { ...options, fields: fieldsNaming(options.fields, name) };
}

function fieldsNaming(fields: FieldSelector, name: string): FieldSelector {
  if (fields.length === 0) return [{ field: 'metadata.name', operator: '=', value: name }];
  if (requiresExactField(fields, 'metadata.name') === name) return fields;
  throw newBadRequest("fieldSelector metadata.name doesn't match requested name");
}

// Upstream: apimachinery pkg/apis/meta/internalversion/defaults.go SetListOptionsDefaults.
function isLegacy({ sendsInitialEvents, resourceVersionMatch, resourceVersion }: ListOptions): boolean {
  return sendsInitialEvents === undefined && resourceVersionMatch === '' && ['', '0'].includes(resourceVersion);
}

// Upstream: apimachinery pkg/apis/meta/internalversion/validation ValidateListOptions.
function validate(options: ListOptions, isWatch: boolean): FieldErrors {
  const { resourceVersionMatch: match, resourceVersion, sendsInitialEvents, continueToken } = options;
  const path = Path.of('resourceVersionMatch');
  if (isWatch) return validateWatch(options);
  const errors: FieldErrors = [];
  if (match !== '') {
    if (resourceVersion === '')
      errors.push(forbidden(path, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (continueToken !== '') errors.push(forbidden(path, WITH_CONTINUE));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported(path, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0')
      errors.push(forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (sendsInitialEvents !== undefined)
    errors.push(forbidden(Path.of('sendInitialEvents'), 'sendInitialEvents is forbidden for list'));
  return errors;
}

const WITH_CONTINUE = 'resourceVersionMatch is forbidden when continue is provided';

function validateWatch({ resourceVersionMatch: match, sendsInitialEvents, continueToken }: ListOptions): FieldErrors {
  const path = Path.of('resourceVersionMatch');
  const errors: FieldErrors = [];
  if (sendsInitialEvents !== undefined && match !== 'NotOlderThan')
    errors.push(forbidden(path, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match === '') return errors;
  if (sendsInitialEvents === undefined)
    errors.push(forbidden(path, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  if (match !== 'NotOlderThan') errors.push(notSupported(path, match, ['NotOlderThan']));
  if (continueToken !== '') errors.push(forbidden(path, WITH_CONTINUE));
  return errors;
}

function checkFields(served: ServedResource, fields: FieldSelector): void {
  if (fields.length === 0) return;
  const { definition } = served;
  const known = knownFields(served);
  for (const { field } of fields) {
    if (field === 'metadata.name' || (field === 'metadata.namespace' && definition.namespaced)) continue;
    if (known.has(field)) continue;
    throw newBadRequest(
      definition.custom || CONVERTING.includes(definition.gvr.resource)
        ? `field label not supported: ${field}`
        : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
}

/** Returns the fields that a kind can be selected by, beyond name and namespace, which every kind can. */
export function knownFields({ fieldLabels, kind }: ServedResource): ReadonlySet<string> {
  if (!fieldLabels) return new Set();
  // Asked of an empty object: the names do not depend on the values.
  const empty = { apiVersion: '', kind, metadata: { name: '' }, spec: {}, status: {} };
  return new Set(Object.keys(fieldLabels({ ...empty, involvedObject: {}, source: {} } as KubeObject)));
}

/** Returns whether an object is in the selection. */
export type Predicate = (object: KubeObject) => boolean;

/** Returns the test of both selectors; undefined when there is none. */
export function predicateFor(served: ServedResource, options: ListOptions): Predicate | undefined {
  const { labels, fields } = options;
  if (!labels && fields.length === 0) return undefined;
  return (object) =>
    (!labels || matchesLabels(labels, object.metadata.labels ?? {})) &&
    (fields.length === 0 || matchesFields(fields, fieldsOf(served, object)));
}

/** Returns the name that the field selector asks for, or undefined. */
export function requestedName({ fields }: ListOptions): string | undefined {
  return requiresExactField(fields, 'metadata.name');
}

/** Returns the namespace that the field selector asks for, or undefined. Upstream: MatchesSingleNamespace. */
export function requestedNamespace({ fields }: ListOptions): string | undefined {
  const name = requiresExactField(fields, 'metadata.namespace');
  return name !== undefined && isDNS1123Label(name).length === 0 ? name : undefined;
}

function fieldsOf({ fieldLabels }: ServedResource, object: KubeObject): ReadonlyMap<string, string> {
  const fields = new Map<string, string>(Object.entries(fieldLabels?.(object) ?? {}));
  fields.set('metadata.name', object.metadata.name);
  if (object.metadata.namespace !== undefined) fields.set('metadata.namespace', object.metadata.namespace);
  return fields;
}

/** Returns the revision that a text names; what it is not is refused as the caller words it. @throws StatusError */
export function parseResourceVersion(text: string, refusal: (why: string) => StatusError = newUnknown): number {
  if (text === '') return 0;
  if (/^\d+$/.test(text) && BigInt(text) < 2n ** 64n) return Number(text);
  const reason = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  const why = `strconv.ParseUint: parsing ${quote(text)}: ${reason}`;
  throw refusal(invalid(Path.of('resourceVersion'), text, why).message());
}
