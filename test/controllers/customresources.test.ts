import { describe, expect, it } from '@jest/globals';
import {
  bodyOf,
  CRDS,
  createCustomFixture,
  crontab,
  crontabs,
  CRONTABS,
} from '../apiserver/customresources.fixture.ts';
import { createSandbox } from '../harness.ts';

const SCALE = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
};
const DEFAULT = '/namespaces/default';

function start(subresources: object = { status: {}, scale: SCALE }) {
  const fixture = createCustomFixture();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  bodyOf(fixture.send('POST', CRDS, crontabs({ version: { schema, subresources } })));
  const post = (path: string, body: object) => bodyOf(fixture.send('POST', path, body));
  const get = (path: string) => bodyOf(fixture.send('GET', path));
  return { ...fixture, post, get };
}

describe('quotas', () => {
  it('count custom resources', () => {
    const { post, get, send } = start();
    const name = 'count/crontabs.stable.example.com';
    post(CRONTABS, crontab('a'));
    post(`/api/v1${DEFAULT}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: { [name]: '2' } } });
    expect(get(`/api/v1${DEFAULT}/resourcequotas/q`)['status']).toMatchObject({ used: { [name]: '1' } });
    post(CRONTABS, crontab('b'));
    expect(send('POST', CRONTABS, crontab('c')).body).toMatchObject({
      reason: 'Forbidden',
      message: `crontabs.stable.example.com "c" is forbidden: exceeded quota: q, requested: ${name}=1, used: ${name}=2, limited: ${name}=2`,
    });
    bodyOf(send('DELETE', `${CRONTABS}/a`));
    expect(get(`/api/v1${DEFAULT}/resourcequotas/q`)['status']).toMatchObject({ used: { [name]: '1' } });
  });
});

describe('autoscalers', () => {
  const hpa = {
    metadata: { name: 'h' },
    spec: {
      scaleTargetRef: { apiVersion: 'stable.example.com/v1', kind: 'CronTab', name: 'a' },
      minReplicas: 3,
      maxReplicas: 5,
    },
  };
  const HPAS = `/apis/autoscaling/v2${DEFAULT}/horizontalpodautoscalers`;

  it('scale custom resources', () => {
    const { post, get } = start();
    post(CRONTABS, crontab('a', { replicas: 1 }));
    post(HPAS, hpa);
    expect(get(`${CRONTABS}/a`)['spec']).toEqual({ replicas: 3 });
  });

  it.each<[string, object, string]>([
    ['which have no scale', { status: {} }, 'the server could not find the requested resource'],
    [
      'which do not say how many there are',
      { scale: SCALE },
      'Internal error occurred: the spec replicas field ".spec.replicas" does not exist',
    ],
  ])('tell of those %s', (_, subresources, message) => {
    const { post, get } = start(subresources);
    post(CRONTABS, crontab('a', { other: 1 }));
    post(HPAS, hpa);
    expect(get(`${HPAS}/h`)['status']).toMatchObject({
      conditions: [
        {
          type: 'AbleToScale',
          status: 'False',
          reason: 'FailedGetScale',
          message: `the HPA controller was unable to get the target's current scale: ${message}`,
        },
      ],
    });
  });
});

describe('budgets', () => {
  const labels = { app: 'night' };
  const pods = `/api/v1${DEFAULT}/pods`;
  const PDBS = `/apis/policy/v1${DEFAULT}/poddisruptionbudgets`;

  it.each<[string, object, object]>([
    ['expect as many pods as their controllers want', { scale: SCALE }, { expectedPods: 8, desiredHealthy: 4 }],
    [
      'fail for controllers without a scale',
      { status: {} },
      {
        conditions: [
          {
            type: 'DisruptionAllowed',
            reason: 'SyncFailed',
            message: 'crontabs.stable.example.com does not implement the scale subresource',
          },
        ],
      },
    ],
  ])('%s', (_, subresources, status) => {
    const { post, get } = start(subresources);
    const { uid } = post(CRONTABS, crontab('a', { replicas: 8 })).metadata;
    const ownerReferences = [
      { apiVersion: 'stable.example.com/v1', kind: 'CronTab', name: 'a', uid, controller: true },
    ];
    post(pods, { metadata: { name: 'p', labels, ownerReferences }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    post(PDBS, { metadata: { name: 'b' }, spec: { minAvailable: '50%', selector: { matchLabels: labels } } });
    expect(get(`${PDBS}/b`)['status']).toMatchObject(status);
  });
});

describe('sandkube start --from', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'one' } };
  const make = async (...objects: object[]) => {
    const sandbox = await createSandbox({ start: null });
    sandbox.write('all.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node, ...objects] }));
    return { sandbox, result: await sandbox.run('sandkube start --clock manual --from all.json') };
  };

  it('takes objects of kinds that others of them define', async () => {
    const { sandbox } = await make(crontab('a', { image: 'x' }), crontabs());
    expect(await sandbox.out('kubectl get crontabs -o jsonpath={.items[*].spec.image}')).toBe('x');
    sandbox.close();
  });

  it('refuses those of kinds that nothing defines', async () => {
    const { sandbox, result } = await make(crontab('a'));
    expect(result.stderr).toBe('error: no matches for kind "CronTab" in version "stable.example.com/v1"\n');
    sandbox.close();
  });
});
