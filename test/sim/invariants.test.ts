// Whatever is done to a cluster, when it has come to rest it is whole.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty } from 'fast-check';
import type { KubeObject } from '../../src/machinery/types.ts';
import type { ResourceObjects } from '../../src/storage/memory.ts';
import { violations } from './invariants.ts';
import { perform, step } from './steps.ts';
import { NODES, removeWorlds, World } from './world.ts';

let origin: World;

beforeAll(async () => {
  origin = await new World().create();
});
afterAll(removeWorlds);

/** Makes every node well again and lets enough time pass for evictions, back-offs and collections to be over. */
async function comeToRest(world: World): Promise<void> {
  for (const what of ['recover', 'uncordon', 'untaint'] as const)
    for (const name of NODES) await perform(world, { do: 'node', name, what });
  await perform(world, { do: 'settle' });
  await perform(world, { do: 'advance', ms: 1_200_000 });
  await perform(world, { do: 'settle' });
}

it('a new cluster keeps every rule', async () => {
  const world = World.copyOf(origin, {});
  await comeToRest(world);
  expect(violations(world.objects())).toEqual([]);
});

it('random commands and faults leave a cluster that keeps every rule', async () => {
  await assert(
    asyncProperty(array(step, { minLength: 5, maxLength: 25, size: 'max' }), async (steps) => {
      const world = World.copyOf(origin, {});
      for (const todo of steps) await perform(world, todo);
      await comeToRest(world);
      expect(violations(world.objects())).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

describe('the rules see', () => {
  let objects: ResourceObjects[];
  beforeAll(async () => {
    const world = World.copyOf(origin, {});
    for (const kind of ['deployments', 'services', 'daemonsets', 'jobs'] as const)
      await perform(world, { do: 'create', kind, name: 'web', image: 'nginx:1.25', size: 2 });
    await comeToRest(world);
    objects = world.objects();
    expect(violations(objects)).toEqual([]);
  });

  it.each<[string, string, (object: KubeObject & { spec?: object; status?: object }) => unknown]>([
    ['a pod lost', 'pods', () => undefined],
    ['a node lost', 'nodes', () => undefined],
    ['an owner lost', 'deployments.apps', () => undefined],
    ['a namespace lost', 'namespaces', () => undefined],
    ['a slice lost', 'endpointslices.discovery.k8s.io', () => undefined],
    ['endpoints lost', 'endpoints', () => undefined],
    ['a small node', 'nodes', (n) => ({ ...n, status: { allocatable: { cpu: '100m', pods: '1' } } })],
    ['a pod not ready', 'pods', (p) => ({ ...p, status: { ...p.status, conditions: [] } })],
    ['a pod of another set', 'pods', (p) => ({ ...p, metadata: { ...p.metadata, labels: {} } })],
    ['an address given twice', 'pods', (p) => ({ ...p, status: { ...p.status, podIP: '10.244.0.2' } })],
    ['a pod that hangs', 'pods', (p) => ({ ...p, metadata: { ...p.metadata, deletionTimestamp: 'x' } })],
    ['a job that counts wrong', 'jobs.batch', (j) => ({ ...j, status: { active: 5 } })],
    ['a uid given twice', 'pods', (p) => ({ ...p, metadata: { ...p.metadata, uid: 'x' } })],
  ])('%s', (_, resource, change) => {
    const changed = objects.map((entry) =>
      entry.resource === resource
        ? { resource, objects: entry.objects.map(change).filter((object) => object !== undefined) as KubeObject[] }
        : entry,
    );
    expect(violations(changed)).not.toEqual([]);
  });
});
