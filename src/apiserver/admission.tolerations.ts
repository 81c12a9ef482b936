// DefaultTolerationSeconds: pods stay five minutes on a node that is not ready or unreachable.
// Called by: the chain in admission.ts. Must not know: the taint manager.
import type { Toleration } from 'kubernetes-types/core/v1';
import type { Pod } from '../resources/pod.ts';
import { isFor, type AdmissionPlugin } from './admission.ts';

const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const TOLERATION_SECONDS = 300;

/** Upstream: kubernetes plugin/pkg/admission/defaulttolerationseconds. */
export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(attributes) {
    if (attributes.operation === 'DELETE' || !isFor(attributes, '', 'pods')) return;
    const pod = attributes.object as Pod;
    const given = pod.spec.tolerations ?? [];
    const missing = KEYS.filter((key) => !given.some((toleration) => coversKey(toleration, key)));
    if (missing.length === 0) return;
    pod.spec.tolerations = [
      ...given,
      ...missing.map((key) => ({
        key,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: TOLERATION_SECONDS,
      })),
    ];
  },
};

function coversKey({ key = '', effect = '' }: Toleration, wanted: string): boolean {
  return (key === wanted || key === '') && (effect === 'NoExecute' || effect === '');
}
