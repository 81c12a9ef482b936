// The Roles and RoleBindings that kube-system and kube-public begin with.
// Called by: bootstrappolicy.ts. Must not know: how they reach the store.
// Upstream: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go.
import type { PolicyFacts } from './bootstrappolicy.ts';

const EVENTS = 'create,patch,update core,events.k8s.io events';
const READER = 'extension-apiserver-authentication-reader';

function leaderLocking(component: string): string[] {
  return ['watch core configmaps', `get,update core configmaps ${component}`];
}
function leader(component: string): string[] {
  return [`User system:${component}`, `ServiceAccount kube-system/${component}`];
}

export const roleFacts: PolicyFacts['roles'] = {
  'kube-public': {
    'system:controller:bootstrap-signer': ['read core configmaps', 'update core configmaps cluster-info', EVENTS],
  },
  'kube-system': {
    [READER]: ['read core configmaps extension-apiserver-authentication'],
    'system:controller:bootstrap-signer': ['read core secrets'],
    'system:controller:cloud-provider': ['create,read core configmaps'],
    'system:controller:token-cleaner': ['delete,read core secrets', EVENTS],
    'system::leader-locking-kube-controller-manager': leaderLocking('kube-controller-manager'),
    'system::leader-locking-kube-scheduler': leaderLocking('kube-scheduler'),
  },
};

/** By namespace and the binding's name, which is the role's where no other is given. */
export const roleBindingFacts: PolicyFacts['roleBindings'] = {
  'kube-public': {
    'system:controller:bootstrap-signer': { subjects: ['ServiceAccount kube-system/bootstrap-signer'] },
  },
  'kube-system': {
    [`system::${READER}`]: {
      role: READER,
      subjects: ['User system:kube-controller-manager', 'User system:kube-scheduler'],
    },
    'system::leader-locking-kube-controller-manager': { subjects: leader('kube-controller-manager') },
    'system::leader-locking-kube-scheduler': { subjects: leader('kube-scheduler') },
    'system:controller:bootstrap-signer': { subjects: ['ServiceAccount kube-system/bootstrap-signer'] },
    'system:controller:cloud-provider': { subjects: ['ServiceAccount kube-system/cloud-provider'] },
    'system:controller:token-cleaner': { subjects: ['ServiceAccount kube-system/token-cleaner'] },
  },
};
