import { describe, expect, it } from '@jest/globals';
import { cronJobController } from '../../src/controllers/cronjob.ts';
import { jobController } from '../../src/controllers/job.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { clone } from '../../src/machinery/meta.ts';
import { cronJob, type CronJob } from '../../src/resources/cronjob.ts';
import { job as jobResource } from '../../src/resources/job.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

const key = { namespace: 'default', name: 'tick' };
const MINUTE_MS = 60_000;

function start(spec: Partial<CronJob['spec']> = {}, image = 'exit-0'): TestCluster {
  const cluster = createTestCluster([cronJobController, jobController, schedulerController]);
  const pod = { restartPolicy: 'Never', containers: [{ name: 'c', image }] };
  cluster.client.create(cronJob, {
    metadata: key,
    spec: { schedule: '*/2 * * * *', jobTemplate: { spec: { backoffLimit: 0, template: { spec: pod } } }, ...spec },
  });
  return cluster;
}
function jobs({ client }: TestCluster): string[] {
  return client.list(jobResource).map(({ metadata }) => metadata.name.replace('tick-', ''));
}
const minute = (n: number): string => String(Date.parse('2026-01-01T00:00:00Z') / MINUTE_MS + n);
const reasons = (cluster: TestCluster) => cluster.events('CronJob').map((line) => line.split(' ').slice(1, 2).join(''));

describe('cronjob', () => {
  it('makes a Job whenever it is due, and keeps the last three', () => {
    const cluster = start();
    cluster.advance(MINUTE_MS);
    expect(jobs(cluster)).toEqual([]);
    cluster.advance(9 * MINUTE_MS + 30_000);
    expect(jobs(cluster)).toEqual([6, 8, 10].map(minute));
    const { status } = cluster.client.get(cronJob, key)!;
    expect(status.active).toBeUndefined();
    expect(status.lastScheduleTime).toBe('2026-01-01T00:10:00Z');
    expect(status.lastSuccessfulTime).toBe('2026-01-01T00:10:02Z');
    const [first] = cluster.client.list(jobResource);
    expect(first?.metadata.annotations).toEqual({
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:06:00Z',
    });
    expect(cluster.events('CronJob').slice(-3)).toEqual([
      `Normal SuccessfulCreate Created job tick-${minute(10)}`,
      `Normal SawCompletedJob Saw completed job: tick-${minute(10)}, condition: Complete`,
      `Normal SuccessfulDelete Deleted job tick-${minute(4)}`,
    ]);
  });

  it('keeps one that failed', () => {
    const cluster = start({}, 'exit-1');
    cluster.advance(7 * MINUTE_MS);
    expect(jobs(cluster)).toEqual([minute(6)]);
    expect(cluster.events('CronJob')).toContain(
      `Normal SawCompletedJob Saw completed job: tick-${minute(4)}, condition: Failed`,
    );
  });

  it.each<[NonNullable<CronJob['spec']['concurrencyPolicy']>, number[], string]>([
    ['Allow', [2, 4, 6], 'SuccessfulCreate'],
    ['Forbid', [2], 'JobAlreadyActive'],
    ['Replace', [6], 'SuccessfulDelete'],
  ])('deals with one that still runs: %s', (concurrencyPolicy, left, reason) => {
    const cluster = start({ concurrencyPolicy }, 'stuck');
    cluster.advance(7 * MINUTE_MS);
    expect(jobs(cluster)).toEqual(left.map(minute));
    expect(cluster.client.get(cronJob, key)?.status.active).toHaveLength(left.length);
    expect(reasons(cluster)).toContain(reason);
  });

  it('pauses, and makes up for what it missed once, if it is not too late', () => {
    const cluster = start({ suspend: true });
    cluster.advance(7 * MINUTE_MS);
    expect(jobs(cluster)).toEqual([]);
    const changed = clone(cluster.client.get(cronJob, key)!);
    changed.spec.suspend = false;
    cluster.client.update(cronJob, changed);
    cluster.settle();
    expect(jobs(cluster)).toEqual([minute(6)]);
  });

  it('is too late after its deadline', () => {
    const cluster = start({ suspend: true, startingDeadlineSeconds: 30 });
    cluster.advance(7 * MINUTE_MS);
    const changed = clone(cluster.client.get(cronJob, key)!);
    changed.spec.suspend = false;
    cluster.client.update(cronJob, changed);
    cluster.settle();
    expect(jobs(cluster)).toEqual([]);
  });

  it('goes by the clocks of its zone', () => {
    const cluster = start({ schedule: '0 1 * * *', timeZone: 'Europe/Berlin' });
    cluster.advance(5 * MINUTE_MS);
    expect(cluster.manager.nextDueAtMs()).toBe(Date.parse('2026-01-02T00:00:00Z'));
    cluster.advance(24 * 60 * MINUTE_MS);
    expect(cluster.client.list(jobResource)[0]?.metadata.annotations).toEqual({
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-02T01:00:00+01:00',
    });
  });

  it('does the same with a restart between any two Jobs', () => {
    const run = (restart: boolean): string[] => {
      const cluster = start();
      for (let i = 0; i < 5; i++) {
        cluster.advance(2 * MINUTE_MS);
        if (restart) cluster.restart(i % 2 === 0 ? 'restore' : 'resync');
      }
      return [...jobs(cluster), ...cluster.events()];
    };
    expect(run(true)).toEqual(run(false));
  });
});
