// Ingress as extensions/v1beta1 served it: backends are {serviceName, servicePort}, the default one is spec.backend.
// Called by: ingress.ts. Must not know: HTTP, storage.
import type { IngressBackend } from 'kubernetes-types/networking/v1';
import type { KubeObject } from '../machinery/types.ts';
import type { ServedVersion } from './definition.ts';
import { extensionsVersion } from './extensions.ts';
import type { Ingress } from './ingress.ts';

interface LegacyBackend {
  serviceName?: string;
  servicePort?: string | number;
  resource?: IngressBackend['resource'];
}
interface LegacyPath {
  pathType?: string;
  backend?: LegacyBackend | IngressBackend;
}
interface LegacySpec {
  backend?: LegacyBackend;
  defaultBackend?: IngressBackend;
  rules?: { http?: { paths?: LegacyPath[] } }[];
}
type LegacyIngress = KubeObject & { spec?: LegacySpec };

export const ingressV1beta1: ServedVersion<Ingress> = extensionsVersion<Ingress>({
  resource: 'ingresses',
  kind: 'Ingress',
  warning:
    'extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress',
  hub: 'networking.k8s.io/v1',
  schema: 'io.k8s.api.extensions.v1beta1.Ingress',
  subresources: ['status'],
  setDefaults(object) {
    for (const path of pathsOf(object as LegacyIngress)) path.pathType ??= 'ImplementationSpecific';
  },
  toHub(object: LegacyIngress) {
    const { spec } = object;
    if (spec?.backend) {
      spec.defaultBackend = toBackend(spec.backend);
      delete spec.backend;
    }
    for (const path of pathsOf(object)) if (path.backend) path.backend = toBackend(path.backend);
  },
  fromHub(object: LegacyIngress) {
    const { spec } = object;
    if (spec?.defaultBackend) {
      spec.backend = fromBackend(spec.defaultBackend);
      delete spec.defaultBackend;
    }
    for (const path of pathsOf(object)) if (path.backend) path.backend = fromBackend(path.backend);
  },
});

function pathsOf({ spec }: LegacyIngress): LegacyPath[] {
  return (spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
}

function toBackend({ serviceName, servicePort, resource }: LegacyBackend): IngressBackend {
  const backend: IngressBackend = resource ? { resource } : {};
  if (serviceName || servicePort) {
    const port = typeof servicePort === 'string' ? { name: servicePort } : servicePort ? { number: servicePort } : {};
    backend.service = { name: serviceName ?? '', port };
  }
  return backend;
}

function fromBackend({ service, resource }: IngressBackend): LegacyBackend {
  const backend: LegacyBackend = resource ? { resource } : {};
  if (service) {
    backend.serviceName = service.name;
    backend.servicePort = service.port?.name || (service.port?.number ?? 0);
  }
  return backend;
}
