// Measures the served API: requests a second and the CPU they cost, watches, cost against size, what genuine kubectl feels.
// Called by: bench.mjs. Needs a build, and Linux, which tells what a process has used. PROFILE=folder keeps CPU profiles.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

const CONNECTIONS = 8;
const WATCHERS = 50;
const PATIENCE_MS = 60_000;
/** Requests go to so many pods, however many there are: what is asked for the first time costs more. */
const TOUCHED = 100;

/**
 * Prints the figures. `make(name, pods, replicas)` makes a home with pods in Deployments of so many, `homeOf(name)` tells where it is.
 * `genuine`: the path of genuine kubectl, where there is one.
 */
export async function benchServer({ root, rounds, make, homeOf, genuine }) {
  // A change of a pod is one of its ReplicaSet, too, which looks at all its pods: it keeps the same number.
  for (const pods of [50, 100, 500, 10_000]) make(`served-${pods}`, pods, Math.min(pods, TOUCHED));
  const open = (pods) => serve(root, homeOf(`served-${pods}`));

  await using(open(500), async (server) => {
    await bench(server, { title: 'LIST 500 pods', count: 200, request: () => ({ path: PODS }) });
  });
  if (genuine === undefined) line('genuine kubectl get pods', 'not measured: npm test unpacks genuine kubectl');
  else
    for (const pods of [50, 500])
      await using(open(pods), (server) => benchGenuine(server, { kubectl: genuine, rounds, bound: pods === 50 }));

  const costs = [];
  for (const pods of [100, 10_000])
    costs.push(
      await using(open(pods), async (server) => ({
        'GET one pod': await benchGet(server),
        'PATCH a pod': await benchPatch(server),
        [`PATCH seen by ${WATCHERS} watchers`]: await benchWatch(server),
      })),
    );
  const [few, many] = costs;
  for (const [title, { cpuUs }] of Object.entries(many))
    line(`${title}, CPU at 10,000 pods / at 100 (bound 1.3)`, (cpuUs / few[title].cpuUs).toFixed(2));
}

const PODS = '/api/v1/namespaces/default/pods';

function patchOf(name, i) {
  return {
    method: 'PATCH',
    path: `${PODS}/${name}`,
    type: 'application/merge-patch+json',
    body: JSON.stringify({ metadata: { labels: { bench: String(i) } } }),
  };
}

function benchGet(server) {
  return bench(server, {
    title: `GET one pod of ${sizeOf(server)}`,
    count: 2000,
    request: (i) => ({ path: `${PODS}/${server.pods[i % TOUCHED]}` }),
  });
}

function benchPatch(server) {
  return bench(server, {
    title: `PATCH a pod of ${sizeOf(server)}`,
    count: 500,
    request: (i) => patchOf(server.pods[i % TOUCHED], i),
  });
}

function sizeOf({ pods }) {
  return pods.length.toLocaleString('en');
}

/** Sends requests over a few connections; prints how many went through in a second, and the server's CPU for one. */
async function bench(server, { title, count, request }) {
  const run = async (times) => {
    let next = 0;
    const work = async () => {
      while (next < times) await ask(server, request(next++));
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
  };
  await run(Math.ceil(count / 4));
  const cpuBefore = server.cpuUs();
  const startMs = performance.now();
  await run(count);
  const seconds = (performance.now() - startMs) / 1000;
  const cpuUs = (server.cpuUs() - cpuBefore) / count;
  line(title, `${Math.round(count / seconds)} requests/s, ${(cpuUs / 1000).toFixed(2)} ms CPU a request`);
  return { cpuUs };
}

/** Changes pods while many watch; prints the changes that reached all in a second, and the server's CPU for one event. */
async function benchWatch(server) {
  const changes = 200;
  let seen = 0;
  let arrive;
  const arrived = new Promise((resolve) => (arrive = resolve));
  const watchers = await Promise.all(
    Array.from({ length: WATCHERS }, () =>
      openWatch(server, (events) => {
        seen += events;
        if (seen >= changes * WATCHERS) arrive();
      }),
    ),
  );
  const cpuBefore = server.cpuUs();
  const startMs = performance.now();
  for (let i = 0; i < changes; i++) await ask(server, patchOf(server.pods[i % TOUCHED], `again-${i}`));
  await arrived;
  const seconds = (performance.now() - startMs) / 1000;
  const cpuUs = (server.cpuUs() - cpuBefore) / (changes * WATCHERS);
  for (const watcher of watchers) watcher.destroy();
  line(
    `PATCH a pod of ${sizeOf(server)}, seen by ${WATCHERS} watchers`,
    `${Math.round(changes / seconds)} changes/s, ${(cpuUs / 1000).toFixed(3)} ms CPU an event and watcher`,
  );
  return { cpuUs };
}

async function openWatch(server, onEvents) {
  const { metadata } = JSON.parse(await ask(server, { path: `${PODS}?limit=1` }));
  const options = { ...server.connection, agent: new https.Agent({ ca: server.connection.ca }) };
  return new Promise((resolve, reject) => {
    const outgoing = https.get(
      { ...options, path: `${PODS}?watch=1&resourceVersion=${metadata.resourceVersion}` },
      (response) => {
        response.on('data', (chunk) => onEvents(chunk.toString('latin1').split('\n').length - 1));
        response.on('error', () => undefined);
        resolve(outgoing);
      },
    );
    outgoing.on('error', reject);
  });
}

/** What the server adds to the start of genuine kubectl. Of hundreds of pods its own decoding is most. */
function benchGenuine(server, { kubectl, rounds, bound }) {
  // It keeps what it discovers at home.
  const env = { PATH: process.env.PATH, HOME: path.dirname(server.kubeconfig), KUBECONFIG: server.kubeconfig };
  const run = (...args) => {
    const startMs = performance.now();
    const { status, stderr } = spawnSync(kubectl, args, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`genuine kubectl ${args.join(' ')}: ${stderr}`);
    return performance.now() - startMs;
  };
  const pairs = Array.from({ length: rounds + 2 }, () => [run('get', 'pods'), run('version', '--client')]).slice(2);
  const ratio = median(pairs.map(([get, version]) => get / version));
  const difference = median(pairs.map(([get, version]) => get - version));
  line(
    `genuine kubectl get pods (${server.pods.length}) / version --client${bound ? ' (bound 1.5)' : ''}`,
    `${ratio.toFixed(2)} wall, ${difference.toFixed(0)} ms more`,
  );
}

async function using(opening, work) {
  const server = await opening;
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** Starts `sandkube serve` on one core, where a core can be chosen. */
async function serve(root, home) {
  const profile = process.env.PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE] : [];
  const command = [process.execPath, ...profile, path.join(root, 'bin/sandkube'), 'serve', '--port', '0'];
  const pin = ['taskset', '-c', '0'];
  const isPinnable = spawnSync(pin[0], [...pin.slice(1), 'true']).status === 0;
  const pinned = isPinnable ? [...pin, ...command] : command;
  const child = spawn(pinned[0], pinned.slice(1), {
    env: { ...process.env, SANDKUBE_HOME: home, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  const startMs = performance.now();
  let url;
  while ((url = /https:\/\/\S+:\d+/.exec(said)?.[0]) === undefined) {
    if (child.exitCode !== null || performance.now() - startMs > PATIENCE_MS) throw new Error(`no server: ${said}`);
    await wait(20);
  }
  const kubeconfig = path.join(home, 'kubeconfig');
  const connection = connectionOf(url, kubeconfig);
  const server = {
    kubeconfig,
    connection,
    agent: new https.Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: connection.ca }),
    cpuUs: () => cpuUsOf(child.pid),
    async close() {
      server.agent.destroy();
      child.kill('SIGINT');
      await exited;
    },
  };
  const { items } = JSON.parse(await ask(server, { path: PODS }));
  server.pods = items.map(({ metadata }) => metadata.name);
  return server;
}

function connectionOf(url, kubeconfig) {
  const text = fs.readFileSync(kubeconfig, 'utf8');
  const { hostname: host, port } = new URL(url);
  const data = (field) => Buffer.from(new RegExp(`${field}: (\\S+)`).exec(text)[1], 'base64').toString();
  return {
    host,
    port,
    servername: 'localhost',
    ca: data('certificate-authority-data'),
    cert: data('client-certificate-data'),
    key: data('client-key-data'),
  };
}

function ask({ connection, agent }, { method = 'GET', path: target, type, body }) {
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    };
    const outgoing = https.request({ ...connection, agent, method, path: target, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode >= 300) reject(new Error(`${method} ${target}: ${response.statusCode} ${text}`));
        else resolve(text);
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Returns the µs of CPU that a process's threads have used. */
function cpuUsOf(pid) {
  let ns = 0;
  for (const thread of fs.readdirSync(`/proc/${pid}/task`))
    ns += Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return ns / 1000;
}

function line(title, text) {
  console.log(`${title.padEnd(70)} ${text}`);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
