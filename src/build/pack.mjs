// Packs the program into scripts of CommonJS chunks, so that a command reads and compiles only what it needs.
// Called by: build.mjs. Must not know: what the chunks do.
//
// esbuild splits only ECMAScript modules; each chunk is therefore turned into CommonJS by itself, and the chunks are
// gathered in packs: objects from a chunk's name to its function. bin/launch.cjs runs a pack through V8's code cache.
// A chunk is run when something of it is first used: most of what a module might need, most commands never touch.
import fs from 'node:fs';
import path from 'node:path';
import { build, transform } from 'esbuild';

const NODE = { platform: 'node', target: 'node20', charset: 'ascii', legalComments: 'none' };
const MODULES = { ...NODE, format: 'esm', bundle: true, write: false, logLevel: 'warning' };
const COMMONJS = { ...NODE, format: 'cjs', supported: { 'dynamic-import': false } };

/**
 * Returns the chunks of a folder's modules by name ('main.js', 'apiserver__handler.js'), and those of the packages they
 * need ('chunk-AB12.js'): `text` is the ECMAScript module, `exports` its names, `code` the CommonJS source text.
 */
export async function buildChunks({ root, folder, leaveOut, plugins }) {
  const { outputFiles, metafile } = await build({
    // Every module is an entry point: none shares a chunk with others.
    entryPoints: modulesIn(path.join(root, folder), leaveOut),
    ...MODULES,
    splitting: true,
    absWorkingDir: root,
    outdir: path.join(root, 'dist'),
    entryNames: '[name]',
    chunkNames: 'chunk-[hash]',
    metafile: true,
    define: {
      SANDKUBE_DIST: '__dirname',
      'import.meta.dirname': '__dirname',
      'import.meta.url': '__fileUrl',
    },
    plugins,
  });
  const chunks = new Map();
  for (const file of outputFiles) {
    const { inputs, exports } = metafile.outputs[path.relative(root, file.path)];
    const modules = Object.keys(inputs);
    const isOfKinds = modules.some((module_) => /\/(resources|apiserver)\//.test(module_));
    const isOwn = modules.every((module_) => module_.startsWith(`${folder}/`));
    const lazy = makeLazy(await toCommonJs(file.text), isOwn);
    const code = await minified(isOfKinds ? makeHooksLazy(lazy) : lazy);
    chunks.set(path.basename(file.path), { text: file.text, exports, isOwn, isOfKinds, code });
  }
  return chunks;
}

/**
 * Returns the CommonJS source text of one chunk that holds all of `names`: what a command needs anyway is loaded at once, and
 * what its modules use of each other is a variable away. It exports `namespaceOf`: of a chunk's name, what it exports.
 */
export async function mergeChunks(names, chunks) {
  const isMember = (file) => names.includes(file.slice(2));
  const merging = {
    name: 'merging',
    setup(b) {
      b.onResolve({ filter: /^\.\// }, ({ path: file, kind }) =>
        kind === 'dynamic-import' || !isMember(file)
          ? { path: file, external: true }
          : { path: file, namespace: 'chunk' },
      );
      b.onLoad({ filter: /./, namespace: 'chunk' }, ({ path: file }) => {
        const { text, isOfKinds } = chunks.get(file.slice(2));
        return { contents: isOfKinds ? `${KINDS_BEGIN}\n${text}\n${KINDS_END}\n` : text };
      });
    },
  };
  const imports = names.map((name, at) => `import * as m${at} from './${name}';`);
  // Functions of their own: what is not asked for is not compiled.
  const namespaces = names.map((name, at) => {
    const { exports, isOwn } = chunks.get(name);
    const field = (key) => (isOwn ? `${key}: m${at}.${key}` : `get ${key}() { return m${at}.${key}; }`);
    return `function n${at}() { return { ${exports.map(field).join(', ')} }; }`;
  });
  const cases = names.map((name, at) => `case './${name}': return n${at}();`);
  const switch_ = `export function namespaceOf(name) { switch (name) { ${cases.join(' ')} } }`;
  const contents = [...imports, ...namespaces, switch_].join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '/' },
    plugins: [merging],
    ...MODULES,
  });
  const lazy = makeLazy(await toCommonJs(outputFiles[0].text), true);
  return minified(lazy.replace(KINDS, (_, own) => makeHooksLazy(own)));
}

// Statements that no step takes for superfluous.
const KINDS_BEGIN = 'globalThis.kindsBegin;';
const KINDS_END = 'globalThis.kindsEnd;';
const KINDS = new RegExp(`${KINDS_BEGIN}([^]*?)${KINDS_END}`, 'g');

async function toCommonJs(text) {
  return (await transform(text, COMMONJS)).code;
}

async function minified(text) {
  return (await transform(text, { ...COMMONJS, minify: true })).code;
}

function modulesIn(folder, leaveOut) {
  const files = fs.readdirSync(folder, { recursive: true }).filter((file) => /(?<!\.d)\.ts$/.test(file));
  const kept = files.filter((file) => !leaveOut.some((start) => file.startsWith(start)));
  const name = (file) => file.slice(0, -'.ts'.length).replace(/[/.]/g, (mark) => (mark === '/' ? '__' : '_'));
  return Object.fromEntries(kept.sort().map((file) => [name(file), path.join(folder, file)]));
}

/** What stands before a chunk's own code: the helpers, which bin/launch.cjs defines once for all chunks. */
const PREAMBLE = /^(?:"use strict";\n)?[^]*?\nvar stdin_exports = \{\};\n/;

/**
 * Lets a chunk load another one, or a module of Node, when it first uses something of it instead of when it is loaded
 * itself. Works on what esbuild makes of an ECMAScript module: imports are variables of their own, exports are getters.
 */
function makeLazy(code, isOwn) {
  let exported = [];
  let text = code.replace(PREAMBLE, '');
  if (text === code && code.includes('stdin_exports'))
    throw new Error('esbuild writes CommonJS in another way than this expects');
  text = text
    .replace(/^__export\(stdin_exports, \{\n([^]*?)\n\}\);\n/m, (_, list) => {
      exported = list.split('\n').map((line) => /^  ([\w$]+|"[^"]+"): \(\) => ([\w$.]+),?$/.exec(line));
      return '';
    })
    .replace('module.exports = __toCommonJS(stdin_exports);\n', '')
    .replace(/\n\/\/ Annotate the CommonJS export names[^]*$/, '\n')
    // Chunks need no translation of what they export.
    .replace(/__toESM\((require\("\.\/[\w-]+\.js"\))\)/g, '$1');
  text = withExports(text, exported, isOwn);
  const imports = /^var (\w+) = ((?:__toESM\()?require\("(?:\.\/[\w-]+\.js|node:[\w/]+|[a-z_]+)"\)(?:, 1\))?\)?);$/gm;
  const found = [...text.matchAll(imports)];
  text = text.replace(imports, 'var $1;');
  for (const [, name, value] of found) text = text.replace(new RegExp(`\\b${name}\\.`, 'g'), `(${name} ??= ${value}).`);
  return text;
}

/**
 * Returns the text with its exports: getters, as the standard has it. Modules of the program's own never change what they
 * export, so that plain fields do: functions are there from the start, all else when the module has run.
 */
function withExports(text, exported, isOwn) {
  const isFunction = (local) => new RegExp(`^(async )?function\\*? ${local}\\(`, 'm').test(text);
  const isLocal = (local) => isOwn && /^\w+$/.test(local);
  const fields = exported.filter(([, , local]) => isLocal(local));
  const getters = exported.filter(([, , local]) => !isLocal(local)).map(([, name, local]) => `${name}: () => ${local}`);
  const assign = (wanted) =>
    fields
      .filter(([, , local]) => isFunction(local) === wanted)
      .map(([, name, local]) => `exports.${name} = ${local};\n`);
  const head = getters.length > 0 ? `__export(exports, { ${getters.join(', ')} });\n` : '';
  return `${head}${assign(true).join('')}${text}\n${assign(false).join('')}`;
}

/**
 * Lets a kind load its hooks (validation, warnings, conversions) when one is first called: `validate: other.validate` becomes
 * a getter. Definitions are read, never written to.
 */
function makeHooksLazy(code) {
  return code.replace(/^( +)(\w+): (\(\w+ \?\?= require\("[^"]+"\)\)\.\w+)(,?)$/gm, '$1get $2() { return $3; }$4');
}

/**
 * Returns the script of a pack: an expression with the functions of its chunks by name, and the names of chunks that other
 * packs hold.
 */
export function packScript(names, chunks, others = {}) {
  const parameters = 'exports,require,module,__filename,__dirname,__fileUrl,__export,__toESM';
  const quote = (name) => JSON.stringify(`./${name}`);
  const entries = names.map((name) => `${quote(name)}:function(${parameters}){${chunks.get(name).code}\n}`);
  const lists = Object.entries(others).map(([pack, list]) => `${pack}:[${list.map(quote).join()}]`);
  return `({chunks:{${entries.join(',\n')}},others:{${lists.join()}}})`;
}
