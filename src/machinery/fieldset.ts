// Sets of fields as FieldsV1 writes them: a tree of path elements, and what is reckoned with such sets.
// Called by: typed values, managedfields. Must not know: schemas, managers.
// Upstream: structured-merge-diff fieldpath/set.go.

/**
 * A set of paths. Keys are path elements: `f:name` (a field), `k:{"name":"web"}` (a list item by its keys), `v:"x"` (an item of a
 * set), `i:0`. An element without anything beneath is a member; one with something beneath is a member when it holds `.`, too.
 * The tree as a whole stands for no path: `{}` at the top is the empty set. Trees are shared: never change one.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}
type Growing = { [element: string]: Growing };

const SELF = '.';

/** The empty set; as a value in a tree, a member with nothing beneath it. */
export const NO_FIELDS: FieldSet = Object.freeze({});

/** Returns true for a set without members. */
export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

function isMember(node: FieldSet | undefined): boolean {
  return node !== undefined && (node[SELF] !== undefined || isEmptySet(node));
}

/** What lies beneath an element, without the element itself; undefined when nothing does. */
function beneath(node: FieldSet | undefined): FieldSet | undefined {
  return node === undefined || isEmptySet(node) ? undefined : node;
}

// The node of an element: is it a member, and what lies beneath it (where '.' does not count).
function nodeOf(hasSelf: boolean, children: FieldSet | undefined): FieldSet | undefined {
  const hasChildren = children !== undefined && !isEmptySet(children);
  if (!hasChildren) return hasSelf ? NO_FIELDS : undefined;
  return hasSelf ? { [SELF]: NO_FIELDS, ...children } : children;
}

/** Returns true when the path, given as elements, is a member. */
export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.[element];
  return path.length > 0 && isMember(node);
}

/** Returns the set of one path. */
export function setOf(...path: string[]): FieldSet {
  return path.reduceRight<FieldSet>((beneathIt, element) => ({ [element]: beneathIt }), NO_FIELDS);
}

/** Returns the members of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  let result: Growing | undefined;
  for (const element in b) {
    if (element === SELF) continue;
    const mine = a[element];
    const theirs = b[element] as FieldSet;
    const merged = mine === undefined ? theirs : unionOfNodes(mine, theirs);
    if (merged !== mine) (result ??= { ...a } as Growing)[element] = merged as Growing;
  }
  return result ?? a;
}

function unionOfNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || (isEmptySet(b) && isMember(a))) return a;
  if (isEmptySet(a) && isMember(b)) return b;
  const hasSelf = isMember(a) || isMember(b);
  const children = union(beneath(a) ?? NO_FIELDS, beneath(b) ?? NO_FIELDS);
  if (children === a && (!hasSelf || isMember(a))) return a;
  return nodeOf(hasSelf, withoutSelf(children)) ?? NO_FIELDS;
}

function withoutSelf(set: FieldSet): FieldSet {
  if (set[SELF] === undefined) return set;
  const { [SELF]: _, ...rest } = set;
  return rest;
}

/** Returns the members of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: Growing = {};
  for (const element in a) {
    if (element === SELF) continue;
    const mine = a[element] as FieldSet;
    const theirs = b[element];
    if (theirs === undefined) continue;
    const below = beneath(mine);
    const node = nodeOf(
      isMember(mine) && isMember(theirs),
      below && beneath(theirs) ? intersection(below, theirs) : undefined,
    );
    if (node) result[element] = node as Growing;
  }
  return result;
}

/** Returns the members of `a` that are none of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, false);
}

/** Returns the members of `a` that neither are in `b` nor lie beneath a member of it. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, true);
}

function subtract(a: FieldSet, b: FieldSet, isRecursive: boolean): FieldSet {
  let result: Growing | undefined;
  for (const element in b) {
    const mine = element === SELF ? undefined : a[element];
    if (mine === undefined) continue;
    const theirs = b[element] as FieldSet;
    const node = subtractNodes(mine, theirs, isRecursive);
    if (node === mine) continue;
    result ??= { ...a } as Growing;
    if (node) result[element] = node as Growing;
    else delete result[element];
  }
  return result ?? a;
}

function subtractNodes(mine: FieldSet, theirs: FieldSet, isRecursive: boolean): FieldSet | undefined {
  const isTaken = isMember(theirs);
  if (isTaken && isRecursive) return undefined;
  const below = beneath(mine);
  const rest = below && beneath(theirs) ? subtract(below, theirs, isRecursive) : below;
  const hasSelf = isMember(mine) && !isTaken;
  if (rest === below && hasSelf === isMember(mine)) return mine;
  return nodeOf(hasSelf, rest && withoutSelf(rest));
}

/** Returns true when both sets have the same members. */
export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  let count = 0;
  for (const element in a) {
    const theirs = b[element];
    if (theirs === undefined || !equalSets(a[element] as FieldSet, theirs)) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

/** Calls back with each member's path, in upstream's order: at every level the members first, then what lies beneath. */
export function forEachPath(set: FieldSet, visit: (path: readonly string[]) => void): void {
  walk(set, [], visit);
}

function walk(set: FieldSet, prefix: readonly string[], visit: (path: readonly string[]) => void): void {
  const elements = sortedElements(set);
  for (const element of elements) if (isMember(set[element])) visit([...prefix, element]);
  for (const element of elements) {
    const below = beneath(set[element]);
    if (below) walk(below, [...prefix, element], visit);
  }
}

// Fields, then keys, then values, then indices. Upstream: fieldpath/element.go PathElement.Compare.
const RANKS: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 };

/** Returns the elements at the top of a set, sorted, without '.'. */
export function sortedElements(set: FieldSet): string[] {
  const elements = Object.keys(set);
  if (elements.length === 1 && elements[0] !== SELF) return elements;
  return elements.filter((element) => element !== SELF).sort(compareElements);
}

function compareElements(a: string, b: string): number {
  const ranks = (RANKS[a.charAt(0)] ?? 4) - (RANKS[b.charAt(0)] ?? 4);
  if (ranks !== 0) return ranks;
  if (a.charCodeAt(0) === 107) return compareKeys(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

// Numbers are compared as such; texts as they stand.
const HAS_NUMBER = /":[-0-9]/;

function compareKeys(a: string, b: string): number {
  if (!HAS_NUMBER.test(a) && !HAS_NUMBER.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const [x, y] = [Object.entries(keysOf(a)), Object.entries(keysOf(b))];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [nameX, valueX] = x[i] as [string, unknown];
    const [nameY, valueY] = y[i] as [string, unknown];
    if (nameX !== nameY) return nameX < nameY ? -1 : 1;
    if (valueX === valueY) continue;
    if (typeof valueX === typeof valueY) return (valueX as string) < (valueY as string) ? -1 : 1;
    return typeof valueX === 'number' ? -1 : 1;
  }
  return x.length - y.length;
}

/** Returns the keys of an element `k:{…}`. */
export function keysOf(element: string): Record<string, unknown> {
  return JSON.parse(element.slice(2)) as Record<string, unknown>;
}

/** Returns a path as messages print it: `.spec.containers[name="web"].image`. Upstream: fieldpath Path.String. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('');
}

/** Returns one element as messages print it: `.spec`, `[name="web"]`, `[="x"]`, `[0]`. */
export function elementText(element: string): string {
  const text = element.slice(2);
  switch (element.charAt(0)) {
    case 'f':
      return `.${text}`;
    case 'k':
      return `[${Object.entries(keysOf(element))
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${text}]`;
    default:
      return `[${text}]`;
  }
}

/** Returns the set with its elements in upstream's order, as the wire shows it; '.' first. */
export function inWireOrder(set: FieldSet): FieldSet {
  const result: Growing = {};
  if (set[SELF] !== undefined) result[SELF] = {};
  for (const element of sortedElements(set)) result[element] = inWireOrder(set[element] as FieldSet) as Growing;
  return result;
}
