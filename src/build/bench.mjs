// Measures what a person and a script feel, as ratios taken in one run: start-up, cost against size, catching up, many pods,
// the served API.
// Called by: npm run bench. Needs a build. Every figure is printed; nothing passes or fails here.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { benchServer } from './bench.server.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-bench-'));
const ROUNDS = Number(process.env.ROUNDS ?? 21);
const bin = (name) => path.join(root, 'bin', name);

try {
  await main();
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}

async function main() {
  const bundle = path.join(work, 'inprocess.cjs');
  await build({
    entryPoints: [path.join(root, 'src/build/bench.inprocess.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['just-bash'],
    define: { SANDKUBE_DIST: JSON.stringify(path.join(root, 'dist')), 'import.meta.url': '"file:///"' },
    logLevel: 'error',
    outfile: bundle,
  });
  const home = (name) => path.join(work, name);
  const make = (name, pods, clock, replicas = pods) =>
    must(process.execPath, [bundle, 'make', home(name), String(pods), clock, String(replicas)], {
      SANDKUBE_DIST: path.join(root, 'dist'),
    });

  make('small', 30, 'manual');
  compare('kubectl get pods, 50 objects / node -e 0 (bound 1.4)', [bin('kubectl'), 'get', 'pods'], {
    home: home('small'),
    against: [process.execPath, '-e', '0'],
  });
  compare('kubectl get pods -A -o wide / node -e 0', [bin('kubectl'), 'get', 'pods', '-A', '-o', 'wide'], {
    home: home('small'),
    against: [process.execPath, '-e', '0'],
  });

  make('pods-50', 50, 'manual');
  make('pods-5000', 5000, 'manual');
  compare('kubectl get nodes, 5,000 pods / 50 pods (bound 1.2)', [bin('kubectl'), 'get', 'nodes'], {
    home: home('pods-5000'),
    against: [bin('kubectl'), 'get', 'nodes'],
    againstHome: home('pods-50'),
  });

  make('fresh', 100, 'real');
  make('week', 100, 'real');
  must(process.execPath, [bundle, 'age', home('week'), String(7 * 24 * 3600 * 1000)]);
  // Only the first command catches up: each measurement needs a state of its own.
  const pairs = times(ROUNDS, (_, i) => {
    fs.cpSync(home('week'), home(`week-${i}`), { recursive: true });
    return [
      timed([bin('kubectl'), 'get', 'pods'], home(`week-${i}`)),
      timed([bin('kubectl'), 'get', 'pods'], home('fresh')),
    ];
  });
  report('next command after a quiet week / up to date, 100 pods (bound 1.2)', pairs);

  for (const line of [
    'kubectl get pods -o yaml',
    'kubectl describe deployment web',
    'kubectl label deployment web a=$RANDOM --overwrite',
    'kubectl create deployment new-$RANDOM-$RANDOM --image=nginx',
    'kubectl delete configmap kube-root-ca.crt',
  ])
    compare(`${line} / node -e 0`, ['bash', '-c', `PATH=${path.join(root, 'bin')}:$PATH; ${line}`], {
      home: home('small'),
      against: ['bash', '-c', `PATH=$PATH; '${process.execPath}' -e 0`],
    });

  const perPod = new Map();
  for (const pods of [100, 1000, 10_000]) {
    const { seconds, cpuSeconds, peakMiB } = JSON.parse(
      must(process.execPath, ['--expose-gc', bundle, 'ready', String(pods)]),
    );
    perPod.set(pods, cpuSeconds / pods);
    console.log(
      `${`${pods} pods from create deployment to ready, in process`.padEnd(70)} ${seconds.toFixed(2)} s, ` +
        `${peakMiB.toFixed(0)} MiB, ${((1000 * cpuSeconds) / pods).toFixed(2)} ms CPU a pod`,
    );
  }
  const growth = perPod.get(10_000) / perPod.get(100);
  console.log(`${'cost a pod, 10,000 / 100 (bound 2)'.padEnd(70)} ${growth.toFixed(2)}`);

  const kubectl = path.join(root, 'node_modules/.cache/genuine-1.35.2/kubectl');
  await benchServer({
    root,
    rounds: ROUNDS,
    make: (name, pods, replicas) => make(name, pods, 'manual', replicas),
    homeOf: home,
    genuine: fs.existsSync(kubectl) ? kubectl : undefined,
  });
}

/** Runs two commands in turn and prints the ratio of their CPU and wall time, pair by pair. */
function compare(title, command, { home, against, againstHome = home }) {
  const pairs = times(ROUNDS + 2, () => [timed(command, home), timed(against, againstHome)]).slice(2);
  report(title, pairs);
}

function report(title, pairs) {
  const ratio = (field) => median(pairs.map(([a, b]) => a[field] / b[field])).toFixed(2);
  const ms = (index) => (1000 * median(pairs.map((pair) => pair[index].cpu))).toFixed(0);
  console.log(`${title.padEnd(70)} ${ratio('cpu')} CPU, ${ratio('wall')} wall (${ms(0)} ms / ${ms(1)} ms)`);
}

function timed([command, ...args], home) {
  const startMs = performance.now();
  const time = spawnSync(
    '/usr/bin/env',
    ['bash', '-c', 'TIMEFORMAT="%R %U %S"; time "$0" "$@" >/dev/null', command, ...args],
    {
      env: { ...process.env, SANDKUBE_HOME: home, NODE_OPTIONS: '' },
      encoding: 'utf8',
    },
  );
  if (time.status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${time.status}\n${time.stderr}`);
  const [wall, user, sys] = time.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall: wall || (performance.now() - startMs) / 1000, cpu: user + sys };
}

function must(command, args, env = {}) {
  const result = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(`${path.basename(command)} ${args.join(' ')} failed\n${result.stderr}`);
  return result.stdout;
}

function times(count, action) {
  return Array.from({ length: count }, action);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
