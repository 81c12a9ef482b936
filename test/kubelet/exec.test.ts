import { describe, expect, it } from '@jest/globals';
import { createNodeConnector } from '../../src/kubelet/connector.ts';
import { configMap } from '../../src/resources/configmap.ts';
import { createKubeletCluster, settings, type KubeletCluster } from './cluster.ts';
import { exec } from './exec.ts';

const present = { imagePullPolicy: 'IfNotPresent' };

function started(spec: Parameters<KubeletCluster['run']>[0]): KubeletCluster {
  const c = createKubeletCluster();
  c.run(spec);
  c.settle();
  return c;
}
const nginx = () => started({ containers: [{ ...present, name: 'web', image: 'nginx:1.25' }] });
const busybox = () =>
  started({ containers: [{ ...present, name: 'c', image: 'busybox:1.36', command: ['sleep', '1d'] }] });

/** The cluster, with time that passes while streams wait. */
function waiting(c: KubeletCluster): KubeletCluster {
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve());
    });
  const waitForEvent = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    c.advance(1);
  };
  const connector = createNodeConnector({ ...c, settings, time: { sleep, waitForEvent } });
  return { ...c, connector };
}

describe('one command', () => {
  it.each([
    { command: ['date'], stdout: 'Mon Nov 23 14:00:02 UTC 2026\n' },
    { command: ['hostname'], stdout: 'web\n' },
    { command: ['sh', '-c', 'id; whoami; pwd'], stdout: 'uid=0(root) gid=0(root) groups=0(root),10(wheel)\nroot\n/\n' },
    { command: ['ps'], stdout: 'PID   USER     TIME  COMMAND\n    1 root      0:00 sleep 1d\n' },
    {
      command: ['env'],
      stdout: 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOSTNAME=web\nHOME=/root\n',
    },
    { command: ['awk', 'BEGIN { print 6 * 7 }'], stdout: '42\n' },
    { command: ['sh', '-c', 'echo a b c | awk "{print \\$2}"'], stdout: 'b\n' },
  ])('$command', async ({ command, stdout }) => {
    expect(await exec(busybox(), { command })).toMatchObject({ stdout, stderr: '', result: 0 });
  });

  it('ends with its code', async () => {
    expect(await exec(busybox(), { command: ['sh', '-c', 'echo out; echo err >&2; exit 3'] })).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\n',
      result: 3,
    });
  });

  it('is not there', async () => {
    expect((await exec(busybox(), { command: ['bash'] })).result).toMatch(
      /^Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in \$PATH$/,
    );
  });

  it('finds no container that runs', async () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...present, name: 'web', image: 'nginx:1.25' }] });
    expect(await exec(c, { command: ['ls'] })).toMatchObject({
      result: 'Internal error occurred: unable to upgrade connection: container not found ("web")',
    });
  });

  it('reads its input', async () => {
    expect(await exec(busybox(), { command: ['cat'], stdin: ['one\n', 'two\n'] })).toMatchObject({
      stdout: 'one\ntwo\n',
    });
  });

  it('is answered by the image', async () => {
    expect(await exec(nginx(), { command: ['nginx', '-v'] })).toMatchObject({
      stderr: 'nginx version: nginx/1.25.5\n',
    });
  });

  it('ends a server that is told to', async () => {
    const c = nginx();
    await exec(c, { command: ['bash', '-c', 'kill 1'] });
    c.settle();
    expect(c.line()).toBe('Running web=running(1)');
  });

  it('leaves files until the container is restarted', async () => {
    const c = nginx();
    await exec(c, { command: ['sh', '-c', 'echo mine > /usr/share/nginx/html/index.html'] });
    const request = { method: 'GET', path: '/', headers: {}, remoteAddress: '10.0.0.1' };
    expect(Buffer.from(c.connector.proxy(c.pod(), 80, request).body).toString()).toBe('mine\n');
    await exec(c, { command: ['sh', '-c', 'kill 1'] });
    c.settle();
    expect(Buffer.from(c.connector.proxy(c.pod(), 80, request).body).toString()).toContain('Welcome to nginx!');
  });

  it('cannot write where that is forbidden', async () => {
    const c = started({
      containers: [
        {
          ...present,
          name: 'c',
          image: 'busybox:1.36',
          command: ['sleep', '1d'],
          securityContext: { readOnlyRootFilesystem: true },
        },
      ],
    });
    expect(await exec(c, { command: ['touch', '/x'] })).toMatchObject({
      stderr: "touch: can't touch '/x': Read-only file system\n",
      result: 1,
    });
  });
});

describe('a program of the image that is not played', () => {
  const stderr = 'crontab: not available in this simulation\n';
  it.each<[string[], object]>([
    [['crontab', '-l'], { stdout: '', stderr, result: 1 }],
    [['sh', '-c', 'crontab -l; echo $?'], { stdout: '1\n', stderr, result: 0 }],
    [['sh', '-c', 'crontab -l | cat; false'], { stdout: '', stderr, result: 1 }],
  ])('%j: says so, and fails', async (command, outcome) => {
    expect(await exec(busybox(), { command })).toMatchObject(outcome);
  });
});

describe('a shell', () => {
  it('takes command lines from a pipe', async () => {
    const stdin = ['x=5\ncd /tmp\n', 'touch a b\nls\necho $x', ' $(pwd)\nexit 4\n'];
    expect(await exec(busybox(), { command: ['sh'], stdin })).toMatchObject({ stdout: 'a\nb\n5 /tmp\n', result: 4 });
  });

  it('echoes what is typed at a terminal', async () => {
    const outcome = await exec(busybox(), { command: ['sh'], stdin: ['ecko\x7f\x7fho hi\r', 'exit\r'], tty: true });
    expect(outcome.stdout).toBe('/ # ecko\b \b\b \bho hi\r\nhi\r\n/ # exit\r\n');
  });

  it('reads on to the end of a here-document', async () => {
    const stdin = ['cat <<E > /tmp/f\r', 'one\r', 'E\r', 'cat /tmp/f\r', 'exit\r'];
    const outcome = await exec(busybox(), { command: ['sh'], stdin, tty: true });
    expect(outcome.stdout).toBe('/ # cat <<E > /tmp/f\r\n> one\r\n> E\r\n/ # cat /tmp/f\r\none\r\n/ # exit\r\n');
  });

  it('has the prompt of the image', async () => {
    const outcome = await exec(nginx(), { command: ['bash'], stdin: ['cd /etc\r', '\x04'], tty: true });
    expect(outcome.stdout).toBe('root@web:/# cd /etc\r\nroot@web:/etc# exit\r\n');
  });

  it('hands on what it does not know itself', async () => {
    const stdin = ['list=(a b c)\necho ${list[1]} ${#list[@]}\n'];
    expect(await exec(nginx(), { command: ['bash'], stdin })).toMatchObject({ stderr: '' });
    const line = 'list=(a b c); echo ${list[1]} ${#list[@]}';
    expect(await exec(nginx(), { command: ['bash', '-c', line] })).toMatchObject({ stdout: 'b 3\n' });
  });

  it('reads what its commands do not', async () => {
    const stdin = ['read x\nfoo', ' bar\necho "[$x]"\nhead -1\none\ntwo\n', 'three\n'];
    const outcome = await exec(busybox(), { command: ['sh'], stdin });
    expect(outcome.stdout).toBe('[foo bar]\none\n');
    expect(outcome.stderr).toBe('sh: two: not found\nsh: three: not found\n');
  });

  it('is a container of its own that waits for someone to type', async () => {
    const c = started({
      restartPolicy: 'Never',
      containers: [{ ...present, name: 'c', image: 'busybox:1.36', stdin: true, tty: true }],
    });
    expect(c.line()).toBe('Running c=running(0)');
    const outcome = await exec(c, { command: [], attaches: true, stdin: ['echo hi\r', 'exit 3\r'], tty: true });
    expect(outcome.stdout).toBe('/ # echo hi\r\nhi\r\n/ # exit 3\r\n');
    c.settle();
    expect(c.line()).toBe('Failed c=Error:3(0)');
    expect(
      c.connector.logs(c.pod(), { container: 'c', previous: false, follow: false, timestamps: false }).text,
    ).toContain('hi\n');
  });
});

describe('volumes', () => {
  const mounts = [{ name: 'conf', mountPath: '/conf' }];
  const container = { ...present, name: 'c', image: 'busybox:1.36', command: ['sleep', '1d'], volumeMounts: mounts };
  const settings = { metadata: { name: 'settings', namespace: 'default' }, data: { a: '1', b: '2' } };

  it('hold the keys of a ConfigMap, read-only, and follow it', async () => {
    const c = createKubeletCluster();
    c.client.create(configMap, settings);
    c.run({ volumes: [{ name: 'conf', configMap: { name: 'settings' } }], containers: [container] });
    c.settle();
    const command = ['sh', '-c', 'ls /conf; cat /conf/a; echo; echo x > /conf/a'];
    expect(await exec(c, { command })).toMatchObject({
      stdout: 'a\nb\n1\n',
      stderr: "sh: can't create /conf/a: Read-only file system\n",
      result: 1,
    });
    c.client.update(configMap, { ...c.client.get(configMap, settings.metadata)!, data: { a: 'new' } });
    expect(await exec(c, { command: ['cat', '/conf/a'] })).toMatchObject({ stdout: 'new' });
  });

  it.each([
    {
      what: 'items',
      volume: { configMap: { name: 'settings', items: [{ key: 'a', path: 'x/y', mode: 0o400 }] } },
      stdout: '/conf/x/y\n400\n',
    },
    {
      what: 'the downward API',
      volume: { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
      stdout: '/conf/name\n644\n',
    },
    {
      what: 'a projection',
      volume: { projected: { sources: [{ configMap: { name: 'settings', items: [{ key: 'b', path: 'b' }] } }] } },
      stdout: '/conf/b\n644\n',
    },
  ])('are made from $what', async ({ volume, stdout }) => {
    const c = createKubeletCluster();
    c.client.create(configMap, settings);
    c.run({ volumes: [{ name: 'conf', ...volume }], containers: [container] });
    c.settle();
    expect(
      await exec(c, { command: ['sh', '-c', 'find /conf -type f; stat -c %a $(find /conf -type f)'] }),
    ).toMatchObject({ stdout });
  });

  it('of a pod outlive its containers, those of a node its pods', async () => {
    const c = createKubeletCluster(2);
    const volumes = [
      { name: 'conf', emptyDir: {} },
      { name: 'host', hostPath: { path: '/var/data' } },
    ];
    const both = [...mounts, { name: 'host', mountPath: '/host' }];
    const pod = { volumes, containers: [{ ...container, volumeMounts: both }] };
    c.run(pod);
    c.settle();
    await exec(c, { command: ['sh', '-c', 'echo kept > /conf/f; echo shared > /host/f; echo lost > /f'] });
    c.run({ ...pod, name: 'second' });
    c.run({ ...pod, name: 'third', nodeName: 'node-2' });
    c.settle();
    const command = ['sh', '-c', 'cat /conf/f /host/f /f'];
    expect(await exec(c, { command })).toMatchObject({ stdout: 'kept\nshared\nlost\n' });
    expect(await exec(c, { command, pod: 'second' })).toMatchObject({ stdout: 'shared\n' });
    expect(await exec(c, { command, pod: 'third' })).toMatchObject({ stdout: '' });
  });
});

it('tar goes both ways', async () => {
  const c = busybox();
  await exec(c, { command: ['sh', '-c', 'mkdir -p /data/sub; printf "\\001\\377" > /data/bin; echo t > /data/sub/t'] });
  const made = await exec(c, { command: ['tar', 'cf', '-', '/data'] });
  expect(made.stderr).toBe("tar: removing leading '/' from member names\n");
  expect(await exec(c, { command: ['tar', 'xmf', '-', '-C', '/tmp'], stdin: [made.bytes] })).toMatchObject({
    result: 0,
  });
  expect(await exec(c, { command: ['sh', '-c', 'find /tmp -type f; cat /tmp/data/sub/t'] })).toMatchObject({
    stdout: '/tmp/data/bin\n/tmp/data/sub/t\nt\n',
  });
  expect((await exec(c, { command: ['tar', 'cf', '-', '/nope'] })).stderr).toBe(
    'tar: /nope: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n',
  );
});

describe('Ctrl-C at a terminal', () => {
  /** A cluster whose commands wait in real time: what sleeps there sleeps until it is ended. */
  it('ends a command', async () => {
    const outcome = await exec(waiting(busybox()), { command: ['sleep', '100'], stdin: ['ab\x03'], tty: true });
    expect(outcome).toMatchObject({ stdout: '^C', result: 130 });
    const quit = await exec(waiting(busybox()), { command: ['sleep', '100'], stdin: ['\x1c'], tty: true });
    expect(quit).toMatchObject({ stdout: '^\\', result: 131 });
  });

  it('ends a line of a shell, not the shell', async () => {
    const stdin = [
      'sleep 100 > /tmp/f; echo never\r',
      '\x03',
      'echo $?\r',
      'sleep 9\r',
      'x\x03echo kept\r',
      'exit 3\r',
    ];
    expect(await exec(waiting(busybox()), { command: ['sh'], stdin, tty: true })).toMatchObject({
      stdout:
        '/ # sleep 100 > /tmp/f; echo never\r\n^C\r\n/ # echo $?\r\n130\r\n' +
        '/ # sleep 9\r\n^C\r\n/ # echo kept\r\nkept\r\n/ # exit 3\r\n',
      result: 3,
    });
  });

  it('stops the container that is attached to, if its process minds', async () => {
    const terminal = { ...present, stdin: true, tty: true };
    const web = waiting(started({ containers: [{ ...terminal, name: 'web', image: 'nginx:1.25' }] }));
    await exec(web, { command: [], stdin: ['\x03'], tty: true, attaches: true });
    expect(web.container().lastState.terminated?.exitCode).toBe(0);
  });
});

describe('what reads its input', () => {
  it.each([
    { command: ['cat'], stdin: ['one\n', 'two'], stdout: 'one\ntwo' },
    {
      command: ['sh', '-c', 'while read x; do echo "[$x]"; done; echo end'],
      stdin: ['a\nb', '\n'],
      stdout: '[a]\n[b]\nend\n',
    },
    { command: ['head', '-2'], stdin: ['a\n', 'b\nc\n', 'd\n'], stdout: 'a\nb\n' },
    { command: ['sh', '-c', 'cat | awk "{ n += \\$1 } END { print n }"'], stdin: ['1\n', '2\n'], stdout: '3\n' },
    { command: ['wc', '-c'], stdin: [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)], stdout: '2\n' },
    { command: ['echo', 'no'], stdin: ['unread'], stdout: 'no\n' },
  ])('$command', async ({ command, stdin, stdout }) => {
    expect(await exec(busybox(), { command, stdin })).toMatchObject({ stdout, stderr: '', result: 0 });
  });

  it('shows what came before the rest does', async () => {
    const seen: string[] = [];
    const c = busybox();
    const options = { container: 'c', command: ['cat'], stdin: true, stdout: true, stderr: true, tty: false };
    let parts = 0;
    const readStdin = async (): Promise<Uint8Array | undefined> => {
      seen.push('asked');
      return parts++ < 2 ? Buffer.from(`${parts}\n`) : undefined;
    };
    const writeStdout = (bytes: Uint8Array): void => void seen.push(Buffer.from(bytes).toString());
    const { signal } = new AbortController();
    await c.connector.exec(c.pod(), options)({ readStdin, writeStdout, writeStderr: writeStdout, signal });
    expect(seen).toEqual(['asked', '1\n', 'asked', '2\n', 'asked']);
  });

  it('is typed to at a terminal, which echoes; Ctrl-D is the end', async () => {
    const outcome = await exec(busybox(), {
      command: ['cat'],
      stdin: ['hex\x7fy\r', 'a\tb\x15c\r', '\x04'],
      tty: true,
    });
    expect(outcome.stdout).toBe('hex\b \by\r\nhey\r\na\tb\b \b\b \b\b \bc\r\nc\r\n');
  });

  it('is the process of a container', async () => {
    const script = 'read x; echo "first $x"; cat; exit 5';
    const c = started({
      restartPolicy: 'Never',
      containers: [
        { ...present, name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script], stdin: true, stdinOnce: true },
      ],
    });
    expect(c.line()).toBe('Running c=running(0)');
    const outcome = await exec(waiting(c), { command: [], attaches: true, stdin: ['one\ntw', 'o\n'] });
    c.settle();
    expect(c.line()).toBe('Failed c=Error:5(0)');
    const log = { container: 'c', previous: false, follow: false, timestamps: false };
    expect([outcome.stdout, c.connector.logs(c.pod(), log).text]).toEqual(['first one\ntwo\n', 'first one\ntwo\n']);
  });

  it('finds the size of its terminal', async () => {
    const command = ['sh', '-c', 'tty; stty size'];
    expect((await exec(busybox(), { command, stdin: [], tty: true })).stdout).toBe('/dev/pts/0\r\n24 80\r\n');
    expect(await exec(busybox(), { command })).toMatchObject({
      stdout: 'not a tty\n',
      stderr: 'stty: standard input: Inappropriate ioctl for device\n',
      result: 1,
    });
  });
});
