// Makes what was applied by the client the server-side applier's own: its fields change hands in managedFields.
// Called by: commands/apply/serverside.ts. Must not know: how objects are printed.
// Upstream: client-go util/csaupgrade/upgrade.go; kubectl pkg/cmd/apply/apply.go migrateToSSAIfNecessary.
import { difference, isEmptySet, union, type FieldSet } from '../../../machinery/fieldset.ts';
import { deepEqual } from '../../../machinery/meta.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import { LAST_APPLIED } from '../../lastapplied.ts';

/** An entry of managedFields. */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  subresource?: string;
  fieldsV1?: FieldSet;
}

const ANNOTATION: FieldSet = { 'f:metadata': { 'f:annotations': { [`f:${LAST_APPLIED}`]: {} } } };

function entriesOf(object: Unstructured): readonly ManagedFields[] {
  return (object.metadata.managedFields ?? []) as readonly ManagedFields[];
}

/** Returns the managers that have the annotation of client-side apply among their fields. */
export function ownersOfAnnotation(object: Unstructured, operation: 'Apply' | 'Update'): readonly ManagedFields[] {
  return entriesOf(object).filter(
    (entry) => entry.operation === operation && isEmptySet(difference(ANNOTATION, entry.fieldsV1 ?? {})),
  );
}

/** Returns the JSON patch that hands over, undefined when there is nothing to hand over. */
export function migrationPatch(
  object: Unstructured,
  managers: readonly string[],
  applier: string,
): object[] | undefined {
  const before = entriesOf(object);
  const after = managers.reduce((entries, manager) => handOver(entries, manager, applier), before);
  if (deepEqual(before, after)) return undefined;
  return [
    { op: 'replace', path: '/metadata/managedFields', value: after },
    // Not a test: a version that is out of date shall be a conflict.
    { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
  ];
}

function handOver(entries: readonly ManagedFields[], manager: string, applier: string): readonly ManagedFields[] {
  const isUpdater = (entry: ManagedFields): boolean =>
    entry.manager === manager && entry.operation === 'Update' && !entry.subresource;
  const own = entries.find((e) => e.manager === applier && e.operation === 'Apply' && !e.subresource);
  const taken = own ?? entries.find(isUpdater);
  if (!taken) return entries;
  const twin = entries.find((entry) => isUpdater(entry) && entry.apiVersion === taken.apiVersion);
  const fieldsV1 = union(taken.fieldsV1 ?? {}, twin?.fieldsV1 ?? {});
  const heir: ManagedFields = { ...taken, manager: applier, operation: 'Apply', fieldsV1 };
  return entries
    .filter((entry) => entry === taken || !isUpdater(entry))
    .map((entry) => (entry === taken ? heir : entry));
}
