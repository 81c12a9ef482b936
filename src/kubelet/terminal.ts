// A terminal's line discipline: what is typed is echoed and may be corrected; a process gets whole lines of it.
// Called by: exec.ts, session.ts, attach.ts. Must not know: processes, how clients are connected.
import { completeLength, textOf } from './sh/bytes.ts';

/** What a process gets of what was typed. */
export interface Typed {
  text: string;
  /** Ctrl-D on an empty line: the input is at its end. */
  isEnd: boolean;
}

const CTRL_D = '\x04';
const CTRL_U = '\x15';

/** Lines of a terminal, which echoes. */
export class TerminalLines {
  #line = '';
  readonly #echo: (text: string) => void;

  constructor(echo: (text: string) => void) {
    this.#echo = echo;
  }

  /** Returns the lines that the keys finish. */
  take(keys: string): Typed {
    let text = '';
    for (const key of keys) {
      if (key === CTRL_D && this.#line === '') return { text, isEnd: true };
      if (key === '\r' || key === '\n' || key === CTRL_D) {
        if (key !== CTRL_D) this.#echo('\r\n');
        text += key === CTRL_D ? this.#line : `${this.#line}\n`;
        this.#line = '';
      } else this.#edit(key);
    }
    return { text, isEnd: false };
  }

  #edit(key: string): void {
    const isErasing = key === '\x7f' || key === '\b';
    if (isErasing || key === CTRL_U) {
      const erased = isErasing ? [...this.#line].slice(-1) : [...this.#line];
      this.#echo('\b \b'.repeat(erased.length));
      this.#line = this.#line.slice(0, this.#line.length - erased.join('').length);
      return;
    }
    this.#line += key;
    this.#echo(key < ' ' && key !== '\t' ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key);
  }
}

/** Text of bytes that come in pieces: a character waits for its last byte. */
export class Decoder {
  #rest: Uint8Array = new Uint8Array();

  text(bytes: Uint8Array): string {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const length = completeLength(all);
    this.#rest = all.slice(length);
    return textOf(all.subarray(0, length));
  }

  /** Returns what is left at the end. */
  end(): string {
    const rest = this.#rest;
    this.#rest = new Uint8Array();
    return textOf(rest);
  }
}
