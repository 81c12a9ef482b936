// Sets of fields: their arithmetic, their order, their short text.
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { setToText, textToSet } from '../../src/machinery/fieldset.text.ts';
import {
  difference,
  equalSets,
  forEachPath,
  hasPath,
  inWireOrder,
  intersection,
  isEmptySet,
  pathText,
  recursiveDifference,
  union,
  type FieldSet,
} from '../../src/machinery/fieldset.ts';

const elements = ['f:a', 'f:b', 'f:.', 'f:x,y{', 'k:{"name":"n"}', 'k:{"p":80,"q":"TCP"}', 'v:"s"', 'v:1', 'i:0'];
const path = fc.array(fc.constantFrom(...elements), { minLength: 1, maxLength: 4 });
const paths = fc.array(path, { maxLength: 12 });

function insert(set: FieldSet, [element = '', ...rest]: readonly string[]): FieldSet {
  const node = set[element];
  const isMember = node !== undefined && (isEmptySet(node) || node['.'] !== undefined);
  if (rest.length === 0) return { ...set, [element]: node && !isEmptySet(node) ? { '.': {}, ...node } : {} };
  const below = insert(node ?? {}, rest);
  return { ...set, [element]: isMember ? { '.': {}, ...below } : below };
}
const setFrom = (list: readonly (readonly string[])[]): FieldSet => list.reduce(insert, {});
const keysOf = (list: readonly (readonly string[])[]): Set<string> => new Set(list.map((p) => p.join('\n')));

function membersOf(set: FieldSet): Set<string> {
  const found = new Set<string>();
  forEachPath(set, (p) => found.add(p.join('\n')));
  return found;
}

describe('arithmetic is that of sets of paths', () => {
  it('union, intersection, difference', () => {
    fc.assert(
      fc.property(paths, paths, (x, y) => {
        const [a, b] = [setFrom(x), setFrom(y)];
        const [inA, inB] = [keysOf(x), keysOf(y)];
        expect(membersOf(a)).toEqual(inA);
        expect(membersOf(union(a, b))).toEqual(new Set([...inA, ...inB]));
        expect(membersOf(intersection(a, b))).toEqual(new Set([...inA].filter((p) => inB.has(p))));
        expect(membersOf(difference(a, b))).toEqual(new Set([...inA].filter((p) => !inB.has(p))));
        for (const p of x) expect(hasPath(a, p)).toBe(true);
      }),
    );
  });
  it('a recursive difference takes what lies beneath, too', () => {
    fc.assert(
      fc.property(paths, paths, (x, y) => {
        const isBeneath = (p: readonly string[]): boolean => y.some((q) => q.every((element, i) => p[i] === element));
        const left = keysOf(x.filter((p) => !isBeneath(p)));
        expect(membersOf(recursiveDifference(setFrom(x), setFrom(y)))).toEqual(left);
      }),
    );
  });
  it('the same object comes back when nothing changes', () => {
    const a = setFrom([['f:a', 'f:b'], ['f:b']]);
    expect(union(a, setFrom([['f:b']]))).toBe(a);
    expect(difference(a, setFrom([['f:c']]))).toBe(a);
  });
});

describe('the short text', () => {
  it('stands for the set', () => {
    fc.assert(
      fc.property(paths, (x) => {
        const set = setFrom(x);
        const back = textToSet(`${setToText(set)}`);
        expect(equalSets(back, set)).toBe(true);
        expect(inWireOrder(back)).toEqual(inWireOrder(set));
      }),
    );
  });
  it.each([
    [['f:metadata', 'f:labels', 'f:app'], 'metadata{labels{app}}'],
    [['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}'], 'spec{ports{[port=#80;protocol=TCP]}}'],
    [['f:metadata', 'f:finalizers', 'v:"example.com/x"'], 'metadata{finalizers{=example.com/x}}'],
    [['f:data', 'f:a b'], 'data{"f:a b"}'],
  ])('of %j is %s', (p, text) => {
    expect(setToText(setFrom([p]))).toBe(text);
  });
});

describe('order', () => {
  it('is fields, keys, values, indices; numbers by size', () => {
    const set = setFrom([['i:2'], ['v:"b"'], ['k:{"p":8080}'], ['k:{"p":80}'], ['f:b'], ['f:a', 'f:z'], ['f:a']]);
    expect(JSON.stringify(inWireOrder(set))).toBe(
      '{"f:a":{".":{},"f:z":{}},"f:b":{},"k:{\\"p\\":80}":{},"k:{\\"p\\":8080}":{},"v:\\"b\\"":{},"i:2":{}}',
    );
  });
  it('of paths has the members of a level before what lies beneath', () => {
    const found: string[] = [];
    forEachPath(setFrom([['f:a', 'f:z'], ['f:b'], ['f:a', 'k:{"n":"x"}', 'f:q']]), (p) => found.push(pathText(p)));
    expect(found).toEqual(['.b', '.a.z', '.a[n="x"].q']);
  });
  it.each([
    [['f:metadata', 'f:finalizers', 'v:"a"'], '.metadata.finalizers[="a"]'],
    [['f:l', 'k:{"port":80,"protocol":"TCP"}'], '.l[port=80,protocol="TCP"]'],
    [['f:l', 'i:3'], '.l[3]'],
  ])('%j is printed %s', (p, text) => {
    expect(pathText(p)).toBe(text);
  });
});
