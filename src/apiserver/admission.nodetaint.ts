// TaintNodesByCondition: a new node carries the not-ready taint until its lifecycle controller takes it off.
// Called by: the chain in admission.ts. Must not know: node controllers.
import type { Node } from '../resources/node.ts';
import { isFor, type AdmissionPlugin } from './admission.ts';

const KEY = 'node.kubernetes.io/not-ready';

/** Upstream: kubernetes plugin/pkg/admission/nodetaint. */
export const nodeTaint: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit(attributes) {
    if (attributes.operation !== 'CREATE' || !isFor(attributes, '', 'nodes')) return;
    const node = attributes.object as Node;
    const taints = node.spec.taints ?? [];
    if (taints.some(({ key, effect }) => key === KEY && effect === 'NoSchedule')) return;
    node.spec.taints = [...taints, { key: KEY, effect: 'NoSchedule' }];
  },
};
