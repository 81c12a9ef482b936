// Bytes of answers: those that are remembered are those that would be written now.
import { describe, expect, it } from '@jest/globals';
import { encodeBody, encodeBytes } from '../../src/apiserver/encoding.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { CONFIG_MAPS, configMap, createFixture, type Fixture } from './fixture.ts';

const TABLE = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };
const METADATA_LIST = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };

const text = (fixture: Fixture, target: string, headers = {}): string =>
  encodeBytes(fixture.send('GET', target, undefined, headers).body).toString();

/** The same value from one that nothing is remembered of. */
function fresh(fixture: Fixture, target: string, headers = {}): string {
  return encodeBytes(JSON.parse(JSON.stringify(fixture.send('GET', target, undefined, headers).body))).toString();
}

describe('an object', () => {
  it('comes with the bytes of its last version in every form, whatever was asked before', () => {
    const fixture = createFixture();
    fixture.send('POST', CONFIG_MAPS, configMap('a', { v: '0' }));
    fixture.send('POST', CONFIG_MAPS, configMap('b', { v: '<&>\u2028' }));
    const targets: [string, object][] = [
      [`${CONFIG_MAPS}/a`, {}],
      [CONFIG_MAPS, {}],
      [`${CONFIG_MAPS}?includeObject=Object`, TABLE],
      [`${CONFIG_MAPS}/a`, TABLE],
      [CONFIG_MAPS, METADATA_LIST],
      [`${CONFIG_MAPS}/a`, METADATA],
    ];
    for (let i = 1; i < 4; i += 1) {
      const seen = targets.map(([target, headers]) => text(fixture, target, headers));
      expect(targets.map(([target, headers]) => text(fixture, target, headers))).toEqual(seen);
      expect(targets.map(([target, headers]) => fresh(fixture, target, headers))).toEqual(seen);
      const { metadata } = JSON.parse(seen[0] ?? '') as KubeObject;
      fixture.send('PUT', `${CONFIG_MAPS}/a`, configMap('a', { v: String(i) }));
      const after = targets.map(([target, headers]) => text(fixture, target, headers));
      expect(after.filter((body, at) => body === seen[at])).toEqual([]);
      expect(after.filter((body) => body.includes(`"resourceVersion":"${metadata.resourceVersion}"`))).toEqual([]);
    }
    fixture.send('DELETE', `${CONFIG_MAPS}/a`);
    fixture.send('POST', CONFIG_MAPS, configMap('a', { v: 'again' }));
    expect(JSON.parse(text(fixture, `${CONFIG_MAPS}/a`))).toMatchObject({ data: { v: 'again' } });
  });

  it('of each version has its own bytes', () => {
    const fixture = createFixture();
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
    };
    fixture.send('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', scaler);
    const of = (version: string): string =>
      text(fixture, `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers/web`);
    const seen = ['v1', 'v2', 'v1', 'v2'].map(of);
    expect(seen[0]).toMatch(/^{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling\/v1","metadata":/);
    expect(seen[1]).toMatch(/^{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling\/v2","metadata":/);
    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
  });

  it('is written alike after much else was remembered', () => {
    const fixture = createFixture();
    const size = 900_000;
    fixture.send('POST', CONFIG_MAPS, configMap('a', { v: 'kept' }));
    const seen = text(fixture, `${CONFIG_MAPS}/a`);
    fixture.send('POST', CONFIG_MAPS, configMap('big'));
    // More than is kept.
    for (let i = 0; i < 80; i += 1) {
      fixture.send('PUT', `${CONFIG_MAPS}/big`, configMap('big', { v: `${i}`.padEnd(size, 'x') }));
      expect(text(fixture, `${CONFIG_MAPS}/big`).includes(`{"v":"${i}x`)).toBe(true);
    }
    expect(text(fixture, `${CONFIG_MAPS}/a`)).toBe(seen);
  });
});

it('indented and in one line an answer says the same, field by field', () => {
  const fixture = createFixture();
  fixture.send('POST', CONFIG_MAPS, configMap('a', { v: '<&>' }));
  const kinds = resourceDefinitions.filter(({ verbs }) => !verbs || verbs.includes('list'));
  for (const { gvr } of kinds) {
    const target = `${gvr.group === '' ? `/api/${gvr.version}` : `/apis/${gvr.group}/${gvr.version}`}/${gvr.resource}`;
    for (const headers of [{}, TABLE, METADATA_LIST]) {
      const { body } = fixture.send('GET', `${target}?includeObject=Object`, undefined, headers);
      const indented = encodeBody(body, { isPretty: true });
      const line = JSON.stringify(JSON.parse(indented)).replace(
        /[<>&]/g,
        (c) => `\\u00${c.charCodeAt(0).toString(16)}`,
      );
      expect([target, `${line}\n`]).toEqual([target, encodeBytes(body).toString()]);
    }
  }
});
