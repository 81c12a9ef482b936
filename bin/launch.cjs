// Starts the built program. Its code lies in packs of chunks, by what commands need: dist/hot.cjs for tables, dist/flags.cjs for
// flags, dist/whole.cjs for showing whole objects, dist/warm.cjs for changing things, dist/cold.cjs for the rest. Each is run
// through V8's code cache: start-up then hardly depends on the program's size. Without a usable cache (another Node version, a
// read-only folder) everything works all the same, only slower.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const dist = path.join(__dirname, '../dist');
const hotFile = path.join(dist, 'hot.cjs');
const fileUrl = `file://${encodeURI(hotFile)}`;
const scripts = new Map();
const modules = new Map();
const MIB = 1 << 20;
let bytes = Buffer.alloc(0);
/** The functions of the chunks that were read, by name; the names of those in other packs, and of those merged into hot.js. */
let chunks;
let others = { hot: [] };

module.exports = function launch(program) {
  if (!chunks) start();
  load('./main.js').main(program, process.argv.slice(2));
};

function start() {
  if (!openPack('hot') && !openPack('all')) {
    process.stderr.write('error: Sandkube is not built yet: run "npm install && npm run build" in its folder\n');
    process.exit(1);
  }
  // For the build: which chunks commands load, and the code of what they ran.
  const { SANDKUBE_WRITE_CODE_CACHE: caches, SANDKUBE_TRACE_CHUNKS: trace } = process.env;
  if (!caches && !trace) return;
  process.on('exit', () => {
    for (const name of (caches ?? '').split(',').filter(Boolean)) {
      const script = scripts.get(name);
      if (script) fs.writeFileSync(path.join(dist, `${name}.cache`), script.createCachedData());
    }
    if (trace) fs.writeFileSync(trace, [...modules.keys()].map((name) => `${name.slice(2)}\n`).join(''));
  });
}

function openPack(name) {
  const file = path.join(dist, `${name}.cjs`);
  const source = read(file)?.latin1Slice();
  if (source === undefined) return undefined;
  const script = new vm.Script(source, { filename: file, cachedData: read(path.join(dist, `${name}.cache`)) });
  const pack = script.runInThisContext();
  scripts.set(name, script);
  if (name === 'hot') others = pack.others;
  if (chunks) Object.assign(chunks, pack.chunks);
  else chunks = pack.chunks;
  return pack;
}

/** Returns a file's bytes, good until the next file is read: touching new memory is what reading costs most. */
function read(file) {
  let fd;
  try {
    fd = fs.openSync(file, 'r');
    const { size } = fs.fstatSync(fd);
    if (bytes.length < size) bytes = Buffer.allocUnsafeSlow(Math.max(size, MIB));
    let at = 0;
    for (let count = 1; count > 0 && at < size; at += count) count = fs.readSync(fd, bytes, at, size - at);
    return bytes.subarray(0, at);
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function chunk(name) {
  if (chunks[name]) return chunks[name];
  const place = Object.keys(others).find((pack) => others[pack].includes(name)) ?? 'cold';
  return scripts.has(place) || scripts.has('all') ? undefined : openPack(place)?.chunks[name];
}

/** `require` inside the packs: chunks by name, Node's own modules, and files beside the packs. */
function load(name) {
  const loaded = modules.get(name);
  if (loaded) return loaded.exports;
  if (others.hot.includes(name)) {
    const exports_ = load('./hot.js').namespaceOf(name);
    modules.set(name, { exports: exports_ });
    return exports_;
  }
  const isChunk = name.startsWith('./');
  const body = isChunk ? chunk(name) : undefined;
  if (!body) return require(isChunk ? path.join(dist, name) : name);
  const module_ = { exports: {} };
  modules.set(name, module_);
  body(module_.exports, load, module_, hotFile, dist, fileUrl, defineExports, namespaceOf);
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
