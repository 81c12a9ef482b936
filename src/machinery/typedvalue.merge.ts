// Lays a configuration over a live value under one schema: leaves are replaced, maps and associative lists merged.
// Called by: managedfields. Must not know: managers, the server.
// Upstream: structured-merge-diff typed/merge.go.
import type { SchemaNode } from './schema.ts';
import { fieldNode, isMap, itemElement, itemNode, shapeOf, type Fields } from './typedvalue.ts';

/** Returns the live value with what the configuration says laid over it. Neither is changed; parts of both are shared. */
export function mergeValues(live: unknown, config: unknown, node: SchemaNode): unknown {
  const shape = shapeOf(node, config === undefined ? live : config);
  if (shape === 'map' && !(isEmpty(live) && isEmpty(config))) return mergeMaps(live, config, node);
  if (shape === 'list' && !(isEmpty(live) && isEmpty(config))) return mergeLists(live, config, node);
  return config === undefined ? live : config;
}

function isEmpty(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function mergeMaps(live: unknown, config: unknown, node: SchemaNode): unknown {
  const mine: Fields = isMap(live) ? live : {};
  const given: Fields = isMap(config) ? config : {};
  const result: Fields = {};
  let isNothing = true;
  for (const name of new Set([...Object.keys(mine), ...Object.keys(given)])) {
    const [a, b] = [mine[name], given[name]];
    if (a === undefined && b === undefined) continue;
    const merged = mergeValues(a, b, fieldNode(node, name));
    if (merged === undefined) continue;
    Object.defineProperty(result, name, { value: merged, enumerable: true, writable: true, configurable: true });
    isNothing = false;
  }
  return isNothing ? undefined : result;
}

interface Item {
  element: string;
  value: unknown;
}

function itemsOf(list: SchemaNode, value: unknown): Item[] {
  return (Array.isArray(value) ? value : []).map((item: unknown) => ({
    element: itemElement(list, item),
    value: item,
  }));
}

// Items keep the live order where the configuration does not say; items of both come in the configuration's order.
function mergeLists(live: unknown, config: unknown, node: SchemaNode): unknown {
  const left = itemsOf(node, live);
  const right = itemsOf(node, config);
  const item = itemNode(node);
  // What stands twice in the live list is replaced, not merged.
  const byElement = new Map<string, unknown>();
  for (const { element, value } of left) byElement.set(element, byElement.has(element) ? null : value);
  const wanted = new Map(right.map(({ element, value }) => [element, value]));
  const shared = right.filter(({ element }) => byElement.has(element)).map(({ element }) => element);
  const merged = new Set<string>();
  const result: unknown[] = [];
  const take = (a: unknown, b: unknown): void => {
    const value = mergeValues(a, b, item);
    if (value !== undefined) result.push(value);
  };
  let next = shared.shift();
  for (let l = 0, r = 0; l < left.length || r < right.length;) {
    const mine = left[l];
    const given = right[r];
    if (mine && given) {
      if (mine.element === given.element) {
        merged.add(mine.element);
        take(byElement.get(mine.element), given.value);
        l++;
        r++;
        next = shared.shift();
        continue;
      }
      if (wanted.has(mine.element) && next !== undefined && next !== mine.element) {
        l++;
        continue;
      }
    }
    if (mine && !wanted.has(mine.element)) {
      take(mine.value, undefined);
      l++;
      continue;
    }
    if (mine && merged.has(mine.element)) l++;
    if (!given) continue;
    merged.add(given.element);
    take(byElement.get(given.element), given.value);
    r++;
    if (next === given.element) next = shared.shift();
  }
  return result.length > 0 ? result : undefined;
}
