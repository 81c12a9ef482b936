// Types of a pod's spec with the fields that are newer than the published types.
// Called by: the siblings of podspec. Must not know: anything but types.
import type {
  Container as UpstreamContainer,
  EnvVar as UpstreamEnvVar,
  EnvVarSource,
  Lifecycle as UpstreamLifecycle,
  PodSpec as UpstreamPodSpec,
  PodTemplateSpec as UpstreamPodTemplateSpec,
  ResourceClaim,
  ResourceRequirements as UpstreamResourceRequirements,
  Volume as UpstreamVolume,
} from 'kubernetes-types/core/v1';

export interface FileKeySelector {
  volumeName?: string;
  path?: string;
  key?: string;
  optional?: boolean;
}
export interface EnvVar extends Omit<UpstreamEnvVar, 'valueFrom'> {
  valueFrom?: EnvVarSource & { fileKeyRef?: FileKeySelector };
}
export interface ContainerRestartRule {
  action?: string;
  exitCodes?: { operator?: string; values?: number[] };
}
export interface Lifecycle extends UpstreamLifecycle {
  stopSignal?: string;
}
export interface ResourceRequirements extends Omit<UpstreamResourceRequirements, 'claims'> {
  claims?: (ResourceClaim & { request?: string })[];
}
export interface Container extends Omit<UpstreamContainer, 'env' | 'lifecycle' | 'resources'> {
  env?: EnvVar[];
  lifecycle?: Lifecycle;
  resources?: ResourceRequirements;
  restartPolicyRules?: ContainerRestartRule[];
}
export interface EphemeralContainer extends Container {
  targetContainerName?: string;
}
export interface Volume extends UpstreamVolume {
  image?: { reference?: string; pullPolicy?: string };
}
export interface PodResourceClaim {
  name: string;
  resourceClaimName?: string;
  resourceClaimTemplateName?: string;
}
export interface PodSpec extends Omit<
  UpstreamPodSpec,
  'containers' | 'initContainers' | 'ephemeralContainers' | 'volumes' | 'resourceClaims'
> {
  containers: Container[];
  initContainers?: Container[];
  ephemeralContainers?: EphemeralContainer[];
  volumes?: Volume[];
  resources?: ResourceRequirements;
  resourceClaims?: PodResourceClaim[];
  hostnameOverride?: string;
}
export interface PodTemplateSpec extends Omit<UpstreamPodTemplateSpec, 'spec'> {
  spec?: PodSpec;
}

/** How strict validation of a spec is. */
export interface PodValidationOptions {
  /** True for a Pod itself, false for the template of a workload. */
  isPod: boolean;
  /** The pod's name; absent in templates. */
  podName?: string;
}
