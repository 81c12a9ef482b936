// The REST client over an in-process transport: paths, errors, copies, watches.
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RESTMapping } from '../../src/client/types.ts';
import { StatusError } from '../../src/machinery/status.ts';
import { configMap } from '../apiserver/fixture.ts';
import { createClientFixture, type ClientFixture } from './fixture.ts';

const CM: RESTMapping = {
  gvr: { group: '', version: 'v1', resource: 'configmaps' },
  gvk: { group: '', version: 'v1', kind: 'ConfigMap' },
  namespaced: true,
};
const BOX = { namespace: 'default', name: 'box' };

let fixture: ClientFixture;
beforeEach(async () => {
  fixture = createClientFixture();
  await fixture.rest.create(CM, 'default', configMap('box', { a: '1' }));
});

describe('objects', () => {
  it('come as copies that the caller may change', async () => {
    const box = await fixture.rest.get(CM, BOX);
    box.metadata.labels = { mine: 'yes' };
    expect((await fixture.rest.get(CM, BOX)).metadata.labels).toBeUndefined();
  });
  it('are replaced, patched and deleted', async () => {
    await fixture.rest.update(CM, BOX, configMap('box', { a: '2' }));
    const patch = { data: { b: '3' } };
    const patched = await fixture.rest.patch(CM, BOX, 'application/merge-patch+json', patch);
    expect(patched['data']).toEqual({ a: '2', b: '3' });
    expect(await fixture.rest.delete(CM, BOX)).toMatchObject({ kind: 'Status', status: 'Success' });
    await expect(fixture.rest.get(CM, BOX)).rejects.toBeInstanceOf(StatusError);
  });
  it('are listed, as a table too', async () => {
    const list = await fixture.rest.list(CM, undefined, { labelSelector: 'x!=y' });
    expect(list.items?.map((o) => [o.apiVersion, o.kind, o.metadata.name])).toEqual([['v1', 'ConfigMap', 'box']]);
    expect(await fixture.rest.list(CM, 'default', { asTable: true })).toMatchObject({ kind: 'Table' });
  });
  it('give the server words back', async () => {
    await expect(fixture.rest.get(CM, { ...BOX, name: 'vase' })).rejects.toMatchObject({
      message: 'configmaps "vase" not found',
      status: { reason: 'NotFound', code: 404 },
    });
  });
  it('hand warnings on', async () => {
    await fixture.rest.create(CM, 'default', { ...configMap('odd'), extra: true });
    expect(fixture.warnings).toEqual(['unknown field "extra"']);
  });
});

describe('watches', () => {
  it('pull until they time out', async () => {
    fixture.whenWaiting.push(() => fixture.send('DELETE', '/api/v1/namespaces/default/configmaps/box'));
    const seen: string[] = [];
    for await (const { type } of fixture.rest.watch(CM, 'default', { timeoutMs: 3000 })) seen.push(type);
    expect(seen).toEqual(['ADDED', 'DELETED']);
  });
  it('refuse like any request', async () => {
    const events = fixture.rest.watch(CM, 'default', { labelSelector: '!!' });
    await expect(events[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(StatusError);
  });
});

describe('raw', () => {
  it('returns text as the server writes it', async () => {
    expect(await fixture.rest.raw('GET', '/healthz')).toBe('ok');
    const text = await fixture.rest.raw('GET', '/api/v1/namespaces/default/configmaps?limit=1');
    expect(text).toMatch(
      /^\{"kind":"ConfigMapList","apiVersion":"v1","metadata":\{"resourceVersion":"4"\},"items":\[\{"metadata":\{"name":"box",.*"data":\{"a":"1"\}\}\]\}\n$/,
    );
  });
  it('words what is no Status of the API', async () => {
    await expect(fixture.rest.raw('GET', '/nope')).rejects.toMatchObject({
      message: 'the server could not find the requested resource',
      status: { reason: 'NotFound' },
    });
  });
});
