// DefaultIngressClass: an Ingress that names no class gets the default one.
// Called by: the chain in admission.ts. Must not know: ingress controllers.
import type { Ingress } from '../resources/ingress.ts';
import { isFor, type AdmissionPlugin } from './admission.ts';

const IS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class';
const LEGACY_CLASS = 'kubernetes.io/ingress.class';

/** Upstream: kubernetes plugin/pkg/admission/network/defaultingressclass. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  admit(attributes, { reader }) {
    if (attributes.operation !== 'CREATE' || !isFor(attributes, 'networking.k8s.io', 'ingresses')) return;
    const ingress = attributes.object as Ingress;
    if (ingress.spec.ingressClassName !== undefined) return;
    if (ingress.metadata.annotations?.[LEGACY_CLASS] !== undefined) return;
    const [newest] = reader
      .list('ingressclasses.networking.k8s.io')
      .filter((c) => c.metadata.annotations?.[IS_DEFAULT] === 'true')
      .sort((a, b) => {
        const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
        return x === y ? (a.metadata.name < b.metadata.name ? -1 : 1) : x < y ? 1 : -1;
      });
    if (newest) ingress.spec.ingressClassName = newest.metadata.name;
  },
};
