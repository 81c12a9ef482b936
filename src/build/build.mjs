// Builds dist/: the schemas, the program as packs of chunks, and V8's code cache for them.
// Called by: npm run build. Must not know: what the program does.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildChunks, packScript } from './pack.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'dist');

/** Packages with a stand-in: they load large tables or much of Node for what is not used here. */
const standIns = {
  name: 'stand-ins',
  setup(b) {
    const file = (name) => path.join(root, 'src/build', name);
    b.onResolve({ filter: /^string-width$/ }, () => ({ path: file('string-width.cjs') }));
    b.onResolve({ filter: /^(node:)?assert$/ }, ({ importer }) =>
      importer.includes('/yargs/') ? { path: file('assert.mjs') } : undefined,
    );
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

fs.mkdirSync(dist, { recursive: true });
run(process.execPath, [path.join(root, 'src/build/schemas.mjs')]);
for (const [name, file] of Object.entries(apart)) await buildApart(name, file);
const chunks = await buildChunks({ root, entryPoint: 'src/main.ts', plugins: [standIns, keepApart] });
removeOld();
writePack('all', [...chunks.keys()]);
const hot = warmUp();
const cold = [...chunks.keys()].filter((name) => !hot.includes(name));
writePack('hot', hot);
writePack('cold', cold);
fs.rmSync(path.join(dist, 'all.cjs'));
warmUp();

async function buildApart(name, file) {
  const outfile = path.join(dist, file);
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

function removeOld() {
  for (const file of fs.readdirSync(dist)) if (/^(all|hot|cold|main)\./.test(file)) fs.rmSync(path.join(dist, file));
}

function writePack(pack, names) {
  fs.writeFileSync(path.join(dist, `${pack}.cjs`), packScript(names, chunks));
}

/**
 * Runs the program so that the caches hold the functions that commands really use.
 * Returns the chunks that `kubectl get` needs.
 */
function warmUp() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-build-'));
  const trace = path.join(home, 'chunks.txt');
  const env = { ...process.env, SANDKUBE_HOME: home, NODE_OPTIONS: '' };
  delete env.KUBECONFIG;
  try {
    run(path.join(root, 'bin/sandkube'), ['start', '--clock', 'manual'], { ...env, SANDKUBE_WRITE_CODE_CACHE: 'cold' });
    const get = { ...env, SANDKUBE_WRITE_CODE_CACHE: 'hot', SANDKUBE_TRACE_CHUNKS: trace };
    run(path.join(root, 'bin/kubectl'), ['get', 'pods', '-A'], get);
    return fs.readFileSync(trace, 'utf8').split('\n').filter(Boolean);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

function run(command, args, env = process.env) {
  const result = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (result.status !== 0) {
    console.error(`${path.basename(command)} ${args.join(' ')} failed`);
    process.exit(result.status ?? 1);
  }
}
