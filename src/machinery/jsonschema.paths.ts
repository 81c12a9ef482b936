// Paths that may be absent: upstream's checks of values begin at no path at all, which prints as <nil>.
// Called by: the other siblings of jsonschema. Must not know: schemas.
import { Path } from './field.ts';

/** undefined stands for upstream's nil path. */
export type MaybePath = Path | undefined;

export function childPath(path: MaybePath, name: string): Path {
  return path ? path.child(name) : Path.of(name);
}
export function indexPath(path: MaybePath, i: number): Path {
  return (path ?? Path.root()).index(i);
}
export function keyPath(path: MaybePath, key: string): Path {
  return (path ?? Path.root()).key(key);
}

/** Returns the path as it stands in front of others; '' for none. */
export function pathText(path: MaybePath): string {
  return path?.toString() ?? '';
}

/** Returns the path of an error: an absent one prints as Go prints nil. */
export function errorPath(path: MaybePath): Path {
  return path ?? Path.of('<nil>');
}
