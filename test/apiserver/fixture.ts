// A server over a store in memory, with the standing clock and seed that these tests share.
import type { ApiRequest, ApiResponse } from '../../src/apiserver/types.ts';
import { createApiServer, type ApiServer } from '../../src/apiserver/server.ts';
import { SettableClock } from '../../src/machinery/clock.ts';
import { Random } from '../../src/machinery/random.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { namespace } from '../../src/resources/namespace.ts';
import { serviceAccount } from '../../src/resources/serviceaccount.ts';
import { createMemoryStore } from '../../src/storage/memory.ts';

export const NOW = '2026-11-23T12:00:00Z';

export interface Fixture {
  server: ApiServer;
  clock: SettableClock;
  /** Sends a request; `target` is a path with its query. */
  send(method: string, target: string, body?: unknown, headers?: Record<string, string>): ApiResponse;
}

export function createFixture({ allowsLegacyApis = false, revision = 1 } = {}): Fixture {
  const clock = new SettableClock(Date.parse(NOW));
  const server = createApiServer({
    store: createMemoryStore({ revision }),
    definitions: resourceDefinitions,
    clock,
    random: new Random('1'),
    settings: { allowsLegacyApis, serviceCidr: '10.96.0.0/12' },
    version: 'v1.35.2',
  });
  server.loopback.create(namespace, { metadata: { name: 'default' }, spec: {} });
  server.loopback.create(serviceAccount, { metadata: { name: 'default', namespace: 'default' } });
  const send: Fixture['send'] = (method, target, body, headers = {}) => {
    const [path = '', query = ''] = target.split('?');
    const request: ApiRequest = { method, path, query: new URLSearchParams(query), headers };
    return server.handle(body === undefined ? request : { ...request, body });
  };
  return { server, clock, send };
}

/** The message of a refusal, '' for a success. */
export function messageOf({ body }: ApiResponse): string {
  const status = body as { kind?: string; status?: string; message?: string } | undefined;
  return status?.kind === 'Status' && status.status === 'Failure' ? (status.message ?? '') : '';
}

export function configMap(name: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data } as KubeObject;
}

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
