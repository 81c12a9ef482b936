// Builds dist/: the schemas, one CommonJS bundle whose commands are initialised lazily, and V8's code cache for it.
// Called by: npm run build. Must not know: what the program does.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'dist');

/** yargs' width measuring loads large Unicode tables; help is rendered by our own code, so a short one does. */
const lightStringWidth = {
  name: 'light-string-width',
  setup(b) {
    b.onResolve({ filter: /^string-width$/ }, () => ({ path: path.join(root, 'src/build/string-width.mjs') }));
  },
};

/** Large packages that few commands need stay in files of their own beside the bundle. */
const apart = { 'just-bash': 'just-bash.cjs' };
const keepApart = {
  name: 'keep-apart',
  setup(b) {
    b.onResolve({ filter: /^just-bash$/ }, ({ path: name }) => ({ path: `./${apart[name]}`, external: true }));
  },
};

const base = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  absWorkingDir: root,
  supported: { 'dynamic-import': false },
  define: { SANDKUBE_DIST: '__dirname', 'import.meta.dirname': '__dirname' },
};

fs.mkdirSync(dist, { recursive: true });
run(process.execPath, [path.join(root, 'src/build/schemas.mjs')]);
await build({
  ...base,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [lightStringWidth, keepApart],
});
for (const [name, file] of Object.entries(apart)) {
  await build({
    ...base,
    stdin: { contents: `export * from '${name}';`, resolveDir: root },
    outfile: `dist/${file}`,
    minify: true,
    logLevel: 'error',
  });
}
warmUp();

/** Runs the program so that the cache holds the functions that commands really use. */
function warmUp() {
  fs.rmSync(path.join(dist, 'main.cache'), { force: true });
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-build-'));
  const env = { ...process.env, SANDKUBE_HOME: home, SANDKUBE_WRITE_CODE_CACHE: '', NODE_OPTIONS: '' };
  const start = spawnSync(path.join(root, 'bin/sandkube'), ['start', '--clock', 'manual'], { env });
  if (start.status === 0) run(path.join(root, 'bin/kubectl'), ['get', 'pods', '-A'], { ...env, SANDKUBE_WRITE_CODE_CACHE: '1' });
  else process.stderr.write(start.stderr);
  fs.rmSync(home, { recursive: true, force: true });
  if (start.status !== 0) process.exit(1);
}

function run(command, args, env = process.env) {
  const result = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (result.status !== 0) {
    console.error(`${path.basename(command)} ${args.join(' ')} failed`);
    process.exit(result.status ?? 1);
  }
}
