// What the tests of resources share: a definition by kind, and an object taken through its hooks as the registry does.
import { deepFreeze } from '../../src/machinery/meta.ts';
import { SettableClock } from '../../src/machinery/clock.ts';
import { Path } from '../../src/machinery/field.ts';
import { nameIsDNSSubdomain, validateObjectMeta } from '../../src/machinery/metavalidation.ts';
import { Random } from '../../src/machinery/random.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import type { Cell, ResourceDefinition, StrategyContext } from '../../src/resources/definition.ts';
import { resourceDefinitions } from '../../src/resources/index.ts';

export const NOW_MS = Date.parse('2026-11-23T14:00:00Z');

/** A loose object as a test writes it. */
export type Given = {
  kind: string;
  metadata?: Record<string, unknown>;
  [field: string]: unknown;
};

export function definitionOf(kind: string): ResourceDefinition {
  const found = resourceDefinitions.find((d) => d.kind === kind);
  if (!found) throw new Error(`no kind ${kind}`);
  return found;
}

export function contextWith(...objects: Given[]): StrategyContext {
  const list = (resource: string): KubeObject[] =>
    objects.filter((o) => definitionOf(o.kind).gvr.resource === resource) as unknown as KubeObject[];
  return {
    clock: new SettableClock(NOW_MS),
    random: new Random('test'),
    reader: {
      list,
      get: (resource, { name }) => list(resource).find((o) => o.metadata.name === name),
    },
  };
}

function withMetadata(given: Given): KubeObject {
  const namespace = definitionOf(given.kind).namespaced ? { namespace: 'default' } : {};
  const object = structuredClone({
    status: {},
    ...given,
    metadata: { name: 'x', uid: 'u1', ...namespace, ...given.metadata },
  });
  return object as unknown as KubeObject;
}

/** Returns the object as it is after defaults and prepareForCreate. */
export function created(given: Given, context = contextWith()): KubeObject {
  const definition = definitionOf(given.kind);
  const object = withMetadata(given);
  definition.setDefaults?.(object);
  definition.strategy.prepareForCreate?.(object, context);
  return object;
}

/** Returns the findings of a creation, as the server words them. */
export function errorsOnCreate(given: Given, context = contextWith()): string[] {
  const definition = definitionOf(given.kind);
  const object = created(given, context);
  const { namespaced, strategy } = definition;
  const validateName = strategy.validateName ?? nameIsDNSSubdomain;
  const errors = [
    ...validateObjectMeta(object.metadata, { namespaced, validateName, path: Path.of('metadata') }),
    ...(strategy.validate?.(object, context) ?? []),
  ];
  return errors.map((error) => error.message());
}

/** Returns the findings of an update from one state to another; both get their defaults first. */
export function errorsOnUpdate(before: Given, after: Given, context = contextWith()): string[] {
  const definition = definitionOf(before.kind);
  const old = deepFreeze(created(before, context));
  const object = withMetadata(after);
  definition.setDefaults?.(object);
  definition.strategy.prepareForUpdate?.(object, old, context);
  return (definition.strategy.validateUpdate?.(object, old, context) ?? []).map((error) => error.message());
}

export function warningsOnCreate(given: Given): string[] {
  const object = created(given);
  return definitionOf(given.kind).strategy.warningsOnCreate?.(object, contextWith()) ?? [];
}

/** Returns the row of a stored object: column name → cell. */
export function rowOf(given: Given): Record<string, Cell | undefined> {
  const { table } = definitionOf(given.kind);
  const cells = table.row(deepFreeze(withMetadata(given)), NOW_MS);
  return Object.fromEntries(table.columns.map((column, i) => [column.name, cells[i]]));
}
