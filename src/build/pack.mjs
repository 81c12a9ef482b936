// Packs the program into scripts of CommonJS chunks, so that a command reads and compiles only what it needs.
// Called by: build.mjs. Must not know: what the chunks do.
//
// esbuild splits only ECMAScript modules; each chunk is therefore turned into CommonJS by itself, and the chunks are
// gathered in packs: objects from a chunk's name to its function. bin/launch.cjs runs a pack through V8's code cache.
// A chunk is run when something of it is first used: most of what a module might need, most commands never touch.
import path from 'node:path';
import { build, transform } from 'esbuild';

const COMMONJS = {
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  charset: 'ascii',
  supported: { 'dynamic-import': false },
};

/** Returns the chunks of an entry point by name ('main.js', 'chunk-AB12.js'): CommonJS source text each. */
export async function buildChunks({ root, entryPoint, plugins }) {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: root,
    outdir: path.join(root, 'dist'),
    entryNames: '[name]',
    chunkNames: 'chunk-[hash]',
    write: false,
    define: {
      SANDKUBE_DIST: '__dirname',
      'import.meta.dirname': '__dirname',
      'import.meta.url': '__fileUrl',
      // Asked for at start by the argument parser, for a help that is never printed; opening stdout takes milliseconds.
      'process.stdout.columns': '80',
    },
    plugins,
  });
  const chunks = new Map();
  for (const file of outputFiles) {
    const cjs = await transform(file.text, { ...COMMONJS, legalComments: 'none' });
    const { code } = await transform(makeLazy(cjs.code), { ...COMMONJS, minify: true });
    chunks.set(path.basename(file.path), code);
  }
  return chunks;
}

/** What stands before a chunk's own code: the helpers, which bin/launch.cjs defines once for all chunks. */
const PREAMBLE = /^(?:"use strict";\n)?[^]*?\nvar stdin_exports = \{\};\n/;

/**
 * Lets a chunk load another one, or a module of Node, when it first uses something of it instead of when it is loaded
 * itself. Works on what esbuild makes of an ECMAScript module: imports are variables of their own, exports are getters.
 */
function makeLazy(code) {
  let text = code.replace(PREAMBLE, '');
  if (text === code && code.includes('stdin_exports'))
    throw new Error('esbuild writes CommonJS in another way than this expects');
  text = text
    .replace('__export(stdin_exports,', '__export(exports,')
    .replace('module.exports = __toCommonJS(stdin_exports);\n', '')
    .replace(/\n\/\/ Annotate the CommonJS export names[^]*$/, '\n')
    // Chunks need no translation of what they export.
    .replace(/__toESM\((require\("\.\/[\w-]+\.js"\))\)/g, '$1');
  const imports = /^var (\w+) = ((?:__toESM\()?require\("(?:\.\/[\w-]+\.js|node:[\w/]+|[a-z_]+)"\)(?:, 1\))?\)?);$/gm;
  const found = [...text.matchAll(imports)];
  text = text.replace(imports, 'var $1;');
  for (const [, name, value] of found) text = text.replace(new RegExp(`\\b${name}\\.`, 'g'), `(${name} ??= ${value}).`);
  return text;
}

/**
 * Returns the script of a pack: an expression with the functions of its chunks by name, and the names of chunks that other
 * packs hold.
 */
export function packScript(names, chunks, others = {}) {
  const parameters = 'exports,require,module,__filename,__dirname,__fileUrl,__export,__toESM';
  const quote = (name) => JSON.stringify(`./${name}`);
  const entries = names.map((name) => `${quote(name)}:function(${parameters}){${chunks.get(name)}\n}`);
  const lists = Object.entries(others).map(([pack, list]) => `${pack}:[${list.map(quote).join()}]`);
  return `({chunks:{${entries.join(',\n')}},others:{${lists.join()}}})`;
}
