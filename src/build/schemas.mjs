// Writes dist/generated: schemas.json (shapes of every type, compact), descriptions.json (texts for explain and
// OpenAPI) and the notices of the packages they come from. Called by: build.mjs, the schema tests.
//
// A definition in schemas.json: { k: 'group/version/Kind', a: 1 when applied as a whole, f: { field: 'TYPE;…' } }.
// TYPE: s text, b flag, i int32, l int64, d double, y bytes, t time, u micro time, q quantity, x int or text, o any
// object, j any JSON, else a definition; in front of it [ for a list, { for a map. Then attributes: r required,
// e=A|B enum, l= k= p= m= a g as in schemas.facts.mjs, G= Go's name of the type, E= the Go struct it is embedded in;
// of zero values: zk kept, zw always written, zn null when absent, zo left out though required.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RELEASE, ADDED_DEFINITIONS, ADDED_FIELDS, KINDS, REMOVED_DEFINITIONS, TYPES } from './schemas.delta.mjs';
import { ATOMIC_TYPES, MERGES } from './schemas.facts.mjs';
import { GO_EMBEDDED, GO_TYPES } from './schemas.gotypes.mjs';
import { LEGACY_FORMATS, LEGACY_KINDS, LEGACY_TWINS } from './schemas.legacy.mjs';
import { LEAVES, readClientModel, readModels, readNotices } from './schemas.read.mjs';
import { ALWAYS_WRITTEN, NULL_WHEN_ABSENT, REQUIRED_BUT_OMITTED, ZERO_KEPT } from './schemas.zerovalues.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Returns { schemas, descriptions } as they are written. */
export function generate() {
  const models = readModels(({ group, version }) => /^(v\d+)?$/.test(version) || group === 'extensions');
  const definitions = new Map();
  for (const [name, model] of [...models, ...ADDED_DEFINITIONS]) {
    if (LEAVES[name] || REMOVED_DEFINITIONS.has(name) || name.startsWith('extensions.')) continue;
    definitions.set(name, trimmed(name, model));
  }
  for (const name of legacyClosure(models)) definitions.set(name, legacyDefinition(name, models, definitions));
  const attributes = attributesOf(definitions);
  const schemas = { release: RELEASE, definitions: {} };
  const descriptions = {};
  for (const [name, { description, fields, gvk }] of [...definitions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const texts = { '': description };
    const f = {};
    for (const [field, { type, isRequired, enum: values, description: text }] of fields) {
      const more = attributes.get(`${name}.${field}`) ?? [];
      f[field] = [type, ...(isRequired ? ['r'] : []), ...(values ? [`e=${values.join('|')}`] : []), ...more].join(';');
      if (text) texts[field] = text;
    }
    schemas.definitions[name] = {
      ...(gvk ? { k: `${gvk.group}/${gvk.version}/${gvk.kind}` } : {}),
      ...(attributes.has(name) ? { a: 1 } : {}),
      f,
    };
    descriptions[name] = texts;
  }
  for (const name of Object.keys(LEAVES)) descriptions[name] = { '': models.get(name)?.description ?? '' };
  return { schemas, descriptions };
}

// The models are of a later release: a field that the earlier one had not, and the delta does not name, is dropped.
function trimmed(name, model) {
  const client = ADDED_DEFINITIONS.has(name) ? undefined : readClientModel(name);
  const added = ADDED_FIELDS.get(name);
  const fields = new Map();
  for (const field of [...model.fields.keys(), ...(added?.keys() ?? [])].sort()) {
    if (client && !client.has(field) && !added?.has(field)) continue;
    const shape = { ...model.fields.get(field), ...added?.get(field) };
    const type = TYPES[`${name}.${field}`] ?? shape.type;
    const { format, isRequired: was } = client?.get(field) ?? {};
    const isRequired = added?.get(field)?.isRequired ?? was ?? shape.isRequired;
    fields.set(field, withFormat({ ...shape, type, isRequired }, format));
  }
  return { ...model, gvk: model.gvk ?? KINDS[name], fields };
}

function withFormat(shape, format) {
  const codes = { int32: 'i', int64: 'l', double: 'd', byte: 'y' };
  const last = shape.type.at(-1);
  const isOpen = last === 'n' || (last === 's' && format === 'byte');
  const isLeaf = isOpen && /^[[{]*.$/.test(shape.type);
  return isLeaf && codes[format] ? { ...shape, type: shape.type.slice(0, -1) + codes[format] } : shape;
}

function legacyClosure(models) {
  const found = new Set();
  const open = LEGACY_KINDS.flatMap((kind) => [`extensions.v1beta1.${kind}`, `extensions.v1beta1.${kind}List`]);
  while (open.length > 0) {
    const name = open.pop();
    if (found.has(name) || !name.startsWith('extensions.')) continue;
    found.add(name);
    for (const { type } of models.get(name).fields.values()) open.push(type.replace(/^[[{]+/, ''));
  }
  return found;
}

// A legacy type takes the number formats of the type that followed it.
function legacyDefinition(name, models, definitions) {
  const twin = twinOf(name, definitions);
  const fields = new Map();
  for (const [field, shape] of models.get(name).fields) {
    const type = LEGACY_FORMATS[`${name}.${field}`] ?? (shape.type.endsWith('n') && twin?.fields.get(field)?.type);
    fields.set(field, { ...shape, ...(/^[[{]*n$/.test(shape.type) ? { type } : {}) });
  }
  return { ...models.get(name), fields };
}

function twinOf(name, definitions) {
  const kind = name.split('.').at(-1);
  return LEGACY_TWINS.map((prefix) => definitions.get(`${prefix}.${kind}`)).find(Boolean);
}

/** Returns Map('definition' or 'definition.field' → attributes). */
function attributesOf(definitions) {
  const attributes = new Map();
  const add = (key, ...more) => attributes.set(key, [...(attributes.get(key) ?? []), ...more]);
  for (const line of MERGES.trim().split('\n')) add(...line.split(' '));
  for (const name of ATOMIC_TYPES.trim().split(/\s+/)) add(name, 'a');
  for (const [table, mark] of [
    [ZERO_KEPT, 'zk'],
    [ALWAYS_WRITTEN, 'zw'],
    [NULL_WHEN_ABSENT, 'zn'],
    [REQUIRED_BUT_OMITTED, 'zo'],
  ])
    for (const entry of table
      .trim()
      .split('\n')
      .join(' ')
      .split(/(?=\b[\w]+\.v\d+\.\w+:)/)) {
      const [name, ...fields] = entry.trim().split(/:?\s+/);
      for (const field of fields) add(`${name}.${field}`, mark);
    }
  for (const entry of GO_TYPES.trim().split(/\n(?! )/)) {
    const [type, ...fields] = entry.split(/:?\s+/);
    for (const field of fields) add(field, `G=${type}`);
  }
  for (const entry of GO_EMBEDDED.trim().split(/\n(?! )/)) {
    const [name, struct, ...listed] = entry.split(/\s+/);
    const isAllBut = listed[0].startsWith('!');
    for (const field of definitions.get(name).fields.keys())
      if (isAllBut ? !listed.includes(`!${field}`) : listed.includes(field)) add(`${name}.${field}`, `E=${struct}`);
  }
  for (const [name, { fields }] of definitions) {
    const twin = name.startsWith('extensions.')
      ? LEGACY_TWINS.map((p) => `${p}.${name.split('.').at(-1)}`).find((t) => definitions.has(t))
      : undefined;
    for (const field of twin ? fields.keys() : [])
      add(`${name}.${field}`, ...(attributes.get(`${twin}.${field}`) ?? []).filter((mark) => mark !== 'zn'));
  }
  for (const key of attributes.keys()) {
    const [name, field] = definitions.has(key)
      ? [key]
      : [key.slice(0, key.lastIndexOf('.')), key.slice(key.lastIndexOf('.') + 1)];
    if (!definitions.has(name) || (field && !definitions.get(name).fields.has(field)))
      throw new Error(`schemas: a fact names ${key}, which no package knows`);
  }
  return attributes;
}

function write(file, text) {
  const target = join(root, 'dist', 'generated', file);
  writeFileSync(`${target}.new`, text);
  renameSync(`${target}.new`, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { schemas, descriptions } = generate();
  mkdirSync(join(root, 'dist', 'generated'), { recursive: true });
  write('schemas.json', JSON.stringify(schemas));
  write('descriptions.json', JSON.stringify(descriptions));
  write(
    'NOTICES.txt',
    readNotices()
      .map(({ name, path }) => `${name}\n\n${readFileSync(path, 'utf8')}`)
      .join('\n\n'),
  );
}
