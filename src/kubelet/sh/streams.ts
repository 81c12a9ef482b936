// Standard input, output and error of commands.
// Called by: interpreter, redirects. Must not know: where the ends are.

/** Thrown by a read of what has not come yet: whoever runs the command waits, and runs it again. */
export class InputNeeded extends Error {}

/** A text that is read once, whole or line by line; of an open one more may come. */
export class Input {
  #text: string;
  #isOpen: boolean;
  /** Everything that came, read or not. */
  #whole: string;

  constructor(text: string, isOpen = false) {
    this.#text = text;
    this.#whole = text;
    this.#isOpen = isOpen;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get whole(): string {
    return this.#whole;
  }

  push(text: string): void {
    this.#text += text;
    this.#whole += text;
  }

  end(): void {
    this.#isOpen = false;
  }

  /** Returns what is left to the end; of an open input what is there if that is enough. @throws InputNeeded */
  rest(isEnough: (text: string) => boolean = () => false): string {
    if (this.#isOpen && !isEnough(this.#text)) throw new InputNeeded();
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Returns what is there, undefined at the end of the input. @throws InputNeeded */
  some(): string | undefined {
    const text = this.rest((there) => there !== '');
    return text === '' ? undefined : text;
  }

  /** Returns the next line without its end, or undefined at the end of the input. @throws InputNeeded */
  line(): string | undefined {
    if (this.#isOpen && !this.#text.includes('\n')) throw new InputNeeded();
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
