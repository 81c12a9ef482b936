// A server with the controllers of CustomResourceDefinitions, which run to rest after every request.
import type { ApiRequest, ApiResponse } from '../../src/apiserver/types.ts';
import { controllers } from '../../src/controllers/index.ts';
import { createManager } from '../../src/controllers/manager.ts';
import { Random } from '../../src/machinery/random.ts';
import { defaultSettings } from '../../src/sim/cluster.ts';
import type { Unstructured } from '../../src/machinery/types.ts';
import { createFixture, messageOf, type Fixture } from './fixture.ts';

export const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const CRONTABS = '/apis/stable.example.com/v1/namespaces/default/crontabs';

export function createCustomFixture(): Fixture {
  const fixture = createFixture();
  const { server, clock } = fixture;
  const manager = createManager({
    controllers,
    store: server.registry.context.store,
    client: server.loopback,
    clock,
    random: new Random('1'),
    settings: defaultSettings,
  });
  const send: Fixture['send'] = (method, target, body, headers = {}): ApiResponse => {
    const [path = '', query = ''] = target.split('?');
    const request: ApiRequest = { method, path, query: new URLSearchParams(query), headers };
    const response = server.handle(body === undefined ? request : { ...request, body });
    if (method !== 'GET') manager.runToRest();
    return response;
  };
  return { ...fixture, send };
}

/** Returns the body of an answer that must be a success. */
export function bodyOf(response: ApiResponse): Unstructured {
  if (response.status >= 300) throw new Error(messageOf(response));
  return response.body as Unstructured;
}

type Fields = Record<string, unknown>;

export interface CrdOptions {
  plural?: string;
  group?: string;
  names?: Fields;
  /** Of the spec. */
  spec?: Fields;
  /** Of the only version. */
  version?: Fields;
  /** The schema of spec. */
  specSchema?: Fields;
  metadata?: Fields;
}

const CRON_SPEC = {
  type: 'object',
  properties: { cronSpec: { type: 'string' }, image: { type: 'string' }, replicas: { type: 'integer' } },
};

/** Returns the manifest of a definition of CronTabs. */
export function crontabs(options: CrdOptions = {}): Fields {
  const { plural = 'crontabs', group = 'stable.example.com', names, spec, version, specSchema, metadata } = options;
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: specSchema ?? CRON_SPEC } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...metadata },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind: 'CronTab', ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema, ...version }],
      ...spec,
    },
  };
}

/** Returns the manifest of a CronTab. */
export function crontab(name: string, spec: Fields = {}, more: Fields = {}): Fields {
  return { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name }, spec, ...more };
}
