// Compares what schemas.mjs makes with the official definitions of Kubernetes (the `definitions` of its OpenAPI v2
// document) and prints every difference: node src/build/schemas.check.mjs DEFINITIONS.json
// Called by: hand, when a release is taken over. Exit code 1 when anything differs.
import { readFileSync } from 'node:fs';
import { generate } from './schemas.mjs';
import { LEAVES } from './schemas.read.mjs';

const CODES = {
  i: 'integer/int32',
  l: 'integer/int64',
  d: 'number/double',
  s: 'string',
  b: 'boolean',
  y: 'string/byte',
  o: 'object',
  j: 'any',
};

function shortName(name) {
  return name
    .replace(/^io\.k8s\.apimachinery\.pkg\.(apis\.|api\.|util\.)?/, '')
    .replace(/^io\.k8s\.(api|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\./, '');
}

/** Returns the type of an official property in the words of describeOurs. */
function describeOfficial(property) {
  if (property.$ref) return shortName(property.$ref.slice('#/definitions/'.length));
  if (property.type === 'array') return `[${describeOfficial(property.items)}`;
  if (property.additionalProperties) return `{${describeOfficial(property.additionalProperties)}`;
  return property.format ? `${property.type}/${property.format}` : (property.type ?? 'any');
}

const leafNames = Object.fromEntries(Object.entries(LEAVES).map(([name, code]) => [code, name]));

function describeOurs(type) {
  const [, wrappers, code] = /^([[{]*)(.*)$/.exec(type);
  return wrappers + (code.includes('.') ? code : (CODES[code] ?? leafNames[code]));
}

function normalise(type) {
  const [, wrappers, name] = /^([[{]*)(.*)$/.exec(type);
  const leaf = LEAVES[name];
  return wrappers + (leaf === 'o' ? 'object' : leaf === 'j' ? 'any' : name);
}

function officialAttributes(name, field, property) {
  const listType = property['x-kubernetes-list-type'];
  const isPlain = property.type !== 'array' || listType === 'atomic' || isListItems(name, field);
  const mapType = property['x-kubernetes-map-type'];
  return {
    l: isPlain ? undefined : (listType ?? 'none'),
    k: property['x-kubernetes-list-map-keys']?.join(','),
    p: property['x-kubernetes-patch-strategy'],
    m: property['x-kubernetes-patch-merge-key'],
    a: mapType === 'atomic' ? 'a' : undefined,
    g: mapType === 'granular' ? 'g' : undefined,
  };
}

function isListItems(name, field) {
  return field === 'items' || name.startsWith('meta.v1.API');
}

function compareField(report, name, field, property, entry, isRequired) {
  const at = `${name}.${field}`;
  const [type, ...attributes] = entry.split(';');
  const ours = normalise(describeOurs(type));
  const official = normalise(describeOfficial(property));
  if (ours !== official) report(`${at}: type ${ours}, officially ${official}`);
  if (attributes.includes('r') !== isRequired) report(`${at}: required ${!isRequired}, officially ${isRequired}`);
  const read = (key) =>
    attributes.find((a) => a.startsWith(`${key}=`))?.slice(2) ?? (attributes.includes(key) ? key : undefined);
  for (const [key, value] of Object.entries(officialAttributes(name, field, property)))
    if (read(key) !== value) report(`${at}: ${key} ${read(key)}, officially ${value}`);
  // The OpenAPI v2 document carries no enums but the names of kinds; those of v3 are compared when it is given.
  const values = property.enum ?? property.items?.enum;
  const isOwnName = field === 'kind' || field === 'apiVersion';
  const ourValues = read('e')?.split('|').sort().join(' ');
  if (values && !isOwnName && ourValues !== values.slice().sort().join(' '))
    report(`${at}: enum ${ourValues}, officially ${values}`);
}

function compare(definitions, schemas) {
  const differences = [];
  const report = (text) => differences.push(text);
  const official = new Map(Object.entries(definitions).map(([name, d]) => [shortName(name), d]));
  for (const [name, definition] of Object.entries(schemas.definitions)) {
    const theirs = official.get(name);
    if (!theirs) {
      if (!/^(extensions|metrics)\./.test(name)) report(`${name}: officially absent`);
      continue;
    }
    const properties = theirs.properties ?? {};
    if ((definition.a === 1) !== (theirs['x-kubernetes-map-type'] === 'atomic')) report(`${name}: applied as a whole?`);
    const gvks = (theirs['x-kubernetes-group-version-kind'] ?? []).map((g) => `${g.group}/${g.version}/${g.kind}`);
    if (definition.k && !gvks.includes(definition.k)) report(`${name}: kind ${definition.k}, officially ${gvks}`);
    if (!definition.k && gvks.length === 1) report(`${name}: no kind, officially ${gvks}`);
    for (const field of new Set([...Object.keys(definition.f), ...Object.keys(properties)])) {
      if (!properties[field]) report(`${name}.${field}: officially absent`);
      else if (!definition.f[field]) report(`${name}.${field}: missing`);
      else
        compareField(
          report,
          name,
          field,
          properties[field],
          definition.f[field],
          theirs.required?.includes(field) ?? false,
        );
    }
  }
  for (const name of official.keys())
    if (/\.v\d+\.\w+$/.test(name) && !schemas.definitions[name] && !LEAVES[name]) report(`${name}: missing`);
  return differences;
}

const file = process.argv[2];
if (!file) throw new Error('usage: node src/build/schemas.check.mjs DEFINITIONS.json');
const document = JSON.parse(readFileSync(file, 'utf8'));
const differences = compare(document.definitions ?? document, generate().schemas);
for (const difference of differences) console.log(difference);
console.log(`${differences.length} differences`);
process.exitCode = differences.length === 0 ? 0 : 1;
