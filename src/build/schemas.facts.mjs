// Facts of Kubernetes' API types that no package carries: how lists and maps merge, and which zero values are written.
// Written by hand from the API conventions and checked by schemas.check.mjs. Called by: schemas.mjs.

/**
 * Fields whose list is no plain list ("atomic") and fields with a patch strategy. After the field: l = list type,
 * k = keys of a list of type map, p = patch strategy, m = patch merge key, a = atomic map, g = granular map.
 */
export const MERGES = `
admissionregistration.v1.MutatingWebhook.matchConditions l=map k=name p=merge m=name
admissionregistration.v1.MutatingWebhookConfiguration.webhooks l=map k=name p=merge m=name
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec.validationActions l=set
admissionregistration.v1.ValidatingAdmissionPolicySpec.matchConditions l=map k=name p=merge m=name
admissionregistration.v1.ValidatingAdmissionPolicySpec.variables l=map k=name p=merge m=name
admissionregistration.v1.ValidatingAdmissionPolicyStatus.conditions l=map k=type
admissionregistration.v1.ValidatingWebhook.matchConditions l=map k=name p=merge m=name
admissionregistration.v1.ValidatingWebhookConfiguration.webhooks l=map k=name p=merge m=name
apps.v1.DaemonSetStatus.conditions l=map k=type p=merge m=type
apps.v1.DeploymentSpec.strategy p=retainKeys
apps.v1.DeploymentStatus.conditions l=map k=type p=merge m=type
apps.v1.ReplicaSetStatus.conditions l=map k=type p=merge m=type
apps.v1.StatefulSetStatus.conditions l=map k=type p=merge m=type
autoscaling.v2.HorizontalPodAutoscalerStatus.conditions l=map k=type p=merge m=type
batch.v1.JobStatus.conditions p=merge m=type
batch.v1.PodFailurePolicyOnExitCodesRequirement.values l=set
batch.v1.UncountedTerminatedPods.failed l=set
batch.v1.UncountedTerminatedPods.succeeded l=set
certificates.v1.CertificateSigningRequestStatus.conditions l=map k=type
core.v1.ComponentStatus.conditions l=map k=type p=merge m=type
core.v1.Container.env l=map k=name p=merge m=name
core.v1.Container.ports l=map k=containerPort,protocol p=merge m=containerPort
core.v1.Container.volumeDevices l=map k=devicePath p=merge m=devicePath
core.v1.Container.volumeMounts l=map k=mountPath p=merge m=mountPath
core.v1.ContainerRestartRuleOnExitCodes.values l=set
core.v1.ContainerStatus.allocatedResourcesStatus l=map k=name p=merge m=name
core.v1.ContainerStatus.volumeMounts l=map k=mountPath p=merge m=mountPath
core.v1.EphemeralContainer.env l=map k=name p=merge m=name
core.v1.EphemeralContainer.ports l=map k=containerPort,protocol p=merge m=containerPort
core.v1.EphemeralContainer.volumeDevices l=map k=devicePath p=merge m=devicePath
core.v1.EphemeralContainer.volumeMounts l=map k=mountPath p=merge m=mountPath
core.v1.NamespaceStatus.conditions l=map k=type p=merge m=type
core.v1.NodeSpec.podCIDRs l=set p=merge
core.v1.NodeStatus.addresses l=map k=type p=merge m=type
core.v1.NodeStatus.conditions l=map k=type p=merge m=type
core.v1.PersistentVolumeClaimStatus.allocatedResourceStatuses g
core.v1.PersistentVolumeClaimStatus.conditions l=map k=type p=merge m=type
core.v1.PersistentVolumeSpec.claimRef g
core.v1.PodSpec.containers l=map k=name p=merge m=name
core.v1.PodSpec.ephemeralContainers l=map k=name p=merge m=name
core.v1.PodSpec.hostAliases l=map k=ip p=merge m=ip
core.v1.PodSpec.imagePullSecrets l=map k=name p=merge m=name
core.v1.PodSpec.initContainers l=map k=name p=merge m=name
core.v1.PodSpec.nodeSelector a
core.v1.PodSpec.resourceClaims l=map k=name p=merge,retainKeys m=name
core.v1.PodSpec.schedulingGates l=map k=name p=merge m=name
core.v1.PodSpec.topologySpreadConstraints l=map k=topologyKey,whenUnsatisfiable p=merge m=topologyKey
core.v1.PodSpec.volumes l=map k=name p=merge,retainKeys m=name
core.v1.PodStatus.conditions l=map k=type p=merge m=type
core.v1.PodStatus.hostIPs p=merge m=ip
core.v1.PodStatus.podIPs l=map k=ip p=merge m=ip
core.v1.PodStatus.resourceClaimStatuses l=map k=name p=merge,retainKeys m=name
core.v1.ReplicationControllerSpec.selector a
core.v1.ReplicationControllerStatus.conditions l=map k=type p=merge m=type
core.v1.ResourceRequirements.claims l=map k=name
core.v1.ResourceStatus.resources l=map k=resourceID
core.v1.ServiceAccount.secrets l=map k=name p=merge m=name
core.v1.ServiceSpec.ports l=map k=port,protocol p=merge m=port
core.v1.ServiceSpec.selector a
core.v1.ServiceStatus.conditions l=map k=type p=merge m=type
discovery.v1.Endpoint.addresses l=set
flowcontrol.v1.FlowSchemaStatus.conditions l=map k=type p=merge m=type
flowcontrol.v1.NonResourcePolicyRule.nonResourceURLs l=set
flowcontrol.v1.NonResourcePolicyRule.verbs l=set
flowcontrol.v1.PriorityLevelConfigurationStatus.conditions l=map k=type p=merge m=type
flowcontrol.v1.ResourcePolicyRule.apiGroups l=set
flowcontrol.v1.ResourcePolicyRule.namespaces l=set
flowcontrol.v1.ResourcePolicyRule.resources l=set
flowcontrol.v1.ResourcePolicyRule.verbs l=set
networking.v1.ServiceCIDRStatus.conditions l=map k=type p=merge m=type
node.v1.Scheduling.nodeSelector a
policy.v1.PodDisruptionBudgetSpec.selector p=replace
policy.v1.PodDisruptionBudgetStatus.conditions l=map k=type p=merge m=type
resource.v1.AllocatedDeviceStatus.conditions l=map k=type
resource.v1.ResourceClaimStatus.devices l=map k=driver,device,pool,shareID
resource.v1.ResourceClaimStatus.reservedFor l=map k=uid p=merge m=uid
storage.v1.CSIDriverSpec.volumeLifecycleModes l=set
storage.v1.CSINodeSpec.drivers l=map k=name p=merge m=name
apiextensions.v1.CustomResourceDefinitionStatus.conditions l=map k=type
apiextensions.v1.JSONSchemaProps.x-kubernetes-validations l=map k=rule p=merge m=rule
meta.v1.ObjectMeta.finalizers l=set p=merge
meta.v1.ObjectMeta.ownerReferences l=map k=uid p=merge m=uid
apiregistration.v1.APIServiceStatus.conditions l=map k=type p=merge m=type
`;

/** Types that are applied as a whole. */
export const ATOMIC_TYPES = `
admissionregistration.v1.MatchResources admissionregistration.v1.NamedRuleWithOperations
admissionregistration.v1.ParamKind admissionregistration.v1.ParamRef admissionregistration.v1.Variable
autoscaling.v1.CrossVersionObjectReference core.v1.ConfigMapKeySelector core.v1.EndpointAddress core.v1.EndpointPort
core.v1.FileKeySelector core.v1.LocalObjectReference core.v1.NodeSelector core.v1.NodeSelectorTerm
core.v1.ObjectFieldSelector core.v1.ObjectReference core.v1.ResourceFieldSelector core.v1.ScopeSelector
core.v1.SecretKeySelector core.v1.SecretReference core.v1.TopologySelectorTerm core.v1.TypedLocalObjectReference
discovery.v1.EndpointPort networking.v1.ServiceBackendPort rbac.v1.RoleRef rbac.v1.Subject meta.v1.LabelSelector
meta.v1.OwnerReference
`;
