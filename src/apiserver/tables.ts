// What form an answer takes: the object itself, a Table of it, or its metadata only.
// Called by: handler, watch. Must not know: the store.
import { newNotAcceptable } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { TableColumn } from '../resources/definition.ts';
import { withManagers } from './fieldmanager.ts';
import type { ServedResource } from './scheme.ts';

export type OutputForm = 'object' | 'table' | 'metadata';
export interface Output {
  form: OutputForm;
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
  apiVersion: 'meta.k8s.io/v1';
  metadata: ListMeta;
  columnDefinitions: Required<TableColumn>[];
  rows: TableRow[];
}

const META_V1 = 'meta.k8s.io/v1';
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/**
 * Returns the form that the Accept header asks for first.
 * @throws StatusError NotAcceptable. Upstream: apiserver pkg/endpoints/handlers/negotiation.
 */
export function negotiateOutput(accept: string | undefined, query: URLSearchParams): Output {
  const includeObject = query.get('includeObject') || 'Metadata';
  const output = (form: OutputForm): Output => ({
    form,
    includeObject: includeObject === 'Object' || includeObject === 'None' ? includeObject : 'Metadata',
  });
  if (accept === undefined || accept === '') return output('object');
  for (const clause of accept.split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (!['application/json', 'application/yaml', 'application/*', '*/*'].includes(type)) continue;
    const as = parameters.find((p) => p.startsWith('as='))?.slice(3);
    if (as === undefined) return output('object');
    const isKnown = parameters.includes('g=meta.k8s.io') && parameters.some((p) => p === 'v=v1' || p === 'v=v1beta1');
    if (as === 'Table' && isKnown) return output('table');
    if (as.startsWith('PartialObjectMetadata') && isKnown) return output('metadata');
  }
  throw newNotAcceptable(`only the following media types are accepted: ${ACCEPTED}`);
}

/** Returns the object with nothing but its metadata; `apiVersion` and `kind` say so. */
export function partialMetadata({ definition }: ServedResource, object: KubeObject): object {
  const { metadata } = withManagers(definition, object);
  return { kind: 'PartialObjectMetadata', apiVersion: META_V1, metadata };
}

/** Returns the Table of some objects, given in hub form; `encode` gives the served form for includeObject=Object. */
export function tableFor(
  served: ServedResource,
  objects: readonly KubeObject[],
  options: {
    metadata: ListMeta;
    nowMs: number;
    includeObject: Output['includeObject'];
    encode(object: KubeObject): unknown;
    /** Watches send the columns with their first event only. */
    omitsColumns?: boolean;
  },
): Table {
  const { table } = served.definition;
  const { includeObject, nowMs, encode } = options;
  const rows = objects.map((object): TableRow => {
    const conditions = table.conditions?.(object) ?? [];
    return {
      cells: table.row(object, nowMs),
      ...(conditions.length > 0 ? { conditions } : {}),
      object:
        includeObject === 'Metadata'
          ? partialMetadata(served, object)
          : includeObject === 'Object'
            ? encode(object)
            : null,
    };
  });
  const columnDefinitions = options.omitsColumns ? [] : table.columns.map(fullColumn);
  return { kind: 'Table', apiVersion: META_V1, metadata: options.metadata, columnDefinitions, rows };
}

function fullColumn({ name, type, format = '', description = '', priority = 0 }: TableColumn): Required<TableColumn> {
  return { name, type, format, description, priority };
}
