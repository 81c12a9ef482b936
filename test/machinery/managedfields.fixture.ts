// A small type and an object of it that managers apply and update, for the tests of ownership.
import { setToText } from '../../src/machinery/fieldset.text.ts';
import { NO_FIELDS } from '../../src/machinery/fieldset.ts';
import { applyConfiguration } from '../../src/machinery/managedfields.apply.ts';
import { ConflictError, conflictTexts } from '../../src/machinery/managedfields.conflicts.ts';
import type { ManagerEntry } from '../../src/machinery/managedfields.ts';
import { updateManagers, type Versions } from '../../src/machinery/managedfields.update.ts';
import type { SchemaNode } from '../../src/machinery/schema.ts';

type Shape = Partial<SchemaNode> & Pick<SchemaNode, 'type'>;

export function node(shape: Shape): SchemaNode {
  return { isRequired: false, patchStrategies: [], ...shape };
}
export function object(fields: Record<string, SchemaNode>, more: Partial<SchemaNode> = {}): SchemaNode {
  return node({ type: 'object', fields: new Map(Object.entries(fields)), ...more });
}

const text = node({ type: 'string' });
const number = node({ type: 'number' });
const item = object({ name: text, value: number, nested: node({ type: 'map', items: text }) });

/** Lists of each kind, maps of each kind, and a struct. */
export const TYPE: SchemaNode = object({
  text,
  number,
  flag: node({ type: 'boolean' }),
  list: node({ type: 'array', items: item, listType: 'map', listMapKeys: ['name'] }),
  set: node({ type: 'array', items: text, listType: 'set' }),
  atomicList: node({ type: 'array', items: text, listType: 'atomic' }),
  map: node({ type: 'map', items: text }),
  atomicMap: node({ type: 'map', items: text, mapType: 'atomic' }),
  struct: object({ a: text, b: number, inner: object({ c: text }) }),
});

export const versions: Versions = { node: () => TYPE, convert: (value) => value, reset: () => NO_FIELDS };

/** An object that several managers write. */
export class Owned {
  object: unknown = {};
  entries: readonly ManagerEntry[] = [];

  /** Returns '' or the refusal. */
  apply(manager: string, config: unknown, { isForced = false, apiVersion = 'v1' } = {}): string {
    try {
      const application = { live: this.object, config, apiVersion, versions, manager, isForced, time: 't' };
      const applied = applyConfiguration(this.entries, application);
      if (applied.object !== undefined) this.object = applied.object;
      this.entries = applied.entries;
      return '';
    } catch (error) {
      if (error instanceof ConflictError) return conflictTexts(error.conflicts).message;
      throw error;
    }
  }

  update(manager: string, after: unknown, apiVersion = 'v1'): void {
    const change = { before: this.object, after, apiVersion, versions };
    this.entries = updateManagers(this.entries, change, { manager, apiVersion, time: 't' });
    this.object = after;
  }

  /** 'manager: fields', by manager. */
  get owners(): string[] {
    return this.entries.map(({ manager, set }) => `${manager}: ${setToText(set)}`).sort();
  }
}
