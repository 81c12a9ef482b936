// Reads back the simplest YAML that toYaml writes, without the library, which costs milliseconds at every start.
// Called by: client (the kubeconfig, which every command reads). Must not know: what the document is for.
import { emitYaml } from './yaml.emit.ts';
import { resolveScalar } from './yaml.resolve.ts';

interface Line {
  indent: number;
  text: string;
}

/**
 * Returns the value of a document that is block mappings, block lists and unquoted scalars just as `toYaml` writes them;
 * undefined for every other document. The answer is never a guess: written again it gives the same text.
 */
export function parsePlainYaml(text: string): unknown {
  if (/["'|>&*!%@`#?\t]|: \[[^\]]|: \{[^}]/.test(text)) return undefined;
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((line): Line => {
      const indent = line.search(/[^ ]|$/);
      return { indent, text: line.slice(indent) };
    });
  const value = new PlainReader(lines).read(0);
  return value !== undefined && emitYaml(value) === text ? value : undefined;
}

class PlainReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  read(indent: number): unknown {
    const line = this.#lines[this.#at];
    if (!line || line.indent !== indent) return undefined;
    return line.text.startsWith('- ') ? this.#list(indent) : this.#mapping(indent);
  }

  #list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (
      let line = this.#lines[this.#at];
      line?.indent === indent && line.text.startsWith('- ');
      line = this.#lines[this.#at]
    ) {
      const text = line.text.slice(2);
      if (/^[^ ]+:( |$)/.test(text)) {
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
    const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      const colon = line.text.indexOf(':');
      if (colon < 1 || line.text.startsWith('- ')) break;
      const key = line.text.slice(0, colon);
      const rest = line.text.slice(colon + 2);
      this.#at++;
      fields[key] = rest === '' ? this.#nested(indent) : scalar(rest);
    }
    return { ...fields };
  }

  /** What belongs to a key without a value: deeper lines, or a list at the key's own depth. */
  #nested(indent: number): unknown {
    const next = this.#lines[this.#at];
    if (next && next.indent === indent && next.text.startsWith('- ')) return this.#list(indent);
    return next && next.indent > indent ? this.read(next.indent) : null;
  }
}

function scalar(text: string): unknown {
  if (text === '{}') return {};
  if (text === '[]') return [];
  return resolveScalar(text).value;
}
