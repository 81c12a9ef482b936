// The root file systems of images: directories, executables, the files that name the system, and what the kubelet
// adds.
// Called by: files.ts. Must not know: volumes, changes.
import type { ImageDefinition } from '../images/image.ts';
import { FileTree } from './vfs.ts';

const DIRECTORIES =
  '/boot /dev /etc /home /lib /media /mnt /opt /proc /root /run /srv /sys /tmp /usr /var /var/log /var/lib /var/run /usr/share /usr/lib'.split(
    ' ',
  );

const OS_RELEASE: Readonly<Record<ImageDefinition['os'], string>> = {
  debian:
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\n',
  alpine:
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\nHOME_URL="https://alpinelinux.org/"\n',
  busybox: '',
  none: '',
};

const trees = new WeakMap<ImageDefinition, FileTree>();

/** Returns the image's own files. Shared: use it as the lower layer of a container's tree. */
export function imageTree(image: ImageDefinition): FileTree {
  const known = trees.get(image);
  if (known) return known;
  const mtimeMs = Date.UTC(2026, 10, 3, 12);
  const tree = new FileTree({ mtimeMs });
  if (image.os !== 'none')
    for (const path of DIRECTORIES) tree.setDirectory(path, mtimeMs, path === '/tmp' ? 0o777 : 0o755);
  const isDebian = image.os === 'debian';
  for (const name of image.executables) {
    const isOwn = image.servers?.includes(name) ?? false;
    const folder = image.os === 'none' ? '/' : isOwn ? '/usr/local/bin/' : isDebian ? '/usr/bin/' : '/bin/';
    tree.setFile(`${folder}${name}`, '', { mode: 0o755, mtimeMs });
  }
  if (isDebian) {
    for (const name of ['bin', 'sbin'])
      tree.set(`/${name}`, { kind: 'link', bytes: new Uint8Array(), target: `usr/${name}`, mode: 0o777, mtimeMs });
    tree.setDirectory('/usr/sbin', mtimeMs);
  }
  const text = (path: string, content: string): void => tree.setFile(path, content, { mtimeMs });
  if (OS_RELEASE[image.os] !== '') text('/etc/os-release', OS_RELEASE[image.os]);
  text('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n');
  text('/etc/group', 'root:x:0:\nnobody:x:65534:\n');
  for (const [path, content] of Object.entries(image.files ?? {})) text(path, content);
  trees.set(image, tree);
  return tree;
}

export interface NodeFiles {
  hostname: string;
  podIp: string;
  namespace: string;
  nameserver: string;
  clusterDomain: string;
  dnsPolicy: string;
  hostAliases: readonly { ip?: string; hostnames?: string[] }[];
  startedAtMs: number;
}

/** Adds the files that the kubelet and the runtime put into every container. */
export function addNodeFiles(tree: FileTree, files: NodeFiles): void {
  const { hostname, podIp, startedAtMs: mtimeMs } = files;
  const text = (path: string, content: string): void => tree.setFile(path, content, { mtimeMs });
  text('/etc/hostname', `${hostname}\n`);
  text('/etc/hosts', hostsFile(files));
  text('/etc/resolv.conf', resolvConf(files));
  for (const name of [
    'null',
    'zero',
    'full',
    'random',
    'urandom',
    'tty',
    'stdin',
    'stdout',
    'stderr',
    'termination-log',
  ])
    tree.setFile(`/dev/${name}`, '', { mode: 0o666, mtimeMs });
  tree.setDirectory('/dev/shm', mtimeMs, 0o777);
  void podIp;
}

function hostsFile({ hostname, podIp, hostAliases }: NodeFiles): string {
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::\tip6-localnet',
    'fe00::\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${podIp}\t${hostname}`,
  ];
  if (hostAliases.length > 0) {
    lines.push('', '# Entries added by HostAliases.');
    for (const { ip, hostnames = [] } of hostAliases) lines.push(`${ip}\t${hostnames.join('\t')}`);
  }
  return `${lines.join('\n')}\n`;
}

function resolvConf({ namespace, nameserver, clusterDomain, dnsPolicy }: NodeFiles): string {
  if (dnsPolicy === 'Default') return 'nameserver 192.168.49.1\n';
  const search = `${namespace}.svc.${clusterDomain} svc.${clusterDomain} ${clusterDomain}`;
  return `search ${search}\nnameserver ${nameserver}\noptions ndots:5\n`;
}
