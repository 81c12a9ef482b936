import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseArgsStringToArgv } from 'string-argv';
import { hasGenuineKubectl, openRecording, runGenuine } from '../genuine.ts';
import { createSandbox, type RunResult, type Sandbox } from '../harness.ts';

const FILES: Record<string, string> = {
  'deploy.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.25", env: [{name: COLOR, value: red}]}
      - {name: side, image: busybox}
`,
  'pair.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: one, labels: {color: red}}
data: {a: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: two}
data: {b: Mg==}
`,
  'list.json': `{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"inner"}}]}`,
  'binding.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: ann, apiGroup: rbac.authorization.k8s.io}]
`,
  'service.yaml': `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`,
  'broken.yaml': 'apiVersion: v1\nkind: [\n',
  'nokind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
  'empty.yaml': '',
  'vars.env': '# comment\nA=1\nB = 2\n\nC=x=y\n',
  'folder/one.txt': 'first\n',
  'folder/two.bin': 'second',
};

/** Lines that need no server. What both print must be equal, byte for byte. */
const GROUPS: Record<string, readonly string[]> = {
  'flags and words': [
    'kubcetl',
    'gte pods',
    'creat -f x',
    'scale --repicas=3 deploy/web',
    'scale -x',
    'get -ox -zy',
    'get pods --output',
    'get pods -o',
    'scale --replicas=x deploy/web',
    'scale --replicas',
    'delete --grace-period=1.5 pod x',
    'delete --timeout=5 pod x',
    'delete --wait=maybe pod x',
    'create -f x --dry-run=mabye',
    'create deployment',
    'create deployment a b --image=nginx',
    'create deployment web',
    'create bogus',
    'rollout bogus',
    'rollout undo',
    'config bogus',
    'auth bogus',
    'completion',
    'completion ksh',
    'completion bash zsh',
    'plugin nothing',
    'version --client -o xml',
    'version extra',
    'options --bogus',
    'logs',
    'exec',
    'exec pod',
    'run',
    'run x --image=A',
    'run x --image=nginx --restart=Often',
    'run x --image=nginx -t',
    'run x --image=nginx --rm',
    'run x --image=nginx --expose',
    'apply',
    'apply -f pair.yaml --dry-run=client --prune --selector=a=b --all',
    'replace',
    'delete',
    'patch',
    'patch cm',
    'label',
    'annotate --local',
    'edit',
    'expose',
    'autoscale',
    'wait',
    'wait --for=nonsense pod/x',
    'explain',
    'explain a b',
    'port-forward',
    'cp',
    'cp a b',
    'drain',
    'cordon',
    'taint',
    'taint node',
    'auth can-i',
    'auth can-i --list get pods',
    'auth reconcile',
    'debug',
    'debug x',
    'debug x --image=y --profile=none',
    'debug x --image=y --replace',
    'debug x --image=y -t',
    'diff',
    'get -f nowhere.yaml',
    'create -f nowhere.yaml',
    'set image',
    'set env',
    'set bogus',
    'api-resources extra',
    'api-versions extra',
  ],
  generators: [
    'create deployment web --image=nginx',
    'create deployment web --image=nginx:1.25 --image=acme/side --replicas=3',
    'create deployment web --image=nginx --port=80 -n far -- sleep 1',
    'create deployment web --image=a --image=b -- sh',
    'create service clusterip web --tcp=80:8080 --tcp=443',
    'create service clusterip web --clusterip=None',
    'create service clusterip web --tcp=x',
    'create service clusterip web',
    'create service nodeport web --tcp=80 --node-port=30080',
    'create service loadbalancer web --tcp=80:http',
    'create service externalname web --external-name=example.com',
    'create configmap conf --from-literal=a=1 --from-literal=b=x=y',
    'create configmap conf --from-file=folder',
    'create configmap conf --from-file=key=folder/one.txt --append-hash',
    'create configmap conf --from-env-file=vars.env',
    'create configmap conf --from-literal=a',
    'create configmap conf --from-literal=a=1 --from-literal=a=2',
    'create configmap conf --from-file=missing.txt',
    'create configmap conf --from-file=bad/key=folder/one.txt',
    'create secret generic safe --from-literal=a=1 --type=acme.io/kind',
    'create secret generic safe --from-file=folder --append-hash',
    'create secret tls cert',
    'create secret tls cert --cert=missing --key=missing',
    'create secret docker-registry reg --docker-username=me --docker-password=secret --docker-email=me@example.com',
    'create secret docker-registry reg --docker-server=reg.example.com --docker-username=me --docker-password=secret',
    'create secret docker-registry reg',
    'create job once --image=busybox -- date',
    'create job once',
    'create cronjob tick --image=busybox --schedule="*/1 * * * *" --restart=Never -- date',
    'create cronjob tick --image=busybox',
    'create namespace far',
    'create serviceaccount robot -n far',
    'create quota limits --hard=cpu=1,pods=2 --scopes=BestEffort',
    'create quota limits --hard=cpu',
    'create quota limits --scopes=Bogus',
    'create poddisruptionbudget keep --selector=app=web --min-available=50%',
    'create pdb keep --selector=app=web --max-unavailable=1',
    'create pdb keep --selector=app=web',
    'create pdb keep --min-available=1',
    'create priorityclass high --value=1000 --description="goes first" --preemption-policy=Never',
    'create priorityclass high --value=1 --preemption-policy=Sometimes',
    'create rolebinding readers --clusterrole=view --user=ann --group=staff --serviceaccount=default:robot',
    'create rolebinding readers --user=ann',
    'create rolebinding readers --clusterrole=view --role=reader',
    'create rolebinding readers --clusterrole=view --serviceaccount=robot',
    'create clusterrolebinding readers --clusterrole=view --user=ann',
    'create clusterrole urls --verb=get --non-resource-url=/logs/*',
    'create clusterrole sum --aggregation-rule=a=b',
    'create clusterrole none',
    'create role none',
    'create ingress shop --rule=shop.example.com/=web:80,tls=cert --class=plain',
    'create ingress shop --rule=/path*=web:http --annotation=a=b --default-backend=web:80',
    'create ingress shop',
    'create ingress shop --rule=web',
  ].map((line) => line.replace(/( -- .*)?$/, ' --dry-run=client -o yaml$1')),
  'what files say': [
    'label --local -f deploy.yaml tier=front app-',
    'label --local -f deploy.yaml app=other',
    'label --local -f deploy.yaml app=other --overwrite',
    'label --local -f pair.yaml color=blue --overwrite -o json',
    'label --local -f deploy.yaml nothing- -o yaml',
    'label --local -f deploy.yaml --list',
    'label --local -f deploy.yaml "bad key=x"',
    'label --local -f deploy.yaml a=b a-',
    'label --local -f deploy.yaml',
    'annotate --local -f deploy.yaml note="some words" -o yaml',
    'annotate --local -f list.json a=b -o yaml',
    'annotate --local -f pair.yaml note=x -o name',
    'set image --local -f deploy.yaml web=nginx:1.26 -o yaml',
    'set image --local -f deploy.yaml *=nginx:1.26 -o yaml',
    'set image --local -f deploy.yaml nobody=nginx -o yaml',
    'set image --local -f deploy.yaml web',
    'set env --local -f deploy.yaml SIZE=big COLOR- -o yaml',
    'set env --local -f deploy.yaml -c side A=1 -o yaml',
    'set env --local -f deploy.yaml --list',
    'set resources --local -f deploy.yaml --limits=cpu=200m,memory=64Mi --requests=cpu=100m -o yaml',
    'set resources --local -f deploy.yaml -c nobody --limits=cpu=1 -o yaml',
    'set resources --local -f deploy.yaml',
    'set selector --local -f service.yaml app=other,tier=front -o yaml',
    'set serviceaccount --local -f deploy.yaml robot -o yaml',
    'set subject --local -f binding.yaml --user=bob --group=staff -o yaml',
    'set subject --local -f binding.yaml',
    'patch --local -f deploy.yaml -p \'{"spec":{"replicas":2}}\' -o yaml',
    'patch --local -f deploy.yaml --type=merge -p \'{"metadata":{"labels":null}}\' -o yaml',
    'patch --local -f deploy.yaml --type=json -p \'[{"op":"remove","path":"/metadata/labels/app"}]\' -o yaml',
    'patch --local -f deploy.yaml --type=json -p \'[{"op":"test","path":"/metadata/name","value":"x"}]\' -o yaml',
    'patch --local -f deploy.yaml -p \'{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"x"},{"$patch":"delete","name":"side"}]}}}}\' -o yaml',
    'patch --local -f deploy.yaml -p nonsense -o yaml',
    'patch --local -f deploy.yaml --type=merge -p nonsense -o yaml',
    'patch --local -f deploy.yaml --type=json -p nonsense -o yaml',
    'patch --local -f deploy.yaml --type=strategic -p \'{"data": 1\'',
    'patch --local -f deploy.yaml --type=merge -p \'{"data": 1\'',
    'patch --local -f deploy.yaml --type=json -p \'{"data": 1\'',
    "patch --local -f deploy.yaml --type=bogus -p '{}'",
    'label --local -f broken.yaml a=b',
    'label --local -f nokind.yaml a=b',
    'label --local -f empty.yaml a=b',
    'label --local -f missing.yaml a=b',
    'label --local -f folder a=b',
    'label --local deploy web a=b',
    'annotate --local -f deploy.yaml a=b -o jsonpath={.metadata.annotations.a}',
    'annotate --local -f deploy.yaml a=b -o go-template={{.kind}}',
    'annotate --local -f deploy.yaml a=b -o bogus',
    'version --client',
    'version --client -o yaml',
    'version --client -o json',
  ],
};

/** One kubeconfig for both, changed line by line. */
const CONFIG = [
  'config get-contexts',
  'config current-context',
  'config view',
  'config set-cluster lab --server=https://lab.example.com:6443 --insecure-skip-tls-verify',
  'config set-cluster lab --certificate-authority=ca --insecure-skip-tls-verify=true',
  'config set-credentials ann --token=abc',
  'config set-credentials ann --username=ann --password=secret',
  'config set-credentials bob --username=bob --password=secret',
  'config set-context work --cluster=lab --user=ann --namespace=far',
  'config set-context --current --namespace=x',
  'config use-context nowhere',
  'config use-context work',
  'config current-context',
  'config set-context --current --namespace=near',
  'config view',
  'config view --raw -o json',
  'config view --minify',
  'config view -o jsonpath={.contexts[*].name}',
  'config get-contexts',
  'config get-contexts -o name',
  'config get-contexts nowhere',
  'config get-contexts work --no-headers',
  'config get-clusters',
  'config get-users',
  'config rename-context work play',
  'config rename-context nowhere play',
  'config set clusters.lab.server https://other.example.com',
  'config set contexts.play.namespace far',
  'config unset users.bob',
  'config unset contexts.play.namespace',
  'config unset contexts.none.namespace',
  'config view',
  'config delete-user nobody',
  'config delete-user ann',
  'config delete-cluster lab',
  'config delete-context play',
  'config delete-context play',
  'config view',
];

const recording = openRecording<RunResult>('offline');
const genuine = (line: string) => comparable(runGenuine(parseArgsStringToArgv(line), { cwd: sandbox.directory }));

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ start: null });
  for (const [name, text] of Object.entries(FILES)) sandbox.write(name, text);
});
afterAll(() => {
  recording.close();
  sandbox.close();
});

/** klog's head holds a time and a process. */
function comparable<T extends { stderr: string }>(result: T): T {
  return { ...result, stderr: result.stderr.replace(/^[WE]\d{4} [\d:.]+ +\d+ /gm, 'KLOG ') };
}

describe('beside genuine kubectl', () => {
  describe.each(Object.entries(GROUPS))('%s', (_, lines) => {
    it.each(lines)('%s', async (line) => {
      const own = await sandbox.run(['kubectl', ...parseArgsStringToArgv(line)], { env: { KUBECONFIG: '/dev/null' } });
      expect(comparable(own)).toEqual(recording.answer(line, () => genuine(line)));
    });
  });

  (hasGenuineKubectl ? it : it.skip).each(recording.samples(Object.values(GROUPS).flat()))('was asked: %s', (line) => {
    expect(recording.answer(line, () => genuine(line))).toEqual(genuine(line));
  });

  it('keeps the kubeconfig alike', async () => {
    const asked = new Set<string>();
    const results = async (run: (argv: string[]) => unknown) => {
      const found: unknown[] = [];
      for (const line of CONFIG) found.push({ line, ...((await run(line.split(' '))) as object) });
      return found;
    };
    const path = (name: string) => ({ KUBECONFIG: `${sandbox.directory}/${name}/config` });
    sandbox.write('own/placeholder', '');
    sandbox.write('genuine/placeholder', '');
    const same = (found: unknown, folder: string) =>
      JSON.parse(JSON.stringify(found).replaceAll(`${sandbox.directory}/${folder}`, 'X'));
    const own = await results((argv) => sandbox.run(['kubectl', ...argv], { env: path('own') }));
    const env = path('genuine');
    const theirs = await results((argv) => {
      const line = argv.join(' ');
      // The same line may come again, on another kubeconfig.
      let key = line;
      while (asked.has(key)) key += ' (again)';
      asked.add(key);
      return recording.answer(
        key,
        () => same(runGenuine(argv, { cwd: sandbox.directory, env }), 'genuine') as RunResult,
      );
    });
    expect(same(own, 'own')).toEqual(theirs);
  });
});
