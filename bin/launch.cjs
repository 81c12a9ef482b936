// Starts the built program. Its code lies in packs of chunks (dist/hot.cjs for reading, dist/warm.cjs for changing things,
// dist/cold.cjs for the rest), each run through V8's code cache: start-up then hardly depends on the program's size. Without a
// usable cache (another Node version, a read-only folder) everything works all the same, only slower.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const dist = path.join(__dirname, '../dist');
const fileUrl = `file://${encodeURI(path.join(dist, 'hot.cjs'))}`;
const packs = new Map();
const modules = new Map();

module.exports = function launch(program) {
  if (packs.size === 0) start();
  load('./main.js').main(program, process.argv.slice(2));
};

function start() {
  if (!openPack('all') && !openPack('hot')) {
    process.stderr.write('error: Sandkube is not built yet: run "npm install && npm run build" in its folder\n');
    process.exit(1);
  }
  // For the build: which chunks commands load, and the code of what they ran.
  const { SANDKUBE_WRITE_CODE_CACHE: caches, SANDKUBE_TRACE_CHUNKS: trace } = process.env;
  if (!caches && !trace) return;
  process.on('exit', () => {
    for (const name of (caches ?? '').split(',').filter(Boolean)) {
      const script = packs.get(name)?.script;
      if (script) fs.writeFileSync(path.join(dist, `${name}.cache`), script.createCachedData());
    }
    if (trace) fs.writeFileSync(trace, [...modules.keys()].map((name) => `${name.slice(2)}\n`).join(''));
  });
}

function openPack(name) {
  const file = path.join(dist, `${name}.cjs`);
  const source = read(file, 'latin1');
  if (source === undefined) return undefined;
  const script = new vm.Script(source, { filename: file, cachedData: read(path.join(dist, `${name}.cache`)) });
  const pack = { script, ...script.runInThisContext() };
  packs.set(name, pack);
  return pack;
}

function read(file, encoding) {
  try {
    return fs.readFileSync(file, encoding);
  } catch {
    return undefined;
  }
}

function chunk(name) {
  for (const { chunks } of packs.values()) if (chunks[name]) return chunks[name];
  const place = packs.get('hot')?.others.warm?.includes(name) ? 'warm' : 'cold';
  return packs.has(place) || packs.has('all') ? undefined : openPack(place)?.chunks[name];
}

/** `require` inside the packs: chunks by name, Node's own modules, and files beside the packs. */
function load(name) {
  const loaded = modules.get(name);
  if (loaded) return loaded.exports;
  const body = name.startsWith('./') ? chunk(name) : undefined;
  if (!body) return require(name.startsWith('./') ? path.join(dist, name) : name);
  const module_ = { exports: {} };
  modules.set(name, module_);
  body(module_.exports, load, module_, path.join(dist, 'hot.cjs'), dist, fileUrl, defineExports, namespaceOf);
  return module_.exports;
}

/** What chunks call to export: names with functions that return the values. */
function defineExports(exports_, getters) {
  for (const name in getters) Object.defineProperty(exports_, name, { get: getters[name], enumerable: true });
}

/** What chunks import from a CommonJS module: its fields, and itself as `default`. */
function namespaceOf(exported) {
  if (exported?.__esModule) return exported;
  return Object.create(exported, { default: { value: exported } });
}
