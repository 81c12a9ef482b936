// The images of the cluster's own components: the control plane, kube-proxy, CoreDNS, the dashboard, metrics-server.
// Called by: images/index.ts. Must not know: how the components work (the simulator does their work itself).
import { defineImage, type ContainerView, type ImageDefinition } from './image.ts';
import { serverProgram, type StartLine } from './programs.ts';

const MIB = 1024 * 1024;

interface Component {
  repositories: readonly string[];
  sizeBytes: number;
  /** The binary; also the only executable of a distroless image. */
  binary: string;
  port: number;
  /** Further ports that answer as the first does. */
  otherPorts?: readonly number[];
  cpuMilli: number;
  memoryMib: number;
  /** What it prints when it starts; klog's head is added to lines that begin with `file.go:line] `. */
  lines: readonly string[];
  /** A path that answers ok. */
  health?: readonly string[];
  startEvent?: ImageDefinition['startEvent'];
}

function klogHead(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `I${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000       1 `;
}

function component(options: Component): ImageDefinition {
  const {
    repositories,
    sizeBytes,
    binary,
    port,
    otherPorts = [],
    cpuMilli,
    memoryMib,
    lines,
    health = ['/healthz', '/livez', '/readyz'],
    startEvent,
  } = options;
  const startLines = (container: ContainerView): StartLine[] =>
    lines.map((text) => ({
      text: /^\w+\.go:\d+\] /.test(text) ? `${klogHead(container.startedAtMs)}${text}` : text,
      stream: 'stderr',
    }));
  return defineImage({
    repositories,
    sizeBytes,
    startMs: 300,
    entrypoint: [`/usr/local/bin/${binary}`],
    cmd: [],
    exposedPorts: port === 0 ? [] : [port],
    executables: [binary],
    servers: [binary],
    os: 'none',
    ...(startEvent ? { startEvent } : {}),
    program: (container) =>
      serverProgram({
        container,
        ports: [...new Set([port, ...otherPorts, ...container.declaredPorts])]
          .filter((p) => p > 0)
          .map((p) => ({ port: p, protocol: 'http' })),
        startLines: () => startLines(container),
        cpuMilli,
        memoryBytes: memoryMib * MIB,
        handle: (request) => {
          const path = request.path.split('?')[0] ?? '/';
          return health.includes(path)
            ? { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: 'ok' }
            : { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
        },
        stop: { afterMs: 500, exitCode: 0 },
      }),
  });
}

const pause = component({
  repositories: [
    'registry.k8s.io/pause',
    'k8s.gcr.io/pause',
    'gcr.io/google-containers/pause',
    'gcr.io/google_containers/pause',
  ],
  sizeBytes: 318_731,
  binary: 'pause',
  port: 0,
  cpuMilli: 0,
  memoryMib: 0.3,
  lines: [],
});

const kubeProxy = component({
  repositories: ['registry.k8s.io/kube-proxy', 'k8s.gcr.io/kube-proxy'],
  sizeBytes: 25_966_310,
  binary: 'kube-proxy',
  port: 10256,
  cpuMilli: 1,
  memoryMib: 14,
  // Upstream: kubernetes cmd/kube-proxy/app/server.go birthCry.
  startEvent: { component: 'kube-proxy', reason: 'Starting', action: 'StartKubeProxy' },
  lines: [
    'server_linux.go:53] "Using iptables proxy"',
    'server.go:234] "Successfully retrieved node IP(s)"',
    'server_linux.go:136] "Using iptables Proxier" ipFamily="IPv4"',
    'shared_informer.go:349] "Waiting for caches to sync" controller="service config"',
    'shared_informer.go:356] "Caches are synced" controller="service config"',
    'shared_informer.go:356] "Caches are synced" controller="endpoint slice config"',
  ],
});

const coredns = component({
  repositories: [
    'registry.k8s.io/coredns/coredns',
    'k8s.gcr.io/coredns/coredns',
    'coredns/coredns',
    'k8s.gcr.io/k8s-dns-kube-dns-amd64',
    'gcr.io/google_containers/k8s-dns-kube-dns-amd64',
    'registry.k8s.io/dns/k8s-dns-kube-dns',
  ],
  sizeBytes: 22_421_000,
  binary: 'coredns',
  port: 8080,
  otherPorts: [8181],
  cpuMilli: 2,
  memoryMib: 15,
  health: ['/health', '/ready'],
  lines: [
    '.:53',
    '[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908',
    'CoreDNS-1.13.1',
    'linux/amd64, go1.25.2, 1db4568',
  ],
});

const etcd = component({
  repositories: ['registry.k8s.io/etcd', 'k8s.gcr.io/etcd', 'quay.io/coreos/etcd'],
  sizeBytes: 23_641_797,
  binary: 'etcd',
  port: 2381,
  cpuMilli: 18,
  memoryMib: 48,
  lines: [
    '{"level":"info","msg":"initialized peer listeners"}',
    '{"level":"info","msg":"established peer TLS connection with remote peer"}',
    '{"level":"info","msg":"serving client traffic securely","traffic":"grpc+http"}',
  ],
});

const apiserver = component({
  repositories: ['registry.k8s.io/kube-apiserver', 'k8s.gcr.io/kube-apiserver'],
  sizeBytes: 27_682_000,
  binary: 'kube-apiserver',
  port: 6443,
  cpuMilli: 45,
  memoryMib: 250,
  lines: [
    'options.go:263] external host was not specified, using the node address',
    'secure_serving.go:211] Serving securely on [::]:6443',
    'handler_discovery.go:451] Starting ResourceDiscoveryManager',
    'cache.go:39] Caches are synced for RemoteAvailability controller',
  ],
});

const controllerManager = component({
  repositories: ['registry.k8s.io/kube-controller-manager', 'k8s.gcr.io/kube-controller-manager'],
  sizeBytes: 23_121_000,
  binary: 'kube-controller-manager',
  port: 10257,
  cpuMilli: 15,
  memoryMib: 52,
  lines: [
    'serving.go:386] Generated self-signed cert in-memory',
    'controllermanager.go:188] "Starting" version="v1.35.2"',
    'leaderelection.go:257] attempting to acquire leader lease kube-system/kube-controller-manager...',
    'leaderelection.go:271] successfully acquired lease kube-system/kube-controller-manager',
  ],
});

const scheduler = component({
  repositories: ['registry.k8s.io/kube-scheduler', 'k8s.gcr.io/kube-scheduler'],
  sizeBytes: 17_391_000,
  binary: 'kube-scheduler',
  port: 10259,
  cpuMilli: 4,
  memoryMib: 22,
  lines: [
    'serving.go:386] Generated self-signed cert in-memory',
    'server.go:171] "Starting Kubernetes Scheduler" version="v1.35.2"',
    'leaderelection.go:271] successfully acquired lease kube-system/kube-scheduler',
  ],
});

const dashboard = component({
  repositories: [
    'kubernetesui/dashboard',
    'k8s.gcr.io/kubernetes-dashboard-amd64',
    'gcr.io/google_containers/kubernetes-dashboard-amd64',
  ],
  sizeBytes: 75_788_960,
  binary: 'dashboard',
  port: 9090,
  cpuMilli: 1,
  memoryMib: 18,
  health: ['/', '/healthz'],
  lines: ['Starting overwatch', 'Using namespace: kubernetes-dashboard', 'Serving insecurely on HTTP port: 9090'],
});

const metricsServer = component({
  repositories: ['registry.k8s.io/metrics-server/metrics-server', 'k8s.gcr.io/metrics-server/metrics-server'],
  sizeBytes: 22_340_000,
  binary: 'metrics-server',
  port: 10250,
  cpuMilli: 4,
  memoryMib: 20,
  lines: [
    'serving.go:374] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)',
    'secure_serving.go:213] Serving securely on [::]:10250',
  ],
});

const ingressNginx = component({
  repositories: ['registry.k8s.io/ingress-nginx/controller'],
  sizeBytes: 112_000_000,
  binary: 'nginx-ingress-controller',
  port: 10254,
  cpuMilli: 3,
  memoryMib: 90,
  lines: [
    '-------------------------------------------------------------------------------',
    'NGINX Ingress controller',
    '  Release:       v1.14.0',
    '-------------------------------------------------------------------------------',
  ],
});

export const systemImages: readonly ImageDefinition[] = [
  pause,
  kubeProxy,
  coredns,
  etcd,
  apiserver,
  controllerManager,
  scheduler,
  dashboard,
  metricsServer,
  ingressNginx,
];
