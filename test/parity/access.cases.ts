// Who may do what: roles and bindings, refusals, acting as somebody else, reviews.
// Called by: speaking.test.ts.
import type { ParityGroup } from './compare.ts';

const OBJECTS = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: looker}
rules:
- {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}
- {apiGroups: [""], resources: [configmaps], resourceNames: [open], verbs: [get]}
- {apiGroups: [apps], resources: [deployments/scale], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lookers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: looker}
subjects:
- {kind: User, name: ann}
- {kind: ServiceAccount, name: robot, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lost}
roleRef: {kind: ClusterRole, name: gone}
subjects: [{kind: User, name: eve}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: warden, labels: {case: access, to-keepers: "yes"}}
rules:
- {apiGroups: [""], resources: [nodes], verbs: [get, list]}
- {nonResourceURLs: [/healthz, /metrics/*], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: keeper, labels: {case: access}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-keepers: "yes"}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: wardens, labels: {case: access}}
roleRef: {kind: ClusterRole, name: warden, apiGroup: rbac.authorization.k8s.io}
subjects: [{kind: Group, name: "wardens, old"}]
`;

const RECONCILED = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: looker, namespace: default, labels: {a: b}}
rules:
- {apiGroups: [""], resources: [pods, services], verbs: [get, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: looker, namespace: made}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lookers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: looker}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: zoe}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: wardens, labels: {case: access}}
roleRef: {kind: ClusterRole, name: keeper, apiGroup: rbac.authorization.k8s.io}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: wardens}]
`;

const WRONG = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: wrong}
rules:
- {}
- {verbs: [get], nonResourceURLs: [/a]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: wrong}
roleRef: {kind: Role, name: "a/b"}
subjects:
- {kind: Robot, name: r}
- {kind: ServiceAccount, name: s}
`;

const REVIEW = `apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec: {user: ann, resourceAttributes: {namespace: default, verb: list, resource: pods}}
`;

const roles: ParityGroup = {
  name: 'roles and bindings',
  isFurther: true,
  files: { 'rbac.yaml': OBJECTS, 'reconcile.yaml': RECONCILED, 'wrong.yaml': WRONG, 'review.yaml': REVIEW },
  setup: ['create serviceaccount robot', 'apply -f rbac.yaml', 'sandkube settle'],
  lines: [
    'get role,rolebinding',
    'get role looker -o yaml',
    'get rolebindings -o wide',
    'get rolebinding lookers -o yaml --show-managed-fields',
    'get clusterrole -l case=access --show-labels',
    'get clusterrole keeper -o yaml',
    'get clusterrolebinding -l case=access -o wide',
    'get clusterroles',
    'get clusterrolebindings -o wide',
    'get clusterroles -o yaml',
    'get roles,rolebindings -A',
    'describe role looker',
    'describe rolebinding lookers',
    'describe clusterrole keeper warden',
    'describe clusterrole admin',
    'describe clusterrolebinding wardens system:public-info-viewer',
    '! describe role nosuch',
    'api-resources --api-group=rbac.authorization.k8s.io',
    'api-resources --api-group=authorization.k8s.io -o wide',
    'api-resources --api-group=authentication.k8s.io',
    'explain clusterrole.aggregationRule',
    '! apply -f wrong.yaml',
    'create -f review.yaml -o yaml',
    '! apply -f review.yaml',
    '! get subjectaccessreviews',
    'create role maker --verb=get,list --resource=pods,deployments.apps/scale',
    'create clusterrole urls --verb=get --non-resource-url=/a/*',
    'create clusterrole sums --aggregation-rule=a=b',
    'create rolebinding makers --role=maker --user=ann --group=g --serviceaccount=default:robot',
    'create clusterrolebinding urls --clusterrole=urls --group=g',
    '! create clusterrolebinding urls --clusterrole=urls --group=g',
    'set subject rolebinding makers --user=bob',
    'get rolebinding makers -o jsonpath={.subjects[*].name}',
    `! patch rolebinding makers -p '{"roleRef":{"name":"other"}}'`,
    `patch clusterrole warden --type=json -p '[{"op":"remove","path":"/rules/1"}]'`,
    'sandkube settle',
    'get clusterrole keeper -o jsonpath={.rules}',
    'label clusterrole warden to-keepers-',
    'sandkube settle',
    'get clusterrole keeper -o jsonpath={.rules}',
    'auth reconcile -f rbac.yaml --dry-run=client',
    'auth reconcile -f reconcile.yaml',
    'auth reconcile -f reconcile.yaml --remove-extra-subjects --remove-extra-permissions',
    'delete clusterrole,clusterrolebinding -l case=access',
    'delete role maker',
  ],
};

const asking: ParityGroup = {
  name: 'who may do what',
  isFurther: true,
  files: { 'rbac.yaml': OBJECTS },
  setup: [
    'create serviceaccount robot',
    'apply -f rbac.yaml',
    'create configmap open',
    'run web --image=nginx',
    'sandkube settle',
  ],
  lines: [
    'auth whoami',
    'auth whoami -o yaml',
    'auth whoami --as=ann',
    `auth whoami --as=ann --as-group=a --as-group='b, c' --as-uid=7 --as-user-extra=k=v --as-user-extra=k=w -o json`,
    'auth whoami --as=system:serviceaccount:default:robot',
    '! auth whoami --as=system:anonymous',
    'auth can-i list pods --as=ann',
    '! auth can-i list pods --as=ann -A',
    '! auth can-i delete pods --as=ann',
    'auth can-i get pods/web --as=ann',
    'auth can-i get configmaps/open --as=ann',
    '! auth can-i get configmaps/shut --as=ann',
    'auth can-i get pods --subresource=log --as=ann',
    'auth can-i get deployments.apps --subresource=scale --as=ann',
    `auth can-i list nodes --as=bob --as-group='wardens, old'`,
    `auth can-i get /metrics/x --as=bob --as-group='wardens, old'`,
    '! auth can-i get /metrics --as=bob',
    'auth can-i get /api/v1 --as=bob',
    'auth can-i get pods --as=system:serviceaccount:default:robot',
    '! auth can-i get pods --as=eve',
    '! auth can-i get pods --as=eve -q',
    `auth can-i '*' '*'`,
    '! auth can-i list podz --as=ann',
    '! auth can-i fly pods --as=ann',
    '! auth can-i impersonate users --as=ann',
    '! auth can-i get pods --as-group=g',
    'auth can-i --list',
    'auth can-i --list --as=ann',
    'auth can-i --list --as=ann --no-headers -n kube-system',
    'auth can-i --list --as=system:node:node-1 --as-group=system:nodes',
    '! auth can-i --list -A',
    'get pods --as=ann',
    'logs web --as=ann --tail=1',
    '! get pods --as=joe',
    '! get pods -A --as=ann',
    '! get pods,secrets --as=ann',
    '! get nodes --as=ann',
    '! get pods --as=eve -n kube-system',
    '! get secrets --as=eve',
    '! describe pod web --as=joe',
    'describe pod web --as=ann',
    `describe node node-1 --as=bob --as-group='wardens, old'`,
    '! run x --image=nginx --as=ann',
    '! create configmap new --as=ann',
    '! apply -f rbac.yaml --as=ann',
    '! delete pod web --as=ann',
    '! exec web --as=ann -- date',
    '! port-forward pod/web 8080:80 --as=ann',
    '! scale deployment web --replicas=1 --as=ann',
    '! label pod web a=b --as=ann',
    '! top pods --as=ann',
    '! get --raw /metrics --as=ann',
    'get --raw /openid/v1/jwks --as=system:serviceaccount:default:robot',
    'get --raw /.well-known/openid-configuration --as=system:serviceaccount:default:robot',
    '! get --raw /openid/v1/jwks --as=ann',
    '! get --raw /.well-known/openid-configuration --as=ann',
    '! get --raw /openid/v1/nosuch',
    'get --raw /version --as=system:anonymous',
    '! get --raw /api/v1/nodes --as=ann',
    '! get pods --as=ann --context=nosuch',
    '! get nosuch --as=ann',
    '! create role grab --verb=get --resource=secrets --as=ann',
    'create rolebinding edits --clusterrole=edit --user=ann',
    'create configmap new --as=ann',
    '! create rolebinding more --clusterrole=admin --user=ann --as=ann',
    'create rolebinding admins --clusterrole=admin --user=ann',
    'create role pods --verb=get --resource=pods --as=ann',
    '! create role all --verb=* --resource=* --as=ann',
    '! create rolebinding root --clusterrole=cluster-admin --user=ann --as=ann',
    '! create rolebinding root --role=nosuch --user=ann --as=ann',
    'get secrets --as=ann',
    'create token robot',
    '! create token nosuch',
    '! create token robot --duration=1m',
    'create token robot --duration=2h --audience=a --audience=b -o jsonpath={.spec}',
    'create token default --bound-object-kind=Pod --bound-object-name=web -o jsonpath={.status.expirationTimestamp}',
    '! create token robot --bound-object-kind=Pod --bound-object-name=web',
  ],
};

// Whoever keeps what the server has once told asks for less later: a group of its own.
const nobody: ParityGroup = {
  name: 'credentials that nobody has',
  lines: ['! get pods --token=nonsense', '! auth whoami --token=nonsense'],
};

export const accessGroups: readonly ParityGroup[] = [roles, asking, nobody];
