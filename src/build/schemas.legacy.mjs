// The kinds of extensions/v1beta1 that older manuals still use. Their fields come from the models; this file says which
// kinds are kept and what the models cannot tell: number formats, and the types whose merge rules they share.
// What differs from their successors: Deployment and DaemonSet have no required selector, spec.rollbackTo and
// spec.templateGeneration; Ingress has spec.backend, and backends have serviceName and servicePort.
// Called by: schemas.mjs.

export const LEGACY_KINDS = ['Deployment', 'ReplicaSet', 'DaemonSet', 'Ingress'];

/** Where the successor of a legacy type is looked for. */
export const LEGACY_TWINS = ['apps.v1', 'networking.v1'];

export const LEGACY_FORMATS = {
  'extensions.v1beta1.DaemonSetSpec.templateGeneration': 'l',
  'extensions.v1beta1.RollbackConfig.revision': 'l',
};
