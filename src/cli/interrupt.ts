// Waiting that the user may break off: then the command ends at once, with exit code 1.
// Called by: commands that wait for what happens in the cluster. Must not know: where signals come from.
// Upstream: kubectl pkg/util/interrupt.
import { ExitError } from './errors.ts';
import type { Factory } from './factory.ts';

/** What a user or a system ends a program with. */
export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The program ends on the spot: nothing is tidied up any more. */
export class InterruptedError extends ExitError {
  constructor() {
    super(1);
    this.name = 'InterruptedError';
  }
}

const EXIT_CODES: Readonly<Record<Interrupt, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Returns the exit code of a program that the signal itself ended, as a shell tells it. */
export function signalExitCode(signal: Interrupt): number {
  return EXIT_CODES[signal];
}

/** Returns what `wait` returns. Afterwards signals end the program by themselves again. @throws InterruptedError. */
export async function interruptible<T>(
  { runtime }: Pick<Factory, 'runtime'>,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const broken = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(new InterruptedError()));
  });
  const remove = runtime.onInterrupt(() => controller.abort());
  try {
    return await Promise.race([wait(controller.signal), broken]);
  } finally {
    remove();
  }
}
