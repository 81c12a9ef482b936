// Why a container cannot be made although its image is there: missing sources of its environment, a user that is not
// allowed.
// Called by: stages.start.ts. Must not know: how containers run.
import { findImage } from '../images/index.ts';
import { parseReference } from '../images/reference.ts';
import { ContainerConfigError, declaredEnvironment } from './env.ts';
import type { ContainerSpec, PodWork } from './work.ts';

export interface ConfigProblem {
  /** The waiting reason. */
  reason: 'CreateContainerConfigError';
  message: string;
}

/** Returns what the kubelet says when it cannot make the container's configuration, or undefined. */
export function configProblem(work: PodWork, container: ContainerSpec): ConfigProblem | undefined {
  const message = rootProblem(work, container) ?? environmentProblem(work, container);
  return message === undefined ? undefined : { reason: 'CreateContainerConfigError', message };
}

function environmentProblem(work: PodWork, container: ContainerSpec): string | undefined {
  const hasSources = container.envFrom || container.env?.some(({ valueFrom }) => valueFrom);
  if (!hasSources) return undefined;
  try {
    declaredEnvironment(work.context.client, work.pod, container);
    return undefined;
  } catch (error) {
    if (error instanceof ContainerConfigError) return error.message;
    throw error;
  }
}

/** Upstream: kubernetes pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot. */
function rootProblem(work: PodWork, container: ContainerSpec): string | undefined {
  const own = container.securityContext ?? {};
  const shared = work.pod.spec.securityContext ?? {};
  if (!(own.runAsNonRoot ?? shared.runAsNonRoot)) return undefined;
  const { namespace, name } = work.pod.metadata;
  const where = `(pod: "${name}_${namespace}(${work.uid})", container: ${container.name})`;
  const uid = own.runAsUser ?? shared.runAsUser;
  if (uid === 0) return `container's runAsUser breaks non-root policy ${where}`;
  if (uid !== undefined) return undefined;
  const user = imageUser(container.image ?? '');
  if (user === undefined) return `container has runAsNonRoot and image will run as root ${where}`;
  if (!/^\d+(:\d+)?$/.test(user))
    return `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`;
  return undefined;
}

function imageUser(image: string): string | undefined {
  try {
    const user = findImage(parseReference(image))?.user;
    return user === 'root' || user === '0' ? undefined : user;
  } catch {
    return undefined;
  }
}
