// PriorityClass: its names, defaults, strategy and table; and the two classes that the system keeps for itself.
// Called by: resources/index.ts, admission (priority), sim/bootstrap. Must not know: HTTP, storage.
import type { PriorityClass as UpstreamPriorityClass } from 'kubernetes-types/scheduling/v1';
import { type FieldErrors, Path, forbidden } from '../machinery/field.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, integerColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateWord } from './podspec.validation.names.ts';
import { startGeneration } from './strategy.ts';

export type PriorityClass = Kind<UpstreamPriorityClass>;

const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';

/** Upstream: kubernetes pkg/apis/scheduling/v1/helpers.go. */
export const systemPriorityClasses: readonly { name: string; value: number; description: string }[] = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

export const priorityClass = defineResource<PriorityClass>({
  gvr: { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' },
  kind: 'PriorityClass',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  setDefaults(object) {
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  strategy: {
    prepareForCreate: startGeneration,
    validate: validatePriorityClass,
    validateUpdate(object, old) {
      const errors: FieldErrors = [];
      if ((object.value ?? 0) !== (old.value ?? 0))
        errors.push(forbidden(Path.of('value'), 'may not be changed in an update.'));
      const path = Path.of('preemptionPolicy');
      return [...errors, ...validateImmutableField(object.preemptionPolicy, old.preemptionPolicy, path)];
    },
    whyNotDeleted: ({ metadata }) =>
      systemPriorityClasses.some(({ name }) => name === metadata.name)
        ? 'this is a system priority class and cannot be deleted'
        : undefined,
  },
  table: {
    columns: [
      nameColumn,
      integerColumn('Value'),
      { name: 'Global-Default', type: 'boolean' },
      ageColumn,
      textColumn('PreemptionPolicy'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      object.value ?? 0,
      object.globalDefault ?? false,
      ageCell(object, nowMs),
      object.preemptionPolicy ?? '',
    ],
  },
  describe: async (object, context) =>
    (await import('./priorityclass.describe.ts')).describePriorityClass(object, context),
});

/** Upstream: kubernetes pkg/apis/scheduling/validation ValidatePriorityClass. */
function validatePriorityClass(object: PriorityClass): FieldErrors {
  const { name } = object.metadata;
  const errors: FieldErrors = [];
  if (name.startsWith(SYSTEM_PREFIX)) {
    const why = whyNotSystemClass(object);
    const reserved = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: `;
    if (why !== undefined) errors.push(forbidden(Path.of('metadata', 'name'), `${reserved}${why}`));
  } else if ((object.value ?? 0) > HIGHEST_USER_PRIORITY) {
    const detail = `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`;
    errors.push(forbidden(Path.of('value'), detail));
  }
  const policies = ['PreemptLowerPriority', 'Never'];
  return [...errors, ...validateWord(object.preemptionPolicy, policies, Path.of('preemptionPolicy'))];
}

function whyNotSystemClass({ metadata: { name }, value, globalDefault }: PriorityClass): string | undefined {
  const known = systemPriorityClasses.find((other) => other.name === name);
  if (!known) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
