// The machine behind the minikube command, and the image store behind its docker: a cluster of this home named minikube.
// Called by: main.programs.ts. Must not know: how commands are worded.
import path from 'node:path';
import type { BuiltImage, ImageHost } from './cli/docker/build.ts';
import type { Machine } from './cli/minikube/machine.ts';
import { generic } from './images/generic.ts';
import { findImage } from './images/index.ts';
import { formatReference, parseReference } from './images/reference.ts';
import { pullError } from './images/registry.ts';
import { minikubeCluster, starterObjects } from './main.clusters.ts';
import { projectFolder } from './main.home.ts';
import type { RuntimeOptions } from './main.runtime.ts';
import { sha256 } from './machinery/random.ts';
import type { Interrupt } from './cli/interrupt.ts';

const IP = '192.168.49.2';

/** Returns the machine of the home's minikube cluster. */
export function createMachine({ clusters, env, onInterrupt, network }: RuntimeOptions): Machine {
  const identity = minikubeCluster;
  const clock = env['SANDKUBE_CLOCK'] === 'manual' ? 'manual' : 'real';
  const session = () => clusters.session(identity);
  const state: Machine['state'] = async () => {
    if (!clusters.exists(identity)) return 'absent';
    return session().state.meta['isStopped'] === true ? 'stopped' : 'running';
  };
  return {
    ip: IP,
    kubernetesVersion: 'v1.35.2',
    dockerFolder: path.join(projectFolder, 'bin/docker'),
    state,
    async start() {
      if ((await state()) === 'absent') {
        const objects = await starterObjects(identity.starter);
        await clusters.create({ identity, clock, seed: '1', allowsLegacyApis: true, objects });
        return;
      }
      await session().enter();
      session().setRunning(true);
      clusters.writeKubeconfig(identity);
    },
    async stop(keepsContext) {
      await session().enter();
      session().setRunning(false);
      if (!keepsContext) clusters.removeFromKubeconfig(identity);
    },
    async remove() {
      await clusters.remove(identity);
    },
    isInKubeconfig: () => clusters.isInKubeconfig(identity),
    writeKubeconfig: () => clusters.writeKubeconfig(identity),
    async serveDashboard() {
      const { createHttpListener } = await import('./cli/httplistener.ts');
      const { createLocalNetwork } = await import('./cli/localnetwork.ts');
      const { dashboardPage } = await import('./server/dashboard.ts');
      const { onConnection, close } = createHttpListener(async (_, response) => {
        const { server: api } = await session().enter();
        const page = await dashboardPage(async (request) => api.handle(request));
        clusters.leave();
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
      });
      const place = { network: 'tcp', address: '127.0.0.1', port: 0 } as const;
      const { port, close: stopListening } = await (network ?? createLocalNetwork()).listen(place, onConnection);
      const interrupted = new Promise<Interrupt>((resolve) => onInterrupt(resolve));
      const closed = interrupted.then(async (signal) => {
        close();
        await stopListening();
        return signal;
      });
      const service = '/api/v1/namespaces/kube-system/services/kubernetes-dashboard/proxy/';
      return { url: `http://127.0.0.1:${port}${service}`, closed };
    },
  };
}

/** Returns where `docker build` takes base images from and keeps what it builds: in the state of the minikube cluster. */
export function createImageHost({ clusters }: RuntimeOptions): ImageHost {
  const enter = async () => {
    if (!clusters.exists(minikubeCluster)) {
      throw new Error(`Cannot connect to the Docker daemon at tcp://${IP}:2376. Is the docker daemon running?`);
    }
    return clusters.session(minikubeCluster).enter();
  };
  const definitionOf = (reference: string) => findImage(parseReference(reference)) ?? generic;
  return {
    pullError(reference) {
      const parsed = parseReference(reference);
      const error = pullError(parsed, findImage(parsed));
      return error === undefined ? undefined : registryRefusal(error);
    },
    configOf(reference) {
      const { entrypoint, cmd, env, workingDir, user, exposedPorts, sizeBytes } = definitionOf(reference);
      return {
        ...(entrypoint.length > 0 ? { entrypoint: [...entrypoint] } : {}),
        ...(cmd.length > 0 ? { cmd: [...cmd] } : {}),
        env: { ...env },
        workingDir: workingDir ?? '/',
        user: user ?? '',
        exposedPorts: [...exposedPorts],
        sizeBytes,
      };
    },
    canonical: (reference) => formatReference(parseReference(reference)),
    digest: (text) => `sha256:${sha256(text).toString('hex')}`,
    async save(image) {
      const { client } = await enter();
      client.internal.put(
        '_images',
        { name: encodeURIComponent(image.reference) },
        { ...image, builtAtMs: client.clock.nowMs() },
      );
    },
    async list() {
      const { client } = await enter();
      return client.internal.list<BuiltImage & { builtAtMs: number }>('_images').map(({ value }) => ({
        reference: value.reference.replace(/^docker\.io\/(library\/)?/, ''),
        id: value.id,
        ageMs: client.clock.nowMs() - value.builtAtMs,
        size: `${Math.round(value.sizeBytes / 1e6)}MB`,
      }));
    },
  };
}

/** The builder words a refusal as the registry did, without the runtime's words around it. */
function registryRefusal(error: string): string {
  return /pull access denied.*$|.*not found$|.*no such host$/.exec(error)?.[0] ?? error;
}
