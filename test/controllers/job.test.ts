import { describe, expect, it } from '@jest/globals';
import { garbageCollector } from '../../src/controllers/garbagecollector.ts';
import { jobController } from '../../src/controllers/job.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { ttlAfterFinishedController } from '../../src/controllers/ttlafterfinished.ts';
import { clone } from '../../src/machinery/meta.ts';
import { job as jobResource, type Job } from '../../src/resources/job.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { createTestCluster, START_MS, type TestCluster } from './cluster.ts';

const key = { namespace: 'default', name: 'once' };

function start(spec: Partial<Job['spec']> = {}, image = 'exit-0'): TestCluster {
  const cluster = createTestCluster([garbageCollector, jobController, ttlAfterFinishedController, schedulerController]);
  cluster.client.create(jobResource, {
    metadata: key,
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } }, ...spec },
  });
  return cluster;
}

function get({ client }: TestCluster): Job {
  return client.get(jobResource, key)!;
}
function conditions(cluster: TestCluster): string[] {
  return (get(cluster).status.conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`);
}
function pods({ client }: TestCluster): string[] {
  return client.list(podResource).map(({ status, metadata }) => {
    const marks = [...(metadata.finalizers ?? []), ...(metadata.deletionTimestamp ? ['deleting'] : [])];
    return [status.phase, ...marks].join(' ');
  });
}
/** Events of the Job, without pods' names. */
function events(cluster: TestCluster): string[] {
  return cluster.events('Job').map((text) => text.replace(/once-\S+/, 'POD'));
}

describe('job', () => {
  it('completes', () => {
    const cluster = start();
    cluster.manager.runToRest();
    expect(get(cluster).status).toEqual({
      active: 1,
      ready: 0,
      terminating: 0,
      startTime: '2026-01-01T00:00:00Z',
      uncountedTerminatedPods: {},
    });
    expect(pods(cluster)).toEqual(['Pending batch.kubernetes.io/job-tracking']);
    cluster.settle();
    expect(get(cluster).status).toMatchObject({
      ready: 0,
      succeeded: 1,
      terminating: 0,
      startTime: '2026-01-01T00:00:00Z',
      completionTime: '2026-01-01T00:00:02Z',
      uncountedTerminatedPods: {},
    });
    expect(get(cluster).status).not.toHaveProperty('active');
    expect(conditions(cluster)).toEqual([
      'SuccessCriteriaMet=True CompletionsReached: Reached expected number of succeeded pods',
      'Complete=True CompletionsReached: Reached expected number of succeeded pods',
    ]);
    expect(pods(cluster)).toEqual(['Succeeded']);
    expect(events(cluster)).toEqual(['Normal SuccessfulCreate Created pod: POD', 'Normal Completed Job completed']);
  });

  it('runs as many at a time as its parallelism says', () => {
    const cluster = start({ completions: 5, parallelism: 2 });
    cluster.manager.runToRest();
    expect(pods(cluster).length).toBe(2);
    cluster.settle();
    expect(get(cluster).status.succeeded).toBe(5);
    expect(cluster.clock.nowMs() - START_MS).toBe(6000);
  });

  it('fails after its back-off limit, waiting ever longer', () => {
    const cluster = start({ backoffLimit: 2 }, 'exit-3');
    const counts: string[] = [];
    for (const seconds of [3, 12, 15, 36, 60]) {
      cluster.settle(START_MS + seconds * 1000);
      counts.push(`${seconds}s: ${pods(cluster).length} pods, ${get(cluster).status.failed} failed`);
    }
    expect(counts).toEqual([
      '3s: 1 pods, 1 failed',
      '12s: 2 pods, 1 failed',
      '15s: 2 pods, 2 failed',
      '36s: 3 pods, 3 failed',
      '60s: 3 pods, 3 failed',
    ]);
    expect(conditions(cluster)).toEqual([
      'FailureTarget=True BackoffLimitExceeded: Job has reached the specified backoff limit',
      'Failed=True BackoffLimitExceeded: Job has reached the specified backoff limit',
    ]);
    expect(events(cluster).at(-1)).toBe('Warning BackoffLimitExceeded Job has reached the specified backoff limit');
  });

  it('is ended by its deadline, once its pods have gone', () => {
    const cluster = start({ activeDeadlineSeconds: 30 }, 'runs');
    cluster.settle();
    expect(get(cluster).status).toMatchObject({ active: 1, ready: 1 });
    cluster.settle(START_MS + 30_000);
    expect(conditions(cluster)).toEqual([
      'FailureTarget=True DeadlineExceeded: Job was active longer than specified deadline',
    ]);
    expect(get(cluster).status).toMatchObject({ terminating: 1, ready: 0 });
    cluster.advance(5000);
    expect(conditions(cluster)[1]).toBe('Failed=True DeadlineExceeded: Job was active longer than specified deadline');
    expect([pods(cluster), get(cluster).status.failed]).toEqual([[], 1]);
    expect(events(cluster)).toEqual([
      'Normal SuccessfulCreate Created pod: POD',
      'Normal SuccessfulDelete Deleted pod: POD',
      'Warning DeadlineExceeded Job was active longer than specified deadline',
    ]);
  });

  it('can be suspended and resumed', () => {
    const cluster = start({ suspend: true });
    cluster.settle();
    expect([pods(cluster), conditions(cluster)]).toEqual([[], ['Suspended=True JobSuspended: Job suspended']]);
    expect(get(cluster).status).not.toHaveProperty('startTime');
    const resumed = clone(get(cluster));
    resumed.spec.suspend = false;
    cluster.client.update(jobResource, resumed);
    cluster.settle();
    expect(conditions(cluster)[0]).toBe('Suspended=False JobResumed: Job resumed');
    expect(get(cluster).status.succeeded).toBe(1);
    expect(events(cluster)).toEqual([
      'Normal Suspended Job suspended',
      'Normal SuccessfulCreate Created pod: POD',
      'Normal Resumed Job resumed',
      'Normal Completed Job completed',
    ]);
  });

  it('gives each pod of an indexed job its index', () => {
    const cluster = start({ completionMode: 'Indexed', completions: 4, parallelism: 3 });
    cluster.settle();
    expect(get(cluster).status).toMatchObject({ succeeded: 4, completedIndexes: '0-3' });
    const made = cluster.client.list(podResource);
    expect(made.map(({ spec }) => spec.hostname)).toEqual(['once-0', 'once-1', 'once-2', 'once-3']);
    expect(made[0]?.metadata).toMatchObject({
      generateName: 'once-0-',
      labels: { 'batch.kubernetes.io/job-completion-index': '0' },
      annotations: { 'batch.kubernetes.io/job-completion-index': '0' },
    });
    expect(made[0]?.spec.containers[0]?.env).toEqual([
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: {
          fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" },
        },
      },
    ]);
  });

  it.each([
    [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [3] } }, 'Failed'],
    [{ action: 'Ignore', onExitCodes: { operator: 'NotIn', values: [0] } }, undefined],
  ])('follows its pod failure policy %j', (rule, end) => {
    const cluster = start({ backoffLimit: 0, podFailurePolicy: { rules: [rule] } }, 'exit-3');
    cluster.settle();
    expect(get(cluster).status.conditions?.at(-1)?.type).toBe(end);
    if (end)
      expect(conditions(cluster)[0]).toMatch(
        /^FailureTarget=True PodFailurePolicy: Container c for pod default\/once-\S+ failed with exit code 3 matching FailJob rule at index 0$/,
      );
  });

  it('is deleted, with its pods, some time after its end', () => {
    const cluster = start({ ttlSecondsAfterFinished: 100 });
    cluster.settle();
    cluster.settle(START_MS + 101_000);
    expect(cluster.client.list(jobResource).length).toBe(1);
    cluster.settle(START_MS + 105_000);
    expect([cluster.client.list(jobResource), cluster.client.list(podResource)]).toEqual([[], []]);
  });

  it('lets its pods go when it is deleted while they run', () => {
    const cluster = start({}, 'runs');
    cluster.settle();
    cluster.client.delete(jobResource, key, { propagationPolicy: 'Background' });
    cluster.settle();
    expect([cluster.client.list(jobResource), cluster.client.list(podResource)]).toEqual([[], []]);
  });
});
