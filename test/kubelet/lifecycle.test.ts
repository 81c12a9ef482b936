import { describe, expect, it } from '@jest/globals';
import { pod } from '../../src/resources/pod.ts';
import { createKubeletCluster } from './cluster.ts';

describe('try', () => {
  it('starts', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ name: 'web', image: 'nginx:1.25', imagePullPolicy: 'IfNotPresent' }] });
    console.log(c.line(), JSON.stringify(c.status().conditions, null, 1));
    c.settle();
    console.log(c.line(), c.events(), JSON.stringify(c.status(), null, 1));
    c.run({ name: 'second', containers: [{ name: 'web', image: 'nginx:1.25', imagePullPolicy: 'IfNotPresent' }] });
    c.settle();
    console.log(c.line('second'), c.events('second'));
    c.run({
      name: 'bad',
      containers: [{ name: 'web', image: 'grc.io/kuar-demo/kuard-amd64:1', imagePullPolicy: 'IfNotPresent' }],
    });
    c.settle();
    console.log(c.line('bad'), c.events('bad'));
    c.advance(100);
    console.log(c.line('bad'), c.events('bad'));
    c.run({
      name: 'crash',
      containers: [
        { name: 'web', image: 'busybox:1.36', command: ['sh', '-c', 'exit 1'], imagePullPolicy: 'IfNotPresent' },
      ],
    });
    c.settle();
    console.log(c.line('crash'), c.events('crash'));
    c.advance(100);
    console.log(c.line('crash'), c.events('crash'), JSON.stringify(c.container('web', 'crash'), null, 1));
    c.client.delete(pod, { namespace: 'default', name: 'web' });
    c.settle();
    console.log(c.events(), c.clock.nowMs());
    try {
      console.log(c.line());
    } catch (e) {
      console.log(String(e));
    }
    expect(1).toBe(1);
  });
});
