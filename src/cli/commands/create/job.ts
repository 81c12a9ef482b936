// `kubectl create job` and `kubectl create cronjob`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_job.go, create_cronjob.go.
import type { Unstructured } from '../../../machinery/types.ts';
import type { CommandContext } from '../../command.ts';
import { commandFromArgs, compact, generatorCommand, type Generated } from './generator.ts';

export const createJob = generatorCommand({
  use: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job',
  example: `# Create a job
kubectl create job my-job --image=busybox

# With a command
kubectl create job my-job --image=busybox -- date

# From what a cron job runs
kubectl create job test-job --from=cronjob/a-cronjob`,
  flags: [
    { name: 'image', type: 'string', default: '', usage: 'Image to run.' },
    { name: 'from', type: 'string', default: '', usage: 'Cron job whose template to take: cronjob/name.' },
  ],
  failure: 'failed to create job: ',
  async build(context, name) {
    const { flags } = context;
    const image = flags.string('image');
    const from = flags.string('from');
    const command = commandFromArgs(context);
    if ((image === '') === (from === '')) throw new Error('either --image or --from must be specified');
    if (command && from !== '') throw new Error('cannot specify --from and command');
    if (from !== '') return await fromCronJob(context, name, from);
    return {
      kind: 'Job',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: { template: podTemplate({ name, image, command, restartPolicy: 'Never' }) },
      status: {},
    };
  },
});

function podTemplate(pod: { name: string; image: string; command: string[] | undefined; restartPolicy: string }) {
  const { name, image, command, restartPolicy } = pod;
  return { metadata: {}, spec: { containers: [compact({ name, image, command, resources: {} })], restartPolicy } };
}

interface JobTemplate {
  metadata?: { annotations?: Record<string, string>; labels?: Record<string, string> };
  spec?: object;
}

async function fromCronJob({ factory }: CommandContext, name: string, from: string): Promise<Generated> {
  const { namespace } = await factory.namespace();
  const infos = await factory
    .builder()
    .typed()
    .namespace(namespace, { isEnforced: false })
    .args([from])
    .flatten()
    .latest()
    .infos();
  const [info] = infos;
  if (infos.length !== 1 || !info?.object) throw new Error('from must be an existing cronjob');
  if (info.object.kind !== 'CronJob') throw new Error(`unknown object type *v1.${info.object.kind}`);
  const cronJob = info.object as Unstructured & { spec?: { jobTemplate?: JobTemplate } };
  const template = cronJob.spec?.jobTemplate ?? {};
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: compact({
      name,
      labels: template.metadata?.labels,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: cronJob.metadata.name,
          uid: cronJob.metadata.uid ?? '',
          controller: true,
        },
      ],
    }),
    spec: template.spec ?? {},
    status: {},
  };
}

export const createCronJob = generatorCommand({
  use: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  aliases: ['cj'],
  short: 'Create a cron job',
  example: `# Create a cron job that runs every minute
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *"

# With a command
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *" -- date`,
  flags: [
    { name: 'image', type: 'string', default: '', isRequired: true, usage: 'Image to run.' },
    { name: 'schedule', type: 'string', default: '', isRequired: true, usage: 'When to run, in the form of cron.' },
    { name: 'restart', type: 'string', default: '', usage: 'Restart policy of its jobs: OnFailure or Never.' },
  ],
  failure: 'failed to create cronjob: ',
  build(context, name) {
    const { flags } = context;
    const restartPolicy = flags.string('restart') || 'OnFailure';
    const pod = { name, image: flags.string('image'), command: commandFromArgs(context), restartPolicy };
    return {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: {
        schedule: flags.string('schedule'),
        jobTemplate: { metadata: { name }, spec: { template: podTemplate(pod) } },
      },
      status: {},
    };
  },
});
