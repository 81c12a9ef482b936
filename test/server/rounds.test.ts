// Pieces of work that become durable together: their order, and what becomes of them when one fails or the disk does.
import { expect, it } from '@jest/globals';
import { Rounds } from '../../src/server/engine.rounds.ts';
import { StateError } from '../../src/storage/files.ts';

interface Log {
  lines: string[];
  rounds: Rounds<string>;
}

function logged(flush: () => void = () => undefined): Log {
  const lines: string[] = [];
  const rounds = new Rounds<string>({
    enter: async () => 'cluster',
    catchUp: async () => void lines.push('catch up'),
    stage: (command) => void lines.push(`stage ${command}`),
    flush: () => {
      lines.push('flush');
      flush();
    },
    recover: async () => void lines.push('recover'),
    rest: () => void lines.push('rest'),
    fail: (error) => void lines.push(`fail ${error.message}`),
  });
  return { lines, rounds };
}

/** Does pieces that ask at the same time; tells when each is answered, and how. */
async function answers({ lines, rounds }: Log, works: Record<string, () => unknown>): Promise<void> {
  const asked = Object.entries(works).map(([command, work]) =>
    rounds.add(command, work).then(
      (result) => void lines.push(`${command}: ${String(result)}`),
      (error: Error) => void lines.push(`${command} refused: ${error.message}`),
    ),
  );
  await Promise.all(asked);
  await rounds.finished;
}

it('pieces that come together are flushed once, and answered after that', async () => {
  const log = logged();
  await answers(log, { a: () => 1, b: async () => 2 });
  expect(log.lines).toEqual(['catch up', 'stage a', 'catch up', 'stage b', 'flush', 'a: 1', 'b: 2', 'rest']);
});

it('what comes during a round is in the next', async () => {
  const log = logged();
  let late: Promise<unknown> = Promise.resolve();
  await answers(log, { a: () => void (late = log.rounds.add('late', () => log.lines.push('late works'))) });
  await late;
  const [flushed, works] = [log.lines.indexOf('flush'), log.lines.indexOf('late works')];
  expect([flushed >= 0 && flushed < works, log.lines.lastIndexOf('flush') > works]).toEqual([true, true]);
});

it('a piece that fails is refused alone, and what it did is kept', async () => {
  const log = logged();
  const broken = (): never => {
    throw new Error('broken');
  };
  await answers(log, { a: broken, b: () => 2 });
  const expected = ['catch up', 'stage a', 'catch up', 'stage b', 'flush', 'a refused: broken', 'b: 2', 'rest'];
  expect(log.lines).toEqual(expected);
});

it('nobody is told of success when the disk refuses', async () => {
  let isFull = true;
  const log = logged(() => {
    if (isFull) throw new StateError('disk full');
  });
  await answers(log, { a: () => 1, b: () => 2 });
  expect(log.lines.slice(4)).toEqual(['flush', 'recover', 'a refused: disk full', 'b refused: disk full', 'rest']);
  isFull = false;
  await answers(log, { c: () => 3 });
  expect(log.lines.slice(9)).toEqual(['catch up', 'stage c', 'flush', 'c: 3', 'rest']);
});
