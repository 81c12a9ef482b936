// What comes on a command's input: read while a line is waited for and, at a terminal, looked at while a command runs.
// Called by: exec.ts, session.ts, attach.ts. Must not know: commands, how clients are connected.
import type { StreamIO } from '../apiserver/types.ts';

const CTRL_C = 3;
const CTRL_BACKSLASH = 28;
/** The signals of these keys. A command that one of them ends has its exit code. */
const INT = { name: 'INT', echo: '^C', exitCode: 130 };
const QUIT = { name: 'QUIT', echo: '^\\', exitCode: 131 };
const KILL = { name: 'KILL', echo: '', exitCode: 137 };

export class Keyboard {
  readonly #io: StreamIO;
  readonly #isTerminal: boolean;
  /** What came and was not read yet. */
  #ahead: Uint8Array[] = [];
  #isEnded = false;
  #pending: Promise<void> | undefined;
  #pressed: AbortController | undefined;
  readonly #killed = new AbortController();
  readonly #death: Promise<void>;
  /** The last one typed, or the one that nobody can type. */
  lastSignal = INT;
  /** Called when something came, or the end. */
  onNews: () => void = () => undefined;

  constructor(io: StreamIO, isTerminal: boolean) {
    this.#io = io;
    this.#isTerminal = isTerminal;
    this.#death = new Promise((resolve) => this.#killed.signal.addEventListener('abort', () => resolve()));
  }

  /** Ends whatever runs, and whoever reads: the container is gone. */
  kill(): void {
    this.lastSignal = KILL;
    this.#killed.abort();
  }

  get isKilled(): boolean {
    return this.#killed.signal.aborted;
  }

  /** Resolves with what came, with undefined at the end. Others work on the cluster meanwhile. */
  async read(): Promise<Uint8Array | undefined> {
    while (this.#ahead.length === 0 && !this.#isEnded && !this.isKilled) {
      const more = Promise.race([this.#more(), this.#death]);
      await (this.#io.waitOutside?.(more) ?? more);
    }
    return this.#ahead.length > 0 ? Buffer.concat(this.#ahead.splice(0)) : undefined;
  }

  /** Returns what came and was not read yet. */
  taken(): { bytes: Uint8Array; isEnded: boolean } {
    return { bytes: Buffer.concat(this.#ahead.splice(0)), isEnded: this.#isEnded };
  }

  /** Resolves with everything that comes until the end. */
  async readAll(): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (let part = await this.read(); part; part = await this.read()) parts.push(part);
    return Buffer.concat(parts);
  }

  /** Fires when the running command is to end: at a key that means it, when the container ends, and when the client has gone. */
  get signal(): AbortSignal {
    const ends = [this.#io.signal, this.#killed.signal];
    return AbortSignal.any(this.#pressed ? [...ends, this.#pressed.signal] : ends);
  }

  /** Lets a command run. At a terminal Ctrl-C ends it; what else is typed meanwhile is kept. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    return this.#isTerminal ? this.listening(run) : run();
  }

  /** Lets something run while what comes is looked at, at a terminal or not. */
  async listening<T>(run: () => Promise<T>): Promise<T> {
    if (!this.#io.readStdin) return run();
    const pressed = new AbortController();
    this.#pressed = pressed;
    void this.#watch(pressed);
    try {
      return await run();
    } finally {
      this.#pressed = undefined;
    }
  }

  /** Works on the cluster again: whoever waited let go of it, and a key ends a wait at once. */
  async resume(): Promise<void> {
    if (!this.#io.signal.aborted) await this.#io.waitOutside?.(Promise.resolve());
  }

  async #watch(pressed: AbortController): Promise<void> {
    while (this.#pressed === pressed && !this.#isEnded) await this.#more();
  }

  #more(): Promise<void> {
    this.#pending ??= this.#take();
    return this.#pending;
  }

  async #take(): Promise<void> {
    const bytes = await this.#io.readStdin?.();
    this.#pending = undefined;
    if (!bytes) this.#isEnded = true;
    else if (this.#pressed && this.#isTerminal)
      this.#ahead.push(this.#withoutSignals(Buffer.from(bytes), this.#pressed));
    else this.#ahead.push(bytes);
    this.onNews();
  }

  /** What was typed before the key is lost: a terminal flushes its input. */
  #withoutSignals(bytes: Buffer, pressed: AbortController): Buffer {
    const at = bytes.findIndex((byte) => byte === CTRL_C || byte === CTRL_BACKSLASH);
    if (at < 0) return bytes;
    this.lastSignal = bytes[at] === CTRL_C ? INT : QUIT;
    this.#io.writeStdout(Buffer.from(this.lastSignal.echo));
    pressed.abort();
    return bytes.subarray(at + 1);
  }
}
