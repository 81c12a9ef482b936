// Any image that has no file of its own: a small server on the ports its container declares, silent otherwise.
// Called by: images/index.ts. Must not know: which image it stands for.
import { debianExecutables } from './executables.ts';
import { defineImage } from './image.ts';
import { serverProgram } from './programs.ts';

const MIB = 1024 * 1024;

export const generic = defineImage({
  repositories: [],
  sizeBytes: 58 * MIB,
  startMs: 300,
  entrypoint: ['/usr/local/bin/server'],
  cmd: [],
  exposedPorts: [],
  executables: [...debianExecutables, 'server', 'curl', 'wget', 'ps'],
  servers: ['server'],
  os: 'debian',
  program(container) {
    return serverProgram({
      container,
      ports: container.declaredPorts.map((port) => ({ port, protocol: 'http' })),
      cpuMilli: 1,
      memoryBytes: 12 * MIB,
      handle: (request) => ({
        status: 200,
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
        body:
          request.method === 'HEAD'
            ? ''
            : `${container.image} on ${container.podName}: ${request.method} ${request.path}\n`,
      }),
    });
  },
});
