import { describe, expect, it } from '@jest/globals';
import { controllers } from '../../src/controllers/index.ts';
import { deployment } from '../../src/resources/deployment.ts';
import { horizontalPodAutoscaler, type HorizontalPodAutoscaler } from '../../src/resources/horizontalpodautoscaler.ts';
import { createTestCluster, START_MS, type TestCluster } from './cluster.ts';

const key = { namespace: 'default', name: 'web' };

interface Load {
  /** CPU of each pod in milli-cores. */
  cpuMilli: number;
}

function start(
  load: Load | undefined,
  spec: Partial<HorizontalPodAutoscaler['spec']> = {},
  cpu: string | undefined = '100m',
) {
  const podUsage = load && (() => ({ containers: [{ name: 'c', cpuMilli: load.cpuMilli, memoryBytes: 50_000_000 }] }));
  const cluster = createTestCluster(controllers, 3, podUsage);
  const labels = { app: 'web' };
  const resources = cpu ? { requests: { cpu } } : {};
  cluster.client.create(deployment, {
    metadata: key,
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a', resources }] } },
    },
  });
  cluster.client.create(horizontalPodAutoscaler, {
    metadata: key,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
      ...spec,
    },
  });
  cluster.settle();
  return cluster;
}

function get({ client }: TestCluster): HorizontalPodAutoscaler {
  return client.get(horizontalPodAutoscaler, key)!;
}
function replicas({ client }: TestCluster): number | undefined {
  return client.get(deployment, key)?.spec.replicas;
}
function conditions(cluster: TestCluster): string[] {
  return (get(cluster).status.conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`);
}
function events(cluster: TestCluster): string[] {
  return cluster.events('HorizontalPodAutoscaler');
}

describe('horizontal pod autoscaler', () => {
  it('grows to what the use of CPU calls for', () => {
    const cluster = start({ cpuMilli: 110 });
    cluster.settle(START_MS + 46_000);
    expect(replicas(cluster)).toBe(4);
    expect(events(cluster)).toEqual([
      'Warning FailedGetResourceMetric failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
      'Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
      'Warning FailedGetResourceMetric failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)',
      'Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)',
      'Normal SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request) above target',
    ]);
    cluster.settle(START_MS + 400_000);
    expect(replicas(cluster)).toBe(10);
    expect(conditions(cluster)).toEqual([
      'AbleToScale=True ReadyForNewScale: recommended size matches current size',
      'ScalingActive=True ValidMetricFound: the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
      'ScalingLimited=True TooManyReplicas: the desired replica count is more than the maximum replica count',
    ]);
    expect(get(cluster).status).toMatchObject({
      currentReplicas: 10,
      desiredReplicas: 10,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 110, averageValue: '110m' } } },
      ],
    });
  });

  it('shrinks only after five minutes of low use', () => {
    const load = { cpuMilli: 50 };
    const cluster = start(load);
    cluster.settle(START_MS + 400_000);
    expect([replicas(cluster), conditions(cluster)[2]]).toEqual([
      2,
      'ScalingLimited=False DesiredWithinRange: the desired count is within the acceptable range',
    ]);
    load.cpuMilli = 10;
    cluster.advance(120_000);
    expect([replicas(cluster), conditions(cluster)[0]]).toEqual([
      2,
      'AbleToScale=True ScaleDownStabilized: recent recommendations were higher than current one, applying the highest recent recommendation',
    ]);
    cluster.advance(500_000);
    expect([replicas(cluster), events(cluster).at(-1)]).toEqual([
      1,
      'Normal SuccessfulRescale New size: 1; reason: All metrics below target',
    ]);
  });

  it('brings the size between its bounds whatever the metrics say', () => {
    const cluster = start(undefined, { minReplicas: 5 });
    expect(replicas(cluster)).toBe(5);
    expect(events(cluster)[0]).toBe(
      'Normal SuccessfulRescale New size: 5; reason: Current number of replicas below Spec.MinReplicas',
    );
  });

  it.each<[string, Partial<HorizontalPodAutoscaler['spec']>, string | undefined, string]>([
    [
      'no source of metrics',
      {},
      '100m',
      'ScalingActive=False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: ' +
        'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
    ],
    [
      'no target',
      { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' } },
      '100m',
      'AbleToScale=False FailedGetScale: the HPA controller was unable to get the target\'s current scale: deployments.apps "none" not found',
    ],
    [
      'a target that cannot be scaled',
      { scaleTargetRef: { apiVersion: 'batch/v1', kind: 'Job', name: 'none' } },
      '100m',
      'AbleToScale=False FailedGetScale: the HPA controller was unable to get the target\'s current scale: no matches for kind "Job" in group "batch"',
    ],
  ])('says once that there is %s, and asks no more', (_, spec, cpu, condition) => {
    const cluster = start(undefined, spec, cpu);
    cluster.settle(START_MS + 60_000);
    expect(conditions(cluster)).toContain(condition);
    const before = events(cluster).length;
    cluster.advance(86_400_000);
    expect(cluster.manager.nextDueAtMs()).toBeUndefined();
    expect(before).toBeGreaterThan(0);
  });

  it('needs requests to reckon a percentage of', () => {
    const cluster = start({ cpuMilli: 10 }, {}, '');
    cluster.settle(START_MS + 120_000);
    expect(conditions(cluster)[1]).toMatch(
      /^ScalingActive=False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container c of Pod web-\S+$/,
    );
  });

  it('follows the policies of its behaviour', () => {
    const cluster = start(
      { cpuMilli: 200 },
      {
        behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
      },
    );
    const sizes: (number | undefined)[] = [];
    for (let i = 1; i <= 4; i++) {
      cluster.settle(START_MS + 35_000 + i * 60_000);
      sizes.push(replicas(cluster));
    }
    expect(sizes).toEqual([3, 4, 5, 6]);
    expect(conditions(cluster)[2]).toBe(
      'ScalingLimited=True ScaleUpLimit: the desired replica count is increasing faster than the maximum scale rate',
    );
  });

  it('looks ever more seldom at a load that does not change', () => {
    const cluster = start({ cpuMilli: 50 });
    cluster.settle(START_MS + 86_400_000);
    let looks = 0;
    const endMs = cluster.clock.nowMs() + 86_400_000;
    for (
      let due = cluster.manager.nextDueAtMs();
      due !== undefined && due < endMs;
      due = cluster.manager.nextDueAtMs()
    ) {
      cluster.clock.advanceTo(due);
      cluster.manager.runDue(due);
      looks += 1;
    }
    expect(looks).toBe(144);
  });
});
