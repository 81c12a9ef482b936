import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, property, record, shuffledSubarray, string } from 'fast-check';
import { requireKeyUnchanged, requireMetadataKeyUnchanged } from '../../src/machinery/mergepatch.ts';
import {
  applyStrategicPatch,
  createThreeWayMergePatch,
  createTwoWayMergePatch,
} from '../../src/machinery/strategic.ts';

const POD = 'io.k8s.api.core.v1.Pod';
const pod = {
  kind: 'Pod',
  metadata: { name: 'x', finalizers: ['f/a', 'f/b'] },
  spec: {
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'w', hostPath: { path: '/p' } },
    ],
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
      { name: 'c', image: 'c:1' },
    ],
  },
};

// Upstream forgets an order of texts that is the sorted one.
function withSortedFinalizers(object: object): object {
  const { metadata } = object as { metadata: { finalizers: string[] } };
  return { ...object, metadata: { ...metadata, finalizers: metadata.finalizers.toSorted() } };
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

describe('createTwoWayMergePatch', () => {
  it.each([
    ['nothing', pod, {}],
    [
      'an image',
      { ...pod, spec: { ...pod.spec, containers: pod.spec.containers.map((c) => ({ ...c, image: 'q' })).slice(0, 1) } },
      {
        spec: {
          '$setElementOrder/containers': [{ name: 'a' }],
          containers: [
            { name: 'a', image: 'q' },
            { name: 'b', $patch: 'delete' },
            { name: 'c', $patch: 'delete' },
          ],
        },
      },
    ],
    [
      'a volume of another kind',
      {
        ...pod,
        spec: { ...pod.spec, volumes: [{ name: 'v', secret: { secretName: 's' } }, pod.spec.volumes[1]] },
      },
      {
        spec: {
          '$setElementOrder/volumes': [{ name: 'v' }, { name: 'w' }],
          volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], emptyDir: null, secret: { secretName: 's' } }],
        },
      },
    ],
    [
      'finalizers',
      { ...pod, metadata: { ...pod.metadata, finalizers: ['f/c', 'f/a'] } },
      {
        metadata: {
          '$deleteFromPrimitiveList/finalizers': ['f/b'],
          '$setElementOrder/finalizers': ['f/c', 'f/a'],
          finalizers: ['f/c'],
        },
      },
    ],
  ])('%s', (_name, modified, patch) => {
    expect(createTwoWayMergePatch(pod, modified, POD)).toEqual(patch);
  });

  it('leads to the modified object', () => {
    const env = shuffledSubarray(['A', 'B', 'C', 'D']).map((names) => names.map((name) => ({ name, value: '1' })));
    const container = record({ image: string(), env, args: shuffledSubarray(['x', 'y']) });
    const containers = shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 }).chain((names) =>
      record(Object.fromEntries(names.map((name) => [name, container]))).map((made) =>
        names.map((name) => ({ name, ...made[name] })),
      ),
    );
    const labels = record({ a: constantFrom('1', '2'), b: constantFrom('1', '2') }, { requiredKeys: [] });
    const object = record({
      metadata: record({ labels, finalizers: shuffledSubarray(['f/a', 'f/b', 'f/c'], { minLength: 1 }) }),
      spec: record({ containers }),
    });
    assert(
      property(object, object, (original, modified) => {
        const patch = createTwoWayMergePatch(original, modified, POD);
        expect(withSortedFinalizers(applyStrategicPatch(original, patch, POD))).toEqual(withSortedFinalizers(modified));
      }),
    );
  });

  it('refuses to change what must stay', () => {
    const changed = { ...pod, kind: 'Cat', metadata: { ...pod.metadata, name: 'y' } };
    const conditions = [requireKeyUnchanged('kind'), requireMetadataKeyUnchanged('name')];
    expect(() => createTwoWayMergePatch(pod, pod, POD, conditions)).not.toThrow();
    expect(messageOf(() => createTwoWayMergePatch(pod, changed, POD, conditions))).toBe(
      'precondition failed for: map[kind:Cat metadata:map[name:y]]',
    );
  });
});

describe('createThreeWayMergePatch', () => {
  const service = 'core.v1.Service';
  const applied = { spec: { selector: { app: 'a' }, ports: [{ port: 80 }, { port: 443 }] } };
  const live = {
    spec: { selector: { app: 'a' }, clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30000 }, { port: 443 }] },
  };

  it('is empty when nothing changed', () => {
    const patch = createThreeWayMergePatch({
      original: applied,
      modified: applied,
      current: live,
      schemaName: service,
    });
    expect(patch).toEqual({});
  });

  it('deletes what was applied before and is gone, and keeps what others set', () => {
    const modified = { spec: { ports: [{ port: 80, name: 'http' }] } };
    expect(createThreeWayMergePatch({ original: applied, modified, current: live, schemaName: service })).toEqual({
      spec: {
        '$setElementOrder/ports': [{ port: 80 }],
        ports: [
          { port: 80, name: 'http' },
          { port: 443, $patch: 'delete' },
        ],
        selector: null,
      },
    });
  });

  it('holds only an order when another manager added an item', () => {
    const current = { spec: { ...live.spec, ports: [...live.spec.ports, { port: 9090 }] } };
    expect(createThreeWayMergePatch({ original: applied, modified: applied, current, schemaName: service })).toEqual({
      spec: { '$setElementOrder/ports': [{ port: 80 }, { port: 443 }] },
    });
  });

  it('takes what has no last-applied configuration as it is', () => {
    const modified = { metadata: { annotations: { a: '1' } }, spec: { selector: { app: 'b' } } };
    expect(createThreeWayMergePatch({ original: undefined, modified, current: live, schemaName: service })).toEqual({
      metadata: { annotations: { a: '1' } },
      spec: { selector: { app: 'b' } },
    });
  });

  it('finds conflicts when it must not overwrite', () => {
    const modified = { spec: { selector: { app: 'b' } } };
    const current = { spec: { selector: { app: 'c' } } };
    const original = { spec: { selector: { app: 'a' } } };
    const three = { original, modified, current, schemaName: service };
    expect(createThreeWayMergePatch(three)).toEqual({ spec: { selector: { app: 'b' } } });
    expect(messageOf(() => createThreeWayMergePatch({ ...three, overwrite: false }))).toBe(
      'patch:\nspec:\n  selector:\n    app: b\n\nconflicts with changes made from original to current:\n' +
        'spec:\n  selector:\n    app: c\n\n',
    );
  });
});
