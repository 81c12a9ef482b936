// NamespaceLifecycle: nothing is created in a namespace that is missing or going, and some namespaces stay.
// Called by: the chain in admission.ts. Must not know: the namespace controller.
import { newForbidden, newNotFound } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

const IMMORTAL: readonly string[] = ['default', 'kube-system', 'kube-public'];
const NAMESPACES = { group: '', resource: 'namespaces' };

/** Upstream: apiserver pkg/admission/plugin/namespace/lifecycle. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit(attributes, { reader }) {
    const { operation, definition, namespace, name } = attributes;
    const isNamespace = definition.gvr.group === '' && definition.gvr.resource === 'namespaces';
    if (operation === 'DELETE' && isNamespace && IMMORTAL.includes(name))
      throw newForbidden(NAMESPACES, name, 'this namespace may not be deleted');
    if (operation === 'DELETE' || isNamespace || namespace === '') return;
    // Access reviews answer questions about namespaces that do not exist.
    if (definition.gvr.group === 'authorization.k8s.io') return;
    const found = reader.get('namespaces', { name: namespace });
    if (!found) throw newNotFound(NAMESPACES, namespace);
    if (operation === 'CREATE' && isTerminating(found)) throw terminatingError(attributes);
  },
};

function isTerminating(namespace: KubeObject): boolean {
  return (namespace as KubeObject & { status?: { phase?: string } }).status?.phase === 'Terminating';
}

function terminatingError(attributes: AdmissionAttributes): Error {
  const { definition, namespace, object } = attributes;
  const name = attributes.name || object?.metadata.name || object?.metadata.generateName || 'Unknown!';
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const error = newForbidden(definition.gvr, name, why);
  const message = `namespace ${namespace} is being terminated`;
  const causes = [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }];
  error.status.details = { ...error.status.details, causes };
  return error;
}
