// The index of kinds as the built program has it: names and versions of all kinds at once, the rest of a kind when it is used.
// Called by: build.mjs, as a plugin of esbuild. Must not know: what the kinds are.
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const INDEX = 'src/resources/index.ts';
const IMPORT = /^import \{([^}]+)\} from '(\.\/[\w.]+)';$/gm;
/** What a kind consists of mostly, and what looking for kinds never reads. */
const INSIDES = ['strategy', 'table'];
const LAZY = '...';

/**
 * In the built program: what `described` wrote becomes a kind. One text and few functions are loaded faster than a literal
 * and its getters for each kind. Objects with the same names of lazy fields share a prototype, which has the getters.
 */
const STUBS = `
const WHOLE = Symbol('whole');
const prototypes = new Map<string, object>();
function prototypeOf(names: string): object {
  let prototype = prototypes.get(names);
  if (!prototype) {
    const getter = (name: string) => ({ get(this: any) { return this[WHOLE]()[name]; } });
    prototype = Object.create(null, Object.fromEntries(names.split(',').map((name) => [name, getter(name)]))) as object;
    prototypes.set(names, prototype);
  }
  return prototype;
}
function stub(data: any, whole: () => any): any {
  const names = data['${LAZY}'];
  if (names === undefined) return data;
  delete data['${LAZY}'];
  for (const name in data)
    if (Array.isArray(data[name]) && typeof data[name][0] === 'object')
      data[name] = data[name].map((item: any, at: number) => stub(item, () => whole()[name][at]));
  data[WHOLE] = whole;
  return Object.setPrototypeOf(data, prototypeOf(names));
}`;

/** Returns a plugin that puts, in the place of the index, one whose kinds are loaded by need. */
export async function lazyKinds(root) {
  const text = fs.readFileSync(path.join(root, INDEX), 'utf8');
  const imports = text.match(IMPORT).join('\n');
  const names = [...text.matchAll(IMPORT)].flatMap(([, list]) => list.split(',').map((name) => name.trim()));
  const kinds = names.filter((name) => name !== '' && !name.startsWith('type '));
  const { definitions, owners } = await evaluate(root, `${imports}\nexport const owners = {${kinds.join()}};`);
  const nameOf = new Map(Object.entries(owners).map(([name, definition]) => [definition, name]));
  const table = definitions.map((definition) => described(definition));
  const cases = definitions.map((definition, at) => `case ${at}: return ${nameOf.get(definition)};`);
  const contents = `${imports}
${STUBS}
function kindAt(at: number): any { switch (at) { ${cases.join(' ')} } }
export const resourceDefinitions = (JSON.parse(${JSON.stringify(JSON.stringify(table))}) as any[]).map((data, at) => stub(data, () => kindAt(at)));
`;
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

/** Returns an object as JSON has it; `LAZY` names the fields that stand at the object itself only. */
function described(object) {
  const data = {};
  const lazy = [];
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    if (!INSIDES.includes(name) && isData(value)) data[name] = value;
    else if (!INSIDES.includes(name) && Array.isArray(value)) data[name] = value.map(described);
    else lazy.push(name);
  }
  return lazy.length > 0 ? { [LAZY]: lazy.join(), ...data } : data;
}

function isData(value) {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  return Object.values(value).every(isData);
}
