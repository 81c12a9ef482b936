// Requests that are malformed on purpose, made from a seed: none of them may be answered with success.
// Called by: malformed.test.ts.
import * as fc from 'fast-check';
import { badJson, badPatch, badType, protobuf, subresource, wrongTypes, yaml } from './malformed.bodies.ts';
import { JSON_TYPE, object, place, type Malformed } from './malformed.places.ts';

const badAccept = fc
  .tuple(
    place,
    fc.constantFrom(
      'text/html',
      'image/*',
      'application/json;as=Nope;g=x;v=y',
      'application/cbor',
      '//',
      'a',
      'application/json;stream=x',
      'application/json;sv=v9',
    ),
  )
  .map(([at, accept]): Malformed => ({ what: 'Accept', method: 'GET', path: at.item, headers: { accept } }));

const badQueries = [
  'limit=x',
  'limit=1e3',
  'limit=99999999999999999999999',
  'continue=%21',
  'continue=e30',
  'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi8uLi8ifQ',
  'resourceVersion=x',
  'resourceVersion=-1',
  'resourceVersion=99999999999999999999999',
  'resourceVersion=123456789',
  'resourceVersionMatch=Exact',
  'resourceVersionMatch=%00&resourceVersion=1',
  'labelSelector=a%20b',
  'labelSelector=a%20in%20(',
  'labelSelector=a%3D%25%25',
  'labelSelector=!!',
  'fieldSelector=a',
  'fieldSelector=spec.nope%3D1',
  'fieldSelector=metadata.name%3D%5C',
  'timeoutSeconds=x',
  'watch=1&resourceVersion=x',
  'watch=1&timeoutSeconds=1.5',
  'watch=1&sendInitialEvents=true',
  'watch=1&resourceVersionMatch=NotOlderThan',
  'sendInitialEvents=true',
];
const badQuery = fc.tuple(place, fc.constantFrom(...badQueries)).map(([at, query]): Malformed => ({
  what: `query ${query}`,
  method: 'GET',
  path: `${at.collection}?${query}`,
  headers: {},
}));
const badWriteQuery = fc
  .tuple(
    place,
    fc.constantFrom(
      'dryRun=Some',
      'dryRun=',
      `fieldManager=${'x'.repeat(200)}`,
      'fieldManager=%01',
      'fieldValidation=Hard',
      'fieldValidation=%00',
    ),
    fc.constantFrom('POST', 'PUT', 'PATCH'),
  )
  .map(([at, query, method]): Malformed => ({
    what: `query of a write ${query}`,
    method,
    path: `${method === 'POST' ? at.collection : at.item}?${query}`,
    headers: method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : JSON_TYPE,
    body: JSON.stringify(object(at)),
  }));
const badDelete = fc
  .tuple(
    place,
    fc.constantFrom<[string, string | undefined]>(
      ['gracePeriodSeconds=x', undefined],
      ['propagationPolicy=Some', undefined],
      ['orphanDependents=1&propagationPolicy=Orphan', undefined],
      ['dryRun=x', undefined],
      ['', '{"propagationPolicy":7}'],
      ['', '{"preconditions":[]}'],
      ['', '{"kind":"Pod"}'],
      ['', '[]'],
      ['', '{"gracePeriodSeconds":"soon"}'],
      ['', '{'],
    ),
  )
  .map(([at, [query, body]]): Malformed => ({
    what: `deletion ${query}${body ?? ''}`,
    method: 'DELETE',
    path: `${at.item}${query === '' ? '' : `?${query}`}`,
    headers: body === undefined ? {} : JSON_TYPE,
    ...(body === undefined ? {} : { body }),
  }));

const strangeName = fc.constantFrom(
  '..',
  '.',
  '%2e%2e',
  '..%2f..%2fsecrets',
  'a%25b',
  '%00',
  'a%00b',
  '%ff%fe',
  'A'.repeat(5000),
  '%F0%9F%92%A9',
  'a%20b',
  '__proto__',
  'constructor',
  'toString',
  '%0d%0aset-cookie:%20x',
  ';ls',
  '{name}',
  '*',
);
const badPath = fc
  .tuple(place, strangeName, fc.constantFrom('item', 'resource', 'group', 'namespace', 'subresource', 'root'))
  .map(([at, name, where]): Malformed => {
    const paths: Record<string, string> = {
      item: `${at.collection}/${name}`,
      resource: `/api/v1/namespaces/default/${name}/x`,
      group: `/apis/${name}/v1/things`,
      namespace: `/api/v1/namespaces/${name}/pods/x`,
      subresource: `${at.item}/${name}`,
      root: `/${name}/x`,
    };
    return { what: `path: ${where}`, method: 'GET', path: paths[where] ?? '/', headers: {} };
  });
const badMethod = fc
  .tuple(place, fc.constantFrom('TRACE', 'PROPFIND', 'LOCK', 'OPTIONS', 'PURGE', 'COPY', 'SEARCH'))
  .map(([at, method]): Malformed => ({ what: 'method', method, path: at.item, headers: {} }));

const upgrades = fc
  .tuple(
    fc.constantFrom(
      '/api/v1/namespaces/kube-system/pods/etcd-control-plane/exec?command=ls&stdout=1',
      '/api/v1/namespaces/kube-system/pods/etcd-control-plane/exec',
      '/api/v1/namespaces/kube-system/pods/nope/exec?command=ls&stdout=1',
      '/api/v1/namespaces/kube-system/pods/etcd-control-plane/portforward',
      '/api/v1/namespaces/kube-system/pods/etcd-control-plane/attach?stdout=1&container=nope',
      '/api/v1/namespaces/kube-system/pods?watch=1',
      '/api/v1/nodes/nope',
      '/nope',
    ),
    fc.constantFrom('websocket', 'SPDY/3.1', 'h2c', 'nope', 'websocket, SPDY/3.1', 'TLS/1.0'),
    fc.constantFrom<Record<string, string>>(
      {},
      { 'sec-websocket-version': '99', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
      { 'sec-websocket-version': '13', 'sec-websocket-key': 'short' },
      {
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'nope.example',
      },
      { 'x-stream-protocol-version': 'v9.channel.k8s.io' },
    ),
  )
  // Watches take any protocol: with a right key they would go on.
  .filter(([path, , headers]) => !(path.includes('watch') && headers['sec-websocket-protocol'] !== undefined))
  // Without a version SPDY is what it was at first.
  .filter(
    ([path, upgrade, headers]) =>
      !(
        upgrade === 'SPDY/3.1' &&
        /command=ls|portforward/.test(path) &&
        headers['x-stream-protocol-version'] === undefined
      ),
  )
  .map(([path, upgrade, headers]): Malformed => ({
    what: `upgrade to ${upgrade}`,
    method: 'GET',
    path,
    headers: { connection: 'Upgrade', upgrade, ...headers },
  }));

const badCredentials = fc
  .tuple(
    place,
    fc.constantFrom<Record<string, string>>(
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer nope' },
      { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeXN0ZW06YWRtaW4ifQ.' },
      { authorization: `Bearer ${'x'.repeat(100_000)}` },
      { authorization: 'Basic YWRtaW46YWRtaW4=' },
      { authorization: 'Negotiate \u00ff' },
      { host: 'evil.example.com' },
      { host: '' },
      { host: 'localhost:x:y' },
      { host: '127.0.0.1.evil.example.com:6443' },
      { origin: 'https://evil.example.com' },
      { 'impersonate-group': 'system:masters' },
      { 'impersonate-uid': '7' },
      { 'impersonate-user': 'system:serviceaccount:a' },
    ),
    fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH'),
  )
  .map(([at, headers, method]): Malformed => ({
    what: `credentials ${JSON.stringify(headers).slice(0, 60)}`,
    method,
    path: method === 'POST' ? at.collection : at.item,
    headers: method === 'GET' ? headers : { ...JSON_TYPE, ...headers },
    ...(method === 'GET' ? {} : { body: JSON.stringify(object(at)) }),
  }));

/** Returns as many requests as asked for, the same for the same seed. */
export function malformedRequests(count: number, seed: number): Malformed[] {
  const kinds = [
    badJson,
    wrongTypes,
    badType,
    badAccept,
    badQuery,
    badWriteQuery,
    badDelete,
    badPath,
    badMethod,
    badPatch,
    protobuf,
    yaml,
    subresource,
    upgrades,
    badCredentials,
  ];
  const each = Math.ceil(count / kinds.length);
  return kinds.flatMap((kind) => fc.sample<Malformed>(kind, { numRuns: each, seed }));
}
