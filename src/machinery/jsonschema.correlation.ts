// A new value beside the old one it came from: what has not changed may stay as wrong as it was (ratcheting).
// Called by: jsonschema.validate, resources/customresource.strategy. Must not know: any kind.
// Upstream: apiserver pkg/cel/common/equality.go CorrelatedObject.
import { deepEqual } from './meta.ts';
import { additionalOf, isValues, itemsOf, propertyOf, type JSONSchema } from './jsonschema.ts';

export class Correlation {
  readonly value: unknown;
  readonly old: unknown;
  readonly #schema: JSONSchema;
  #isSame: boolean | undefined;

  constructor(value: unknown, old: unknown, schema: JSONSchema) {
    this.value = value;
    this.old = old;
    this.#schema = schema;
  }

  /** Returns the field of both, or undefined where one has none or the schema does not know it. */
  key(name: string): Correlation | undefined {
    const { value, old } = this;
    if (!isValues(value) || !isValues(old) || !Object.hasOwn(value, name) || !Object.hasOwn(old, name))
      return undefined;
    const schema = propertyOf(this.#schema, name) ?? additionalOf(this.#schema);
    return schema && new Correlation(value[name], old[name], schema);
  }

  /** Returns the item of both lists with the same keys; undefined for lists that are no maps. */
  index(i: number): Correlation | undefined {
    const { value, old } = this;
    const items = itemsOf(this.#schema);
    if (!Array.isArray(value) || !Array.isArray(old) || !items) return undefined;
    if (this.#schema['x-kubernetes-list-type'] !== 'map') return undefined;
    const keys = this.#schema['x-kubernetes-list-map-keys'] ?? [];
    const item: unknown = value[i];
    const isSameItem = (other: unknown): boolean =>
      isValues(item) && isValues(other) && keys.every((key) => deepEqual(item[key] ?? null, other[key] ?? null));
    const found: unknown = old.find(isSameItem);
    return found === undefined ? undefined : new Correlation(item, found, items);
  }

  /** Returns whether nothing has changed, as far as the schema can tell. Upstream: CachedDeepEqual. */
  get isSame(): boolean {
    this.#isSame ??= this.#compare();
    return this.#isSame;
  }

  #compare(): boolean {
    const { value, old } = this;
    if (Array.isArray(value) && Array.isArray(old)) {
      if (value.length !== old.length) return false;
      if (this.#schema['x-kubernetes-list-type'] !== 'map') return deepEqual(value, old);
      return value.every((_, i) => this.index(i)?.isSame ?? false);
    }
    if (!isValues(value) || !isValues(old)) return deepEqual(value, old);
    const names = Object.keys(value);
    return names.length === Object.keys(old).length && names.every((name) => this.key(name)?.isSame ?? false);
  }
}
