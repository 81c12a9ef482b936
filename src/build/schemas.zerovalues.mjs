// Which zero values Go's encoder writes and which it leaves out, where the common rule does not hold. The rule: a
// required field is always written; an optional number, text, flag, list or map is left out when zero; an optional
// object is left out when absent; metadata, spec and status are always written. Called by: schemas.mjs.

/** Optional numbers, texts and flags that tell zero from absent: `replicas: 0`, `storageClassName: ""`. */
export const ZERO_KEPT = `
admissionregistration.v1.MatchResources: matchPolicy
admissionregistration.v1.MutatingWebhook: failurePolicy matchPolicy reinvocationPolicy timeoutSeconds
admissionregistration.v1.NamedRuleWithOperations: scope
admissionregistration.v1.ParamRef: parameterNotFoundAction
admissionregistration.v1.RuleWithOperations: scope
admissionregistration.v1.ServiceReference: path port
admissionregistration.v1.ValidatingAdmissionPolicySpec: failurePolicy
admissionregistration.v1.ValidatingWebhook: failurePolicy matchPolicy timeoutSeconds
admissionregistration.v1.Validation: reason
admissionregistration.v1.WebhookClientConfig: url
apiextensions.v1.CustomResourceDefinitionVersion: deprecationWarning
apiextensions.v1.CustomResourceSubresourceScale: labelSelectorPath
apiextensions.v1.JSONSchemaProps: $ref maxItems maxLength maxProperties maximum minItems minLength minProperties minimum
  multipleOf x-kubernetes-list-type x-kubernetes-map-type x-kubernetes-preserve-unknown-fields
apiextensions.v1.ServiceReference: path port
apiextensions.v1.ValidationRule: optionalOldSelf reason
apiextensions.v1.WebhookClientConfig: url
apiregistration.v1.ServiceReference: port
apps.v1.DaemonSetSpec: revisionHistoryLimit
apps.v1.DaemonSetStatus: collisionCount
apps.v1.DeploymentSpec: progressDeadlineSeconds replicas revisionHistoryLimit
apps.v1.DeploymentStatus: collisionCount terminatingReplicas
apps.v1.ReplicaSetSpec: replicas
apps.v1.ReplicaSetStatus: terminatingReplicas
apps.v1.RollingUpdateStatefulSetStrategy: partition
apps.v1.StatefulSetSpec: replicas revisionHistoryLimit
apps.v1.StatefulSetStatus: collisionCount
autoscaling.v1.HorizontalPodAutoscalerSpec: minReplicas targetCPUUtilizationPercentage
autoscaling.v1.HorizontalPodAutoscalerStatus: currentCPUUtilizationPercentage observedGeneration
autoscaling.v2.HPAScalingRules: selectPolicy stabilizationWindowSeconds
autoscaling.v2.HorizontalPodAutoscalerSpec: minReplicas
autoscaling.v2.HorizontalPodAutoscalerStatus: observedGeneration
autoscaling.v2.MetricTarget: averageUtilization
autoscaling.v2.MetricValueStatus: averageUtilization
batch.v1.CronJobSpec: failedJobsHistoryLimit startingDeadlineSeconds successfulJobsHistoryLimit suspend timeZone
batch.v1.JobSpec: activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy
  manualSelector maxFailedIndexes parallelism podReplacementPolicy suspend ttlSecondsAfterFinished
batch.v1.JobStatus: failedIndexes ready terminating
batch.v1.PodFailurePolicyOnExitCodesRequirement: containerName
batch.v1.SuccessPolicyRule: succeededCount succeededIndexes
certificates.v1.CertificateSigningRequestSpec: expirationSeconds
coordination.v1.LeaseSpec: holderIdentity leaseDurationSeconds leaseTransitions preferredHolder strategy
core.v1.AppArmorProfile: localhostProfile
core.v1.AzureDiskVolumeSource: cachingMode fsType kind readOnly
core.v1.CSIVolumeSource: fsType readOnly
core.v1.ClientIPConfig: timeoutSeconds
core.v1.ClusterTrustBundleProjection: name optional signerName
core.v1.ConfigMap: immutable
core.v1.ConfigMapEnvSource: optional
core.v1.ConfigMapKeySelector: optional
core.v1.ConfigMapProjection: optional
core.v1.ConfigMapVolumeSource: defaultMode optional
core.v1.Container: restartPolicy
core.v1.ContainerStatus: started stopSignal
core.v1.DownwardAPIVolumeFile: mode
core.v1.DownwardAPIVolumeSource: defaultMode
core.v1.EndpointAddress: nodeName
core.v1.EndpointPort: appProtocol
core.v1.EphemeralContainer: restartPolicy
core.v1.FCVolumeSource: lun
core.v1.FileKeySelector: optional
core.v1.GlusterfsPersistentVolumeSource: endpointsNamespace
core.v1.HostPathVolumeSource: type
core.v1.ISCSIPersistentVolumeSource: initiatorName
core.v1.ISCSIVolumeSource: initiatorName
core.v1.KeyToPath: mode
core.v1.Lifecycle: stopSignal
core.v1.LoadBalancerIngress: ipMode
core.v1.LocalVolumeSource: fsType
core.v1.NodeFeatures: supplementalGroupsPolicy
core.v1.NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts userNamespaces
core.v1.NodeSwapStatus: capacity
core.v1.PersistentVolumeClaimSpec: storageClassName volumeAttributesClassName volumeMode
core.v1.PersistentVolumeClaimStatus: currentVolumeAttributesClassName
core.v1.PersistentVolumeSpec: volumeAttributesClassName volumeMode
core.v1.PodCertificateProjection: maxExpirationSeconds
core.v1.PodDNSConfigOption: value
core.v1.PodResourceClaim: resourceClaimName resourceClaimTemplateName
core.v1.PodResourceClaimStatus: resourceClaimName
core.v1.PodSecurityContext: fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy
  supplementalGroupsPolicy
core.v1.PodSpec: activeDeadlineSeconds automountServiceAccountToken enableServiceLinks hostUsers hostnameOverride
  preemptionPolicy priority runtimeClassName setHostnameAsFQDN shareProcessNamespace terminationGracePeriodSeconds
core.v1.PortStatus: error
core.v1.Probe: terminationGracePeriodSeconds
core.v1.ProjectedVolumeSource: defaultMode
core.v1.ReplicationControllerSpec: replicas
core.v1.SeccompProfile: localhostProfile
core.v1.Secret: immutable
core.v1.SecretEnvSource: optional
core.v1.SecretKeySelector: optional
core.v1.SecretProjection: optional
core.v1.SecretVolumeSource: defaultMode optional
core.v1.SecurityContext: allowPrivilegeEscalation privileged procMount readOnlyRootFilesystem runAsGroup runAsNonRoot
  runAsUser
core.v1.ServiceAccount: automountServiceAccountToken
core.v1.ServiceAccountTokenProjection: expirationSeconds
core.v1.ServicePort: appProtocol
core.v1.ServiceSpec: allocateLoadBalancerNodePorts internalTrafficPolicy ipFamilyPolicy loadBalancerClass
  trafficDistribution
core.v1.Toleration: tolerationSeconds
core.v1.TopologySpreadConstraint: minDomains nodeAffinityPolicy nodeTaintsPolicy
core.v1.TypedObjectReference: namespace
core.v1.VolumeMount: mountPropagation recursiveReadOnly
core.v1.VolumeMountStatus: recursiveReadOnly
core.v1.WindowsSecurityContextOptions: gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName
discovery.v1.Endpoint: hostname nodeName zone
discovery.v1.EndpointConditions: ready serving terminating
discovery.v1.EndpointPort: appProtocol name port protocol
flowcontrol.v1.ExemptPriorityLevelConfiguration: lendablePercent nominalConcurrencyShares
flowcontrol.v1.LimitedPriorityLevelConfiguration: borrowingLimitPercent lendablePercent
meta.v1.DeleteOptions: gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents
  propagationPolicy
meta.v1.ListMeta: remainingItemCount
meta.v1.ObjectMeta: deletionGracePeriodSeconds
meta.v1.OwnerReference: blockOwnerDeletion controller
meta.v1.Preconditions: resourceVersion uid
networking.v1.IngressClassParametersReference: apiGroup namespace
networking.v1.IngressPortStatus: error
networking.v1.IngressSpec: ingressClassName
networking.v1.NetworkPolicyPort: endPort protocol
policy.v1.PodDisruptionBudgetSpec: unhealthyPodEvictionPolicy
resource.v1.AllocatedDeviceStatus: shareID
resource.v1.Device: allNodes allowMultipleAllocations bindsToNode nodeName
resource.v1.DeviceAttribute: bool int string version
resource.v1.DeviceClassSpec: extendedResourceName
resource.v1.DeviceConstraint: distinctAttribute matchAttribute
resource.v1.DeviceRequestAllocationResult: adminAccess shareID
resource.v1.DeviceToleration: tolerationSeconds
resource.v1.ExactDeviceRequest: adminAccess
resource.v1.ResourceSliceSpec: allNodes nodeName perDeviceNodeSelection
scheduling.v1.PriorityClass: preemptionPolicy
storage.v1.CSIDriverSpec: attachRequired fsGroupPolicy nodeAllocatableUpdatePeriodSeconds podInfoOnMount
  requiresRepublish seLinuxMount serviceAccountTokenInSecrets storageCapacity
storage.v1.StorageClass: allowVolumeExpansion reclaimPolicy volumeBindingMode
storage.v1.TokenRequest: expirationSeconds
storage.v1.VolumeAttachmentSource: persistentVolumeName
storage.v1.VolumeError: errorCode
storage.v1.VolumeNodeResources: count
`;

/** Optional fields that are written even when absent: objects as {}, times as null, and the few others as zero. */
export const ALWAYS_WRITTEN = `
apiextensions.v1.CustomResourceDefinitionCondition: lastTransitionTime
apiextensions.v1.CustomResourceDefinitionStatus: acceptedNames conditions storedVersions
apiregistration.v1.APIServiceCondition: lastTransitionTime
apps.v1.ControllerRevision: data
apps.v1.DaemonSetCondition: lastTransitionTime
apps.v1.DaemonSetSpec: updateStrategy
apps.v1.DeploymentCondition: lastTransitionTime lastUpdateTime
apps.v1.DeploymentSpec: strategy
apps.v1.ReplicaSetCondition: lastTransitionTime
apps.v1.ReplicaSetSpec: template
apps.v1.StatefulSetCondition: lastTransitionTime
apps.v1.StatefulSetOrdinals: start
apps.v1.StatefulSetSpec: serviceName updateStrategy
apps.v1.StatefulSetStatus: availableReplicas
authentication.v1.SelfSubjectReviewStatus: userInfo
authentication.v1.TokenReviewStatus: user
autoscaling.v2.HorizontalPodAutoscalerCondition: lastTransitionTime
autoscaling.v2.HorizontalPodAutoscalerStatus: currentMetrics
batch.v1.JobCondition: lastProbeTime lastTransitionTime
batch.v1.PodFailurePolicyOnPodConditionsPattern: status
certificates.v1.CertificateSigningRequestCondition: lastTransitionTime lastUpdateTime
core.v1.Container: resources
core.v1.ContainerImage: names
core.v1.ContainerStateRunning: startedAt
core.v1.ContainerStateTerminated: finishedAt startedAt
core.v1.ContainerStatus: lastState state
core.v1.EphemeralContainer: resources
core.v1.Event: eventTime firstTimestamp lastTimestamp reportingComponent reportingInstance source
core.v1.EventSeries: lastObservedTime
core.v1.NamespaceCondition: lastTransitionTime
core.v1.NodeCondition: lastHeartbeatTime lastTransitionTime
core.v1.NodeDaemonEndpoints: kubeletEndpoint
core.v1.NodeRuntimeHandler: name
core.v1.NodeStatus: daemonEndpoints nodeInfo
core.v1.PersistentVolumeClaimCondition: lastProbeTime lastTransitionTime
core.v1.PersistentVolumeClaimSpec: resources
core.v1.PodCondition: lastProbeTime lastTransitionTime
core.v1.PodTemplate: template
core.v1.ProjectedVolumeSource: sources
core.v1.ReplicationControllerCondition: lastTransitionTime
core.v1.ResourceFieldSelector: divisor
core.v1.ServicePort: targetPort
core.v1.ServiceStatus: loadBalancer
discovery.v1.Endpoint: conditions
discovery.v1.EndpointSlice: ports
events.v1.Event: deprecatedFirstTimestamp deprecatedLastTimestamp deprecatedSource regarding
flowcontrol.v1.FlowSchemaCondition: lastTransitionTime
flowcontrol.v1.FlowSchemaSpec: matchingPrecedence
flowcontrol.v1.LimitedPriorityLevelConfiguration: limitResponse
flowcontrol.v1.PriorityLevelConfigurationCondition: lastTransitionTime
flowcontrol.v1.QueuingConfiguration: handSize queueLengthLimit queues
flowcontrol.v1.ResourcePolicyRule: namespaces
meta.v1.APIGroup: preferredVersion
networking.v1.IngressServiceBackend: port
networking.v1.IngressStatus: loadBalancer
networking.v1.NetworkPolicySpec: podSelector
rbac.v1.ClusterRole: rules
rbac.v1.Role: rules
resource.v1.AllocatedDeviceStatus: conditions
resource.v1.AllocationResult: devices
resource.v1.DeviceClaim: requests
resource.v1.ResourceClaimSpec: devices
storage.v1.CSINodeDriver: topologyKeys
storage.v1.VolumeError: time
`;

/** Fields that are written as null when absent. */
export const NULL_WHEN_ABSENT = `
admissionregistration.v1.MutatingWebhook: sideEffects
admissionregistration.v1.ValidatingWebhook: sideEffects
apps.v1.DaemonSetSpec: selector
apps.v1.DeploymentSpec: selector
apps.v1.ReplicaSetSpec: selector
apps.v1.StatefulSetSpec: selector
authentication.v1.TokenRequestSpec: boundObjectRef expirationSeconds
core.v1.AzureFilePersistentVolumeSource: secretNamespace
core.v1.GRPCAction: service
core.v1.ScaleIOPersistentVolumeSource: secretRef
core.v1.ScaleIOVolumeSource: secretRef
core.v1.TypedLocalObjectReference: apiGroup
core.v1.TypedObjectReference: apiGroup
flowcontrol.v1.LimitedPriorityLevelConfiguration: nominalConcurrencyShares
networking.v1.HTTPIngressPath: pathType
networking.v1.IngressClassParametersReference: scope
resource.v1.CapacityRequestPolicy: default
`;

/** Required fields that are left out when zero. */
export const REQUIRED_BUT_OMITTED = `
core.v1.ContainerRestartRule: action
core.v1.ContainerRestartRuleOnExitCodes: operator
core.v1.PodCertificateProjection: keyType signerName
networking.v1.IPAddressSpec: parentRef
networking.v1.ParentReference: name resource
resource.v1.CapacityRequestPolicyRange: min
resource.v1.CounterSet: counters
resource.v1.DeviceCounterConsumption: counters
`;
