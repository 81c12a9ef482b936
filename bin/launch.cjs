// Starts the built program: runs dist/main.cjs through V8's code cache, which makes start-up independent of its size.
// Without a usable cache (another Node version, read-only folder) it works all the same, only slower.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { createRequire } = require('node:module');

module.exports = function launch(program) {
  const file = path.join(__dirname, '../dist/main.cjs');
  let source;
  try {
    source = fs.readFileSync(file, 'latin1');
  } catch {
    process.stderr.write('error: Sandkube is not built yet: run "npm install && npm run build" in its folder\n');
    process.exit(1);
  }
  const cacheFile = `${file.slice(0, -4)}.cache`;
  let cachedData;
  try {
    cachedData = fs.readFileSync(cacheFile);
  } catch {
    // No cache: compiled afresh.
  }
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    cachedData,
  });
  if (process.env.SANDKUBE_WRITE_CODE_CACHE) {
    process.on('exit', () => fs.writeFileSync(cacheFile, script.createCachedData()));
  }
  const module_ = { exports: {} };
  script.runInThisContext()(module_.exports, createRequire(file), module_, file, path.dirname(file));
  module_.exports.main(program, process.argv.slice(2));
};
