// Priority: turns a pod's priority class into its number and preemption policy.
// Called by: the chain in admission.ts. Must not know: the scheduler.
import type { KubeObject } from '../machinery/types.ts';
import type { StrategyContext } from '../resources/definition.ts';
import type { Pod } from '../resources/pod.ts';
import { isFor, newAdmissionForbidden, type AdmissionPlugin } from './admission.ts';

interface Priority {
  name: string;
  value: number;
  preemptionPolicy: string;
}
type PriorityClass = KubeObject & { value?: number; globalDefault?: boolean; preemptionPolicy?: string };

const RESOURCE = 'priorityclasses.scheduling.k8s.io';
const PREEMPTS = 'PreemptLowerPriority';
const SYSTEM: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** Upstream: kubernetes plugin/pkg/admission/priority. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit(attributes, { reader }) {
    if (attributes.operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return;
    const { spec } = attributes.object as Pod;
    const name = spec.priorityClassName ?? '';
    const found = name === '' ? defaultPriority(reader) : namedPriority(reader, name);
    if (!found) throw newAdmissionForbidden(attributes, `no PriorityClass with name ${name} was found`);
    if (found.name !== '') spec.priorityClassName = found.name;
    if (spec.priority !== undefined && spec.priority !== found.value)
      throw newAdmissionForbidden(
        attributes,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; ` +
          `priority admission controller computed ${found.value} from the given PriorityClass name`,
      );
    spec.priority = found.value;
    const policy = spec.preemptionPolicy ?? '';
    if (policy !== '' && policy !== found.preemptionPolicy)
      throw newAdmissionForbidden(
        attributes,
        `the string value of PreemptionPolicy (${policy}) must not be provided in pod spec; ` +
          `priority admission controller computed ${found.preemptionPolicy} from the given PriorityClass name`,
      );
    spec.preemptionPolicy = found.preemptionPolicy;
  },
};

function namedPriority(reader: StrategyContext['reader'], name: string): Priority | undefined {
  const found = reader.get(RESOURCE, { name }) as PriorityClass | undefined;
  if (found) return { name, value: found.value ?? 0, preemptionPolicy: found.preemptionPolicy ?? PREEMPTS };
  const value = SYSTEM[name];
  return value === undefined ? undefined : { name, value, preemptionPolicy: PREEMPTS };
}

// Several global defaults: the lowest value counts.
function defaultPriority(reader: StrategyContext['reader']): Priority {
  const defaults = (reader.list(RESOURCE) as readonly PriorityClass[]).filter((c) => c.globalDefault === true);
  const [lowest] = defaults.sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  if (!lowest) return { name: '', value: 0, preemptionPolicy: PREEMPTS };
  const { metadata, value = 0, preemptionPolicy = PREEMPTS } = lowest;
  return { name: metadata.name, value, preemptionPolicy };
}
