// Priority: turns a pod's priority class into its number and preemption policy.
// Called by: the chain in admission.ts. Must not know: the scheduler.
import type { StrategyContext } from '../resources/definition.ts';
import type { Pod } from '../resources/pod.ts';
import { systemPriorityClasses, type PriorityClass } from '../resources/priorityclass.ts';
import { isFor, newAdmissionForbidden, type AdmissionPlugin } from './admission.ts';

interface Priority {
  name: string;
  value: number;
  preemptionPolicy: string;
}

const RESOURCE = 'priorityclasses.scheduling.k8s.io';
const PREEMPTS = 'PreemptLowerPriority';

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
  validate(attributes, { reader }) {
    if (attributes.operation === 'DELETE' || !isFor(attributes, 'scheduling.k8s.io', 'priorityclasses')) return;
    const { globalDefault } = attributes.object as PriorityClass;
    if (!globalDefault) return;
    const current = defaultPriority(reader);
    if (current.name !== '' && current.name !== attributes.name)
      throw newAdmissionForbidden(
        attributes,
        `PriorityClass ${current.name} is already marked as default. Only one default can exist`,
      );
  },
};

function namedPriority(reader: StrategyContext['reader'], name: string): Priority | undefined {
  const found = reader.get(RESOURCE, { name }) as PriorityClass | undefined;
  if (found) return { name, value: found.value ?? 0, preemptionPolicy: found.preemptionPolicy ?? PREEMPTS };
  // Clusters made before classes were served hold no objects for the system's own.
  const value = systemPriorityClasses.find((other) => other.name === name)?.value;
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
