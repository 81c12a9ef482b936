// What every namespace gets: the ServiceAccount `default` and the ConfigMap kube-root-ca.crt.
// Called by: controllers/manager.ts through the index. Must not know: namespaces' deletion.
import { clone, deepEqual } from '../machinery/meta.ts';
import { pemText } from '../machinery/pem.ts';
import { isAlreadyExists } from '../machinery/status.ts';
import { sha256 } from '../machinery/random.ts';
import { configMap } from '../resources/configmap.ts';
import { namespace as namespaceResource } from '../resources/namespace.ts';
import { serviceAccount } from '../resources/serviceaccount.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { self } from './enqueue.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal ' +
  'service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

function isActive({ client }: ControllerContext, name: string): boolean {
  return client.get(namespaceResource, { name })?.status.phase === 'Active';
}

/** Runs a creation that may find the object there or the namespace going. */
function ensure(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
  }
}

/** Upstream: kubernetes pkg/controller/serviceaccount/serviceaccounts_controller.go. */
export const serviceAccountController: Controller = {
  name: 'service-account-controller',
  watches: [
    { definition: namespaceResource, enqueue: self },
    {
      definition: serviceAccount,
      enqueue: ({ type, object: { metadata } }: StoredEvent) =>
        type === 'DELETED' && metadata.name === 'default' ? [metadata.namespace ?? ''] : [],
    },
  ],
  reconcile(context, namespace) {
    const { client } = context;
    if (!isActive(context, namespace) || client.get(serviceAccount, { namespace, name: 'default' })) return;
    ensure(() => client.create(serviceAccount, { metadata: { name: 'default', namespace } }));
  },
};

/** Upstream: kubernetes pkg/controller/certificates/rootcacertpublisher/publisher.go. */
export const rootCACertPublisher: Controller = {
  name: 'root-ca-cert-publisher',
  watches: [
    { definition: namespaceResource, enqueue: self },
    {
      definition: configMap,
      enqueue: ({ type, object: { metadata } }: StoredEvent) =>
        type !== 'ADDED' && metadata.name === ROOT_CA ? [metadata.namespace ?? ''] : [],
    },
  ],
  reconcile(context, namespace) {
    if (!isActive(context, namespace)) return;
    const { client, random } = context;
    const data = { 'ca.crt': certificate(random.seed) };
    const found = client.get(configMap, { namespace, name: ROOT_CA });
    if (!found) {
      const annotations = { 'kubernetes.io/description': DESCRIPTION };
      ensure(() => client.create(configMap, { metadata: { name: ROOT_CA, namespace, annotations }, data }));
      return;
    }
    if (deepEqual(found.data, data)) return;
    const changed = clone(found);
    changed.data = data;
    client.update(configMap, changed);
  },
};

/** Returns a text in the form of a certificate, one a cluster. Nothing verifies with it. */
function certificate(seed: string): string {
  const blocks = Array.from({ length: 24 }, (_, i) => sha256(`root-ca\0${seed}\0${i}`));
  return pemText('CERTIFICATE', Buffer.concat(blocks));
}
