import { describe, expect, it } from '@jest/globals';
import { createRecorder } from '../../src/controllers/recorder.ts';
import { Random } from '../../src/machinery/random.ts';
import { configMap } from '../../src/resources/configmap.ts';
import { event } from '../../src/resources/event.ts';
import { createTestCluster } from './cluster.ts';

function start() {
  const cluster = createTestCluster([], 0);
  const object = cluster.client.create(configMap, { metadata: { name: 'web', namespace: 'default' } });
  const recorder = createRecorder({ client: cluster.client, random: new Random('test'), component: 'tester' });
  return { cluster, object, recorder };
}

describe('recorder', () => {
  it('names, dates and refers as client-go does', () => {
    const { cluster, object, recorder } = start();
    recorder.event(object, 'Normal', 'Pulled', 'done', {
      fieldPath: 'spec.containers{web}',
      component: 'kubelet',
      host: 'node-1',
    });
    const [written] = cluster.client.list(event);
    expect(written).toMatchObject({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'default' },
      type: 'Normal',
      reason: 'Pulled',
      message: 'done',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      source: { component: 'kubelet', host: 'node-1' },
      reportingComponent: 'kubelet',
      reportingInstance: 'node-1',
      involvedObject: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'web',
        namespace: 'default',
        uid: object.metadata.uid,
        resourceVersion: object.metadata.resourceVersion,
        fieldPath: 'spec.containers{web}',
      },
    });
    expect(written?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
  });

  it('raises the count of an equal event', () => {
    const { cluster, object, recorder } = start();
    recorder.event(object, 'Warning', 'BackOff', 'again');
    cluster.advance(60_000);
    recorder.event(object, 'Warning', 'BackOff', 'again');
    const events = cluster.client.list(event);
    expect(events.map((e) => [e.count, e.firstTimestamp, e.lastTimestamp])).toEqual([
      [2, '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    ]);
  });

  it('combines the tenth and later different messages, and drops what exceeds the burst', () => {
    const { cluster, object, recorder } = start();
    for (let i = 1; i <= 30; i++) recorder.event(object, 'Normal', 'SuccessfulCreate', `Created pod: web-${i}`);
    expect(cluster.events()).toEqual([
      ...Array.from({ length: 9 }, (_, i) => `Normal SuccessfulCreate Created pod: web-${i + 1}`),
      'Normal SuccessfulCreate (combined from similar events): Created pod: web-25 (x16)',
    ]);
  });

  it('starts anew when the old event has expired', () => {
    const { cluster, object, recorder } = start();
    recorder.event(object, 'Normal', 'Synced', 'ok');
    cluster.advance(3_700_000);
    recorder.event(object, 'Normal', 'Synced', 'ok');
    expect(cluster.client.list(event).map((e) => [e.count, e.firstTimestamp])).toEqual([[1, '2026-01-01T01:01:40Z']]);
  });
});
