// Standard input, output and error of commands.
// Called by: interpreter, redirects. Must not know: where the ends are.

/** A text that is read once, whole or line by line. */
export class Input {
  #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  rest(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
  /** Returns the next line without its end, or undefined at the end of the input. */
  line(): string | undefined {
    if (this.#text === '') return undefined;
    const end = this.#text.indexOf('\n');
    const line = end < 0 ? this.#text : this.#text.slice(0, end);
    this.#text = end < 0 ? '' : this.#text.slice(end + 1);
    return line;
  }
}

export interface Streams {
  input: Input;
  out(text: string): void;
  err(text: string): void;
}

/** Thrown into a program whose reader takes no more. */
export class PipeClosed extends Error {}

const MAX_PIPE = 1 << 24;

/** Returns what is added to a pipe's text. @throws PipeClosed when that is more than a pipe ever holds here. */
export function limited(text: string, more: string): string {
  if (text.length + more.length > MAX_PIPE) throw new PipeClosed();
  return more;
}
