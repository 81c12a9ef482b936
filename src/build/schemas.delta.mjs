// What Kubernetes 1.35 has that the packages of its neighbours (1.34 and 1.36) do not tell, or tell otherwise.
// Called by: schemas.mjs.

export const RELEASE = '1.35';

const optional = (type, description = '') => ({ type, isRequired: false, description });
const required = (type, description = '') => ({ type, isRequired: true, description });

/** Definition → field → what is added to the shape of 1.36; every field that 1.34 lacks stands here. */
export const ADDED_FIELDS = new Map(
  Object.entries({
    'apiextensions.v1.CustomResourceDefinitionCondition': { observedGeneration: { type: 'l' } },
    'apiextensions.v1.CustomResourceDefinitionStatus': { observedGeneration: { type: 'l' } },
    'batch.v1.PodFailurePolicyOnPodConditionsPattern': { status: { isRequired: false } },
    'core.v1.NodeStatus': { declaredFeatures: {} },
    'core.v1.PodCertificateProjection': { userAnnotations: {} },
    'core.v1.PodSpec': {
      workloadRef: optional('core.v1.WorkloadReference', 'The Workload the pod belongs to (alpha).'),
    },
    'core.v1.PodStatus': { allocatedResources: {}, resources: {} },
    'storage.v1.CSIDriverSpec': { serviceAccountTokenInSecrets: {} },
  }).map(([name, fields]) => [name, new Map(Object.entries(fields))]),
);

const listOf = (kind) => ({
  description: `Several ${kind}.`,
  fields: new Map([
    ['apiVersion', optional('s')],
    ['items', required(`[metrics.v1beta1.${kind}`)],
    ['kind', optional('s')],
    ['metadata', optional('meta.v1.ListMeta')],
  ]),
});
const sampled = (what) => [
  ['apiVersion', optional('s')],
  ['kind', optional('s')],
  ['metadata', optional('meta.v1.ObjectMeta')],
  ['timestamp', required('t', 'When the use was measured.')],
  ['window', required('s', `Over how long the use of the ${what} was averaged, up to the timestamp.`)],
];

/** The metrics API is not of Kubernetes itself but of what extends it. */
const METRICS = [
  [
    'metrics.v1beta1.ContainerMetrics',
    {
      description: 'What a container uses.',
      fields: new Map([
        ['name', required('s', 'Name of the container.')],
        ['usage', required('{q', 'Amounts by resource.')],
      ]),
    },
  ],
  [
    'metrics.v1beta1.NodeMetrics',
    {
      description: 'What a node uses.',
      fields: new Map([...sampled('node'), ['usage', required('{q', 'Amounts by resource.')]]),
    },
  ],
  [
    'metrics.v1beta1.PodMetrics',
    {
      description: 'What the containers of a pod use.',
      fields: new Map([...sampled('pod'), ['containers', required('[metrics.v1beta1.ContainerMetrics')]]),
    },
  ],
  ['metrics.v1beta1.NodeMetricsList', listOf('NodeMetrics')],
  ['metrics.v1beta1.PodMetricsList', listOf('PodMetrics')],
];

/** Definitions that 1.36 has no more, or the models leave out. */
export const ADDED_DEFINITIONS = new Map([
  ...METRICS,
  [
    'meta.v1.GroupResource',
    {
      description: 'Names a resource without its version.',
      fields: new Map([
        ['group', required('s')],
        ['resource', required('s')],
      ]),
    },
  ],
  [
    'core.v1.WorkloadReference',
    {
      description: 'Names the Workload object and the pod group in it that a pod belongs to.',
      fields: new Map([
        ['name', required('s', 'Name of the Workload, in the namespace of the pod.')],
        ['podGroup', required('s', 'Name of the pod group within the Workload.')],
        ['podGroupReplicaKey', optional('s', 'Key of the replica of the pod group, when it has several.')],
      ]),
    },
  ],
]);

/** Definitions of 1.36, or left over from before 1.35. */
export const REMOVED_DEFINITIONS = new Set([
  'admissionregistration.v1.ApplyConfiguration',
  'admissionregistration.v1.JSONPatch',
  'admissionregistration.v1.MutatingAdmissionPolicy',
  'admissionregistration.v1.MutatingAdmissionPolicyBinding',
  'admissionregistration.v1.MutatingAdmissionPolicyBindingList',
  'admissionregistration.v1.MutatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1.MutatingAdmissionPolicyList',
  'admissionregistration.v1.MutatingAdmissionPolicySpec',
  'admissionregistration.v1.Mutation',
  'core.v1.ClaimSource',
  'core.v1.Handler',
  'core.v1.ImageVolumeStatus',
  'core.v1.NodeAllocatableResourceClaimStatus',
  'core.v1.PodSchedulingGroup',
  'core.v1.VolumeStatus',
  'meta.v1.ShardInfo',
  'networking.v1.NetworkPolicyStatus',
  'resource.v1.NodeAllocatableResourceMapping',
]);

/** Types the models spell out in place. */
export const TYPES = { 'apps.v1.StatefulSetSpec.volumeClaimTemplates': '[core.v1.PersistentVolumeClaim' };

/** Kinds the models do not mark as such. */
export const KINDS = Object.fromEntries([
  ...['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'Status'].map((kind) => [
    `meta.v1.${kind}`,
    { group: '', version: 'v1', kind },
  ]),
  ...['NodeMetrics', 'NodeMetricsList', 'PodMetrics', 'PodMetricsList'].map((kind) => [
    `metrics.v1beta1.${kind}`,
    { group: 'metrics.k8s.io', version: 'v1beta1', kind },
  ]),
]);
