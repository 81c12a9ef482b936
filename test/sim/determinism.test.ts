// The same commands on the same seed make the same bytes, however many processes they are spread over and whatever caches are lost.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty } from 'fast-check';
import { perform, step, type Step } from './steps.ts';
import { removeWorlds, World, type WorldOptions } from './world.ts';

let origin: World;

beforeAll(async () => {
  origin = await new World().create();
});
afterAll(removeWorlds);

/** What the commands of a run showed and what is left at its end, by a name each. */
async function runAll(steps: readonly Step[], options: WorldOptions): Promise<Map<string, unknown>> {
  const world = World.copyOf(origin, options);
  const seen = new Map<string, unknown>();
  for (const [place, todo] of steps.entries()) seen.set(`step ${place}`, await perform(world, todo));
  const { objects, ...rest } = world.content();
  for (const [key, value] of Object.entries({ ...objects, ...rest })) seen.set(key, value);
  return seen;
}

/** Returns only what differs, so that a failure can be read. */
function differences(a: Map<string, unknown>, b: Map<string, unknown>): unknown[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((key) => !isEqual(a.get(key), b.get(key))).map((key) => [key, a.get(key), b.get(key)]);
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A pod that was to be evicted from a failed node goes with the node before its time. */
const goneBeforeItsTime: Step[] = [
  { do: 'create', kind: 'pods', name: 'web', image: 'nginx:1.25', size: 0 },
  { do: 'node', name: 'n1', what: 'fail' },
  { do: 'tick' },
  { do: 'node', name: 'n1', what: 'delete' },
  { do: 'tick' },
];

/** A pod that is nobody's any more stands in the way of a StatefulSet's, until it is deleted. */
const inTheWay: Step[] = [
  { do: 'create', kind: 'statefulsets', name: 'web', image: 'nginx:1.25', size: 1 },
  { do: 'relabelPod', pick: 0 },
  { do: 'deletePod', pick: 0 },
  { do: 'tick' },
  { do: 'tick' },
  { do: 'tick' },
];

describe('a run is repeated to the byte', () => {
  const steps = array(step, { minLength: 3, maxLength: 14, size: 'max' });

  it.each<[string, WorldOptions, number]>([
    ['by another process', {}, 6],
    ['by one process a command, with checkpoints between', { reopens: true, checkpointBytes: 30_000 }, 20],
    ['when the saved due times are lost between commands', { reopens: true, dropsDue: true }, 20],
  ])('%s', async (_, options, numRuns) => {
    await assert(
      asyncProperty(steps, async (todo) => {
        expect(differences(await runAll(todo, options), await runAll(todo, {}))).toEqual([]);
      }),
      { numRuns, examples: [[goneBeforeItsTime], [inTheWay]] },
    );
  });
});

it('another seed makes other names', async () => {
  const names = async (seed: string) => {
    const world = await new World({ seed }).create();
    await perform(world, { do: 'create', kind: 'deployments', name: 'web', image: 'nginx:1.25', size: 2 });
    await perform(world, { do: 'settle' });
    return Object.keys(world.content().objects).filter((key) => key.startsWith('pods '));
  };
  const first = await names('1');
  expect(first).toHaveLength(2);
  expect(await names('1')).toEqual(first);
  expect(await names('2')).not.toEqual(first);
});
