// Lists and watches at the level of HTTP: of which state, in which pages, with which refusals.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/machinery/types.ts';
import { CONFIG_MAPS, configMap, createFixture, messageOf, type Fixture } from './fixture.ts';

interface List {
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  items: KubeObject[];
}

/** What the genuine server puts into a token. */
function token(rv: number, start: string, v = 'meta.k8s.io/v1'): string {
  return Buffer.from(JSON.stringify({ v, rv, start })).toString('base64url');
}
function decoded(text: string | undefined): unknown {
  return JSON.parse(Buffer.from(text ?? '', 'base64url').toString());
}
function raw(text: string): string {
  return Buffer.from(text).toString('base64url');
}

let fixture: Fixture;
// Revision 3 is before the first ConfigMap, 8 after the last, 11 after the changes.
beforeAll(() => {
  fixture = createFixture();
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    fixture.send('POST', CONFIG_MAPS, {
      ...configMap(name),
      metadata: { name, labels: { odd: String('ace'.includes(name)) } },
    });
  fixture.send('PUT', `${CONFIG_MAPS}/a`, {
    ...configMap('a', { x: '1' }),
    metadata: { name: 'a', labels: { odd: 'true' } },
  });
  fixture.send('DELETE', `${CONFIG_MAPS}/b`);
  fixture.send('POST', CONFIG_MAPS, configMap('bb'));
});

const list = (query: string, path = CONFIG_MAPS): List => fixture.send('GET', `${path}?${query}`).body as List;
const names = ({ items }: List): string[] => items.map((o) => o.metadata.name);

describe('a list of an earlier state', () => {
  it.each([
    ['resourceVersion=8&resourceVersionMatch=Exact', '8', ['a', 'b', 'c', 'd', 'e']],
    ['resourceVersion=9&resourceVersionMatch=Exact', '9', ['a', 'b', 'c', 'd', 'e']],
    ['resourceVersion=5&resourceVersionMatch=Exact', '5', ['a', 'b']],
    ['resourceVersion=3&resourceVersionMatch=Exact', '3', []],
    ['resourceVersion=8&limit=10', '8', ['a', 'b', 'c', 'd', 'e']],
    ['resourceVersion=8&resourceVersionMatch=NotOlderThan', '11', ['a', 'bb', 'c', 'd', 'e']],
    ['resourceVersion=8', '11', ['a', 'bb', 'c', 'd', 'e']],
    ['resourceVersion=0', '11', ['a', 'bb', 'c', 'd', 'e']],
    // Of what is in memory there are no pages.
    ['resourceVersion=0&limit=2', '11', ['a', 'bb', 'c', 'd', 'e']],
    ['limit=-1', '11', ['a', 'bb', 'c', 'd', 'e']],
  ])('%s', (query, version, expected) => {
    const found = list(query);
    expect([found.metadata, names(found)]).toEqual([{ resourceVersion: version }, expected]);
  });
  it('shows objects as they were', () => {
    const [a] = list('resourceVersion=8&resourceVersionMatch=Exact').items;
    expect([a, a?.metadata.resourceVersion]).toEqual([expect.not.objectContaining({ data: expect.anything() }), '4']);
  });
});

describe('pages', () => {
  it('are told by key and revision, and stay in the state of the first', () => {
    const first = list('limit=2');
    expect(names(first)).toEqual(['a', 'bb']);
    expect(first.metadata.remainingItemCount).toBe(3);
    expect(decoded(first.metadata.continue)).toEqual({ v: 'meta.k8s.io/v1', rv: 11, start: 'bb\0' });
    const then = list(`limit=2&continue=${token(8, 'bb\0')}`);
    expect([names(then), then.metadata.resourceVersion, then.metadata.remainingItemCount]).toEqual([
      ['c', 'd'],
      '8',
      1,
    ]);
    const last = list(`continue=${then.metadata.continue}`);
    expect([names(last), last.metadata]).toEqual([['e'], { resourceVersion: '8' }]);
  });
  it('have keys with namespaces across all of them', () => {
    const { metadata } = list('limit=1', '/api/v1/configmaps');
    expect(decoded(metadata.continue)).toEqual({ v: 'meta.k8s.io/v1', rv: 11, start: 'default/a\0' });
    const narrowed = list('limit=1&fieldSelector=metadata.namespace%3Ddefault', '/api/v1/configmaps');
    expect(decoded(narrowed.metadata.continue)).toMatchObject({ start: 'a\0' });
  });
  it('may promise more than the selection holds, and do not count it', () => {
    const first = list('limit=2&labelSelector=odd%3Dtrue');
    expect([names(first), first.metadata.remainingItemCount]).toEqual([['a', 'c'], undefined]);
    expect(names(list(`limit=5&labelSelector=odd%3Dtrue&continue=${first.metadata.continue}`))).toEqual(['e']);
    const all = list('limit=2&labelSelector=odd%3Dfalse');
    expect([names(all), all.metadata.continue]).toEqual([['d'], undefined]);
  });
  it('go on in the newest state when the token says so', () => {
    expect([list(`limit=9&continue=${token(-1, 'b\0')}`)].map((l) => [names(l), l.metadata])).toEqual([
      [['bb', 'c', 'd', 'e'], { resourceVersion: '11' }],
    ]);
  });
});

const INVALID = 'ListOptions.meta.k8s.io "" is invalid: ';
const EXPIRED = 'The resourceVersion for the provided list is too old.';
describe('refused', () => {
  const wrong = 'invalid continue token: continue key is not valid';
  it.each([
    ['continue=%25', 400, `${wrong}: illegal base64 data at input byte 0`],
    ['continue=abcde', 400, `${wrong}: illegal base64 data at input byte 4`],
    [`continue=${raw('{"v"')}`, 400, `${wrong}: unexpected end of JSON input`],
    [`continue=${raw('nope')}`, 400, `${wrong}: invalid character 'o' in literal null (expecting 'u')`],
    [
      `continue=${raw('[]')}`,
      400,
      `${wrong}: json: cannot unmarshal array into Go value of type storage.continueToken`,
    ],
    [
      `continue=${raw('{"rv":"8"}')}`,
      400,
      `${wrong}: json: cannot unmarshal string into Go struct field continueToken.rv of type int64`,
    ],
    [`continue=${token(8, 'a', 'v2')}`, 400, `${wrong}: server does not recognize this encoded version v2`],
    [`continue=${token(0, 'a')}`, 400, `${wrong}: incorrect encoded start resourceVersion (version meta.k8s.io/v1)`],
    [`continue=${token(8, '')}`, 400, `${wrong}: encoded start key empty (version meta.k8s.io/v1)`],
    [`continue=${token(8, '../secrets')}`, 400, `${wrong}: ../secrets`],
    [
      `continue=${token(8, 'a')}&resourceVersion=8`,
      400,
      'specifying resource version is not allowed when using continue',
    ],
    [`continue=${token(99, 'a')}`, 504, 'Timeout: Too large resource version: 99, current: 11'],
    ['resourceVersion=99', 504, 'Timeout: Too large resource version: 99, current: 11'],
    [
      'resourceVersion=x',
      400,
      'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['limit=', 400, 'strconv.ParseInt: parsing "": invalid syntax'],
    ['limit=99999999999999999999', 400, 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['timeoutSeconds=1s', 400, 'strconv.ParseInt: parsing "1s": invalid syntax'],
    [
      'resourceVersionMatch=Exact',
      422,
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
    ],
    [
      'resourceVersionMatch=Nearly&resourceVersion=1',
      422,
      `${INVALID}resourceVersionMatch: Unsupported value: "Nearly": supported values: "Exact", "NotOlderThan", ""`,
    ],
    [
      'resourceVersionMatch=Exact&resourceVersion=0',
      422,
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
    ],
    [
      `resourceVersionMatch=Exact&resourceVersion=8&continue=${token(8, 'a')}`,
      422,
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided`,
    ],
    ['sendInitialEvents=true', 422, `${INVALID}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`],
    [
      'watch=1&sendInitialEvents=true',
      422,
      `${INVALID}resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
    ],
    [
      'watch=1&resourceVersionMatch=NotOlderThan&resourceVersion=3',
      422,
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`,
    ],
    [
      'watch=1&sendInitialEvents=true&resourceVersionMatch=Exact',
      422,
      `${INVALID}[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]`,
    ],
    [
      'watch=1&resourceVersion=x',
      500,
      'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    ['labelSelector=a%20b', 400, "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ])('%s', (query, code, message) => {
    const response = fixture.send('GET', `${CONFIG_MAPS}?${query}`);
    expect([response.status, messageOf(response)]).toEqual([code, message]);
  });
  it('what is yet to come, with a time to wait', () => {
    const { headers, body } = fixture.send('GET', `${CONFIG_MAPS}?resourceVersion=99`);
    expect([headers['retry-after'], (body as { details: unknown }).details]).toEqual([
      '1',
      { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] },
    ]);
  });
  it('what is too long ago, with a token that goes on all the same', () => {
    const late = createFixture({ revision: 50 });
    const old = late.send('GET', `${CONFIG_MAPS}?resourceVersion=10&resourceVersionMatch=Exact`);
    expect([old.status, messageOf(old)]).toEqual([410, EXPIRED]);
    const { status, body } = late.send('GET', `${CONFIG_MAPS}?limit=2&continue=${token(10, 'a\0')}`);
    const { message, reason, metadata } = body as { message: string; reason: string; metadata: { continue: string } };
    expect([status, reason, decoded(metadata.continue)]).toEqual([
      410,
      'Expired',
      { v: 'meta.k8s.io/v1', rv: -1, start: 'a\0' },
    ]);
    expect(message).toMatch(/^The provided continue parameter is too old .* and now may show up in the list\.$/);
  });
  it.each([
    ['resourceVersion=99', 504, 'Timeout: Too large resource version: 99, current: 11'],
    ['resourceVersion=x', 500, 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'],
    ['export=true', 400, 'the export parameter, deprecated since v1.14, is no longer supported'],
  ])('GET of one object with %s', (query, code, message) => {
    const response = fixture.send('GET', `${CONFIG_MAPS}/a?${query}`);
    expect([response.status, messageOf(response)]).toEqual([code, message]);
  });
});

describe('watches', () => {
  const events = (query: string, path = CONFIG_MAPS): unknown[] =>
    fixture
      .send('GET', `${path}?${query}`)
      .watch?.next()
      .map(({ type, object }) => {
        const { metadata } = object as KubeObject;
        return [type, metadata?.name ?? metadata?.resourceVersion];
      }) ?? [];
  const state = [
    ['ADDED', 'a'],
    ['ADDED', 'bb'],
    ['ADDED', 'c'],
    ['ADDED', 'd'],
    ['ADDED', 'e'],
  ];
  it.each([
    ['watch', state],
    ['watch=true&resourceVersion=0', state],
    ['watch=0&watch=1', undefined],
    ['watch=1&allowWatchBookmarks=true', [...state, ['BOOKMARK', '11']]],
    [
      'watch=1&resourceVersion=9&allowWatchBookmarks=1',
      [
        ['DELETED', 'b'],
        ['ADDED', 'bb'],
      ],
    ],
    ['watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan', []],
    ['watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=10', [['ADDED', 'bb']]],
    ['watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=10', state],
    ['watch=1&resourceVersion=99', []],
    ['watch=1&fieldSelector=metadata.name%3Dc', [['ADDED', 'c']]],
  ])('%s', (query, expected) => {
    if (expected) expect(events(query)).toEqual(expected);
    else expect(fixture.send('GET', `${CONFIG_MAPS}?${query}`).watch).toBeUndefined();
  });
  it.each([
    ['/api/v1/watch/configmaps', state],
    ['/api/v1/watch/namespaces/default/configmaps', state],
    ['/api/v1/watch/namespaces/default/configmaps/d', [['ADDED', 'd']]],
    ['/api/v1/watch/namespaces/default', [['ADDED', 'default']]],
    ['/api/v1/watch/namespaces', [['ADDED', 'default']]],
  ])('GET %s', (path, expected) => {
    expect(events('', path)).toEqual(expected);
  });
  it('refuse a selector that names another object than the path', () => {
    const path = '/api/v1/watch/namespaces/default/configmaps/d?fieldSelector=metadata.name%3Dc';
    expect(messageOf(fixture.send('GET', path))).toBe("fieldSelector metadata.name doesn't match requested name");
  });
  it('tell by an event that the state asked for is yet to come', () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=99';
    expect(fixture.send('GET', `${CONFIG_MAPS}?${query}`).watch?.next()).toEqual([
      { type: 'ERROR', object: expect.objectContaining({ code: 504, reason: 'Timeout' }) },
    ]);
  });
  it('tell how far they are each minute, and before they end', () => {
    const { clock, send } = createFixture();
    const { watch } = send(
      'GET',
      `${CONFIG_MAPS}?watch=1&resourceVersion=3&allowWatchBookmarks=true&timeoutSeconds=90`,
    );
    const pass = (ms: number): unknown => {
      clock.advanceTo(clock.nowMs() + ms);
      return watch?.next();
    };
    const bookmark = {
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: '3' } },
    };
    expect([pass(59_999), pass(1), pass(27_999), pass(1), watch?.isEnded, pass(2000), watch?.isEnded]).toEqual([
      [],
      [bookmark],
      [],
      [bookmark],
      false,
      [],
      true,
    ]);
  });
  it('have bookmarks of every kind, and in every form', () => {
    const { send } = createFixture();
    const first = (accept: string): unknown =>
      send('GET', '/api/v1/pods?watch=1&allowWatchBookmarks=1', undefined, { accept }).watch?.next().at(-1)?.object;
    const metadata = { annotations: { 'k8s.io/initial-events-end': 'true' }, resourceVersion: '3' };
    expect(first('application/json')).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata,
      spec: { containers: null },
      status: {},
    });
    expect(first('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1')).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
    });
    expect(first('application/json;as=Table;g=meta.k8s.io;v=v1')).toMatchObject({
      kind: 'Table',
      rows: [{ object: { kind: 'PartialObjectMetadata', metadata } }],
    });
  });
});
