// Names of CustomResourceDefinitions: accepts those that nobody else in the group has.
// Called by: controllers/manager.ts through the index. Must not know: the objects of a definition.
// Upstream: apiextensions-apiserver pkg/controller/status/naming_controller.go.
import { clone, deepEqual } from '../machinery/meta.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';
import { findCondition, setCondition, type NewCondition } from '../resources/customresourcedefinition.conditions.ts';
import {
  customResourceDefinition,
  type CustomResourceDefinition,
  type CustomResourceDefinitionNames,
} from '../resources/customresourcedefinition.ts';
import type { Controller, ControllerContext } from './controller.ts';

export const customResourceNamingController: Controller = {
  name: 'crd-naming-condition-controller',
  fieldManager: 'kube-apiserver',
  watches: [
    {
      definition: customResourceDefinition,
      // A name that one gives up may be what another waits for.
      enqueue: ({ object }, { client }) => {
        const { spec, metadata } = object as CustomResourceDefinition;
        const others = client.list(customResourceDefinition).filter((crd) => crd.spec.group === spec.group);
        return new Set([metadata.name, ...others.map((crd) => crd.metadata.name)]);
      },
    },
  ],
  reconcile(context, name) {
    const { client, nowMs } = context;
    const crd = client.get(customResourceDefinition, { name });
    if (!crd || semanticEqual(crd.spec.names, crd.status.acceptedNames)) return;
    const { accepted, conflict } = acceptedNames(context, crd);
    const naming = conflict ?? {
      type: 'NamesAccepted',
      status: 'True',
      reason: 'NoConflicts',
      message: 'no conflicts found',
    };
    if (deepEqual(crd.status.acceptedNames, accepted) && isSame(crd, naming)) return;
    const changed = clone(crd);
    changed.status.acceptedNames = accepted;
    setCondition(changed, nowMs, naming);
    const established = establishedCondition(crd, naming);
    if (established) setCondition(changed, nowMs, established);
    client.updateStatus(customResourceDefinition, changed);
  },
};

function isSame(crd: CustomResourceDefinition, wanted: NewCondition): boolean {
  const { status, reason, message } = findCondition(crd, wanted.type) ?? {};
  return status === wanted.status && reason === wanted.reason && message === wanted.message;
}

/** It is false until the establishing controller has seen the names; undefined: it stays as it is. */
function establishedCondition(crd: CustomResourceDefinition, naming: NewCondition): NewCondition | undefined {
  const old = findCondition(crd, 'Established');
  if (old?.status === 'True') return undefined;
  if (naming.status === 'True')
    return {
      type: 'Established',
      status: 'False',
      reason: 'Installing',
      message: 'the initial names have been accepted',
    };
  if (old) return undefined;
  return { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}

interface Naming {
  accepted: CustomResourceDefinitionNames;
  /** What the last name that is taken leads to. */
  conflict?: NewCondition;
}

/** Takes every name that is free, whatever becomes of the others. Upstream: calculateNamesAndConditions. */
function acceptedNames({ client }: ControllerContext, { spec, status }: CustomResourceDefinition): Naming {
  const taken = client
    .list(customResourceDefinition)
    .filter((crd) => crd.spec.group === spec.group)
    .map((crd) => crd.status.acceptedNames);
  const resources = new Set(taken.flatMap((n) => [n?.plural, n?.singular, ...(n?.shortNames ?? [])]));
  const kinds = new Set(taken.flatMap((n) => [n?.kind, n?.listKind]));
  const wanted = spec.names;
  const had = status.acceptedNames ?? { kind: '', plural: '' };
  const accepted = { ...had };
  let conflict: NewCondition | undefined;
  const refuse = (reason: string, message: string): void => {
    conflict = { type: 'NamesAccepted', status: 'False', reason, message };
  };
  const take = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string | undefined>): void => {
    const name = wanted[field] ?? '';
    if (name === (had[field] ?? '') || !used.has(name)) accepted[field] = name;
    else refuse(`${field.charAt(0).toUpperCase()}${field.slice(1)}Conflict`, inUse(name));
  };
  take('plural', resources);
  take('singular', resources);
  if (!semanticEqual(wanted.shortNames, had.shortNames)) {
    const clashes = (wanted.shortNames ?? []).filter((name) => !had.shortNames?.includes(name) && resources.has(name));
    if (clashes.length === 0) setList(accepted, 'shortNames', wanted.shortNames);
    else
      refuse(
        'ShortNamesConflict',
        clashes.length === 1 ? inUse(clashes[0] ?? '') : `[${clashes.map(inUse).join(', ')}]`,
      );
  }
  take('kind', kinds);
  take('listKind', kinds);
  setList(accepted, 'categories', wanted.categories);
  return { accepted, ...(conflict ? { conflict } : {}) };
}

function inUse(name: string): string {
  return `${JSON.stringify(name)} is already in use`;
}

function setList(
  names: CustomResourceDefinitionNames,
  field: 'shortNames' | 'categories',
  list: string[] | undefined,
): void {
  if (list) names[field] = list;
  else delete names[field];
}
