// Bodies that are malformed on purpose, made from a seed.
// Called by: malformed.requests.ts.
import * as fc from 'fast-check';
import { JSON_TYPE, object, place, post, type Malformed } from './malformed.places.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const badJson = fc
  .tuple(place, fc.nat(), fc.constantFrom('cut', 'swap', 'add', 'nul', 'deep', 'bom'), fc.nat(255))
  .map(([at, where, how, byte]): Malformed => {
    const text = JSON.stringify(object(at));
    const i = 1 + (where % (text.length - 1));
    const char = String.fromCharCode(byte);
    const bodies: Record<string, string | Buffer> = {
      cut: text.slice(0, i),
      swap: `${text.slice(0, i)}${char}${text.slice(i + 1)}`,
      add: `${text}${char}`,
      nul: `${text.slice(0, i)}\0${text.slice(i)}`,
      deep: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      bom: `\uFEFF${text}`,
    };
    const given = bodies[how] ?? '';
    // What happens to be JSON all the same is cut after all.
    const body = how !== 'deep' && isJson(String(given)) ? text.slice(0, i) : given;
    const type = where % 7 === 0 ? { 'content-type': 'application/json; charset=utf-8' } : JSON_TYPE;
    return where % 2 === 0
      ? { what: `JSON: ${how}`, method: 'POST', path: at.collection, headers: type, body }
      : { what: `JSON: ${how}`, method: 'PUT', path: at.item, headers: type, body };
  });

// What begins with @ is a number that JavaScript has not.
const wrongValue = fc.constantFrom<unknown>(
  7,
  -1.5,
  '@1e400',
  true,
  'text',
  '\0',
  [[]],
  [7],
  { a: { b: [] } },
  '__proto__',
  '@9007199254740993',
);
// Names that no object has: a body of a right type would be refused for its name.
export const wrongTypes = fc
  .tuple(place, fc.constantFrom('metadata', 'name', 'labels', 'kind', 'apiVersion', 'top'), wrongValue)
  .map(([at, where, value]): Malformed => {
    const whole = object(at);
    const metadata = { name: 'UPPER CASE/', labels: { a: 'b' } } as Record<string, unknown>;
    whole['metadata'] = metadata;
    if (where === 'top') return post(at, `wrong type: ${where}`, withNumbers(JSON.stringify(value)));
    if (where === 'metadata') whole['metadata'] = typeof value === 'object' && !Array.isArray(value) ? 7 : value;
    else if (where === 'name' || where === 'labels')
      metadata[where] = where === 'labels' ? [value] : typeof value === 'string' ? `${value}/` : value;
    else whole[where] = typeof value === 'string' ? `${value}/no/such` : value;
    const text = JSON.stringify(whole).replace('"metadata"', '"__proto__":{"polluted":true},"metadata"');
    return post(at, `wrong type: ${where}`, withNumbers(text));
  });

function withNumbers(text: string): string {
  return text.replace(/"@(\w+)[^"]*"/g, '$1');
}

export const badType = fc
  .tuple(
    place,
    fc.constantFrom(
      'text/plain',
      'text/html',
      'application/xml',
      'x',
      'application/json5',
      'a/b/c',
      ';',
      'application/cbor',
      'multipart/form-data',
    ),
    fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
  )
  .map(([at, type, method]): Malformed => {
    const path = method === 'POST' ? at.collection : at.item;
    return { what: 'content type', method, path, headers: { 'content-type': type }, body: JSON.stringify(object(at)) };
  });

export const badPatch = fc
  .tuple(
    place,
    fc.constantFrom<[string, string]>(
      ['application/json-patch+json', '{}'],
      ['application/json-patch+json', '[{"op":"explode"}]'],
      ['application/json-patch+json', '[7]'],
      ['application/json-patch+json', `[${'{"op":"test","path":"/a","value":1},'.repeat(10_001)}{}]`],
      ['application/merge-patch+json', '[]'],
      ['application/merge-patch+json', '7'],
      ['application/merge-patch+json', '{"a":'],
      ['application/strategic-merge-patch+json', '{"spec":{"$patch":"explode"}}'],
      ['application/strategic-merge-patch+json', '"x"'],
      ['application/strategic-merge-patch+json', '{"$setElementOrder/x":7}'],
      ['application/apply-patch+yaml', 'a: [b'],
      ['application/apply-patch+yaml', '\t- x'],
      ['application/apply-patch+yaml', '- x'],
      ['application/apply-patch+yaml', 'kind: Nope'],
    ),
  )
  .map(([at, [type, body]]): Malformed => ({
    what: `patch ${type}: ${body.slice(0, 30)}`,
    method: 'PATCH',
    path: `${at.item}${type.includes('apply') ? '?fieldManager=test' : ''}`,
    headers: { 'content-type': type },
    body,
  }));

export const protobuf = fc
  .tuple(place, fc.uint8Array({ minLength: 0, maxLength: 200 }), fc.boolean())
  .map(([at, bytes, hasMagic]): Malformed => {
    const body = Buffer.concat([hasMagic ? Buffer.from('k8s\0') : Buffer.from('x'), bytes]);
    return post(at, 'protobuf', body, { 'content-type': 'application/vnd.kubernetes.protobuf' });
  });
export const yaml = fc
  .tuple(
    place,
    fc.constantFrom(
      'a: [',
      'a: b: c',
      '%YAML 9',
      '? [a]: b',
      '&a *b',
      '- 7',
      '\0',
      'a: !!binary x',
      '{a: b',
      `a: ${'['.repeat(20_000)}`,
    ),
  )
  .map(([at, body]): Malformed => post(at, `YAML: ${body.slice(0, 10)}`, body, { 'content-type': 'application/yaml' }));

export const subresource = fc
  .tuple(
    fc.constantFrom(
      'pods/x/eviction',
      'pods/x/binding',
      'pods/etcd-control-plane/ephemeralcontainers',
      'serviceaccounts/default/token',
      'pods/x/status',
      'pods/x/resize',
    ),
    fc.constantFrom(
      '{}',
      '[]',
      '{"metadata":{"name":"other"}}',
      '{"kind":"Nope"}',
      '7',
      '{"spec":7}',
      '{"metadata":[]}',
      '{',
    ),
  )
  .map(([path, body]): Malformed => {
    const isWrite = /status|resize|ephemeral/.test(path);
    // To ask for a token nothing needs to be said.
    const target = path.startsWith('serviceaccounts') && /\{\}|other/.test(body) ? '{"spec":[]}' : body;
    return {
      what: `subresource ${path}`,
      method: isWrite ? 'PUT' : 'POST',
      path: `/api/v1/namespaces/kube-system/${path}`,
      headers: JSON_TYPE,
      body: target,
    };
  });
