// /metrics: what the server counted, in Prometheus' text format.
import { describe, expect, it } from '@jest/globals';
import { CONFIG_MAPS, configMap, createFixture } from './fixture.ts';

const ANN = { 'impersonate-user': 'ann' };

describe('/metrics', () => {
  it('counts requests that came to a kind, and what is stored', () => {
    const { send } = createFixture();
    send('POST', CONFIG_MAPS, configMap('a'));
    send('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('b'));
    for (let i = 0; i < 2; i++) send('GET', `${CONFIG_MAPS}/a`);
    send('GET', `${CONFIG_MAPS}/nosuch`);
    send('GET', '/api/v1/configmaps');
    send('GET', '/apis/apps/v1/namespaces/default/deployments?watch=1').watch?.close();
    send('PATCH', `${CONFIG_MAPS}/a?fieldManager=f`, configMap('a'), {
      'content-type': 'application/apply-patch+yaml',
    });
    send('GET', '/healthz');
    send('GET', '/apis/none/v1/things');
    send('GET', '/api/v1/nodes', undefined, ANN);
    const { text = '', headers } = send('GET', '/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const core = 'group="",resource="configmaps"';
    expect(text.split('\n').filter((line) => line.startsWith('apiserver_request_total'))).toEqual(
      [
        `code="200",component="apiserver",dry_run="",group="",resource="",scope="",subresource="/healthz",verb="GET",version=""} 1`,
        `code="200",component="apiserver",dry_run="",${core},scope="cluster",subresource="",verb="LIST",version="v1"} 1`,
        `code="200",component="apiserver",dry_run="",${core},scope="resource",subresource="",verb="APPLY",version="v1"} 1`,
        `code="200",component="apiserver",dry_run="",${core},scope="resource",subresource="",verb="GET",version="v1"} 2`,
        'code="200",component="apiserver",dry_run="",group="apps",resource="deployments",scope="namespace",subresource="",' +
          'verb="WATCH",version="v1"} 1',
        `code="201",component="apiserver",dry_run="",${core},scope="namespace",subresource="",verb="POST",version="v1"} 1`,
        `code="201",component="apiserver",dry_run="All",${core},scope="namespace",subresource="",verb="POST",version="v1"} 1`,
        `code="404",component="apiserver",dry_run="",${core},scope="resource",subresource="",verb="GET",version="v1"} 1`,
      ].map((labels) => `apiserver_request_total{${labels}`),
    );
    expect(text).toContain('\napiserver_storage_objects{resource="configmaps"} 1\n');
    expect(text).toContain('\napiserver_storage_objects{resource="deployments.apps"} 0\n');
  });

  it('is written as the format has it', () => {
    const { text = '' } = createFixture().send('GET', '/metrics');
    expect(text).toMatch(
      /\nkubernetes_build_info\{build_date="[^"]+",compiler="gc",[^}]*git_version="v1.35.2",[^}]*\} 1\n/,
    );
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP \w+ .+|TYPE \w+ (counter|gauge))|\w+(\{[^}]*\})? [\d.e+]+)$/);
    const named = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    expect(named).toEqual([...named].sort());
    expect(named).toContain('process_resident_memory_bytes');
  });

  it.each(['/metrics', '/openid/v1/jwks', '/.well-known/openid-configuration'])('%s is not for everybody', (path) => {
    const { status, body } = createFixture().send('GET', path, undefined, ANN);
    expect([status, (body as { message: string }).message]).toEqual([
      403,
      `forbidden: User "ann" cannot get path "${path}"`,
    ]);
  });

  it.each(['/metrics', '/openid/v1/jwks', '/.well-known/openid-configuration'])('%s is read only', (path) => {
    expect(createFixture().send('POST', path, {}).status).toBe(405);
  });
});
