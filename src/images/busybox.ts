// Base systems whose default program is a shell: without a terminal or a command it ends at once, with 0.
// Called by: images/index.ts. Must not know: how commands are run (the kubelet's shell does that).
import { alpineExecutables, busyboxExecutables, debianExecutables } from './executables.ts';
import { defineImage, type ContainerView, type Program } from './image.ts';
import { finishedProgram } from './programs.ts';

/** The shell reads end of input at once. */
function shellWithoutInput(container: ContainerView): Program {
  return finishedProgram({ container, lines: [], exitCode: 0 });
}

const VERSIONS = /^(latest|\d[\w.-]*|[a-z][\w.-]*)$/;

export const busybox = defineImage({
  repositories: [
    'library/busybox',
    'registry.k8s.io/e2e-test-images/busybox',
    'registry.k8s.io/busybox',
    'k8s.gcr.io/busybox',
    'gcr.io/google-containers/busybox',
    'gcr.io/google_containers/busybox',
    'quay.io/prometheus/busybox',
  ],
  tags: /^(latest|stable|unstable|musl|glibc|uclibc|1(\.\d{1,2}){0,2})(-(musl|glibc|uclibc))?$/,
  sizeBytes: 2_223_686,
  startMs: 200,
  entrypoint: [],
  cmd: ['sh'],
  exposedPorts: [],
  executables: busyboxExecutables,
  servers: [],
  os: 'busybox',
  program: shellWithoutInput,
});

export const alpine = defineImage({
  repositories: ['library/alpine'],
  tags: /^(latest|edge|3(\.\d{1,2}){0,2}|2\.\d)$/,
  sizeBytes: 3_812_985,
  startMs: 200,
  entrypoint: [],
  cmd: ['/bin/sh'],
  exposedPorts: [],
  executables: alpineExecutables,
  servers: [],
  os: 'alpine',
  program: shellWithoutInput,
});

export const debian = defineImage({
  repositories: ['library/debian', 'library/ubuntu', 'library/centos', 'library/fedora', 'library/amazonlinux'],
  tags: VERSIONS,
  sizeBytes: 49_286_520,
  startMs: 200,
  entrypoint: [],
  cmd: ['bash'],
  exposedPorts: [],
  executables: [...debianExecutables, 'ps', 'top', 'free'],
  servers: [],
  os: 'debian',
  program: shellWithoutInput,
});
