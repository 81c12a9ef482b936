// Builds dist/: the schemas, the program as packs of chunks, and V8's code cache for them.
// Called by: npm run build; with a folder as argument, everything is made there instead. Must not know: what the program does.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyKinds } from './kinds.mjs';
import { buildChunks, mergeChunks, packScript } from './pack.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const target = path.resolve(process.argv[2] ?? root);
// The program is tried out in a folder of its own, so that who runs it meanwhile sees the old one or the new one.
const stage = path.join(target, `dist/.stage-${process.pid}`);

/** Packages with a stand-in: they load large tables or much of Node for what is not used here. */
const standIns = {
  name: 'stand-ins',
  setup(b) {
    const file = (name) => path.join(root, 'src/build', name);
    b.onResolve({ filter: /^yargs$/ }, () => ({ path: file('yargs.mjs') }));
    b.onResolve({ filter: /^string-width$/ }, () => ({ path: file('string-width.cjs') }));
  },
};

/** Large packages that few commands need stay in files of their own beside the packs. */
const apart = { 'just-bash': 'just-bash.cjs' };
const keepApart = {
  name: 'keep-apart',
  setup(b) {
    b.onResolve({ filter: /^just-bash$/ }, ({ path: name }) => ({ path: `./${apart[name]}`, external: true }));
  },
};

// What people do all day, in groups: what a group of commands touches and no earlier one does is a pack.
const START = ['sandkube start --clock manual', 'kubectl create deployment warm-up --image=nginx', 'sandkube settle'];
const GROUPS = {
  hot: ['kubectl get pods', 'kubectl get nodes', 'kubectl get deployments', 'kubectl get services'],
  flags: [
    'kubectl get pods -A',
    'kubectl get deployments -n kube-system',
    'kubectl get services,configmaps -A',
    'kubectl get pods -n kube-system -o wide',
    'kubectl get pods -l app=warm-up --show-labels',
    'kubectl version --client',
  ],
  whole: [
    'kubectl get deployment warm-up -o yaml',
    'kubectl get pods -o json',
    'kubectl get pods -o name',
    'kubectl get pods -o jsonpath={.items[*].metadata.name}',
    'kubectl describe deployment warm-up',
    'kubectl describe pods',
    'kubectl logs deployment/warm-up',
  ],
  warm: [
    'kubectl create deployment warm --image=nginx:1.25 --replicas=2',
    'kubectl scale deployment warm --replicas=3',
    'kubectl label deployment warm tier=web',
    'kubectl apply -f warm.yaml',
    'kubectl apply -f warm.yaml',
    'sandkube settle',
    'kubectl get deployment warm -o yaml',
    'kubectl get pods -o json',
    'kubectl set image deployment/warm nginx=nginx:1.26',
    'kubectl describe deployment warm',
    'kubectl delete pods -l app=warm --wait=false',
    'kubectl logs deployment/warm',
    'kubectl delete deployment warm',
    'kubectl run warm --image=nginx:1.25',
    'kubectl delete pod warm',
  ],
};
const PACKS = Object.keys(GROUPS);
const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: applied, labels: { app: applied } }
spec:
  replicas: 2
  selector: { matchLabels: { app: applied } }
  template:
    metadata: { labels: { app: applied } }
    spec:
      containers:
        - name: nginx
          image: nginx:1.25
          ports: [{ containerPort: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: applied }
spec:
  selector: { app: applied }
  ports: [{ port: 80 }]
`;

fs.mkdirSync(path.join(target, 'dist/generated'), { recursive: true });
run(process.execPath, [path.join(root, 'src/build/schemas.mjs')]);
for (const [name, file] of Object.entries(apart)) await buildApart(name, file);
try {
  const plugins = [standIns, keepApart, await lazyKinds(root)];
  const chunks = await buildChunks({ root, folder: 'src', leaveOut: ['build/'], plugins });
  prepareStage();
  await pack(chunks);
  publish();
} finally {
  fs.rmSync(stage, { recursive: true, force: true });
}

/** Makes the stage look like the project's folder. */
function prepareStage() {
  fs.mkdirSync(path.join(stage, 'dist'), { recursive: true });
  fs.cpSync(path.join(root, 'bin'), path.join(stage, 'bin'), { recursive: true });
  fs.copyFileSync(path.join(root, 'src/build/warmup.cjs'), path.join(stage, 'bin/warmup.cjs'));
  for (const name of ['state', 'scenarios']) fs.symlinkSync(path.join(root, name), path.join(stage, name));
  for (const name of ['generated', ...Object.values(apart)])
    fs.symlinkSync(path.join(root, 'dist', name), path.join(stage, 'dist', name));
}

/** Finds out which chunks are used when, packs them so, and keeps V8's code of the functions that ran. */
async function pack(chunks) {
  const all = [...chunks.keys()];
  writePack('all', all);
  const rest = new Set(all);
  const contents = {};
  for (const pack of PACKS) {
    const touched = warmUp(pack === 'warm' ? START : [...START, ...GROUPS.hot], commandsUpTo(pack));
    contents[pack] = touched.filter((name) => rest.delete(name));
  }
  fs.rmSync(path.join(stage, 'dist/all.cjs'));
  chunks.set('hot.js', { code: await mergeChunks(contents.hot, chunks) });
  for (const pack of PACKS) {
    if (pack === 'hot') writePack(pack, ['hot.js'], contents);
    else writePack(pack, contents[pack]);
  }
  writePack('cold', [...rest]);
  // Code of functions that only rare commands call would slow all others down.
  for (const pack of PACKS) warmUp(START, commandsUpTo(pack), [pack]);

  function writePack(name, names, others = {}) {
    fs.writeFileSync(path.join(stage, 'dist', `${name}.cjs`), packScript(names, chunks, others));
  }
}

/** Returns the commands of a pack's group and of those before it. */
function commandsUpTo(pack) {
  return PACKS.slice(0, PACKS.indexOf(pack) + 1).flatMap((name) => GROUPS[name]);
}

/**
 * Runs commands on a home of their own, those of `before` unobserved, the others in one process.
 * Returns the chunks that the latter loaded; writes the code caches of the packs.
 */
function warmUp(before, commands, cachedPacks = []) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-build-'));
  const trace = path.join(home, 'chunks.txt');
  const env = { ...process.env, SANDKUBE_HOME: home, NODE_OPTIONS: '' };
  delete env.KUBECONFIG;
  fs.writeFileSync(path.join(home, 'warm.yaml'), MANIFEST);
  const perform = (lines, more = {}) =>
    run(process.execPath, [path.join(stage, 'bin/warmup.cjs'), ...lines], { env: { ...env, ...more }, cwd: home });
  try {
    perform(before);
    perform(commands, { SANDKUBE_WRITE_CODE_CACHE: cachedPacks.join(','), SANDKUBE_TRACE_CHUNKS: trace });
    return fs.readFileSync(trace, 'utf8').split('\n').filter(Boolean);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** Puts what is in the stage in the place of what was built before. */
function publish() {
  if (target !== root) {
    for (const name of ['bin', 'state', 'scenarios'])
      fs.rmSync(path.join(target, name), { recursive: true, force: true });
    fs.rmSync(path.join(stage, 'bin/warmup.cjs'));
    for (const name of ['bin', 'state', 'scenarios']) fs.renameSync(path.join(stage, name), path.join(target, name));
  }
  for (const name of fs.readdirSync(path.join(target, 'dist')))
    if (['all', 'cold', 'main', ...PACKS].includes(name.split('.')[0])) fs.rmSync(path.join(target, 'dist', name));
  const isLink = (file) => fs.lstatSync(file).isSymbolicLink();
  for (const name of fs.readdirSync(path.join(stage, 'dist'))) {
    const file = path.join(stage, 'dist', name);
    const there = path.join(target, 'dist', name);
    if (isLink(file) && target === root) continue;
    if (isLink(file)) fs.rmSync(there, { recursive: true, force: true });
    fs.renameSync(file, there);
  }
}

async function buildApart(name, file) {
  const outfile = path.join(root, 'dist', file);
  const version = path.join(root, 'node_modules', name, 'package.json');
  if (fs.existsSync(outfile) && fs.existsSync(version) && fs.statSync(outfile).mtimeMs > fs.statSync(version).mtimeMs)
    return;
  await build({
    stdin: { contents: `export * from '${name}';`, resolveDir: root },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    charset: 'ascii',
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__fileUrl', 'import.meta.dirname': '__dirname' },
    banner: { js: "const __fileUrl = 'file://' + encodeURI(__filename);" },
    outfile,
    minify: true,
    logLevel: 'error',
  });
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', ...options });
  if (result.status !== 0) {
    console.error(result.stderr);
    console.error(`${path.basename(command)} ${args.join(' ')} failed`);
    process.exit(result.status ?? 1);
  }
}
