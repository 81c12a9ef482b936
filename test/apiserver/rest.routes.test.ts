// Which paths, methods and media types there are, and how the others are refused.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiResponse } from '../../src/apiserver/types.ts';
import { CONFIG_MAPS, configMap, createFixture, messageOf, type Fixture } from './fixture.ts';

const NOT_FOUND = 'the server could not find the requested resource';
const NOT_ALLOWED = 'the server does not allow this method on the requested resource';
const POD = '/api/v1/namespaces/default/pods/web';

let fixture: Fixture;
beforeAll(() => {
  fixture = createFixture();
  fixture.send('POST', CONFIG_MAPS, configMap('a'));
  fixture.send('POST', '/api/v1/namespaces/default/pods', {
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  });
});

function status({ status: code, body }: ApiResponse): unknown {
  const { message, reason, details } = body as { message: string; reason: string; details: unknown };
  return [code, reason, message, details];
}

describe('paths and methods', () => {
  it.each([
    ['GET', '/api/v1/nosuch', 404],
    ['GET', '/api/v1/pods/web', 404],
    ['GET', '/api/v1/namespaces/default/nodes', 404],
    ['GET', `${POD}/nosuch`, 404],
    ['GET', `${POD}/status/more`, 404],
    ['GET', `${CONFIG_MAPS}/a/scale`, 404],
    ['GET', '/api/v1/namespaces/default//configmaps', 404],
    ['GET', '/api/v1/proxy/namespaces/default/pods/web', 404],
    ['GET', '/api/v1/watch/namespaces/default/pods/web/log', 404],
    ['GET', '/apis/apps/v1/namespaces/default/pods', 404],
    ['HEAD', CONFIG_MAPS, 405],
    ['OPTIONS', CONFIG_MAPS, 405],
    ['PUT', CONFIG_MAPS, 405],
    ['PATCH', CONFIG_MAPS, 405],
    ['POST', `${CONFIG_MAPS}/a`, 405],
    ['POST', '/api/v1/configmaps', 405],
    ['DELETE', '/api/v1/configmaps', 405],
    ['DELETE', '/api/v1/namespaces', 405],
    ['POST', '/api/v1/watch/configmaps', 405],
    ['DELETE', `${POD}/status`, 405],
    ['GET', `${POD}/binding`, 405],
    ['GET', `${POD}/eviction`, 405],
    ['PUT', `${POD}/log`, 405],
    ['DELETE', `${POD}/exec`, 405],
    ['TRACE', CONFIG_MAPS, 405],
    ['GET', '/api/v1/namespaces/default/finalize', 405],
  ])('%s %s answers %d', (method, path, code) => {
    const [reason, message] = code === 404 ? ['NotFound', NOT_FOUND] : ['MethodNotAllowed', NOT_ALLOWED];
    expect(status(fixture.send(method, path))).toEqual([code, reason, message, {}]);
  });

  it.each([
    ['/api/v2/pods', 404, '404 page not found\n'],
    ['/apis/nope.example/v1/things', 404, '404 page not found\n'],
    ['/nope', 404, '404 page not found\n'],
    [
      '/api/v1/watch',
      500,
      'Internal Server Error: "/api/v1/watch": failed to create RequestInfo: unable to determine kind and namespace from url, /api/v1/watch\n',
    ],
  ])('GET %s answers in plain text', (path, code, text) => {
    expect(fixture.send('GET', path)).toEqual({
      status: code,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      warnings: [],
      text,
    });
  });

  it.each([
    [`${CONFIG_MAPS}/..`, 'Name parameter invalid: "..": may not be \'..\''],
    [`${CONFIG_MAPS}/a%25b`, 'Name parameter invalid: "a%b": may not contain \'%\''],
  ])('GET %s is refused', (path, message) => {
    expect(status(fixture.send('GET', path))).toEqual([400, 'BadRequest', message, undefined]);
  });
  it('quotes names as Go does', () => {
    expect(messageOf(fixture.send('GET', `${CONFIG_MAPS}/a%00"%C2%A0`))).toBe(
      String.raw`configmaps "a\x00\"\u00a0" not found`,
    );
  });
  it.each(['/api/v1/namespaces/default/configmaps/', `${CONFIG_MAPS}/a/`, '/%61pi/v1/configmaps'])(
    '%s is a path',
    (path) => {
      expect(fixture.send('GET', path).status).toBe(200);
    },
  );
});

describe('what clients take', () => {
  const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
  const streams = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
  const negotiated = `only the following media types are accepted: ${accepted}`;
  const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
  it.each([
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/yaml', 'application/yaml'],
    ['application/yaml;q=0.5,application/json;q=0.7', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
    ['application/vnd.kubernetes.protobuf,application/json', 'application/json'],
    ['application/vnd.kubernetes.protobuf;q=1,application/yaml;q=0.1', 'application/yaml'],
    ['application/json;as=Nope;g=meta.k8s.io;v=v1,application/yaml', 'application/yaml'],
    ['*/*;q=0.1,application/yaml', 'application/yaml'],
  ])('Accept: %s is answered in %s', (accept, type) => {
    const { status: code, headers } = fixture.send('GET', `${CONFIG_MAPS}/a`, undefined, { accept });
    expect([code, headers['content-type']]).toEqual([200, type]);
  });
  it.each([
    ['GET', `${CONFIG_MAPS}/a`, 'text/html', 406, `406: Not Acceptable\n\nAvailable representations: ${accepted}`, {}],
    [
      'GET',
      `${CONFIG_MAPS}/a`,
      'application/*',
      406,
      `406: Not Acceptable\n\nAvailable representations: ${accepted}`,
      {},
    ],
    [
      'GET',
      CONFIG_MAPS,
      'text/html',
      406,
      `406: Not Acceptable\n\nAvailable representations: ${accepted}, ${streams}`,
      {},
    ],
    [
      'POST',
      CONFIG_MAPS,
      'text/html',
      415,
      `415: Unsupported Media Type\n\nAvailable representations: ${accepted}`,
      {},
    ],
    ['GET', `${CONFIG_MAPS}/a`, 'application/json;as=Nope;g=meta.k8s.io;v=v1', 406, negotiated, undefined],
    ['GET', `${CONFIG_MAPS}/a`, 'application/json;as=Table;g=meta.k8s.io;v=v2', 406, negotiated, undefined],
    ['GET', `${POD}/log`, 'text/plain', 406, negotiated, undefined],
    [
      'GET',
      CONFIG_MAPS,
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      406,
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
      undefined,
    ],
    [
      'GET',
      `${CONFIG_MAPS}/a`,
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      406,
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
      undefined,
    ],
    [
      'GET',
      `${CONFIG_MAPS}?watch=1`,
      'application/yaml',
      406,
      `only the following media types are accepted: ${streams}`,
      undefined,
    ],
    [
      'GET',
      `${CONFIG_MAPS}?includeObject=Some`,
      TABLE,
      400,
      `Unable to convert to Table as requested: includeObject: Invalid value: "Some": must be 'Metadata', 'Object', 'None', or empty`,
      undefined,
    ],
  ])('%s %s, Accept: %s', (method, path, accept, code, message, details) => {
    const answer = fixture.send(method, path, undefined, { accept });
    expect([answer.status, messageOf(answer), (answer.body as { details?: unknown }).details]).toEqual([
      code,
      message,
      details,
    ]);
  });
  it('is asked for before anything is done', () => {
    const accept = 'application/json;as=Nope;g=meta.k8s.io;v=v1';
    expect(fixture.send('POST', CONFIG_MAPS, configMap('never'), { accept }).status).toBe(406);
    expect(fixture.send('DELETE', `${CONFIG_MAPS}/a`, undefined, { accept }).status).toBe(406);
    expect([
      fixture.send('GET', `${CONFIG_MAPS}/never`).status,
      fixture.send('GET', `${CONFIG_MAPS}/a`).status,
    ]).toEqual([404, 200]);
  });
  it.each(['v1', 'v1beta1'])('Tables and metadata have the version asked for: %s', (version) => {
    const as = (kind: string): unknown =>
      fixture.send('GET', CONFIG_MAPS, undefined, { accept: `application/json;as=${kind};g=meta.k8s.io;v=${version}` })
        .body;
    const apiVersion = `meta.k8s.io/${version}`;
    const item = { kind: 'PartialObjectMetadata', apiVersion, metadata: { name: 'a' } };
    expect(as('Table')).toMatchObject({ kind: 'Table', apiVersion, rows: [{ object: item }] });
    expect(as('PartialObjectMetadataList')).toMatchObject({
      kind: 'PartialObjectMetadataList',
      apiVersion,
      items: [item],
    });
  });
  it('refusals are in YAML for who takes that, and indented where nothing is taken', () => {
    const refused = (accept: string): unknown => {
      const { headers, isIndented } = fixture.send('GET', `${CONFIG_MAPS}/none`, undefined, { accept });
      return [headers['content-type'], isIndented];
    };
    expect(refused('application/yaml')).toEqual(['application/yaml', undefined]);
    expect(refused(TABLE)).toEqual(['application/json', true]);
    expect(refused(`${TABLE},application/json`)).toEqual(['application/json', undefined]);
  });
});

describe('what bodies come in', () => {
  const unknown =
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf';
  it.each([
    ['POST', CONFIG_MAPS, 'text/csv', unknown],
    ['PUT', `${CONFIG_MAPS}/a`, 'application/merge-patch+json', unknown],
    ['DELETE', `${CONFIG_MAPS}/a`, 'text/plain', unknown],
    ['PATCH', `${CONFIG_MAPS}/a`, 'application/json', '415: Unsupported Media Type'],
    ['PATCH', `${CONFIG_MAPS}/a`, '', '415: Unsupported Media Type'],
  ])('%s %s with %s is refused', (method, path, type, message) => {
    const answer = fixture.send(method, path, '{}', { 'content-type': type });
    expect([answer.status, messageOf(answer)]).toEqual([415, message]);
  });
});

describe('options of writes', () => {
  it.each([
    ['POST', '', 'dryRun=Some', 'CreateOptions', 'dryRun: Unsupported value: ["Some"]: supported values: "All"'],
    ['PUT', '/a', 'dryRun=', 'UpdateOptions', 'dryRun: Unsupported value: [""]: supported values: "All"'],
    [
      'PATCH',
      '/a',
      'dryRun=All&dryRun=x',
      'PatchOptions',
      'dryRun: Unsupported value: ["All","x"]: supported values: "All"',
    ],
    ['DELETE', '/a', 'dryRun=x', 'DeleteOptions', 'dryRun: Unsupported value: ["x"]: supported values: "All"'],
    [
      'POST',
      '',
      `fieldManager=${'x'.repeat(129)}`,
      'CreateOptions',
      'fieldManager: Too long: may not be more than 128 bytes',
    ],
    [
      'PUT',
      '/a',
      'fieldManager=a%01b',
      'UpdateOptions',
      String.raw`fieldManager: Invalid value: "a\x01b": invalid character U+0001 (at position 1)`,
    ],
    [
      'POST',
      '',
      'fieldValidation=Some',
      'CreateOptions',
      'fieldValidation: Unsupported value: "Some": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    ['PATCH', '/a', 'force=true', 'PatchOptions', 'force: Forbidden: may not be specified for non-apply patch'],
    [
      'DELETE',
      '/a',
      'propagationPolicy=Some',
      'DeleteOptions',
      'propagationPolicy: Unsupported value: "Some": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      'DELETE',
      '/a',
      'propagationPolicy=Orphan&orphanDependents=true',
      'DeleteOptions',
      'propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ],
  ])('%s%s?%s', (method, name, query, kind, message) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const body = method === 'DELETE' ? undefined : '{"metadata":{"name":"a"}}';
    const answer = fixture.send(method, `${CONFIG_MAPS}${name}?${query}`, body, { 'content-type': type });
    expect([answer.status, messageOf(answer)]).toEqual([422, `${kind}.meta.k8s.io "" is invalid: ${message}`]);
  });
  it.each([
    ['gracePeriodSeconds=x', '', 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      '',
      '{"kind":"Pod","apiVersion":"v1"}',
      'no kind "Pod" is registered for version "v1" in scheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"',
    ],
    [
      '',
      '{"gracePeriodSeconds":"x"}',
      'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    ],
    ['', '{', "couldn't get version/kind; json parse error: unexpected end of JSON input"],
  ])('DELETE with %s %s', (query, body, message) => {
    const answer = fixture.send('DELETE', `${CONFIG_MAPS}/a?${query}`, body);
    expect([answer.status, messageOf(answer)]).toEqual([400, message]);
  });
  it('a body of a DELETE stands for all of its options', () => {
    fixture.send('POST', CONFIG_MAPS, configMap('doomed'));
    const answer = fixture.send(
      'DELETE',
      `${CONFIG_MAPS}/doomed?dryRun=All`,
      '{"apiVersion":"apps/v1","kind":"DeleteOptions"}',
    );
    expect([answer.status, fixture.send('GET', `${CONFIG_MAPS}/doomed`).status]).toEqual([200, 404]);
  });
  it.each(['exec?command=ls', 'attach', 'portforward', 'proxy'])('streams know no dry run: %s', (part) => {
    const query = `${part.includes('?') ? '&' : '?'}dryRun=All`;
    expect(messageOf(fixture.send('GET', `${POD}/${part}${query}`))).toBe('dryRun is not supported');
  });
});
