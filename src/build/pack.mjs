// Packs the program into scripts of CommonJS chunks, so that a command reads and compiles only what it needs.
// Called by: build.mjs. Must not know: what the chunks do.
//
// esbuild splits only ECMAScript modules; each chunk is therefore turned into CommonJS by itself, and the chunks are
// gathered in packs: objects from a chunk's name to its function. bin/launch.cjs runs a pack through V8's code cache.
import path from 'node:path';
import { build, transform } from 'esbuild';

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
    const { code } = await transform(file.text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      charset: 'ascii',
      supported: { 'dynamic-import': false },
      minify: true,
      keepNames: false,
    });
    chunks.set(path.basename(file.path), code);
  }
  return chunks;
}

/** Returns the script of a pack: an expression whose value maps chunk names to functions. */
export function packScript(names, chunks) {
  const entries = names.map(
    (name) =>
      `${JSON.stringify(`./${name}`)}:function(exports,require,module,__filename,__dirname,__fileUrl){${chunks.get(name)}\n}`,
  );
  return `({${entries.join(',\n')}})`;
}
