// The index of kinds as the built program has it: names and versions of all kinds at once, the rest of a kind when it is used.
// Called by: build.mjs, as a plugin of esbuild. Must not know: what the kinds are.
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const INDEX = 'src/resources/index.ts';
const IMPORT = /^import \{([^}]+)\} from '(\.\/[\w.]+)';$/gm;
/** What a kind consists of mostly, and what looking for kinds never reads. */
const INSIDES = ['strategy', 'table'];

/** Returns a plugin that puts, in the place of the index, one whose kinds are loaded by need. */
export async function lazyKinds(root) {
  const text = fs.readFileSync(path.join(root, INDEX), 'utf8');
  const imports = text.match(IMPORT).join('\n');
  const names = [...text.matchAll(IMPORT)].flatMap(([, list]) => list.split(',').map((name) => name.trim()));
  const kinds = names.filter((name) => name !== '' && !name.startsWith('type '));
  const { definitions, owners } = await evaluate(root, `${imports}\nexport const owners = {${kinds.join()}};`);
  const nameOf = new Map(Object.entries(owners).map(([name, definition]) => [definition, name]));
  const literals = definitions.map((definition) => literal(definition, nameOf.get(definition)));
  const contents = `${imports}\nexport const resourceDefinitions = [\n${literals.join(',\n')}\n];\n`;
  return {
    name: 'lazy-kinds',
    setup(b) {
      b.onLoad({ filter: /resources\/index\.ts$/ }, () => ({
        contents,
        loader: 'ts',
        resolveDir: path.join(root, path.dirname(INDEX)),
      }));
    },
  };
}

/** Runs the index as it is. Returns the kinds in its order, and by the names under which it imports them. */
async function evaluate(root, ownersText) {
  const { outputFiles } = await build({
    stdin: {
      contents: `${ownersText}\nexport { resourceDefinitions as definitions } from './index.ts';`,
      resolveDir: path.join(root, path.dirname(INDEX)),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    define: { SANDKUBE_DIST: '""' },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** Returns an object as text: data as it stands, the rest as getters of what stands at `place`. */
function literal(object, place) {
  const fields = Object.entries(object).map(([name, value]) => {
    if (value === undefined) return '';
    if (!INSIDES.includes(name)) {
      if (isData(value)) return `${name}: ${JSON.stringify(value)}`;
      if (Array.isArray(value))
        return `${name}: [${value.map((item, at) => literal(item, `${place}.${name}[${at}]`)).join()}]`;
    }
    return `get ${name}() { return ${place}.${name}; }`;
  });
  return `{ ${fields.filter(Boolean).join(', ')} }`;
}

function isData(value) {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  return Object.values(value).every(isData);
}
