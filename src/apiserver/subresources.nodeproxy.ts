// nodes/proxy: the few paths of a kubelet's own server that are looked at by hand.
// Called by: subresources.ts. Must not know: containers.
import { groupVersionString } from '../machinery/types.ts';
import type { Pod } from '../resources/pod.ts';
import type { Exchange } from './exchange.ts';
import type { ApiResponse } from './types.ts';

/** GET nodes/x/proxy/…: /healthz and /pods. Upstream: kubernetes pkg/kubelet/server/server.go. */
export function proxyToNode(exchange: Exchange): ApiResponse {
  const { registry, served, info, warnings } = exchange;
  const name = info.name.split(':')[0] ?? info.name;
  registry.get(served.definition, { name });
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  const path = info.rest.join('/');
  if (path === 'healthz') return { status: 200, headers, warnings, text: 'ok' };
  if (path !== 'pods' && path !== 'runningpods')
    return { status: 404, headers, warnings, text: '404 page not found\n' };
  const pods = registry.context.store.list('pods') as readonly Pod[];
  const items = pods.filter(({ spec }) => spec.nodeName === name);
  return exchange.respondWith({
    kind: 'PodList',
    apiVersion: groupVersionString({ group: '', version: 'v1' }),
    metadata: {},
    items,
  });
}
