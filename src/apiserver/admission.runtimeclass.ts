// RuntimeClass: a pod that names one gets what it costs and where it may run; one that is missing refuses the pod.
// Called by: the chain in admission.plugins.ts. Must not know: what runs containers.
import { deepEqual } from '../machinery/meta.ts';
import type { Pod } from '../resources/pod.ts';
import type { RuntimeClass } from '../resources/runtimeclass.ts';
import { isFor, newAdmissionForbidden, type AdmissionPlugin } from './admission.ts';

/** Upstream: kubernetes plugin/pkg/admission/runtimeclass. */
export const runtimeClassAdmission: AdmissionPlugin = {
  name: 'RuntimeClass',
  admit(attributes, { reader }) {
    if (attributes.operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return;
    const { spec } = attributes.object as Pod;
    const name = spec.runtimeClassName;
    if (name === undefined || name === '') return;
    const found = reader.get('runtimeclasses.node.k8s.io', { name }) as RuntimeClass | undefined;
    if (!found) throw newAdmissionForbidden(attributes, `pod rejected: RuntimeClass "${name}" not found`);
    const overhead = found.overhead?.podFixed;
    if (overhead && spec.overhead && !deepEqual(overhead, spec.overhead))
      throw newAdmissionForbidden(
        attributes,
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
      );
    if (overhead) spec.overhead = { ...overhead };
    const { nodeSelector, tolerations } = found.scheduling ?? {};
    for (const [key, value] of Object.entries(nodeSelector ?? {})) {
      const own = spec.nodeSelector?.[key];
      if (own !== undefined && own !== value) {
        const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
        throw newAdmissionForbidden(attributes, why);
      }
    }
    if (nodeSelector) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
    const added = tolerations?.filter((one) => !spec.tolerations?.some((own) => deepEqual(own, one))) ?? [];
    if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added];
  },
};
