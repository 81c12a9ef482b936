// `kubectl set image`.
// Called by: commands/set.ts. Upstream: kubectl pkg/cmd/set/set_image.go.
import { defineCommand } from '../../command.ts';
import { dryRunStrategy, filenameOptions } from '../../commandflags.ts';
import { throwAggregate } from '../../errors.ts';
import { parsePairs, resourcesAndPairs } from '../../pairs.ts';
import { changeAll, podSpecOf, readInfos, setFlags } from './podspec.ts';

export const setImage = defineCommand({
  use: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Change the image of a pod template',
  long: `Changes images of containers in pods and in what has a pod template: pod, replication controller, deployment, daemon set, stateful set, job, cron job and replica set. '*' stands for all containers.`,
  example: `# Change the image of the container nginx
kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1

# In all deployments and replication controllers
kubectl set image deployments,rc nginx=nginx:1.9.1 --all

# In all containers of a daemon set
kubectl set image daemonset abc *=nginx:1.9.1

# Print what would become of a file
kubectl set image -f path/to/file.yaml nginx=nginx:1.9.1 --local -o yaml`,
  flags: setFlags(),
  async run(context) {
    const { args, flags } = context;
    const dryRun = dryRunStrategy(context);
    const { resources, pairs } = resourcesAndPairs(args, 'image');
    const { added: images } = parsePairs(pairs, 'image', false);
    const infos = await readInfos(context, resources);
    const files = filenameOptions(flags);
    const problems: string[] = [];
    if (flags.bool('all') && flags.string('selector') !== '')
      problems.push('cannot set --all and --selector at the same time');
    if (resources.length === 0 && files.filenames.length === 0 && files.kustomize === '')
      problems.push('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (images.size === 0) problems.push('at least one image update is required');
    else if (images.size > 1 && images.has('*'))
      problems.push(
        'all containers are already specified by *, but saw more than one container_name=container_image pairs',
      );
    if (flags.bool('local') && dryRun === 'server')
      problems.push('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    throwAggregate(problems.map((text) => new Error(text)));
    const errors: Error[] = [];
    await changeAll(
      context,
      infos,
      (object) => {
        const spec = podSpecOf(object);
        for (const [name, image] of images) {
          const found = [...(spec.initContainers ?? []), ...spec.containers].filter(
            (c) => c.name === name || name === '*',
          );
          for (const container of found) container.image = image;
          if (found.length === 0)
            errors.push(new Error(`error: unable to find container named ${JSON.stringify(name)}`));
        }
        return true;
      },
      { operation: 'image updated', failure: 'failed to patch image update to pod template: ', errors },
    );
  },
});
