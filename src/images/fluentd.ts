// fluentd: what it prints when it starts; it listens for records and says no more.
// Called by: images/index.ts. Must not know: pods beyond the container it is handed.
import { debianExecutables } from './executables.ts';
import { defineImage } from './image.ts';
import { serverProgram, type StartLine } from './programs.ts';
import { parseReference } from './reference.ts';

const MIB = 1024 * 1024;

export const fluentd = defineImage({
  repositories: [
    'fluent/fluentd',
    'fluentd/fluentd',
    'library/fluentd',
    'quay.io/fluentd_elasticsearch/fluentd',
    'fluent/fluentd-kubernetes-daemonset',
  ],
  sizeBytes: 42_949_672,
  startMs: 600,
  entrypoint: ['tini', '--', '/bin/entrypoint.sh'],
  cmd: ['fluentd'],
  exposedPorts: [24224, 5140],
  executables: [...debianExecutables, 'tini', 'entrypoint.sh', 'fluentd', 'ruby', 'gem', 'ps'],
  servers: ['tini', 'entrypoint.sh', 'fluentd'],
  os: 'debian',
  program(container) {
    const version = /\d+\.\d+(\.\d+)?/.exec(parseReference(container.image).tag)?.[0] ?? '1.18.0';
    const stamp = new Date(container.startedAtMs).toISOString().slice(0, 19).replace('T', ' ');
    const info = (text: string, afterMs = 500): StartLine => ({ text: `${stamp} +0000 [info]: ${text}`, afterMs });
    return serverProgram({
      container,
      ports: [{ port: 24224, protocol: 'tcp' }],
      readyAfterMs: 1000,
      startLines: [
        info('parsing config file is succeeded path="/fluentd/etc/fluent.conf"'),
        info("gem 'fluentd' version '" + version + "'"),
        info('using configuration file: <ROOT>'),
        info(`starting fluentd-${version} pid=7 ruby="3.2.6"`, 900),
        info('adding source type="forward"', 900),
        info('#0 starting fluentd worker pid=17 ppid=7 worker=0', 1000),
        info('#0 listening port port=24224 bind="0.0.0.0"', 1000),
        info('#0 fluentd worker is now running worker=0', 1000),
      ],
      cpuMilli: 3,
      memoryBytes: 78 * MIB,
      stop: { afterMs: 1000, exitCode: 0 },
    });
  },
});
