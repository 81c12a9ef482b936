// What form an answer takes: the object itself, a Table of it, or its metadata only.
// Called by: handler, watch. Must not know: the store.
import { invalid, Path } from '../machinery/field.ts';
import { newBadRequest, newNotAcceptable, type StatusError } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { TableColumn } from '../resources/definition.ts';
import { remembered } from './encoded.ts';
import { withManagers } from './fieldmanager.ts';
import { negotiate, notAcceptable, type Transform } from './negotiation.ts';
import { internalPackage, type ServedResource } from './scheme.ts';
import type { ApiRequest } from './types.ts';

export type OutputForm = 'object' | 'table' | 'metadata' | 'metadatalist';
export interface Output {
  form: OutputForm;
  /** The version of Tables and of metadata alone. */
  apiVersion: string;
  /** What the answer is written in. */
  mediaType: string;
  includeObject: 'Metadata' | 'Object' | 'None';
}

export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

interface TableRow {
  cells: unknown[];
  conditions?: unknown[];
  object: unknown;
}
export interface Table {
  kind: 'Table';
  apiVersion: string;
  metadata: ListMeta;
  columnDefinitions: Required<TableColumn>[];
  rows: TableRow[];
}

const META_V1 = 'meta.k8s.io/v1';

/**
 * Returns the form that the Accept header asks for first.
 * @throws StatusError NotAcceptable, BadRequest. Upstream: apiserver pkg/endpoints/handlers/response.go.
 */
export function negotiateOutput({ headers, query }: Pick<ApiRequest, 'headers' | 'query'>): Output {
  const negotiated = negotiate(headers['accept'], { allowsTransform: isKnown });
  if (!negotiated) throw notAcceptable();
  const { mediaType, transform } = negotiated;
  const form = transform ? (FORMS[transform.kind] ?? 'object') : 'object';
  const apiVersion = `meta.k8s.io/${transform?.version ?? 'v1'}`;
  return { form, mediaType, apiVersion, includeObject: form === 'table' ? includedIn(query) : 'Metadata' };
}

const FORMS: Readonly<Record<string, OutputForm>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadatalist',
};

function isKnown({ kind, group, version }: Transform): boolean {
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return false;
  return Object.hasOwn(FORMS, kind);
}

const INCLUDED: readonly string[] = ['Metadata', 'None', 'Object', ''];

// Upstream: apimachinery pkg/apis/meta/v1beta1/validation ValidateTableOptions.
function includedIn(query: URLSearchParams): Output['includeObject'] {
  const value = query.get('includeObject') ?? '';
  if (INCLUDED.includes(value)) return (value || 'Metadata') as Output['includeObject'];
  const why = invalid(Path.of('includeObject'), value, "must be 'Metadata', 'Object', 'None', or empty").message();
  throw newBadRequest(`Unable to convert to Table as requested: ${why}`);
}

/** Returns the object with nothing but its metadata; `apiVersion` and `kind` say so. */
export function partialMetadata({ definition }: ServedResource, object: KubeObject, apiVersion = META_V1): object {
  const make = (): object => {
    const { metadata } = withManagers(definition, object);
    return { kind: 'PartialObjectMetadata', apiVersion, metadata };
  };
  return apiVersion === META_V1 ? remembered(definition, object, make) : make();
}

/** The refusal of metadata in the form that one object has, or a list has, and the other has not. */
export function wrongMetadata({ kind, gvr }: ServedResource, isList: boolean): StatusError {
  const type = `*${internalPackage(gvr.group)}.${kind}${isList ? 'List' : ''}`;
  return newNotAcceptable(
    isList
      ? `you requested PartialObjectMetadata, but the requested object is a list (${type})`
      : `you requested PartialObjectMetadataList, but the requested object is not a list (${type})`,
  );
}

/** Returns the Table of some objects, given in hub form; `encode` gives the served form for includeObject=Object. */
export function tableFor(
  served: ServedResource,
  objects: readonly KubeObject[],
  options: {
    metadata: ListMeta;
    nowMs: number;
    output: Pick<Output, 'includeObject' | 'apiVersion'>;
    encode(object: KubeObject): unknown;
    /** Watches send the columns with their first event only. */
    omitsColumns?: boolean;
  },
): Table {
  const { table } = served;
  const { nowMs, encode, output } = options;
  const { includeObject, apiVersion } = output;
  const rows = objects.map((object): TableRow => {
    const conditions = table.conditions?.(object) ?? [];
    return {
      cells: table.row(named(object), nowMs),
      ...(conditions.length > 0 ? { conditions } : {}),
      object:
        includeObject === 'Metadata'
          ? partialMetadata(served, object, apiVersion)
          : includeObject === 'Object'
            ? encode(object)
            : null,
    };
  });
  const columnDefinitions = options.omitsColumns ? [] : table.columns.map(fullColumn);
  return { kind: 'Table', apiVersion, metadata: options.metadata, columnDefinitions, rows };
}

/** What says how far a watch is has no name; Go's text is empty then. */
function named(object: KubeObject): KubeObject {
  const { metadata } = object;
  return (metadata.name as string | undefined) === undefined
    ? { ...object, metadata: { ...metadata, name: '' } }
    : object;
}

/** Returns the Table of an object of a kind that is served only as a part of others. */
export function tableOfPart(
  object: KubeObject,
  part: { columns: readonly TableColumn[]; cells: unknown[] },
  { includeObject, apiVersion }: Output,
): Table {
  const { metadata } = object;
  const { resourceVersion } = metadata;
  const shown = includeObject === 'Metadata' ? { kind: 'PartialObjectMetadata', apiVersion, metadata } : object;
  return {
    kind: 'Table',
    apiVersion,
    metadata: resourceVersion === undefined ? {} : { resourceVersion },
    columnDefinitions: part.columns.map(fullColumn),
    rows: [{ cells: part.cells, object: includeObject === 'None' ? null : shown }],
  };
}

function fullColumn({ name, type, format = '', description = '', priority = 0 }: TableColumn): Required<TableColumn> {
  return { name, type, format, description, priority };
}
