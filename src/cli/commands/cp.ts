// kubectl cp: files between this machine and a container, as tar archives through exec.
// Called by: cli/commands/index.ts. Must not know: how a node runs tar. Upstream: kubectl pkg/cmd/cp/cp.go.
import { defineCommand, type CommandContext } from '../command.ts';
import { containerFlag } from '../podflags.ts';
import { execInPod } from './cp.exec.ts';
import { localPath, parseFileSpec, remotePath, type FileSpec } from './cp.paths.ts';

export const cp = defineCommand({
  use: 'cp <file-spec-src> <file-spec-dest>',
  group: 'Troubleshooting and Debugging Commands:',
  short: 'Copy files and directories to and from containers',
  long: 'Copy files and folders between this machine and a container. The program tar must be in the container.',
  example: `  # A local file to a pod
  kubectl cp /tmp/foo some-pod:/tmp/bar

  # To one of its containers
  kubectl cp /tmp/foo some-pod:/tmp/bar -c specific-container

  # To a pod of another namespace
  kubectl cp /tmp/foo some-namespace/some-pod:/tmp/bar

  # From a pod
  kubectl cp some-namespace/some-pod:/tmp/foo /tmp/bar`,
  flags: [
    containerFlag(),
    {
      name: 'no-preserve',
      type: 'bool',
      default: 'false',
      usage: 'Do not keep owner and mode of the files in the container.',
    },
    {
      name: 'retries',
      type: 'int',
      default: '0',
      usage: 'How often to go on with a copy from a container that broke off. Negative: without end.',
    },
  ],
  run: runCp,
});

async function runCp(context: CommandContext): Promise<void> {
  const { args, factory } = context;
  const [from, to] = args;
  if (args.length !== 2 || from === undefined || to === undefined)
    throw new Error('source and destination are required');
  const source = parseFileSpec(from);
  const target = parseFileSpec(to);
  if (source.pod !== '' && target.pod !== '') throw new Error('one of src or dest must be a local file specification');
  if (source.file === '' || target.file === '') throw new Error('filepath can not be empty');
  const { namespace } = await factory.namespace();
  if (source.pod !== '') await copyFromPod(context, { source, target, namespace });
  else if (target.pod !== '') await copyToPod(context, { source, target, namespace });
  else throw new Error('one of src or dest must be a remote file specification');
}

interface Copy {
  source: FileSpec;
  target: FileSpec;
  /** Of pods that name none. */
  namespace: string;
}

async function copyToPod(context: CommandContext, { source, target, namespace }: Copy): Promise<void> {
  const { factory, flags, streams } = context;
  const path = process.getBuiltinModule('node:path');
  const place = path.resolve(factory.cwd, source.file);
  if (!process.getBuiltinModule('node:fs').existsSync(place))
    throw new Error(`${source.file} doesn't exist in local filesystem`);
  const pod = { namespace: target.namespace || namespace, name: target.pod };
  const ignored = () => undefined;
  let file = remotePath(target.file);
  try {
    await execInPod(context, pod, { command: ['test', '-d', file], out: ignored, err: ignored });
    file = remotePath(path.posix.join(file, path.basename(source.file)));
  } catch {
    // No such folder: the file gets the name that was asked for.
  }
  const { packFiles } = await import('./cp.archive.ts');
  const flagsOfTar = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  const folder = path.posix.dirname(file);
  const command = ['tar', ...flagsOfTar, '-xmf', '-', ...(folder === '' ? [] : ['-C', folder])];
  const input = packFiles(place, path.posix.basename(path.posix.normalize(file)))[Symbol.asyncIterator]();
  await execInPod(context, pod, {
    command,
    out: (bytes) => streams.out.write(bytes),
    err: (bytes) => streams.err.write(bytes),
    read: async () => {
      const { done, value } = await input.next();
      return done ? undefined : value;
    },
  });
}

async function copyFromPod(context: CommandContext, { source, target, namespace }: Copy): Promise<void> {
  const { flags, streams, factory } = context;
  const pod = { namespace: source.namespace || namespace, name: source.pod };
  const file = remotePath(source.file);
  const command = flags.int('retries') === 0 ? ['tar', 'cf', '-', file] : ['sh', '-c', `tar cf - ${file} | tail -c+0`];
  const { unpackFiles } = await import('./cp.archive.ts');
  const unpacking = unpackFiles({
    cwd: factory.cwd,
    file,
    target: localPath(target.file),
    warn: (text) => streams.err.write(text),
    subject: `-n ${JSON.stringify(source.namespace)} ${JSON.stringify(source.pod)}`,
  });
  const failed = unpacking.done.then(
    () => undefined,
    (error: Error) => error,
  );
  // What tar says goes where upstream sends it: to stdout.
  await execInPod(context, pod, {
    command,
    out: (bytes) => unpacking.write(bytes),
    err: (bytes) => streams.out.write(bytes),
  });
  unpacking.end();
  const error = await failed;
  if (error) throw error;
}
