import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { interruptible, InterruptedError, type Interrupt } from '../../src/cli/interrupt.ts';
import type { Factory } from '../../src/cli/factory.ts';
import { createSandbox, type Sandbox } from '../harness.ts';

describe('a wait', () => {
  const listeners = new Set<(signal: Interrupt) => void>();
  const onInterrupt = (listener: (signal: Interrupt) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const factory = { runtime: { onInterrupt } } as unknown as Factory;

  it('that is over gives its result, and the signals back', async () => {
    expect(await interruptible(factory, async () => 'done')).toBe('done');
    await expect(interruptible(factory, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(listeners.size).toBe(0);
  });

  it('that is broken off ends at once, whatever it waits for', async () => {
    let seen: AbortSignal | undefined;
    const waiting = interruptible(factory, (signal) => {
      seen = signal;
      return new Promise(() => undefined);
    });
    for (const listener of listeners) listener('SIGTERM');
    await expect(waiting).rejects.toEqual(new InterruptedError());
    expect([seen?.aborted, listeners.size, new InterruptedError().exitCode]).toEqual([true, 0, 1]);
  });
});

describe('Ctrl-C', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
    await sandbox.out('kubectl run web --image=nginx');
    await sandbox.out('kubectl wait --for=condition=Ready pod/web');
  });
  afterAll(() => sandbox.close());

  /** Commands that wait look around at every turn of the event loop. */
  async function later(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  it.each(['get pods -w', 'get pod web -o name --watch-only', 'events --watch', 'logs -f web'])(
    'ends kubectl %s',
    async (line) => {
      const { stderr, exitCode } = await sandbox.run(`kubectl ${line}`, { interrupt: later() });
      expect([stderr, exitCode]).toEqual(['', 1]);
    },
  );
});
