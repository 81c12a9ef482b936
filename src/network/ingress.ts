// Which Service an Ingress sends a request to: by host, then by path.
// Called by: request.ts, sim. Must not know: pods. Upstream: the Ingress API's rules for hosts and path types.
import type { LoopbackClient } from '../client/loopback.ts';
import { ingress as ingressResource, type Ingress } from '../resources/ingress.ts';
import type { Pod } from '../resources/pod.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';
import type { ServicePort } from './services.ts';

type Backend = NonNullable<NonNullable<Ingress['spec']['defaultBackend']>['service']>;

/** Images whose pods take in what Ingresses route. */
const CONTROLLERS = /ingress-nginx\/controller|nginx-ingress|\btraefik:|\btraefik$/;

/** Whether a pod is an ingress controller. */
export function isIngressController({ spec }: Pod): boolean {
  return spec.containers.some(({ image = '' }) => CONTROLLERS.test(image));
}

export interface IngressTarget {
  service: Service;
  port: ServicePort;
}

/** A host of a rule: exact, or with a star for one label. */
export function matchesHost(rule: string | undefined, host: string): boolean {
  if (rule === undefined || rule === '') return true;
  if (!rule.startsWith('*.')) return rule === host;
  const label = host.slice(0, host.indexOf('.'));
  return label !== '' && host.slice(label.length) === rule.slice(1);
}

/** Prefix matches whole elements of a path: /foo takes /foo and /foo/bar, not /foobar. */
export function matchesPath(pathType: string, rule: string, path: string): boolean {
  if (pathType === 'Exact') return path === rule;
  const prefix = rule.replace(/\/+$/, '');
  return path === prefix || path.startsWith(`${prefix}/`);
}

/**
 * Returns the backend for a request, or undefined: 404. Longer paths win, exact ones before prefixes, named hosts
 * before none.
 */
export function ingressTarget(client: LoopbackClient, host: string, path: string): IngressTarget | undefined {
  const found: { backend: Backend; namespace: string; rank: number }[] = [];
  for (const { metadata, spec } of client.list(ingressResource)) {
    const namespace = metadata.namespace ?? '';
    if (spec.defaultBackend?.service) found.push({ backend: spec.defaultBackend.service, namespace, rank: -1 });
    for (const rule of spec.rules ?? []) {
      if (!matchesHost(rule.host, host)) continue;
      const hostRank = rule.host ? (rule.host.startsWith('*') ? 1 : 2) * 1_000_000 : 0;
      for (const { path: rulePath = '/', pathType, backend } of rule.http?.paths ?? []) {
        if (!backend.service || !matchesPath(pathType, rulePath, path)) continue;
        const rank = hostRank + rulePath.length * 2 + (pathType === 'Exact' ? 1 : 0);
        found.push({ backend: backend.service, namespace, rank });
      }
    }
  }
  const best = found.sort((a, b) => b.rank - a.rank)[0];
  const service = best && client.get(serviceResource, { namespace: best.namespace, name: best.backend.name });
  const wanted = best?.backend.port;
  const port = service?.spec.ports?.find((p) => (wanted?.name ? p.name === wanted.name : p.port === wanted?.number));
  return service && port ? { service, port } : undefined;
}
