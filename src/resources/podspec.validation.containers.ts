// Containers, init containers and ephemeral containers of a pod.
// Called by: podspec.validation.ts. Must not know: volumes' sources beyond their kind, images' contents.
import type { ContainerPort, ContainerResizePolicy, VolumeDevice, VolumeMount } from 'kubernetes-types/core/v1';
import {
  type FieldErrors,
  type Path,
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
  tooLong,
} from '../machinery/field.ts';
import { isValidPortName, isValidPortNum } from '../machinery/validation.ts';
import type { Container, ContainerRestartRule, EphemeralContainer, PodSpec, Volume } from './podspec.types.ts';
import { validateEnv, validateEnvFrom } from './podspec.validation.env.ts';
import { invalidEach, validateDNS1123Label, validateWord } from './podspec.validation.names.ts';
import { validateLocalDescendingPath, validatePathNoBacksteps } from './podspec.validation.paths.ts';
import { validateLifecycle, validateProbes } from './podspec.validation.probes.ts';
import { validateContainerResources } from './podspec.validation.resources.ts';
import { validateSecurityContext } from './podspec.validation.security.ts';

/** What a container's rules need of its pod. */
export interface ContainerSurroundings {
  spec: PodSpec;
  /** Volumes that are right in themselves, by name. */
  volumes: ReadonlyMap<string, Volume>;
  claimNames: readonly string[];
}

/** Upstream: validateContainers. */
export function validateContainers(surroundings: ContainerSurroundings, path: Path): FieldErrors {
  const { spec } = surroundings;
  if ((spec.containers ?? []).length === 0) return [required(path)];
  const errors: FieldErrors = [];
  const names = new Set<string>();
  const gracePeriod = spec.terminationGracePeriodSeconds;
  for (const [i, container] of spec.containers.entries()) {
    const at = path.index(i);
    errors.push(...validateContainerCommon(container, surroundings, at));
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    names.add(container.name);
    const os = spec.os?.name;
    errors.push(...validateLifecycle(container.lifecycle, { gracePeriod, path: at.child('lifecycle'), os }));
    errors.push(...validateProbes(container, gracePeriod, at));
    errors.push(...validateRestartPolicyRules(container, at));
  }
  return [...errors, ...validateHostPortConflicts(spec.containers, path)];
}

const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';

/** Upstream: validateInitContainers. */
export function validateInitContainers(surroundings: ContainerSurroundings, path: Path): FieldErrors {
  const { spec } = surroundings;
  const errors: FieldErrors = [];
  const names = new Set((spec.containers ?? []).map((c) => c.name));
  const gracePeriod = spec.terminationGracePeriodSeconds;
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const at = path.index(i);
    errors.push(...validateContainerCommon(container, surroundings, at));
    errors.push(...validateInitRestartPolicy(container, at));
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    else if (container.name) names.add(container.name);
    errors.push(...validateHostPortConflicts([container], path));
    if (container.restartPolicy === 'Always') {
      const os = spec.os?.name;
      errors.push(...validateLifecycle(container.lifecycle, { gracePeriod, path: at.child('lifecycle'), os }));
      errors.push(...validateProbes(container, gracePeriod, at));
    } else {
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
        if (container[field]) errors.push(forbidden(at.child(field), NOT_FOR_INIT));
    }
  }
  return errors;
}

const NOT_FOR_EPHEMERAL = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;

/** Upstream: validateEphemeralContainers. */
export function validateEphemeralContainers(surroundings: ContainerSurroundings, path: Path): FieldErrors {
  const { spec } = surroundings;
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c) => c.name));
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container, i) => {
    const at = path.index(i);
    const errors = [...validateContainerCommon(container, surroundings, at), ...validateImageSpaces(container, at)];
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    names.add(container.name);
    const { targetContainerName: target } = container;
    if (target && !others.has(target)) errors.push(notFound(at.child('targetContainerName'), target));
    return [...errors, ...validateEphemeralFields(container, at)];
  });
}

function validateEphemeralFields(container: EphemeralContainer, path: Path): FieldErrors {
  const words = 'cannot be set for an Ephemeral Container';
  const set = NOT_FOR_EPHEMERAL.filter((field) => container[field] !== undefined).map(String);
  if (container.resources?.limits || container.resources?.requests) set.splice(1, 0, 'resources');
  const errors = set.map((field) => forbidden(path.child(field), words));
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const at = path.child('volumeMounts').index(i);
    if (mount.subPath) errors.push(forbidden(at.child('subPath'), words));
    if (mount.subPathExpr) errors.push(forbidden(at.child('subPathExpr'), words));
  }
  return errors;
}

/** Pods, not templates: an image's name has no space around it. Upstream: validateContainerOnlyForPod. */
export function validateImageSpaces({ image = '' }: Container, path: Path): FieldErrors {
  if (image === image.trim()) return [];
  return [invalid(path.child('image'), image, 'must not have leading or trailing whitespace')];
}

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

/** Upstream: validateContainerCommon. */
function validateContainerCommon(container: Container, surroundings: ContainerSurroundings, path: Path): FieldErrors {
  const { spec, claimNames } = surroundings;
  const { name = '', image = '' } = container;
  const namePath = path.child('name');
  const errors = name === '' ? [required(namePath)] : validateDNS1123Label(name, namePath);
  if (image === '') errors.push(required(path.child('image')));
  const { terminationMessagePolicy, imagePullPolicy } = container;
  errors.push(...validateWord(terminationMessagePolicy, MESSAGE_POLICIES, path.child('terminationMessagePolicy')));
  errors.push(
    ...validatePorts(container.ports ?? [], path.child('ports')),
    ...validateEnv(container.env ?? [], path.child('env')),
    ...validateEnvFrom(container.envFrom ?? [], path.child('envFrom')),
    ...validateMounts(container, surroundings, path.child('volumeMounts')),
    ...validateDevices(container, surroundings, path.child('volumeDevices')),
    ...validateWord(imagePullPolicy, PULL_POLICIES, path.child('imagePullPolicy')),
    ...validateContainerResources(container.resources, claimNames, path.child('resources')),
    ...validateResizePolicy(container.resizePolicy ?? [], path.child('resizePolicy'), spec.restartPolicy),
    ...validateSecurityContext(container.securityContext, path.child('securityContext'), spec.hostUsers !== false),
  );
  return errors;
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Upstream: validateContainerPorts. */
function validatePorts(ports: readonly ContainerPort[], path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const names = new Set<string>();
  for (const [i, { name = '', containerPort = 0, hostPort = 0, protocol }] of ports.entries()) {
    const at = path.index(i);
    if (name !== '') {
      const messages = isValidPortName(name);
      errors.push(...invalidEach(at.child('name'), name, messages));
      if (messages.length === 0 && names.has(name)) errors.push(duplicate(at.child('name'), name));
      if (messages.length === 0) names.add(name);
    }
    const portPath = at.child('containerPort');
    if (containerPort === 0) errors.push(required(portPath));
    else errors.push(...invalidEach(portPath, containerPort, isValidPortNum(containerPort)));
    if (hostPort !== 0) errors.push(...invalidEach(at.child('hostPort'), hostPort, isValidPortNum(hostPort)));
    errors.push(...validateWord(protocol, PROTOCOLS, at.child('protocol')));
  }
  return errors;
}

/** One host port of an address and a protocol serves one container. Upstream: AccumulateUniqueHostPorts. */
function validateHostPortConflicts(containers: readonly Container[], path: Path): FieldErrors {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ hostPort = 0, hostIP = '', protocol = '' }, j) => {
      if (hostPort === 0) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicate(path.index(i).child('ports').index(j).child('hostPort'), key)];
      taken.add(key);
      return [];
    }),
  );
}

/** Upstream: ValidateVolumeMounts. Findings about sub-paths and propagation are at the list, as upstream has it. */
function validateMounts(container: Container, { volumes }: ContainerSurroundings, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const mountPaths = new Set<string>();
  const devices = container.volumeDevices ?? [];
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount;
    const at = path.index(i);
    if (name === '') errors.push(required(at.child('name')));
    if (!volumes.has(name)) errors.push(notFound(at.child('name'), name));
    if (mountPath === '') errors.push(required(at.child('mountPath')));
    if (mountPaths.has(mountPath)) errors.push(invalid(at.child('mountPath'), mountPath, 'must be unique'));
    mountPaths.add(mountPath);
    if (devices.some((d) => d.name === name))
      errors.push(invalid(at.child('name'), name, 'must not already exist in volumeDevices'));
    if (devices.some((d) => d.devicePath === mountPath))
      errors.push(invalid(at.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'));
    if (subPath !== '') errors.push(...validateLocalDescendingPath(subPath, path.child('subPath')));
    if (subPathExpr !== '') {
      if (subPath !== '')
        errors.push(invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      errors.push(...validateLocalDescendingPath(subPathExpr, path.child('subPathExpr')));
    }
    errors.push(...validatePropagation(mount, container, path));
  }
  return errors;
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE_READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'];

function validatePropagation(mount: VolumeMount, { securityContext }: Container, path: Path): FieldErrors {
  const { mountPropagation, recursiveReadOnly } = mount as VolumeMount & { recursiveReadOnly?: string };
  const errors: FieldErrors = [];
  const at = path.child('mountPropagation');
  if (mountPropagation !== undefined && !PROPAGATIONS.includes(mountPropagation))
    errors.push(notSupported(at, mountPropagation, PROPAGATIONS));
  if (mountPropagation === 'Bidirectional' && !securityContext?.privileged)
    errors.push(forbidden(at, 'Bidirectional mount propagation is available only to privileged containers'));
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return errors;
  const readOnlyPath = path.child('recursiveReadOnly');
  if (!RECURSIVE_READ_ONLY.includes(recursiveReadOnly))
    return [...errors, notSupported(readOnlyPath, recursiveReadOnly, RECURSIVE_READ_ONLY)];
  if (!mount.readOnly) errors.push(forbidden(readOnlyPath, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    errors.push(forbidden(readOnlyPath, 'may only be specified when mountPropagation is None or not specified'));
  return errors;
}

/** Upstream: ValidateVolumeDevices. */
function validateDevices(container: Container, { volumes }: ContainerSurroundings, path: Path): FieldErrors {
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  return (container.volumeDevices ?? []).flatMap((device: VolumeDevice, i) => {
    const { name = '', devicePath = '' } = device;
    const [namePath, devicePathPath] = [path.index(i).child('name'), path.index(i).child('devicePath')];
    const errors: FieldErrors = [];
    const volume = volumes.get(name);
    if (name === '') errors.push(required(namePath));
    if (names.has(name)) errors.push(invalid(namePath, name, 'must be unique'));
    if (!volume) errors.push(notFound(namePath, name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
      const only = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(namePath, name, only));
    }
    if (devicePath === '') errors.push(required(devicePathPath));
    if (paths.has(devicePath)) errors.push(invalid(devicePathPath, devicePath, 'must be unique'));
    if (validatePathNoBacksteps(devicePath, devicePathPath).length > 0)
      errors.push(invalid(devicePathPath, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((m) => m.name === name))
      errors.push(invalid(namePath, name, 'must not already exist in volumeMounts'));
    if (mounts.some((m) => m.mountPath === devicePath))
      errors.push(invalid(devicePathPath, devicePath, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
    return errors;
  });
}

const RESIZE_RESOURCES = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

/** Upstream: validateResizePolicy. */
function validateResizePolicy(
  policies: readonly ContainerResizePolicy[],
  path: Path,
  podRestartPolicy: string | undefined,
): FieldErrors {
  const seen = new Set<string>();
  return policies.flatMap(({ resourceName = '', restartPolicy = '' }, i) => {
    const errors = seen.has(resourceName) ? [duplicate(path.index(i), resourceName)] : [];
    seen.add(resourceName);
    errors.push(...validateWord(resourceName, RESIZE_RESOURCES, path));
    errors.push(...validateWord(restartPolicy, RESIZE_POLICIES, path));
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    return errors;
  });
}

const CONTAINER_RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];

function validateInitRestartPolicy(container: Container, path: Path): FieldErrors {
  const rules = container.restartPolicyRules ?? [];
  if (container.restartPolicy !== 'Always') return validateRestartPolicyRules(container, path);
  if (rules.length === 0) return [];
  const detail = 'restartPolicyRules are not allowed for init containers with restart policy Always';
  return [forbidden(path.child('restartPolicyRules'), detail)];
}

/** Upstream: validateContainerRestartPolicy. */
function validateRestartPolicyRules({ restartPolicy, restartPolicyRules = [] }: Container, path: Path): FieldErrors {
  const policyPath = path.child('restartPolicy');
  const rulesPath = path.child('restartPolicyRules');
  const errors: FieldErrors = [];
  if (restartPolicy === undefined) {
    if (restartPolicyRules.length === 0) return [];
    errors.push(required(policyPath, 'must specify restartPolicy when restart rules are used'));
  } else if (!CONTAINER_RESTART_POLICIES.includes(restartPolicy))
    errors.push(notSupported(policyPath, restartPolicy, CONTAINER_RESTART_POLICIES));
  if (restartPolicyRules.length > 20) errors.push(tooLong(rulesPath, 20));
  return [...errors, ...restartPolicyRules.flatMap((rule, i) => validateRestartRule(rule, rulesPath.index(i)))];
}

function validateRestartRule({ action = '', exitCodes }: ContainerRestartRule, path: Path): FieldErrors {
  const errors = action === 'Restart' ? [] : [notSupported(path.child('action'), action, ['Restart'])];
  const at = path.child('exitCodes');
  if (!exitCodes) return [...errors, required(at, 'must be specified')];
  const { operator = '', values = [] } = exitCodes;
  if (operator !== 'In' && operator !== 'NotIn')
    errors.push(notSupported(at.child('operator'), operator, ['In', 'NotIn']));
  if (values.length > 255) errors.push(tooLong(at.child('values'), 255));
  return errors;
}
