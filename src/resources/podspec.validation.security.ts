// Security contexts of pods and containers.
// Called by: podspec.validation.ts, podspec.validation.containers.ts. Must not know: what a kernel enforces.
// Left out: the details of Windows (GMSA, host processes), for which there are no nodes here.
import type { AppArmorProfile, PodSecurityContext, SeccompProfile, SecurityContext } from 'kubernetes-types/core/v1';
import {
  type FieldErrors,
  type Path,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../machinery/field.ts';
import { isValidUserID } from '../machinery/validation.ts';
import { internalForm } from './podspec.internal.ts';
import type { PodSpec } from './podspec.types.ts';
import { invalidEach } from './podspec.validation.names.ts';
import { validateLocalDescendingPath } from './podspec.validation.paths.ts';

type NewerPodSecurityContext = PodSecurityContext & {
  supplementalGroupsPolicy?: string;
  seLinuxChangePolicy?: string;
};

/** Upstream: ValidateSecurityContext. `usesHostUsers` is false in a user namespace of the pod's own. */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  path: Path,
  usesHostUsers: boolean,
): FieldErrors {
  if (!context) return [];
  const { runAsUser, runAsGroup, procMount } = context;
  const errors = [
    ...validateId(runAsUser, path.child('runAsUser')),
    ...validateId(runAsGroup, path.child('runAsGroup')),
  ];
  if (procMount !== undefined) {
    const at = path.child('procMount');
    if (procMount !== 'Default' && procMount !== 'Unmasked')
      errors.push(notSupported(at, procMount, ['Default', 'Unmasked']));
    if (usesHostUsers && procMount === 'Unmasked')
      errors.push(invalid(at, procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  errors.push(...validateSeccomp(context.seccompProfile, path.child('seccompProfile')));
  if (context.allowPrivilegeEscalation === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and';
    const shown = internalForm('SecurityContext', context);
    if (context.privileged) errors.push(invalid(path, shown, `${cannot} \`privileged\` to true`));
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
      errors.push(invalid(path, shown, `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`));
  }
  return [...errors, ...validateAppArmor(context.appArmorProfile, path.child('appArmorProfile'))];
}

function validateId(id: number | undefined, path: Path): FieldErrors {
  return id === undefined ? [] : invalidEach(path, id, isValidUserID(id));
}

/** Upstream: validatePodSpecSecurityContext. */
export function validatePodSecurityContext(spec: PodSpec, path: Path): FieldErrors {
  const context: NewerPodSecurityContext | undefined = spec.securityContext;
  if (!context) return [];
  const errors = [
    ...validateId(context.fsGroup, path.child('fsGroup')),
    ...validateId(context.runAsUser, path.child('runAsUser')),
    ...validateId(context.runAsGroup, path.child('runAsGroup')),
    ...(context.supplementalGroups ?? []).flatMap((id, i) => validateId(id, path.child('supplementalGroups').index(i))),
  ];
  if (spec.shareProcessNamespace && spec.hostPID) {
    const both = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(path.child('shareProcessNamespace'), true, both));
  }
  errors.push(...validateSysctls(spec, path.child('sysctls')));
  const { fsGroupChangePolicy, supplementalGroupsPolicy, seLinuxChangePolicy } = context;
  errors.push(
    ...validateChoice(fsGroupChangePolicy, ['Always', 'OnRootMismatch'], path.child('fsGroupChangePolicy')),
    ...validateSeccomp(context.seccompProfile, path.child('seccompProfile')),
    ...validateAppArmor(context.appArmorProfile, path.child('appArmorProfile')),
    ...validateChoice(supplementalGroupsPolicy, ['Merge', 'Strict'], path.child('supplementalGroupsPolicy')),
    ...validateChoice(seLinuxChangePolicy, ['MountOption', 'Recursive'], path.child('seLinuxChangePolicy')),
  );
  return errors;
}

function validateChoice(value: string | undefined, supported: readonly string[], path: Path): FieldErrors {
  return value === undefined || supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_NAME = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const SYSCTL_MAX = 253;

function validateSysctls({ securityContext, hostNetwork, hostIPC }: PodSpec, path: Path): FieldErrors {
  const seen = new Set<string>();
  return (securityContext?.sysctls ?? []).flatMap(({ name = '' }, i) => {
    const at = path.index(i).child('name');
    const errors: FieldErrors = [];
    if (name === '') errors.push(required(at));
    else if (name.length > SYSCTL_MAX || !new RegExp(SYSCTL_NAME).test(name))
      errors.push(invalid(at, name, `must have at most ${SYSCTL_MAX} characters and match regex ${SYSCTL_NAME}`));
    else if (seen.has(name)) errors.push(duplicate(at, name));
    const dotted = name.replaceAll('/', '.');
    if (hostNetwork && dotted.startsWith('net.'))
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (hostIPC && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(dotted))
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    seen.add(name);
    return errors;
  });
}

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** Upstream: validateSeccompProfileField. */
function validateSeccomp(profile: SeccompProfile | undefined, path: Path): FieldErrors {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const localPath = path.child('localhostProfile');
  const errors: FieldErrors = [];
  if (!type) errors.push(required(path.child('type'), 'type is required when seccompProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errors.push(notSupported(path.child('type'), type, PROFILE_TYPES));
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.push(required(localPath, 'must be set when seccomp type is Localhost'));
    else errors.push(...validateLocalDescendingPath(localhostProfile, localPath));
  } else if (localhostProfile !== undefined) {
    const shown = internalForm('SeccompProfile', profile);
    errors.push(invalid(localPath, shown, 'can only be set when seccomp type is Localhost'));
  }
  return errors;
}

/** Upstream: ValidateAppArmorProfileField. */
function validateAppArmor(profile: AppArmorProfile | undefined, path: Path): FieldErrors {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const localPath = path.child('localhostProfile');
  if (!type) return [required(path.child('type'), 'type is required when appArmorProfile is set')];
  if (!PROFILE_TYPES.includes(type)) return [notSupported(path.child('type'), type, PROFILE_TYPES)];
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return [];
    return [invalid(localPath, localhostProfile, 'can only be set when AppArmor type is Localhost')];
  }
  if (localhostProfile === undefined) return [required(localPath, 'must be set when AppArmor type is Localhost')];
  const errors: FieldErrors = [];
  const trimmed = localhostProfile.trim();
  if (trimmed !== localhostProfile)
    errors.push(invalid(localPath, localhostProfile, 'must not be padded with whitespace'));
  else if (trimmed === '') errors.push(required(localPath, 'must be set when AppArmor type is Localhost'));
  if (localhostProfile.length > 4095) errors.push(tooLong(localPath, 4095));
  return errors;
}

/** Upstream: validateHostUsers. The capitals are upstream's. */
export function validateHostUsers(spec: PodSpec, path: Path): FieldErrors {
  if (spec.hostUsers !== false) return [];
  const detail = 'when `hostUsers` is false';
  const errors: FieldErrors = [];
  if (spec.hostNetwork) errors.push(forbidden(path.child('hostNetwork'), detail));
  if (spec.hostPID) errors.push(forbidden(path.child('HostPID'), detail));
  if (spec.hostIPC) errors.push(forbidden(path.child('HostIPC'), detail));
  return errors;
}
