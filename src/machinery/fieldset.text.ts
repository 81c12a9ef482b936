// A field set as a short text: what the store keeps in place of FieldsV1, at a third of its size.
// Called by: managedfields. Must not know: managers, schemas.
// `f:metadata{f:labels{.,f:app}}` is written `metadata{labels{.,app}}`, `k:{"containerPort":80}` `[containerPort=#80]` and
// `v:"x"` `=x`; what has odd characters is quoted as it is.
import { isEmptySet, keysOf, NO_FIELDS, sortedElements, type FieldSet } from './fieldset.ts';

const PLAIN = /^[A-Za-z0-9_./~:-]+$/;
const MAX_CACHED = 4000;

const setsByText = new Map<string, FieldSet>();
const textsBySet = new WeakMap<FieldSet, string>();

/** Returns the text of a set, its elements in upstream's order. */
export function setToText(set: FieldSet): string {
  let text = textsBySet.get(set);
  if (text !== undefined) return text;
  text = childrenText(set);
  if (set !== NO_FIELDS) textsBySet.set(set, text);
  return text;
}

function childrenText(set: FieldSet): string {
  let text = set['.'] === undefined ? '' : '.';
  for (const element of sortedElements(set)) {
    text += text === '' ? elementWord(element) : `,${elementWord(element)}`;
    const below = set[element] as FieldSet;
    if (!isEmptySet(below)) text += `{${childrenText(below)}}`;
  }
  return text;
}

const words = new Map<string, string>();

function elementWord(element: string): string {
  let word = words.get(element);
  if (word === undefined) {
    if (words.size >= MAX_CACHED) words.clear();
    words.set(element, (word = plainWord(element) ?? JSON.stringify(element)));
  }
  return word;
}

function plainWord(element: string): string | undefined {
  const text = element.slice(2);
  if (element.startsWith('f:')) return text !== '.' && PLAIN.test(text) ? text : undefined;
  if (element.startsWith('v:')) {
    const value = plainValue(JSON.parse(text) as unknown);
    return value === undefined ? undefined : `=${value}`;
  }
  if (!element.startsWith('k:')) return undefined;
  const keys = Object.entries(keysOf(element)).map(([key, value]) => {
    const plain = PLAIN.test(key) ? plainValue(value) : undefined;
    return plain === undefined ? undefined : `${key}=${plain}`;
  });
  return keys.includes(undefined) ? undefined : `[${keys.join(';')}]`;
}

function plainValue(value: unknown): string | undefined {
  if (typeof value === 'number') return `#${value}`;
  return typeof value === 'string' && PLAIN.test(value) ? value : undefined;
}

function elementOf(word: string): string {
  if (word.startsWith('=')) return `v:${valueText(word.slice(1))}`;
  if (!word.startsWith('[')) return `f:${word}`;
  const keys = word.slice(1, -1).split(';');
  const texts = keys.map((key) => {
    const at = key.indexOf('=');
    return `"${key.slice(0, at)}":${valueText(key.slice(at + 1))}`;
  });
  return `k:{${texts.join(',')}}`;
}

function valueText(plain: string): string {
  return plain.startsWith('#') ? plain.slice(1) : JSON.stringify(plain);
}

/** Returns the set that a text of `setToText` stands for; the same object for the same text, as long as it is remembered. */
export function textToSet(text: string): FieldSet {
  let set = setsByText.get(text);
  if (set) return set;
  set = new Reader(text).children();
  if (setsByText.size >= MAX_CACHED) setsByText.clear();
  setsByText.set(text, set);
  textsBySet.set(set, text);
  return set;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  children(): FieldSet {
    const result: Record<string, FieldSet> = {};
    while (this.#at < this.#text.length && this.#text[this.#at] !== '}') {
      const element = this.#element();
      let below: FieldSet = NO_FIELDS;
      if (this.#text[this.#at] === '{') {
        this.#at++;
        below = this.children();
        this.#at++;
      }
      result[element] = below;
      if (this.#text[this.#at] === ',') this.#at++;
    }
    return result;
  }

  #element(): string {
    const text = this.#text;
    const start = this.#at;
    if (text[start] === '"') {
      let end = start + 1;
      while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      this.#at = end + 1;
      return JSON.parse(text.slice(start, this.#at)) as string;
    }
    let end = start;
    while (end < text.length && text[end] !== '{' && text[end] !== '}' && text[end] !== ',') end++;
    this.#at = end;
    const word = text.slice(start, end);
    return word === '.' ? word : elementOf(word);
  }
}
