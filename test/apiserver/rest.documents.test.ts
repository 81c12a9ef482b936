// Discovery, health and OpenAPI at the level of HTTP: forms, tags, what clients may keep.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createFixture, messageOf, type Fixture } from './fixture.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const TAG = /^"[0-9A-F]{128}"$/;

let fixture: Fixture;
beforeAll(() => {
  fixture = createFixture();
});
const send = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fixture.send(method, path, undefined, headers);

describe('discovery', () => {
  it.each(['/api', '/apis'])('of %s as a whole has a tag, by which clients keep it', (path) => {
    const { status, headers } = send(path, { accept: AGGREGATED });
    expect([status, headers]).toEqual([
      200,
      { 'content-type': AGGREGATED, etag: expect.stringMatching(TAG), vary: 'Accept', 'cache-control': 'public' },
    ]);
    const again = send(path, { accept: AGGREGATED, 'if-none-match': headers['etag'] ?? '' });
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', headers['etag']]);
    expect(send(path, { accept: AGGREGATED, 'if-none-match': '"other"' }).status).toBe(200);
  });
  it('has another tag where other kinds are served', () => {
    const tag = ({ send: ask }: Fixture): unknown =>
      ask('GET', '/apis', undefined, { accept: AGGREGATED }).headers['etag'];
    expect(tag(createFixture())).toBe(tag(fixture));
    expect(tag(createFixture({ allowsLegacyApis: true }))).not.toBe(tag(fixture));
  });
  it.each([
    [AGGREGATED, 'APIGroupDiscoveryList', AGGREGATED],
    [`${AGGREGATED};profile=nopeer,application/json`, 'APIGroupDiscoveryList', AGGREGATED],
    [
      'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json',
      'APIGroupList',
      'application/json',
    ],
    ['application/json', 'APIGroupList', 'application/json'],
    ['application/yaml', 'APIGroupList', 'application/yaml'],
    ['*/*', 'APIGroupList', 'application/json'],
    [`application/json;q=0.1,${AGGREGATED}`, 'APIGroupDiscoveryList', AGGREGATED],
  ])('Accept: %s is answered with %s', (accept, kind, type) => {
    const { body, headers } = send('/apis', { accept });
    expect([(body as { kind: string }).kind, headers['content-type']]).toEqual([kind, type]);
  });
  it.each(['/api', '/apis', '/api/v1', '/apis/apps', '/apis/apps/v1', '/api/', '/apis/apps/v1/'])(
    '%s is a route',
    (path) => {
      expect(send(path).status).toBe(200);
      expect(send(path, { accept: 'text/html' }).status).toBe(406);
      expect(send(path, {}, 'POST').status).toBe(405);
    },
  );
  it.each([
    ['pods', 'xPOwRZ+Yhw8='],
    ['services', '0/CO1lhkEBI='],
    ['nodes', 'XwShjMxG9Fs='],
    ['componentstatuses', undefined],
    ['pods/status', undefined],
  ])('tells in which version %s are stored', (name, hash) => {
    const { resources } = send('/api/v1').body as { resources: { name: string; storageVersionHash?: string }[] };
    expect(resources.find((r) => r.name === name)?.storageVersionHash).toBe(hash);
  });
});

describe('paths outside the API', () => {
  it.each([
    ['GET', '/healthz', 200, 'ok'],
    ['POST', '/livez', 200, 'ok'],
    ['HEAD', '/readyz', 200, 'ok'],
    ['GET', '/readyz/informer-sync', 200, 'ok'],
    ['GET', '/livez/informer-sync', 404, '404 page not found\n'],
    ['GET', '/healthz/', 404, '404 page not found\n'],
    ['GET', '/openapi/v3/apis/nope/v1', 404, ''],
    ['GET', '/openapi/v2/more', 404, '404 page not found\n'],
    ['GET', '/openapi', 404, '404 page not found\n'],
  ])('%s %s answers %d %j', (method, path, code, text) => {
    const answer = send(path, {}, method);
    expect([answer.status, answer.text]).toEqual([code, text]);
  });
  it('names checks that cannot be left out', () => {
    const lines = (send('/livez?verbose&exclude=etcd&exclude=zz&exclude="a"').text ?? '').split('\n');
    expect([lines[2], ...lines.slice(-3)]).toEqual([
      '[+]etcd excluded: ok',
      String.raw`warn: some health checks cannot be excluded: no matches for "\"a\"","zz"`,
      'livez check passed',
      '',
    ]);
  });
  it('lists the paths', () => {
    const { paths } = send('/').body as { paths: string[] };
    expect(paths).toEqual([...paths].sort());
    expect(paths).toEqual(
      expect.arrayContaining(['/api/v1', '/apis/apps/v1', '/livez/etcd', '/openapi/v2', '/version']),
    );
  });
  it.each([
    ['/version', 'POST', 405],
    ['/version', 'GET', 200],
    ['/version/', 'GET', 200],
  ])('%s %s answers %d', (path, method, code) => {
    expect(send(path, {}, method).status).toBe(code);
  });
  it('has a version in JSON only', () => {
    expect(messageOf(send('/version', { accept: 'application/yaml' }))).toBe(
      '406: Not Acceptable\n\nAvailable representations: application/json',
    );
  });
});

interface Index {
  paths: Record<string, { serverRelativeURL: string }>;
}
interface Document3 {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; parameters?: { name: string }[]; [key: string]: unknown }>
  >;
  components: { schemas: Record<string, { properties?: Record<string, object>; required?: string[] }> };
}

describe('/openapi/v3', () => {
  const index = (): Index => JSON.parse(send('/openapi/v3').text ?? '') as Index;
  const document = (path: string): Document3 => JSON.parse(send(path).text ?? '') as Document3;
  it('names a document for each group version by its hash', () => {
    expect(send('/openapi/v3').headers).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      etag: expect.stringMatching(TAG),
    });
    const { paths } = index();
    expect(paths['apis/apps/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
    expect(paths['api/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/api\/v1\?hash=/);
  });
  it('lets clients keep for ever what they ask for by its hash', () => {
    const url = index().paths['apis/batch/v1']?.serverRelativeURL ?? '';
    const etag = `"${url.split('=')[1]}"`;
    const kept = {
      etag,
      vary: 'Accept',
      'cache-control': 'public, immutable',
      expires: 'Tue, 23 Nov 2027 12:00:00 UTC',
    };
    expect([send(url).status, send(url).headers]).toEqual([200, { 'content-type': 'application/json', ...kept }]);
    const unchanged = send(url, { 'if-none-match': etag });
    expect([unchanged.status, unchanged.text, unchanged.headers]).toEqual([304, '', kept]);
    const plain = send('/openapi/v3/apis/batch/v1').headers;
    expect(plain).toEqual({ 'content-type': 'application/json', etag, vary: 'Accept' });
  });
  it('sends clients on to the hash that holds', () => {
    const url = index().paths['apis/batch/v1']?.serverRelativeURL;
    const { status, headers } = send('/openapi/v3/apis/batch/v1?hash=OLD');
    expect([status, headers['location']]).toEqual([301, url]);
  });
  it('is JSON only', () => {
    expect(send('/openapi/v3/apis/batch/v1', { accept: 'text/html' }).status).toBe(406);
  });
  it('says which parameters a patch takes, and of which kind a path is', () => {
    const { paths } = document('/openapi/v3/apis/apps/v1');
    const item = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'] ?? {};
    expect(item['patch']?.parameters?.map((p) => p.name)).toEqual([
      'dryRun',
      'fieldManager',
      'fieldValidation',
      'force',
    ]);
    expect(item['patch']).toMatchObject({
      operationId: 'patchAppsV1NamespacedDeployment',
      tags: ['apps_v1'],
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
    });
    expect(paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale']?.['get']).toMatchObject({
      operationId: 'readAppsV1NamespacedDeploymentScale',
      'x-kubernetes-group-version-kind': { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    });
  });
  it('describes types', () => {
    const { components } = document('/openapi/v3/apis/apps/v1');
    const spec = components.schemas['io.k8s.api.apps.v1.DeploymentSpec'];
    expect(spec?.required).toEqual(['selector', 'template']);
    expect(spec?.properties?.['replicas']).toMatchObject({ type: 'integer', format: 'int32' });
    expect(spec?.properties?.['template']).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' }],
    });
  });
  it('has operations with ids of their own, and every schema that is spoken of', () => {
    const ids: string[] = [];
    for (const path of Object.values(index().paths)) {
      const { paths, components } = document(path.serverRelativeURL);
      for (const item of Object.values(paths))
        for (const operation of Object.values(item)) if (!Array.isArray(operation)) ids.push(operation.operationId);
      const text = JSON.stringify({ paths, components });
      const wanted = new Set([...text.matchAll(/#\/components\/schemas\/([^"]+)/g)].map((match) => match[1] ?? ''));
      expect([...wanted].filter((name) => !Object.hasOwn(components.schemas, name))).toEqual([]);
    }
    expect(ids.length).toBeGreaterThan(300);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

interface Swagger {
  swagger: string;
  paths: Record<string, object>;
  definitions: Record<string, { properties?: Record<string, Record<string, unknown>> }>;
}

describe('/openapi/v2', () => {
  const swagger = (): Swagger => JSON.parse(send('/openapi/v2').text ?? '') as Swagger;
  it('is one document of everything', () => {
    const { swagger: version, paths, definitions } = swagger();
    expect(version).toBe('2.0');
    expect(Object.keys(paths)).toEqual(Object.keys(paths).sort());
    expect(paths['/api/v1/namespaces/{namespace}/pods/{name}/log']).toMatchObject({
      get: { operationId: 'readCoreV1NamespacedPodLog', responses: { 200: { schema: { type: 'string' } } } },
    });
    expect(definitions['io.k8s.api.core.v1.PodSpec']?.properties?.['containers']).toMatchObject({
      type: 'array',
      items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    const text = JSON.stringify({ paths, definitions });
    const wanted = new Set([...text.matchAll(/#\/definitions\/([^"]+)/g)].map((match) => match[1] ?? ''));
    expect([...wanted].filter((name) => !Object.hasOwn(definitions, name))).toEqual([]);
  });
  it.each([
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    [
      'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
      'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
    ],
    [
      'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
      'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
    ],
  ])('Accept: %s', (accept, type) => {
    const { status, headers } = send('/openapi/v2', { accept });
    expect([status, headers]).toEqual([
      200,
      { 'content-type': type, etag: expect.stringMatching(TAG), vary: 'Accept' },
    ]);
    expect(send('/openapi/v2', { accept, 'if-none-match': headers['etag'] ?? '' }).status).toBe(304);
  });
  it('comes in nothing else', () => {
    expect(send('/openapi/v2', { accept: 'application/yaml' }).status).toBe(406);
  });
  it('says the same as a protobuf message', () => {
    const { bytes } = send('/openapi/v2', { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' });
    const document = messageIn(Buffer.from(bytes ?? []));
    expect(document.get(1)?.[0]?.toString()).toBe('2.0');
    const { definitions, paths } = swagger();
    const named = namesIn(document.get(9)?.[0]);
    expect([...named.keys()]).toEqual(Object.keys(definitions));
    expect([...namesIn(document.get(8)?.[0], 2).keys()]).toEqual(Object.keys(paths));
    const spec = messageIn(named.get('io.k8s.api.core.v1.PodSpec') ?? Buffer.alloc(0));
    const containers = messageIn(namesIn(spec.get(25)?.[0]).get('containers') ?? Buffer.alloc(0));
    expect(
      messageIn(containers.get(22)?.[0] ?? Buffer.alloc(0))
        .get(1)?.[0]
        ?.toString(),
    ).toBe('array');
    const items = messageIn(messageIn(containers.get(23)?.[0] ?? Buffer.alloc(0)).get(1)?.[0] ?? Buffer.alloc(0));
    expect(items.get(1)?.[0]?.toString()).toBe('#/definitions/io.k8s.api.core.v1.Container');
    const extensions = (containers.get(31) ?? []).map((bytesOf) => {
      const fields = messageIn(bytesOf);
      const yaml = messageIn(fields.get(2)?.[0] ?? Buffer.alloc(0))
        .get(2)?.[0]
        ?.toString();
      return [fields.get(1)?.[0]?.toString(), yaml];
    });
    expect(extensions).toContainEqual(['x-kubernetes-patch-merge-key', '"name"\n']);
  });
});

/** Fields of a message by number, lengths and texts only. */
function messageIn(bytes: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const length = (key & 7) === 2 ? varint() : 0;
    if (length === 0 && (key & 7) === 0) varint();
    const found = fields.get(key >> 3) ?? [];
    found.push(bytes.subarray(at, at + length));
    fields.set(key >> 3, found);
    at += length;
  }
  return fields;
}

function namesIn(bytes: Buffer | undefined, number = 1): Map<string, Buffer> {
  return new Map(
    (messageIn(bytes ?? Buffer.alloc(0)).get(number) ?? []).map((entry) => {
      const fields = messageIn(entry);
      return [fields.get(1)?.[0]?.toString() ?? '', fields.get(2)?.[0] ?? Buffer.alloc(0)];
    }),
  );
}
