import { describe, expect, it } from '@jest/globals';
import { configMap } from '../../src/resources/configmap.ts';
import { node } from '../../src/resources/node.ts';
import { pod } from '../../src/resources/pod.ts';
import { createKubeletCluster, type KubeletCluster } from './cluster.ts';

const present = { imagePullPolicy: 'IfNotPresent' };
const nginx = { ...present, name: 'web', image: 'nginx:1.25' };
const busybox = { ...present, name: 'c', image: 'busybox:1.36' };

function conditions(c: KubeletCluster, name?: string): string[] {
  return (c.status(name).conditions ?? []).map(
    ({ type, status, reason }) => `${type}=${status}${reason ? ` ${reason}` : ''}`,
  );
}

describe('a pod that starts', () => {
  it('is taken on, pulls its image, runs and is ready', () => {
    const c = createKubeletCluster();
    c.run({ containers: [nginx] });
    expect(c.line()).toBe('Pending web=waiting:ContainerCreating(0)');
    expect(conditions(c)).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=True',
      'Ready=False ContainersNotReady',
      'ContainersReady=False ContainersNotReady',
      'PodScheduled=True',
    ]);
    c.settle();
    expect(c.line()).toBe('Running web=running(0)');
    expect(conditions(c)).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
    expect(c.events()).toEqual([
      '1s Normal Pulling Pulling image "nginx:1.25"',
      '4s Normal Pulled Successfully pulled image "nginx:1.25" in 2.686s (2.686s including waiting). Image size: 72186000 bytes.',
      '4s Normal Created Container created',
      '4s Normal Started Container started',
    ]);
  });

  it('has the status that 1.35 shows', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } } }] });
    c.settle();
    const { conditions: _conditions, ...status } = c.status();
    const digest = expect.stringMatching(/^docker.io\/library\/nginx@sha256:[0-9a-f]{64}$/);
    expect(status).toEqual({
      phase: 'Running',
      qosClass: 'Burstable',
      startTime: '2026-11-23T14:00:00Z',
      observedGeneration: 1,
      hostIP: '192.168.49.2',
      hostIPs: [{ ip: '192.168.49.2' }],
      podIP: '10.244.0.2',
      podIPs: [{ ip: '10.244.0.2' }],
      containerStatuses: [
        {
          name: 'web',
          state: { running: { startedAt: '2026-11-23T14:00:04Z' } },
          lastState: {},
          ready: true,
          started: true,
          restartCount: 0,
          image: 'docker.io/library/nginx:1.25',
          imageID: digest,
          containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/),
          resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } },
          allocatedResources: { cpu: '100m' },
          user: { linux: { gid: 0, supplementalGroups: [0], uid: 0 } },
        },
      ],
    });
  });

  it('finds the image of another pod on its node', () => {
    const c = createKubeletCluster(2);
    c.run({ containers: [nginx] });
    c.settle();
    c.run({ name: 'second', containers: [nginx] });
    c.run({ name: 'elsewhere', nodeName: 'node-2', containers: [nginx] });
    c.settle();
    expect(c.events('second')).toEqual([
      '5s Normal Pulled Container image "nginx:1.25" already present on machine and can be accessed by the pod',
      '5s Normal Created Container created',
      '5s Normal Started Container started',
    ]);
    expect(c.events('elsewhere')[0]).toBe('5s Normal Pulling Pulling image "nginx:1.25"');
    expect(c.status('second').podIP).toBe('10.244.0.3');
    expect(c.status('elsewhere').podIP).toBe('10.244.1.2');
    expect(c.client.get(node, { name: 'node-1' })?.status.images).toEqual([
      { names: [expect.stringContaining('nginx@sha256:'), 'docker.io/library/nginx:1.25'], sizeBytes: 72_186_000 },
    ]);
  });

  it('shares one pull with a pod that starts at the same time', () => {
    const c = createKubeletCluster();
    c.run({ containers: [nginx] });
    c.run({ name: 'second', containers: [nginx] });
    c.settle();
    // Keys are worked off in their order: `second` comes first.
    expect(c.events('web')[1]).toMatch(
      /^4s Normal Pulled Successfully pulled image "nginx:1.25" in \d+ms \(2s including waiting\)/,
    );
  });

  it('leaves nothing to be done', () => {
    const c = createKubeletCluster();
    c.run({ containers: [nginx] });
    c.settle();
    expect(c.manager.nextDueAtMs()).toBeUndefined();
  });
});

describe('an image that cannot be had', () => {
  it.each([
    {
      image: 'grc.io/kuar-demo/kuard-amd64:1',
      error:
        'failed to pull and unpack image "grc.io/kuar-demo/kuard-amd64:1": failed to resolve reference "grc.io/kuar-demo/kuard-amd64:1": ' +
        'failed to do request: Head "https://grc.io/v2/kuar-demo/kuard-amd64/manifests/1": dial tcp: lookup grc.io on 192.168.49.1:53: no such host',
    },
    {
      image: 'nginx:1.161',
      error:
        'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.161": ' +
        'failed to resolve reference "docker.io/library/nginx:1.161": docker.io/library/nginx:1.161: not found',
    },
  ])('backs off: $image', ({ image, error }) => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, image }] });
    c.advance(2);
    expect(c.line()).toBe('Pending web=waiting:ErrImagePull(0)');
    expect(c.container().state.waiting?.message).toBe(error);
    c.settle();
    expect(c.line()).toBe('Pending web=waiting:ImagePullBackOff(0)');
    expect(c.container().state.waiting?.message).toBe(`Back-off pulling image "${image}": ErrImagePull: ${error}`);
    c.advance(80);
    expect(c.events()).toEqual([
      `74s Normal Pulling Pulling image "${image}" (x4)`,
      `75s Warning Failed Failed to pull image "${image}": ${error} (x4)`,
      '75s Warning Failed Error: ErrImagePull (x4)',
      `77s Normal BackOff Back-off pulling image "${image}" (x4)`,
      '77s Warning Failed Error: ImagePullBackOff (x4)',
    ]);
  });

  it('is refused for its name', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, image: 'Nginx:BAD' }] });
    c.settle();
    expect(c.line()).toBe('Pending web=waiting:InvalidImageName(0)');
    expect(c.events()).toEqual([
      '1s Warning InspectFailed Failed to apply default image tag "Nginx:BAD": couldn\'t parse image name "Nginx:BAD": ' +
        'invalid reference format: repository name (library/Nginx) must be lowercase',
      '1s Warning Failed Error: InvalidImageName',
    ]);
  });

  it('is not pulled when that is forbidden', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, imagePullPolicy: 'Never' }] });
    c.settle();
    expect(c.line()).toBe('Pending web=waiting:ErrImageNeverPull(0)');
    expect(c.events()).toEqual([
      '1s Warning ErrImageNeverPull Container image "nginx:1.25" is not present with pull policy of Never',
      '1s Warning Failed Error: ErrImageNeverPull',
    ]);
  });
});

describe('configuration that is missing', () => {
  it('keeps a container from being made until it is there', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, envFrom: [{ configMapRef: { name: 'settings' } }] }] });
    c.settle();
    expect(c.line()).toBe('Pending web=waiting:CreateContainerConfigError(0)');
    expect(c.container().state.waiting?.message).toBe('configmap "settings" not found');
    c.client.create(configMap, { metadata: { name: 'settings', namespace: 'default' }, data: { a: '1' } });
    c.settle();
    expect(c.line()).toBe('Running web=running(0)');
    expect(c.events()).toContain('4s Warning Failed Error: configmap "settings" not found');
  });

  it('keeps a volume from being mounted, with growing pauses', () => {
    const c = createKubeletCluster();
    c.run({ volumes: [{ name: 'conf', configMap: { name: 'settings' } }], containers: [nginx] });
    c.advance(40);
    expect(c.line()).toBe('Pending web=waiting:ContainerCreating(0)');
    expect(c.events()).toEqual([
      '33s Warning FailedMount MountVolume.SetUp failed for volume "conf" : configmap "settings" not found (x7)',
    ]);
    c.client.create(configMap, { metadata: { name: 'settings', namespace: 'default' }, data: { a: '1' } });
    c.settle();
    expect(c.line()).toBe('Running web=running(0)');
  });

  it('refuses to run as root where that is forbidden', () => {
    const c = createKubeletCluster();
    c.run({ securityContext: { runAsNonRoot: true }, containers: [nginx] });
    c.settle();
    expect(c.container().state.waiting?.message).toBe(
      `container has runAsNonRoot and image will run as root (pod: "web_default(${c.pod().metadata.uid})", container: web)`,
    );
  });
});

describe('containers that end', () => {
  it('crash with growing pauses, and begin anew after a long run', () => {
    const c = createKubeletCluster();
    c.run({
      containers: [
        {
          ...busybox,
          command: ['sh', '-c', 'sleep $SECONDS_TO_RUN; exit 1'],
          env: [{ name: 'SECONDS_TO_RUN', value: '3' }],
        },
      ],
    });
    c.advance(3);
    expect(c.line()).toBe('Running c=running(0)');
    c.advance(3);
    expect(c.line()).toBe('Running c=running(1)');
    c.advance(5);
    expect(c.line()).toBe('Running c=waiting:CrashLoopBackOff(1)');
    const uid = c.pod().metadata.uid;
    expect(c.container().state.waiting?.message).toBe(
      `back-off 10s restarting failed container=c pod=web_default(${uid})`,
    );
    expect(c.container().lastState.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    c.advance(400);
    expect(c.container().state.waiting?.message).toBe(
      `back-off 5m0s restarting failed container=c pod=web_default(${uid})`,
    );
    expect(c.events().at(-1)).toMatch(
      /Warning BackOff Back-off restarting failed container c in pod web_default\(.*\) \(x6\)$/,
    );
  });

  it.each([
    { policy: 'Never', script: 'exit 0', line: 'Succeeded c=Completed:0(0)', reasons: 'PodCompleted' },
    { policy: 'OnFailure', script: 'true', line: 'Succeeded c=Completed:0(0)', reasons: 'PodCompleted' },
    { policy: 'Never', script: 'exit 7', line: 'Failed c=Error:7(0)', reasons: 'PodFailed' },
  ])('$script with $policy: $line', ({ policy, script, line, reasons }) => {
    const c = createKubeletCluster();
    c.run({ restartPolicy: policy, containers: [{ ...busybox, command: ['sh', '-c', script] }] });
    c.settle();
    expect(c.line()).toBe(line);
    expect(conditions(c)).toContain(`Ready=False ${reasons}`);
    expect(conditions(c)).toContain('PodReadyToStartContainers=False');
  });

  it('leave a message', () => {
    const c = createKubeletCluster();
    const script = 'echo "it broke" > /dev/termination-log; exit 1';
    c.run({ restartPolicy: 'Never', containers: [{ ...busybox, command: ['sh', '-c', script] }] });
    c.settle();
    expect(c.container().state.terminated?.message).toBe('it broke\n');
  });

  it('are killed beyond their memory', () => {
    const c = createKubeletCluster();
    const env = [{ name: 'MYSQL_ROOT_PASSWORD', value: 'x' }];
    c.run({
      restartPolicy: 'Never',
      containers: [{ ...present, name: 'db', image: 'mysql:8', env, resources: { limits: { memory: '64Mi' } } }],
    });
    c.settle();
    expect(c.line()).toBe('Failed db=OOMKilled:137(0)');
  });

  it('cannot start what their image has not', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, command: ['nosuch'] }] });
    c.settle();
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to ' +
      'start container process: error during container init: exec: "nosuch": executable file not found in $PATH';
    expect(c.line()).toBe('Running web=waiting:CrashLoopBackOff(1)');
    expect(c.container().lastState.terminated).toMatchObject({ exitCode: 128, reason: 'StartError', message });
    expect(c.events()).toContain(`5s Warning Failed Error: ${message} (x2)`);
  });

  it('are restarted when their image changes', () => {
    const c = createKubeletCluster();
    c.run({ containers: [nginx] });
    c.settle();
    c.client.update(pod, {
      ...c.pod(),
      spec: { ...c.pod().spec, containers: [{ ...c.pod().spec.containers[0]!, image: 'nginx:1.26' }] },
    });
    c.settle();
    expect(c.line()).toBe('Running web=running(1)');
    expect(c.container().image).toBe('docker.io/library/nginx:1.26');
    expect(c.events()).toContain('4s Normal Killing Container web definition changed, will be restarted');
  });
});

describe('init containers', () => {
  it('run one after the other, and sidecars beside the rest', () => {
    const c = createKubeletCluster();
    const volumes = [{ name: 'work', emptyDir: {} }];
    const mounts = [{ name: 'work', mountPath: '/work' }];
    c.run({
      volumes,
      initContainers: [
        { ...busybox, name: 'make', command: ['sh', '-c', 'echo made > /work/file; sleep 2'], volumeMounts: mounts },
        { ...busybox, name: 'side', restartPolicy: 'Always', command: ['sleep', '1d'] },
      ],
      containers: [
        { ...busybox, name: 'main', command: ['sh', '-c', 'cat /work/file; sleep 1d'], volumeMounts: mounts },
      ],
    });
    c.advance(2);
    expect(c.line()).toBe(
      'Pending make=running:unready(0) side=waiting:PodInitializing(0) main=waiting:PodInitializing(0)',
    );
    expect(conditions(c)).toContain('Initialized=False ContainersNotInitialized');
    c.settle();
    expect(c.line()).toBe('Running make=Completed:0(0) side=running(0) main=running(0)');
    const options = { container: 'main', previous: false, follow: false, timestamps: false };
    expect(c.connector.logs(c.pod(), options).text).toBe('made\n');
  });

  it('fail a pod that never restarts', () => {
    const c = createKubeletCluster();
    c.run({
      restartPolicy: 'Never',
      initContainers: [{ ...busybox, name: 'init', command: ['false'] }],
      containers: [nginx],
    });
    c.settle();
    expect(c.line()).toBe('Failed init=Error:1(0) web=waiting:PodInitializing(0)');
  });
});
