// The docker command that `minikube docker-env` puts in PATH: builds images for the pods of the minikube cluster.
// Called by: main.programs.ts. Must not know: where images are kept. Upstream: docker/cli cli/command/image, moby/buildkit.
import { defineCommand, type CommandSpec, type FlagSpec } from '../command.ts';
import { UsageError } from '../errors.ts';
import { drawTable } from '../sandkube/table.ts';
import { build, type ImageHost } from './build.ts';

const BUILD_FLAGS: readonly FlagSpec[] = [
  {
    name: 'tag',
    shorthand: 't',
    type: 'stringArray',
    default: '[]',
    usage: 'Image identifier (format: "[registry/]repository[:tag]")',
  },
  {
    name: 'file',
    shorthand: 'f',
    type: 'string',
    default: '',
    usage: 'Name of the Dockerfile (default: "PATH/Dockerfile")',
  },
  { name: 'build-arg', type: 'stringArray', default: '[]', usage: 'Set build-time variables' },
  { name: 'no-cache', type: 'bool', default: 'false', usage: 'Do not use cache when building the image' },
  {
    name: 'quiet',
    shorthand: 'q',
    type: 'bool',
    default: 'false',
    usage: 'Suppress the build output and print image ID on success',
  },
];

/** Returns the commands of docker, in the order of its help. */
export function dockerCommands(host: ImageHost): readonly CommandSpec[] {
  return [
    defineCommand({
      use: 'build [OPTIONS] PATH',
      group: 'Common Commands:',
      short: 'Build an image from a Dockerfile',
      flags: BUILD_FLAGS,
      run: async ({ args, flags, streams, factory, commandPath }) => {
        const [path, ...more] = args;
        if (path === undefined || more.length > 0) {
          throw new UsageError(`"docker build" requires 1 argument.\nSee 'docker build --help'.`, commandPath);
        }
        await build(host, {
          path,
          file: flags.string('file'),
          tags: flags.strings('tag'),
          buildArgs: flags.strings('build-arg'),
          isQuiet: flags.bool('quiet'),
          cwd: factory.cwd,
          streams,
        });
      },
    }),
    defineCommand({
      use: 'images',
      group: 'Common Commands:',
      short: 'List images',
      run: async ({ streams }) => {
        const rows = (await host.list()).map(({ reference, id, ageMs, size }) => {
          const colon = reference.lastIndexOf(':');
          return [
            reference.slice(0, colon),
            reference.slice(colon + 1),
            id.slice(7, 19),
            `${humanAge(ageMs)} ago`,
            size,
          ];
        });
        streams.out.write(await drawTable([['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'], ...rows]));
      },
    }),
  ];
}

/** Returns a span in docker's words. Upstream: docker/go-units HumanDuration. */
function humanAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes === 1 ? 'About a minute' : `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours < 48) return hours === 1 ? 'About an hour' : `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}
