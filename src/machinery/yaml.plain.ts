// Reads the simplest YAML that toYaml writes, without the library, which costs milliseconds at every start.
// Called by: client (the kubeconfig, which every command reads). Must not know: what the document is for.

interface Line {
  indent: number;
  text: string;
}

/** A key or a text that means itself in every YAML: it cannot be taken for a number, a date, a tag or a comment. */
const WORD = /^[A-Za-z][\w./-]*$/;
const TEXT = /^[A-Za-z/][\w./:@+-]*$/;
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,14})$/;
/** Words that are no texts, in YAML 1.1 as in 1.2. */
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const KEYWORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** Thrown where a document is not of this kind. */
class NotPlain extends Error {}

/**
 * Returns the value of a document that is block mappings, block lists and unquoted words, indented by two as `toYaml` does;
 * undefined for every other document. Never guesses: what could mean anything else is left to the library.
 */
export function parsePlainYaml(text: string): unknown {
  if (!text.endsWith('\n')) return undefined;
  const lines = text
    .slice(0, -1)
    .split('\n')
    .map((line): Line => {
      let indent = 0;
      while (line.charCodeAt(indent) === 32) indent++;
      return { indent, text: line.slice(indent) };
    });
  const reader = new PlainReader(lines);
  try {
    const value = reader.read(0);
    return reader.isAtEnd ? value : undefined;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class PlainReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  read(indent: number): unknown {
    return this.#lines[this.#at]?.text.startsWith('- ') ? this.#list(indent) : this.#mapping(indent);
  }

  #list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (
      let line = this.#lines[this.#at];
      line?.indent === indent && line.text.startsWith('- ');
      line = this.#lines[this.#at]
    ) {
      const text = line.text.slice(2);
      if (/:(?: |$)/.test(text)) {
        // The item's first field stands behind the dash, its others two columns further in.
        this.#lines[this.#at] = { indent: indent + 2, text };
        items.push(this.#mapping(indent + 2));
      } else {
        items.push(scalar(text));
        this.#at++;
      }
    }
    return items;
  }

  #mapping(indent: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    let isEmpty = true;
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      const colon = line.text.search(/:(?: |$)/);
      const key = line.text.slice(0, Math.max(colon, 0));
      if (!WORD.test(key) || KEYWORD.test(key) || Object.hasOwn(fields, key)) throw new NotPlain();
      const rest = line.text.slice(colon + 2);
      this.#at++;
      fields[key] = colon + 1 === line.text.length ? this.#nested(indent) : scalar(rest);
      isEmpty = false;
    }
    if (isEmpty) throw new NotPlain();
    return fields;
  }

  /** What belongs to a key without a value: deeper lines, or a list at the key's own depth. */
  #nested(indent: number): unknown {
    const next = this.#lines[this.#at];
    if (next?.indent === indent && next.text.startsWith('- ')) return this.#list(indent);
    if (next?.indent !== indent + 2 || next.text.startsWith('- ')) throw new NotPlain();
    return this.#mapping(indent + 2);
  }
}

function scalar(text: string): unknown {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (WHOLE_NUMBER.test(text)) return Number(text);
  if (!TEXT.test(text) || text.endsWith(':')) throw new NotPlain();
  if (!KEYWORD.test(text)) return text;
  const value = LITERALS[text];
  if (value === undefined) throw new NotPlain();
  return value;
}
