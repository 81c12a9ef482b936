import { describe, expect, it } from '@jest/globals';
import { garbageCollector } from '../../src/controllers/garbagecollector.ts';
import { jobController } from '../../src/controllers/job.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { ttlAfterFinishedController } from '../../src/controllers/ttlafterfinished.ts';
import { clone } from '../../src/machinery/meta.ts';
import { job as jobResource, type Job } from '../../src/resources/job.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
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

  it('does not count pods as failures that it sends away itself', () => {
    const cluster = start({ completionMode: 'Indexed', completions: 4, parallelism: 4 }, 'runs');
    cluster.settle();
    const fewer = clone(get(cluster));
    fewer.spec.parallelism = 2;
    cluster.client.update(jobResource, fewer);
    cluster.settle();
    // Pods of one age go by their index.
    expect(cluster.client.list(podResource).map(({ spec }) => spec.hostname)).toEqual(['once-2', 'once-3']);
    const suspended = clone(get(cluster));
    suspended.spec.suspend = true;
    cluster.client.update(jobResource, suspended);
    cluster.settle();
    expect([pods(cluster), conditions(cluster)]).toEqual([[], ['Suspended=True JobSuspended: Job suspended']]);
    expect(get(cluster).status).not.toHaveProperty('failed');
    expect(events(cluster).filter((text) => text === 'Normal SuccessfulDelete Deleted pod: POD')).toHaveLength(4);
  });

  it('leaves room for the index in the names of the pods of a job with a long name', () => {
    const cluster = start({}, 'runs');
    const name = 'a'.repeat(60);
    const { template } = get(cluster).spec;
    const spec = { completionMode: 'Indexed', completions: 1, template: { spec: template.spec ?? { containers: [] } } };
    cluster.client.create(jobResource, { metadata: { namespace: 'default', name }, spec });
    cluster.manager.runToRest();
    const names = cluster.client.list(podResource).map(({ metadata }) => metadata.generateName);
    expect(names).toContain(`${'a'.repeat(55)}-0-`);
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

  describe('with a back-off limit for each index', () => {
    /** Pods with an even index succeed, the others end with 3. */
    function startIndexed(spec: Partial<Job['spec']>): TestCluster {
      const cluster = start({ completionMode: 'Indexed', completions: 4, parallelism: 4, ...spec }, 'runs');
      cluster.manager.runToRest();
      return cluster;
    }
    function end({ client, clock }: TestCluster, pod: Pod, exitCode: number): void {
      const changed = clone(pod);
      changed.status.phase = exitCode === 0 ? 'Succeeded' : 'Failed';
      const terminated = { exitCode, finishedAt: new Date(clock.nowMs()).toISOString().replace('.000', '') };
      changed.status.containerStatuses = [
        { name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } },
      ];
      client.updateStatus(podResource, changed);
    }
    const index = ({ metadata }: Pod): number =>
      Number(metadata.annotations?.['batch.kubernetes.io/job-completion-index']);
    const isOpen = ({ status }: Pod): boolean => status.phase === 'Pending' || status.phase === 'Running';
    function endAll(cluster: TestCluster, exitCode: (index: number) => number | undefined): void {
      for (const pod of cluster.client.list(podResource).filter(isOpen)) {
        const code = exitCode(index(pod));
        if (code !== undefined) end(cluster, pod, code);
      }
      cluster.manager.runToRest();
    }
    const evenSucceed = (i: number): number => (i % 2 === 0 ? 0 : 3);
    function failures({ client }: TestCluster): string[] {
      return client
        .list(podResource)
        .map((pod) => `${index(pod)}: ${pod.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']}`);
    }

    it('tries each index again for itself, later and later, and fails when all are over', () => {
      const cluster = startIndexed({ backoffLimitPerIndex: 1 });
      endAll(cluster, evenSucceed);
      expect(get(cluster).status).toMatchObject({ succeeded: 2, completedIndexes: '0,2', failedIndexes: '' });
      expect(cluster.client.list(podResource).filter(isOpen)).toEqual([]);
      // What a pod's successor is to count on from is kept until there is one.
      expect(pods(cluster).filter((text) => text.includes('job-tracking'))).toHaveLength(2);
      cluster.settle(START_MS + 11_000);
      expect(failures(cluster)).toEqual(['0: 0', '1: 0', '1: 1', '2: 0', '3: 0', '3: 1']);
      expect(get(cluster).status.failed).toBe(2);
      endAll(cluster, (i) => (i === 1 ? 3 : undefined));
      expect(get(cluster).status).toMatchObject({ active: 1, failed: 3, failedIndexes: '1' });
      endAll(cluster, () => 0);
      expect(get(cluster).status).toMatchObject({ succeeded: 3, failed: 3, completedIndexes: '0,2,3' });
      expect(conditions(cluster)).toEqual([
        'FailureTarget=True FailedIndexes: Job has failed indexes',
        'Failed=True FailedIndexes: Job has failed indexes',
      ]);
      expect(pods(cluster).filter((text) => text.includes('job-tracking'))).toEqual([]);
    });

    it('gives up at once after too many failed indexes, and at an index whose rule says so', () => {
      const many = startIndexed({ backoffLimitPerIndex: 0, maxFailedIndexes: 1 });
      endAll(many, (i) => (i < 2 ? 3 : undefined));
      many.settle();
      expect(conditions(many)[1]).toBe(
        'Failed=True MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes',
      );
      // Those that ran then have failed, too.
      expect(get(many).status).toMatchObject({ failedIndexes: '0,1', failed: 4, terminating: 0 });
      const rules = [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [3] } }];
      const ruled = startIndexed({ backoffLimitPerIndex: 5, podFailurePolicy: { rules } });
      endAll(ruled, (i) => (i === 0 ? 3 : i === 1 ? 4 : 0));
      expect(get(ruled).status).toMatchObject({ failedIndexes: '0', completedIndexes: '2,3' });
      ruled.settle(START_MS + 15_000);
      expect(failures(ruled)).toContain('1: 1');
    });
  });

  it.each<[object, string]>([
    [{ succeededIndexes: '0,2-3', succeededCount: 2 }, 'Matched rules at index 0'],
    [{ succeededIndexes: '0,2' }, 'Matched rules at index 0'],
    [{ succeededCount: 2 }, 'Matched rules at index 0'],
  ])('is a success when a rule of its policy is met: %j', (rule, message) => {
    const cluster = start({ completionMode: 'Indexed', completions: 4, parallelism: 4 }, 'runs');
    const changed = clone(get(cluster));
    cluster.client.delete(jobResource, key, { propagationPolicy: 'Background' });
    const spec = { ...changed.spec, successPolicy: { rules: [rule] } };
    for (const field of ['selector', 'manualSelector'] as const) delete spec[field];
    spec.template = { spec: changed.spec.template.spec ?? { containers: [] } };
    cluster.client.create(jobResource, { metadata: key, spec });
    cluster.settle();
    for (const pod of cluster.client.list(podResource)) {
      const name = pod.spec.hostname ?? '';
      if (name !== 'once-0' && name !== 'once-2') continue;
      cluster.client.updateStatus(podResource, { ...pod, status: { ...pod.status, phase: 'Succeeded' } });
    }
    cluster.settle();
    expect(conditions(cluster)).toEqual([
      `SuccessCriteriaMet=True SuccessPolicy: ${message}`,
      `Complete=True SuccessPolicy: ${message}`,
    ]);
    // Pods that were still running are sent away, and nobody counts them as failures.
    expect(get(cluster).status).toMatchObject({ succeeded: 2, completedIndexes: '0,2', terminating: 0 });
    expect(get(cluster).status).not.toHaveProperty('failed');
    expect(events(cluster).at(-1)).toBe('Normal Completed Job completed');
  });

  it.each([
    ['Failed', ['Running batch.kubernetes.io/job-tracking deleting']],
    ['TerminatingOrFailed', ['Running batch.kubernetes.io/job-tracking', 'Running deleting']],
  ])('replaces pods as its policy says: %s', (podReplacementPolicy, after) => {
    const cluster = start({ podReplacementPolicy }, 'runs');
    cluster.settle();
    const [pod] = cluster.client.list(podResource);
    if (!pod) throw new Error('no pod');
    // One that takes long to end.
    cluster.client.update(podResource, {
      ...pod,
      metadata: { ...pod.metadata, finalizers: [...(pod.metadata.finalizers ?? []), 'example.com/wait'] },
    });
    cluster.client.delete(podResource, pod.metadata);
    cluster.settle(START_MS + 20_000);
    expect(
      pods(cluster)
        .map((text) => text.replace(' example.com/wait', ''))
        .sort(),
    ).toEqual(after);
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
