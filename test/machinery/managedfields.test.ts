// Who owns which field after applies and updates: facts of structured-merge-diff's own tests, and what always holds.
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { equalSets, NO_FIELDS, union } from '../../src/machinery/fieldset.ts';
import {
  decodeWire,
  isWireForm,
  readStored,
  withWireManagers,
  writeStored,
} from '../../src/machinery/managedfields.ts';
import { toFieldSet } from '../../src/machinery/typedvalue.ts';
import { compareValues } from '../../src/machinery/typedvalue.compare.ts';
import { typeErrors } from '../../src/machinery/typedvalue.validate.ts';
import { object, Owned, TYPE } from './managedfields.fixture.ts';

type Step = ['apply' | 'force' | 'update', string, unknown, string?];

function play(steps: readonly Step[]): Owned {
  const owned = new Owned();
  for (const [verb, manager, value, refusal = ''] of steps) {
    if (verb === 'update') owned.update(manager, value);
    else expect(owned.apply(manager, value, { isForced: verb === 'force' })).toBe(refusal);
  }
  return owned;
}

const names = (...all: string[]): object => ({ list: all.map((name) => ({ name })) });

interface Case {
  title: string;
  steps: Step[];
  object: unknown;
  owners: string[];
}
const CASES: Case[] = [
  {
    title: 'an applier that gives an item up removes it',
    steps: [
      ['apply', 'one', names('a', 'b')],
      ['apply', 'two', names('c')],
      ['apply', 'one', names('a')],
    ],
    object: names('a', 'c'),
    owners: ['one: list{[name=a]{.,name}}', 'two: list{[name=c]{.,name}}'],
  },
  {
    title: 'but not one that another applies, too',
    steps: [
      ['apply', 'one', names('a', 'b', 'c')],
      ['apply', 'two', names('c', 'd')],
      ['apply', 'one', names('a')],
    ],
    object: names('a', 'c', 'd'),
    owners: ['one: list{[name=a]{.,name}}', 'two: list{[name=c]{.,name},[name=d]{.,name}}'],
  },
  {
    title: 'equal values are no conflict, others are',
    steps: [
      ['apply', 'one', { list: [{ name: 'a', value: 0 }] }],
      ['apply', 'two', { list: [{ name: 'a', value: 0 }] }],
      [
        'apply',
        'three',
        { list: [{ name: 'a', value: 1 }] },
        'Apply failed with 2 conflicts: conflicts with "one":\n- .list[name="a"].value\n' +
          'conflicts with "two":\n- .list[name="a"].value',
      ],
    ],
    object: { list: [{ name: 'a', value: 0 }] },
    owners: ['one: list{[name=a]{.,name,value}}', 'two: list{[name=a]{.,name,value}}'],
  },
  {
    title: 'force takes a field from its owner',
    steps: [
      ['apply', 'one', { text: 'a', number: 1 }],
      ['apply', 'two', { text: 'b' }, 'Apply failed with 1 conflict: conflict with "one": .text'],
      ['force', 'two', { text: 'b' }],
    ],
    object: { text: 'b', number: 1 },
    owners: ['one: number', 'two: text'],
  },
  {
    title: 'who updates a field owns it, and an applier then meets a conflict',
    steps: [
      ['apply', 'one', { text: 'a', number: 1 }],
      ['update', 'edit', { text: 'b', number: 1 }],
      ['apply', 'one', { text: 'a', number: 1 }, 'Apply failed with 1 conflict: conflict with "edit" using v1: .text'],
    ],
    object: { text: 'b', number: 1 },
    owners: ['edit: text', 'one: number'],
  },
  {
    title: 'what an update removes is nobody’s',
    steps: [
      ['apply', 'one', { map: { a: '1', b: '2' } }],
      ['update', 'edit', { map: { a: '1' } }],
    ],
    object: { map: { a: '1' } },
    owners: ['one: map{a}'],
  },
  {
    title: 'a field that an updater took stays when the applier leaves it out',
    steps: [
      ['apply', 'one', { text: 'a', number: 1 }],
      ['update', 'edit', { text: 'b', number: 1 }],
      ['apply', 'one', { number: 1 }],
    ],
    object: { text: 'b', number: 1 },
    owners: ['edit: text', 'one: number'],
  },
  {
    title: 'sets are owned item by item',
    steps: [
      ['apply', 'one', { set: ['a', 'b'] }],
      ['apply', 'two', { set: ['b', 'c'] }],
      ['apply', 'one', { set: ['a'] }],
    ],
    object: { set: ['a', 'b', 'c'] },
    owners: ['one: set{=a}', 'two: set{=b,=c}'],
  },
  {
    title: 'atomic lists and maps are owned as one',
    steps: [
      ['apply', 'one', { atomicList: ['a'], atomicMap: { a: '1' } }],
      ['apply', 'two', { atomicMap: { b: '2' } }, 'Apply failed with 1 conflict: conflict with "one": .atomicMap'],
      ['force', 'two', { atomicMap: { b: '2' } }],
    ],
    object: { atomicList: ['a'], atomicMap: { b: '2' } },
    owners: ['one: atomicList', 'two: atomicMap'],
  },
  {
    title: 'an empty struct and an empty map are owned themselves',
    steps: [['apply', 'one', { struct: {}, map: {}, list: [] }]],
    object: { struct: {}, map: {}, list: [] },
    owners: ['one: map,struct'],
  },
  {
    title: 'items keep their live order, and come in the configuration’s where it says',
    steps: [
      ['apply', 'one', names('a', 'b', 'c')],
      ['apply', 'two', names('d', 'c', 'a')],
    ],
    object: names('b', 'd', 'c', 'a'),
    owners: [
      'one: list{[name=a]{.,name},[name=b]{.,name},[name=c]{.,name}}',
      'two: list{[name=a]{.,name},[name=c]{.,name},[name=d]{.,name}}',
    ],
  },
  {
    title: 'nobody is left when everything is given up',
    steps: [
      ['apply', 'one', { text: 'a', struct: { a: 'x', inner: { c: 'y' } } }],
      ['apply', 'one', {}],
    ],
    object: null,
    owners: [],
  },
];

describe('managers', () => {
  it.each(CASES)('$title', ({ steps, object: expected, owners }) => {
    const owned = play(steps);
    expect(owned.object).toEqual(expected);
    expect(owned.owners).toEqual(owners);
  });

  it('more than ten updaters of a version are put together, the oldest first', () => {
    const owned = new Owned();
    owned.apply('one', { text: 'a' });
    for (let i = 1; i <= 12; i++) {
      const map = { ...(owned.object as { map?: object }).map, [`k${i}`]: 'x' };
      owned.update(`u${String(i).padStart(2, '0')}`, { ...(owned.object as object), map });
    }
    expect(owned.owners).toEqual([
      'ancient-changes: map{.,k1,k2,k3}',
      'one: text',
      ...Array.from({ length: 9 }, (_, i) => `u${String(i + 4).padStart(2, '0')}: map{k${i + 4}}`),
    ]);
  });
});

const key = fc.constantFrom('a', 'b', 'c');
const word = fc.constantFrom('x', 'y');
const config = fc.record(
  {
    text: word,
    number: fc.integer({ min: 0, max: 2 }),
    map: fc.dictionary(key, word, { minKeys: 1 }),
    set: fc.uniqueArray(key, { minLength: 1, maxLength: 3 }),
    list: fc.uniqueArray(fc.record({ name: key, value: fc.integer({ min: 0, max: 1 }) }), {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 3,
    }),
    struct: fc.record({ a: word, inner: fc.record({ c: word }) }, { requiredKeys: ['a'] }),
    atomicMap: fc.dictionary(key, word, { minKeys: 1 }),
  },
  { requiredKeys: [] },
);
const steps = fc.array(fc.tuple(fc.constantFrom('one', 'two', 'three'), config), { minLength: 1, maxLength: 6 });

describe('what always holds', () => {
  it('applying twice is applying once', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const owned = new Owned();
        for (const [manager, value] of all) {
          owned.apply(manager, value, { isForced: true });
          const [before, owners] = [owned.object, owned.owners];
          expect(owned.apply(manager, value)).toBe('');
          expect(owned.object ?? {}).toEqual(before ?? {});
          expect(owned.owners).toEqual(owners);
        }
      }),
    );
  });
  it('the appliers together own what is there', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const owned = new Owned();
        for (const [manager, value] of all) owned.apply(manager, value, { isForced: true });
        const owners = owned.entries.reduce((sum, { set }) => union(sum, set), NO_FIELDS);
        const { removed } = compareValues(owned.object, {}, TYPE);
        for (const { set } of owned.entries) expect(equalSets(union(owners, set), owners)).toBe(true);
        // Containers need no owner of their own; every leaf has one.
        expect(leavesOf(removed).filter((leaf) => !has(owners, leaf))).toEqual([]);
      }),
    );
  });
  it('what nobody applies any more is gone', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const owned = new Owned();
        for (const [manager, value] of all) owned.apply(manager, value, { isForced: true });
        for (const [manager] of all) owned.apply(manager, {}, { isForced: true });
        expect(owned.entries).toEqual([]);
        expect(leavesOf(compareValues(owned.object ?? {}, {}, TYPE).removed).filter((l) => l.length > 1)).toEqual([]);
      }),
    );
  });
  it('an update is owned by who made it, and by nobody else', () => {
    fc.assert(
      fc.property(steps, config, (all, last) => {
        const owned = new Owned();
        for (const [manager, value] of all) owned.apply(manager, value, { isForced: true });
        const { added, modified } = compareValues(owned.object ?? {}, last, TYPE);
        owned.update('editor', last);
        const set = owned.entries.find(({ manager }) => manager === 'editor')?.set ?? NO_FIELDS;
        expect(equalSets(set, union(modified, added))).toBe(true);
      }),
    );
  });
  it('the stored form and the wire form stand for the same', () => {
    fc.assert(
      fc.property(config, (value) => {
        const set = toFieldSet(value, TYPE);
        const entry = { manager: 'm', operation: 'Apply' as const, apiVersion: 'v1', time: 't', set };
        const stored = writeStored([entry]);
        const resolve = (): never => {
          throw new Error('no claim');
        };
        expect(readStored(stored, resolve).map((e) => equalSets(e.set, set))).toEqual([true]);
        const { managedFields } = withWireManagers({ metadata: { managedFields: stored } }, resolve).metadata;
        expect(isWireForm(managedFields)).toBe(true);
        expect(equalSets(decodeWire(managedFields as never)[0]?.set ?? {}, set)).toBe(true);
      }),
    );
  });
});

function leavesOf(set: object, prefix: readonly string[] = []): string[][] {
  return Object.entries(set as Record<string, object>).flatMap(([element, below]) => {
    if (element === '.') return [];
    const path = [...prefix, element];
    return Object.keys(below).length === 0 ? [path] : leavesOf(below, path);
  });
}

function has(set: object, path: readonly string[]): boolean {
  let at: Record<string, object> | undefined = set as Record<string, object>;
  for (const element of path) at = at?.[element] as Record<string, object> | undefined;
  return at !== undefined;
}

describe('types', () => {
  it.each([
    [{ text: 'a', list: [{ name: 'x' }] }, undefined],
    [{ text: 1 }, '.text: expected string, got &value.valueUnstructured{Value:1}'],
    [{ number: 'x' }, '.number: expected numeric (int or float), got string'],
    [{ flag: 'yes' }, '.flag: expected boolean, got &{yes}'],
    [{ struct: [] }, '.struct: expected map, got &{[]}'],
    [{ list: { a: 'b' } }, '.list: expected list, got &{map[a:b]}'],
    [
      { list: [{ value: 1 }] },
      '.list: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)',
    ],
    [{ list: [{ name: 'a' }, { name: 'a' }] }, '.list: duplicate entries for key [name="a"]'],
    [{ set: ['a', 'a'] }, '.set: duplicate entries for key [="a"]'],
    [{ struct: { z: 1 } }, '.struct.z: field not declared in schema'],
    [
      { text: 1, number: 'x' },
      'errors:\n  .text: expected string, got &value.valueUnstructured{Value:1}\n  .number: expected numeric (int or float), got string',
    ],
  ])('%j: %s', (value, expected) => {
    expect(typeErrors(value, TYPE)).toBe(expected);
  });
  it('take anything where nothing is declared', () => {
    expect(typeErrors({ anything: { at: ['all'] } }, object({}, { fields: undefined }))).toBeUndefined();
  });
});

describe('managers that a client hands in', () => {
  it.each([
    [
      [{ manager: 'm', operation: 'Nope', apiVersion: 'v1', fieldsType: 'FieldsV1' }],
      'operation must be `Apply` or `Update`',
    ],
    [[{ manager: 'm', operation: 'Apply', fieldsType: 'FieldsV1' }], 'apiVersion must not be empty'],
    [[{ manager: 'm', operation: 'Apply', apiVersion: 'v1' }], 'missing fieldsType in managed fields entry 0'],
    [
      [{ manager: 'm', operation: 'Apply', apiVersion: 'v1', fieldsType: 'X' }],
      'invalid fieldsType "X" in managed fields entry 0',
    ],
    [
      [{ manager: 'm', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { ab: {} } }],
      'missing colon: ab',
    ],
  ])('%j: %s', (entries, message) => {
    expect(() => decodeWire(entries)).toThrow(new Error(message));
  });
});
