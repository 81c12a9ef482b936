// Starts the built program. Its code lies in packs of chunks (dist/hot.cjs for reading, dist/cold.cjs for the rest), each run
// through V8's code cache: start-up then hardly depends on the program's size. Without a usable cache (another Node
// version, a read-only folder) everything works all the same, only slower.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const dist = path.join(__dirname, '../dist');
const fileUrl = `file://${encodeURI(path.join(dist, 'hot.cjs'))}`;
const packs = [];
const modules = new Map();

module.exports = function launch(program) {
  const isBuilt = openPack('all') || openPack('hot');
  if (!isBuilt) {
    process.stderr.write('error: Sandkube is not built yet: run "npm install && npm run build" in its folder\n');
    process.exit(1);
  }
  const { SANDKUBE_WRITE_CODE_CACHE: cache, SANDKUBE_TRACE_CHUNKS: trace } = process.env;
  if (cache || trace) {
    process.on('exit', () => {
      for (const { name, script } of packs) {
        if (name === cache) fs.writeFileSync(path.join(dist, `${name}.cache`), script.createCachedData());
      }
      if (trace) fs.writeFileSync(trace, [...modules.keys()].map((name) => `${name.slice(2)}\n`).join(''));
    });
  }
  load('./main.js').main(program, process.argv.slice(2));
};

function openPack(name) {
  const file = path.join(dist, `${name}.cjs`);
  const source = read(file, 'latin1');
  if (source === undefined) return false;
  const script = new vm.Script(source, { filename: file, cachedData: read(path.join(dist, `${name}.cache`)) });
  packs.push({ name, script, chunks: script.runInThisContext() });
  return true;
}

function read(file, encoding) {
  try {
    return fs.readFileSync(file, encoding);
  } catch {
    return undefined;
  }
}

function chunk(name) {
  for (const { chunks } of packs) if (chunks[name]) return chunks[name];
  return packs.length === 1 && openPack('cold') ? packs[1].chunks[name] : undefined;
}

/** `require` inside the packs: chunks by name, Node's own modules, and files beside the packs. */
function load(name) {
  const loaded = modules.get(name);
  if (loaded) return loaded.exports;
  const body = name.startsWith('./') ? chunk(name) : undefined;
  if (!body) return require(name.startsWith('./') ? path.join(dist, name) : name);
  const module_ = { exports: {} };
  modules.set(name, module_);
  body(module_.exports, load, module_, path.join(dist, 'hot.cjs'), dist, fileUrl);
  return module_.exports;
}
