// What clients see of stored objects, and its bytes, remembered: objects do not change, and many ask for the same ones.
// Called by: scheme, tables, encoding. Must not know: kinds.
import { deepFreeze } from '../machinery/meta.ts';

/** So many bytes are kept at most, with the objects they show. */
const LIMIT = 64 << 20;

interface Bytes {
  value?: Buffer;
}

let forms = new WeakMap<object, WeakMap<object, object>>();
let bytes = new WeakMap<object, Bytes>();
let kept = 0;

/** Returns what an object looks like in a form: as made by `make` the first time. Both are shared from then on. */
export function remembered<T extends object>(form: object, source: T, make: () => object): object {
  let known = forms.get(form);
  if (!known) forms.set(form, (known = new WeakMap<object, object>()));
  let found = known.get(source);
  if (found) return found;
  found = make();
  // What is frozen all the way down, as in tests, stays so.
  if (Object.isFrozen(source)) deepFreeze(found);
  known.set(source, found);
  if (!bytes.has(found)) bytes.set(found, {});
  return found;
}

/** Returns the bytes of a remembered object as written by `write` the first time; of any other by `write`. */
export function bytesOfRemembered(value: object, write: () => Buffer): Buffer {
  const place = bytes.get(value);
  if (!place) return write();
  if (place.value === undefined) {
    place.value = write();
    kept += place.value.length;
    if (kept > LIMIT) forget();
  }
  return place.value;
}

function forget(): void {
  forms = new WeakMap();
  bytes = new WeakMap();
  kept = 0;
}
