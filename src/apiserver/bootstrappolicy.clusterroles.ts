// The ClusterRoles that every cluster begins with, but for those of single controllers, and who is bound to them.
// Called by: bootstrappolicy.ts. Must not know: how they reach the store.
// Upstream: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, with the features that 1.35 has on.
import type { PolicyFacts } from './bootstrappolicy.ts';

const EVENTS = 'create,patch,update core,events.k8s.io events';
const CERTIFICATES = 'certificates.k8s.io';
const APPROVER = (signer: string): string => `approve ${CERTIFICATES} signers kubernetes.io/${signer}`;
const REQUESTER = (kind: string): string => `create ${CERTIFICATES} certificatesigningrequests/${kind}`;

const AGGREGATE_TO_EDIT = [
  'read core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy',
  'impersonate core serviceaccounts',
  'write core pods,pods/attach,pods/exec,pods/portforward,pods/proxy',
  'create core pods/eviction',
  'write core configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,' +
    'serviceaccounts,services,services/proxy',
  'create core serviceaccounts/token',
  'write apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,' +
    'statefulsets,statefulsets/scale',
  'write autoscaling horizontalpodautoscalers',
  'write batch cronjobs,jobs',
  'write extensions daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,' +
    'replicasets,replicasets/scale,replicationcontrollers/scale',
  'write policy poddisruptionbudgets',
  'write networking.k8s.io ingresses,networkpolicies',
  'read,write coordination.k8s.io leases',
  'write resource.k8s.io resourceclaims,resourceclaimtemplates',
];

const AGGREGATE_TO_VIEW = [
  'read core configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,' +
    'replicationcontrollers/scale,serviceaccounts,services,services/status',
  'read core bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,' +
    'resourcequotas,resourcequotas/status',
  'read core namespaces',
  'read discovery.k8s.io endpointslices',
  'read apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,' +
    'replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status',
  'read autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status',
  'read batch cronjobs,cronjobs/status,jobs,jobs/status',
  'read extensions daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,' +
    'ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale',
  'read policy poddisruptionbudgets,poddisruptionbudgets/status',
  'read networking.k8s.io ingresses,ingresses/status,networkpolicies',
  'read resource.k8s.io resourceclaims,resourceclaims/status,resourceclaimtemplates',
];

/** What kubelets need. */
export const NODE_RULES: readonly string[] = [
  'create authentication.k8s.io tokenreviews',
  'create authorization.k8s.io localsubjectaccessreviews,subjectaccessreviews',
  'read core services',
  'create,read core nodes',
  'patch,update core nodes/status',
  'patch,update core nodes',
  'create,patch,update core events',
  'read core pods',
  'create,delete core pods',
  'patch,update core pods/status',
  'create core pods/eviction',
  'read core configmaps,secrets',
  'get core persistentvolumeclaims,persistentvolumes',
  'get core endpoints',
  `create,read ${CERTIFICATES} certificatesigningrequests`,
  'create,delete,get,patch,update coordination.k8s.io leases',
  'get storage.k8s.io volumeattachments',
  'create core serviceaccounts/token',
  'get,patch,update core persistentvolumeclaims/status',
  'read storage.k8s.io csidrivers',
  'create,delete,get,patch,update storage.k8s.io csinodes',
  'read node.k8s.io runtimeclasses',
  'get resource.k8s.io resourceclaims',
  'deletecollection resource.k8s.io resourceslices',
  'get core serviceaccounts',
];

const KUBE_CONTROLLER_MANAGER = [
  EVENTS,
  'create coordination.k8s.io leases',
  'get,update coordination.k8s.io leases kube-controller-manager',
  'create core secrets,serviceaccounts',
  'delete core secrets',
  'get core configmaps,namespaces,secrets,serviceaccounts',
  'update core secrets,serviceaccounts',
  'create authentication.k8s.io tokenreviews',
  'create authorization.k8s.io subjectaccessreviews',
  'list,watch * *',
  'create core serviceaccounts/token',
];

const KUBE_SCHEDULER = [
  EVENTS,
  'create coordination.k8s.io leases',
  'read,update coordination.k8s.io leases kube-scheduler',
  'read,write coordination.k8s.io leasecandidates',
  'read core nodes',
  'delete,read core pods',
  'create core bindings,pods/binding',
  'patch,update core pods/status',
  'read core replicationcontrollers,services',
  'read apps,extensions replicasets',
  'read apps statefulsets',
  'read policy poddisruptionbudgets',
  'read core persistentvolumeclaims,persistentvolumes',
  'create authentication.k8s.io tokenreviews',
  'create authorization.k8s.io subjectaccessreviews',
  'read storage.k8s.io csinodes',
  'read storage.k8s.io volumeattachments',
  'read core namespaces',
  'read storage.k8s.io csidrivers',
  'read storage.k8s.io csistoragecapacities',
  'read resource.k8s.io deviceclasses',
  'patch,read,update resource.k8s.io resourceclaims',
  'patch,read,update resource.k8s.io resourceclaims/status',
  'patch,read,update core pods/finalizers',
  'read resource.k8s.io resourceslices',
];

const DISCOVERY = '/api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/';
const MONITORING = '/healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*';
const ISSUER_DISCOVERY =
  '/.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/';

export const clusterRoleFacts: PolicyFacts['clusterRoles'] = {
  'cluster-admin': ['* * *', '* URL *'],
  'system:discovery': [`get URL ${DISCOVERY}`],
  'system:monitoring': [`get URL ${MONITORING}`],
  'system:basic-user': [
    'create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews',
    'create authentication.k8s.io selfsubjectreviews',
  ],
  'system:public-info-viewer': ['get URL /healthz,/livez,/readyz,/version,/version/'],
  admin: { aggregates: 'admin' },
  edit: { aggregates: 'edit', to: 'admin' },
  view: { aggregates: 'view', to: 'edit' },
  'system:aggregate-to-admin': {
    rules: [
      'create authorization.k8s.io localsubjectaccessreviews',
      'read,write rbac.authorization.k8s.io rolebindings,roles',
    ],
    to: 'admin',
  },
  'system:aggregate-to-edit': { rules: AGGREGATE_TO_EDIT, to: 'edit' },
  'system:aggregate-to-view': { rules: AGGREGATE_TO_VIEW, to: 'view' },
  'system:heapster': ['read core events,namespaces,nodes,pods', 'read extensions deployments'],
  'system:node': NODE_RULES,
  'system:node-problem-detector': ['get core nodes', 'patch core nodes/status', EVENTS],
  'system:kubelet-api-admin': [
    'read core nodes',
    'proxy core nodes',
    '* core nodes/log,nodes/metrics,nodes/proxy,nodes/stats',
    '* core nodes/configz,nodes/healthz,nodes/pods',
  ],
  'system:node-bootstrapper': [`create,read ${CERTIFICATES} certificatesigningrequests`],
  'system:auth-delegator': [
    'create authentication.k8s.io tokenreviews',
    'create authorization.k8s.io subjectaccessreviews',
  ],
  'system:kube-aggregator': ['read core endpoints,services'],
  'system:kube-controller-manager': KUBE_CONTROLLER_MANAGER,
  'system:kube-dns': ['list,watch core endpoints,services'],
  'system:persistent-volume-provisioner': [
    'create,delete,read core persistentvolumes',
    'read,update core persistentvolumeclaims',
    'read storage.k8s.io storageclasses',
    'watch core events',
    EVENTS,
  ],
  'system:volume-scheduler': [
    'patch,read,update core persistentvolumes',
    'read storage.k8s.io storageclasses',
    'patch,read,update core persistentvolumeclaims',
  ],
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [REQUESTER('nodeclient')],
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [REQUESTER('selfnodeclient')],
  'system:certificates.k8s.io:legacy-unknown-approver': [APPROVER('legacy-unknown')],
  'system:certificates.k8s.io:kubelet-serving-approver': [APPROVER('kubelet-serving')],
  'system:certificates.k8s.io:kube-apiserver-client-approver': [APPROVER('kube-apiserver-client')],
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': [APPROVER('kube-apiserver-client-kubelet')],
  'system:node-proxier': [
    'list,watch core endpoints,services',
    'read core nodes',
    EVENTS,
    'list,watch networking.k8s.io servicecidrs',
    'list,watch discovery.k8s.io endpointslices',
  ],
  'system:kube-scheduler': KUBE_SCHEDULER,
  'system:service-account-issuer-discovery': [`get URL ${ISSUER_DISCOVERY}`],
};

/** By the role's name, which is the binding's too. */
export const clusterRoleBindingFacts: PolicyFacts['clusterRoleBindings'] = {
  'cluster-admin': ['Group system:masters'],
  'system:monitoring': ['Group system:monitoring'],
  'system:discovery': ['Group system:authenticated'],
  'system:basic-user': ['Group system:authenticated'],
  'system:public-info-viewer': ['Group system:authenticated', 'Group system:unauthenticated'],
  'system:node-proxier': ['User system:kube-proxy'],
  'system:kube-controller-manager': ['User system:kube-controller-manager'],
  'system:kube-dns': ['ServiceAccount kube-system/kube-dns'],
  'system:kube-scheduler': ['User system:kube-scheduler'],
  'system:volume-scheduler': ['User system:kube-scheduler'],
  'system:service-account-issuer-discovery': ['Group system:serviceaccounts'],
  // The Node authorizer stands in for it.
  'system:node': [],
};
