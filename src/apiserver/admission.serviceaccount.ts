// ServiceAccount: pods run as an account that exists, and mount its token.
// Called by: the chain in admission.ts. Must not know: tokens.
import type { Container, Volume } from 'kubernetes-types/core/v1';
import type { StrategyContext } from '../resources/definition.ts';
import type { Pod } from '../resources/pod.ts';
import type { ServiceAccount } from '../resources/serviceaccount.ts';
import { isFor, newAdmissionForbidden, type AdmissionAttributes, type AdmissionPlugin } from './admission.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const VOLUME_PREFIX = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
// An hour and seven seconds: the token controller knows such tokens as extended ones.
const EXPIRATION_SECONDS = 3607;

/** Upstream: kubernetes plugin/pkg/admission/serviceaccount. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit(attributes, { reader, random }) {
    if (attributes.operation !== 'CREATE' || !isFor(attributes, '', 'pods')) return;
    const pod = attributes.object as Pod;
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return;
    const name = pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default';
    pod.spec.serviceAccountName = name;
    // The deprecated twin of the field, which the server fills as well.
    pod.spec.serviceAccount = name;
    const account = reader.get('serviceaccounts', { namespace: attributes.namespace, name });
    if (!account)
      throw newAdmissionForbidden(
        attributes,
        `error looking up service account ${attributes.namespace}/${name}: serviceaccount "${name}" not found`,
      );
    const found = account as ServiceAccount;
    const isMounting = pod.spec.automountServiceAccountToken ?? found.automountServiceAccountToken ?? true;
    if (isMounting) mountToken(pod, attributes, random);
    if ((pod.spec.imagePullSecrets?.length ?? 0) === 0 && (found.imagePullSecrets?.length ?? 0) > 0)
      pod.spec.imagePullSecrets = (found.imagePullSecrets ?? []).map(({ name }) => (name ? { name } : {}));
  },
};

function mountToken(pod: Pod, attributes: AdmissionAttributes, random: StrategyContext['random']): void {
  const existing = pod.spec.volumes?.find((v) => v.name?.startsWith(VOLUME_PREFIX));
  const key = `${attributes.namespace}/${attributes.name || pod.metadata.generateName || ''}@${attributes.revision}`;
  const name = existing?.name ?? `${VOLUME_PREFIX}${random.suffix('kube-api-access', key)}`;
  let isNeeded = false;
  const mountIn = (containers: readonly Container[] | undefined): void => {
    for (const container of containers ?? []) {
      if (container.volumeMounts?.some((m) => m.mountPath === MOUNT_PATH)) continue;
      container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
      isNeeded = true;
    }
  };
  mountIn(pod.spec.initContainers);
  mountIn(pod.spec.containers);
  if (isNeeded && !existing) pod.spec.volumes = [...(pod.spec.volumes ?? []), tokenVolume(name)];
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: EXPIRATION_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}
