// Pieces of work, one after another, in rounds: what comes in while one is under way waits for the disk together.
// Called by: engine.ts. Must not know: what the work is on.
import { StateError } from '../storage/files.ts';

export interface RoundsOptions<C> {
  /** Returns what is worked on. @throws StateError */
  enter(): Promise<C>;
  /** Called before each piece. */
  catchUp(on: C): Promise<void>;
  /** Ends the batch of a piece. */
  stage(command: string, on: C): void;
  /** Makes what was staged durable. @throws StateError */
  flush(): void;
  /** Called when something could not be made durable: nothing of the round is kept. */
  recover(): Promise<void>;
  /** Called after each round. */
  rest(): void;
  /** Called when work cannot go on. */
  fail(error: Error): void;
}

interface Piece<C> {
  command: string;
  work(on: C): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** So many pieces of work become durable at once, at most. */
const MAX_PIECES = 64;

export class Rounds<C> {
  readonly #options: RoundsOptions<C>;
  #pieces: Piece<C>[] = [];
  #working: Promise<void> | undefined;

  constructor(options: RoundsOptions<C>) {
    this.#options = options;
  }

  /** Resolves when there is no work left. */
  get finished(): Promise<void> {
    return this.#working ?? Promise.resolve();
  }

  /** Does a piece of work after those before it. @returns what it returned, when that is durable. */
  add<T>(command: string, work: (on: C) => T | Promise<T>): Promise<T> {
    const done = new Promise<T>((resolve, reject) => {
      this.#pieces.push({ command, work, resolve: resolve as Piece<C>['resolve'], reject });
    });
    this.#working ??= this.#work();
    return done;
  }

  async #work(): Promise<void> {
    // Whoever has asked already, on another connection, is in the first round.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pieces.length > 0) {
      try {
        await this.#round(this.#pieces.splice(0, MAX_PIECES));
        this.#options.rest();
      } catch (error) {
        this.#options.fail(error as Error);
      }
    }
    this.#working = undefined;
  }

  async #round(pieces: readonly Piece<C>[]): Promise<void> {
    const answers: (() => void)[] = [];
    try {
      const on = await this.#options.enter();
      for (const piece of pieces) answers.push(await this.#answerTo(piece, on));
      this.#options.flush();
    } catch (error) {
      for (const { reject } of pieces) reject(error);
      return this.#options.recover();
    }
    for (const answer of answers) answer();
  }

  /** Does one piece of work. @returns what tells its outcome, to be called when that is durable. @throws StateError */
  async #answerTo({ command, work, resolve, reject }: Piece<C>, on: C): Promise<() => void> {
    let answer: () => void;
    try {
      await this.#options.catchUp(on);
      const result = await work(on);
      answer = () => resolve(result);
    } catch (error) {
      if (error instanceof StateError) throw error;
      answer = () => reject(error);
    }
    // What a piece wrote before it failed is there, and seen by those after it.
    this.#options.stage(command, on);
    return answer;
  }
}
