import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askJson } from '../server/client.ts';
import { serveCluster, type ServedCluster } from '../server/fixture.ts';
import { genuine, type GenuineResult } from '../server/genuine.ts';
import { writeChart } from './chart.ts';
import { siteDefinition, sitesPath, type Site } from './operator.ts';

const programs = { helm: genuine('helm'), kubectl: genuine('kubectl') };
const describeGenuine = programs.helm && programs.kubectl ? describe : describe.skip;

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster({ advancesOnWait: true });
  writeChart(served.directory);
});
afterAll(() => served.close());

/** Runs a line of words; Helm's dates, which are this machine's, are written as DATE. */
async function run(line: string): Promise<GenuineResult> {
  const [program = '', ...args] = line.split(' ');
  const genuineProgram = programs[program as keyof typeof programs];
  if (!genuineProgram) throw new Error(`no ${program}`);
  const { stdout, ...rest } = await genuineProgram(args, { kubeconfig: served.kubeconfig, cwd: served.directory });
  return { ...rest, stdout: stdout.replaceAll(/\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, 'DATE') };
}

async function out(line: string): Promise<string> {
  const { stdout, stderr, exitCode } = await run(line);
  if (exitCode !== 0) throw new Error(`${line}: exit ${exitCode}\n${stderr}`);
  return stdout;
}

/** What Helm reports of a release. */
const report = (name: string, revision: number, description: string, mode = 'dark'): string =>
  `NAME: ${name}
LAST DEPLOYED: DATE
NAMESPACE: default
STATUS: deployed
REVISION: ${revision}
DESCRIPTION: ${description}
NOTES:
The shop ${name} is ${mode}.
`;
const upgraded = (name: string): string => `Release "${name}" has been upgraded. Happy Helming!\n`;

/** The columns of `helm history` that say what happened. */
async function history(name: string): Promise<string[]> {
  const rows = JSON.parse(await out(`helm history ${name} -o json`)) as Record<string, string>[];
  return rows.map(({ revision, status, description }) => `${revision} ${status}: ${description}`);
}

const core = '/api/v1/namespaces/default';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

/** Returns the names of a namespace's objects, those of one release if it is given. */
async function names(path: string, release?: string): Promise<string[]> {
  const selector = release === undefined ? '' : `?labelSelector=app.kubernetes.io/instance=${release}`;
  const { items } = await askJson<{ items: { metadata: { name: string } }[] }>(served, `${path}${selector}`);
  return items.map(({ metadata }) => metadata.name);
}

async function namesOfParts(release: string): Promise<string[]> {
  const parts = ['services', 'configmaps', 'secrets', 'serviceaccounts'].map((part) => `${core}/${part}`);
  return (await Promise.all([deployments, ...parts].map((path) => names(path, release)))).flat();
}

/** Returns the names of the Jobs of a release's hooks that are left. */
async function jobs(release: string): Promise<string[]> {
  const all = await names('/apis/batch/v1/namespaces/default/jobs');
  return all.filter((name) => name.startsWith(`${release}-`));
}

interface DeploymentFacts {
  spec: { template: { spec: { containers: { image: string }[] } } };
  status: { replicas?: number; readyReplicas?: number };
}

async function deployment(name: string): Promise<{ image: string | undefined; ready: number | undefined }> {
  const { spec, status } = await askJson<DeploymentFacts>(served, `${deployments}/${name}`);
  return { image: spec.template.spec.containers[0]?.image, ready: status.readyReplicas };
}

async function modeOf(name: string): Promise<string | undefined> {
  return (await askJson<{ data: Record<string, string> }>(served, `${core}/configmaps/${name}`)).data['MODE'];
}

describeGenuine('genuine Helm', () => {
  it('takes a release through its life', async () => {
    expect(await out('helm install a shop --wait --timeout 60s')).toBe(report('a', 1, 'Install complete'));
    expect(await namesOfParts('a')).toEqual(['a', 'a', 'a', 'a', 'a']);
    expect(await deployment('a')).toEqual({ image: 'nginx:1.27', ready: 1 });
    // A hook's Job goes when it has succeeded, unless its policy keeps it.
    expect(await jobs('a')).toEqual(['a-post-install']);
    expect(await out('kubectl logs job/a-post-install')).toBe('installed\n');

    expect(await out('helm test a --timeout 60s')).toMatch(/TEST SUITE: +a-connection\n[^]*Phase: +Succeeded\n/);
    expect(await out('kubectl logs a-connection')).toContain('<h1>Welcome to nginx!</h1>');

    const values = '--set mode=bright,replicas=3';
    expect(await out(`helm upgrade a shop ${values} --dry-run=server`)).toContain('MODE: bright');
    expect(await history('a')).toEqual(['1 deployed: Install complete']);
    expect(await out(`helm upgrade a shop ${values} --wait --timeout 60s`)).toBe(
      upgraded('a') + report('a', 2, 'Upgrade complete', 'bright'),
    );
    expect(await out('helm get values a')).toBe('USER-SUPPLIED VALUES:\nmode: bright\nreplicas: 3\n');
    expect(await out('helm get manifest a')).toContain('data:\n  MODE: bright\n');
    expect(await out('helm get hooks a')).toContain('helm.sh/hook: pre-delete\n');
    expect(await modeOf('a')).toBe('bright');
    expect(await out('helm status a')).toMatch(
      /==> v1\/Deployment\nNAME +READY +UP-TO-DATE +AVAILABLE +AGE\na +3\/3 +3 +3 /,
    );

    expect(await out('helm rollback a 1 --wait --timeout 60s')).toBe('Rollback was a success! Happy Helming!\n');
    expect(await history('a')).toEqual([
      '1 superseded: Install complete',
      '2 superseded: Upgrade complete',
      '3 deployed: Rollback to 1',
    ]);
    expect(await modeOf('a')).toBe('dark');
    expect(await out('helm list')).toMatch(/^NAME.*\na +\tdefault +\t3 .*\tdeployed\tshop-1\.0\.0\t2\.1 +\n$/s);

    expect(await out('helm uninstall a --wait --timeout 60s')).toBe('release "a" uninstalled\n');
    expect(await namesOfParts('a')).toEqual([]);
    expect(await jobs('a')).toEqual(['a-post-install']);
    expect(await run('helm status a')).toMatchObject({ stderr: 'Error: release: not found\n', exitCode: 1 });
  });

  it('undoes an upgrade that fails: the deadline of its progress comes', async () => {
    await out('helm install broken shop --wait --no-hooks --timeout 60s');
    const reason = 'resource Deployment/default/broken not ready. status: Failed, message: Progress deadline exceeded';
    expect(await run('helm upgrade broken shop --set tag=nosuch --rollback-on-failure --timeout 60s')).toEqual({
      stdout: '',
      stderr:
        `level=WARN msg="upgrade failed" name=broken error="${reason}"\n` +
        'Error: UPGRADE FAILED: release broken failed, and has been rolled back due to rollback-on-failure being set: ' +
        `${reason}\n`,
      exitCode: 1,
    });
    expect(await history('broken')).toEqual([
      '1 superseded: Install complete',
      `2 failed: Upgrade "broken" failed: ${reason}`,
      '3 deployed: Rollback to 1',
    ]);
    expect(await deployment('broken')).toEqual({ image: 'nginx:1.27', ready: 1 });
  });

  it('installs or upgrades, keeps the history and brings back what is gone', async () => {
    const line = 'helm upgrade --install b shop --no-hooks --timeout 60s --wait';
    const news = 'Release "b" does not exist. Installing it now.\n';
    expect(await out(line)).toBe(news + report('b', 1, 'Install complete'));
    expect(await out(`${line} --set replicas=2`)).toBe(upgraded('b') + report('b', 2, 'Upgrade complete'));
    expect(await out('helm uninstall b --keep-history --no-hooks')).toBe('release "b" uninstalled\n');
    expect(await history('b')).toEqual(['1 superseded: Install complete', '2 uninstalled: Uninstallation complete']);
    await out('helm rollback b 1 --wait --no-hooks');
    expect(await deployment('b')).toEqual({ image: 'nginx:1.27', ready: 1 });
  });

  it('ends where a hook fails', async () => {
    const reason = 'resource Job/default/c-pre-install not ready. status: Failed, message: Job Failed. failed: 1/1';
    expect(await run('helm install c shop --set preInstall=false --timeout 60s')).toEqual({
      stdout: '',
      stderr: `Error: INSTALLATION FAILED: failed pre-install: ${reason}\n`,
      exitCode: 1,
    });
    expect(await namesOfParts('c')).toEqual([]);
  });

  it('is told of fields that others own, and takes them when it must', async () => {
    await out('helm install d shop --no-hooks');
    await out('kubectl set image deployment/d web=nginx:1.26');
    const conflict =
      'conflict occurred while applying object default/d apps/v1, Kind=Deployment: Apply failed with 1 conflict: ' +
      'conflict with "kubectl-set" using apps/v1: .spec.template.spec.containers[name="web"].image';
    const { stderr, exitCode } = await run('helm upgrade d shop --set tag=1.25 --no-hooks');
    expect([stderr.split('\n').at(-2), exitCode]).toEqual([`Error: UPGRADE FAILED: ${conflict}`, 1]);
    await out('helm upgrade d shop --set tag=1.25 --no-hooks --force-conflicts');
    expect(await deployment('d')).toMatchObject({ image: 'nginx:1.25' });
  });

  it.each(
    [
      [
        '--set replicas=many',
        'failed to create typed patch object (default/e1; apps/v1, Kind=Deployment): ' +
          '.spec.replicas: expected numeric (int or float), got string',
      ],
      [
        '--set replicas=-1',
        'Deployment.apps "e2" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      ],
      [
        '--set replicas=many --server-side=false',
        'Deployment in version "v1" cannot be handled as a Deployment: ' +
          'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
      ],
      ['-n nosuch', 'create: failed to create: namespaces "nosuch" not found'],
    ].map(([flags, message], index) => [`helm install e${index + 1} shop --no-hooks ${flags}`, message]),
  )('is refused in words it prints as they are: %s', async (line, message) => {
    expect(await run(line ?? '')).toEqual({
      stdout: '',
      stderr: `Error: INSTALLATION FAILED: ${message}\n`,
      exitCode: 1,
    });
  });

  it('patches on the client side and waits by asking, as Helm 3 did', async () => {
    const flags = 'shop --no-hooks --wait=legacy --timeout 60s';
    expect(await out(`helm install f ${flags} --server-side=false`)).toBe(report('f', 1, 'Install complete'));
    expect(await out(`helm upgrade f ${flags} --set mode=bright`)).toBe(
      upgraded('f') + report('f', 2, 'Upgrade complete', 'bright'),
    );
    expect(await modeOf('f')).toBe('bright');
    const { metadata } = await askJson<{ metadata: { managedFields: { manager: string; operation: string }[] } }>(
      served,
      `${core}/configmaps/f`,
    );
    expect(metadata.managedFields.map(({ manager, operation }) => [manager, operation])).toEqual([['helm', 'Update']]);
  });

  it('installs a chart with a kind of its own', async () => {
    const chart = path.join(served.directory, 'custom');
    fs.mkdirSync(path.join(chart, 'crds'), { recursive: true });
    fs.mkdirSync(path.join(chart, 'templates'));
    fs.writeFileSync(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: custom\nversion: 1.0.0\n');
    fs.writeFileSync(path.join(chart, 'crds/site.json'), JSON.stringify(siteDefinition).replace('_default', 'default'));
    const metadata = 'apiVersion: example.com/v1\nkind: Site\nmetadata:\n  name: home\n';
    fs.writeFileSync(path.join(chart, 'templates/site.yaml'), `${metadata}spec:\n  page: {{ .Values.page }}\n`);
    await out('helm install custom custom --set page=one --wait --timeout 60s');
    await out('helm upgrade custom custom --set page=two --wait --timeout 60s');
    const site = await askJson<Site>(served, `${sitesPath}/home`);
    expect(site.spec).toEqual({ page: 'two', replicas: 1 });
    await out('helm uninstall custom');
    expect(await names(sitesPath)).toEqual([]);
  });

  it('installs the chart that it creates, with everything in it', async () => {
    expect(await out('helm create own')).toBe('Creating own\n');
    expect(await out('helm lint own')).toContain('1 chart(s) linted, 0 chart(s) failed\n');
    const flags = '--set autoscaling.enabled=true,ingress.enabled=true';
    expect(await out(`helm template g own ${flags}`)).toContain('kind: HorizontalPodAutoscaler\n');
    await out(`helm install g own ${flags} --wait --timeout 60s --create-namespace -n own`);
    const kinds = 'deployments,services,hpa,ingresses,serviceaccounts';
    expect(await out(`kubectl get ${kinds} -o name -n own -l app.kubernetes.io/instance=g`)).toBe(
      'deployment.apps/g-own\nservice/g-own\nhorizontalpodautoscaler.autoscaling/g-own\n' +
        'ingress.networking.k8s.io/g-own\nserviceaccount/g-own\n',
    );
    const test = await out('helm test g -n own --logs --timeout 60s');
    expect(test).toMatch(/Phase: +Succeeded\n[^]*'index\.html' saved\n/);
    // Helm's watcher counts what it has not looked at yet as gone, and may end before the Deployment does; asking is sure.
    await out('helm uninstall g -n own --wait=legacy --cascade foreground');
    expect(await names('/apis/apps/v1/namespaces/own/replicasets')).toEqual([]);
  });
});

describeGenuine('genuine Helm on the real clock', () => {
  it('waits for a release while time goes by', async () => {
    const onManual = served;
    served = await serveCluster({ clock: 'real' });
    try {
      writeChart(served.directory);
      expect(await out('helm install r shop --no-hooks --wait --timeout 60s')).toBe(report('r', 1, 'Install complete'));
      expect(await deployment('r')).toMatchObject({ ready: 1 });
    } finally {
      await served.close();
      served = onManual;
    }
  });
});
