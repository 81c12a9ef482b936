// `kubectl create`: objects from manifests, and sub-commands that build them from flags.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/create/create.go.
import { defineCommand, type CommandContext } from '../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  filenameOptions,
  recordFlag,
  requireFilenames,
  saveConfigFlag,
  selectorFlag,
  validateFlag,
  validationDirective,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { addSource, UsageError } from '../errors.ts';
import { createOrUpdateAnnotation } from '../lastapplied.ts';
import { printFlags } from '../printers.ts';
import { recorded } from '../recording.ts';
import { createInfo, requireObject } from '../requests.ts';
import { createConfigMap } from './create/configmap.ts';
import { createDeployment } from './create/deployment.ts';
import { createIngress } from './create/ingress.ts';
import { createCronJob, createJob } from './create/job.ts';
import { createNamespace, createServiceAccount } from './create/namespace.ts';
import { createPodDisruptionBudget, createPriorityClass, createQuota } from './create/policy.ts';
import { createClusterRole, createClusterRoleBinding, createRole, createRoleBinding } from './create/rbac.ts';
import { createSecret } from './create/secret.ts';
import { createService } from './create/service.ts';
import { createToken } from './create/token.ts';

export const create = defineCommand({
  use: 'create -f FILENAME',
  short: 'Create a resource from a file or from stdin',
  long: `Creates objects from files or stdin, or with a sub-command from flags.

JSON and YAML formats are accepted.`,
  example: `# Create what pod.json says
kubectl create -f ./pod.json

# Create what comes from stdin
cat pod.json | kubectl create -f -

# Edit registry.yaml as JSON, then create it
kubectl create -f registry.yaml --edit -o json`,
  flags: [
    ...filenameFlags('to create'),
    validateFlag(),
    { name: 'edit', type: 'bool', default: 'false', usage: 'Edit the manifest before the object is created.' },
    {
      name: 'windows-line-endings',
      type: 'bool',
      default: 'false',
      usage: "With --edit: use Windows' line endings in the file to edit.",
    },
    saveConfigFlag(),
    dryRunFlag(),
    selectorFlag(),
    { name: 'raw', type: 'string', default: '', usage: 'Send POST to this path of the server.' },
    fieldManagerFlag('kubectl-create'),
    recordFlag(),
    ...printFlags(),
  ],
  commands: [
    createNamespace,
    createQuota,
    createSecret,
    createConfigMap,
    createServiceAccount,
    createService,
    createDeployment,
    createClusterRole,
    createClusterRoleBinding,
    createRole,
    createRoleBinding,
    createPodDisruptionBudget,
    createPriorityClass,
    createJob,
    createCronJob,
    createIngress,
    createToken,
  ],
  async run(context) {
    const { args, flags, factory, streams, commandPath } = context;
    if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`, commandPath);
    const dryRun = dryRunStrategy(context);
    const fieldValidation = validationDirective(flags);
    const printer = operationPrinter(context, 'created', { dryRun });
    const files = filenameOptions(flags);
    requireFilenames(files);
    if (flags.string('raw') !== '') return await createRaw(context);
    if (flags.bool('edit')) {
      const { runEdit } = await import('../editor.ts');
      const savesConfig = flags.bool('save-config');
      return await runEdit(context, { mode: 'create', fieldManager: 'kubectl-create', savesConfig });
    }
    const { namespace, isEnforced } = await factory.namespace();
    const builder = factory
      .builder()
      .schema(fieldValidation)
      .continueOnError()
      .namespace(namespace, { isEnforced })
      .filenames(files)
      .labelSelector(flags.string('selector'))
      .flatten();
    await builder.check();
    let count = 0;
    await builder.visit(async (info) => {
      info.object = recorded(context, createOrUpdateAnnotation(flags.bool('save-config'), requireObject(info)));
      if (dryRun !== 'client') {
        try {
          const options = { dryRun, fieldManager: flags.string('field-manager'), fieldValidation };
          await createInfo(await factory.rest(), info, options);
        } catch (error) {
          throw addSource('creating', info.source, error);
        }
      }
      count++;
      printer.print(requireObject(info), streams.out);
    });
    if (count === 0) throw new Error('no objects passed to create');
  },
});

async function createRaw({ flags, factory, streams }: CommandContext): Promise<void> {
  const filenames = flags.strings('filename');
  const [file = ''] = filenames;
  if (flags.bool('edit')) throw new Error('--raw and --edit are mutually exclusive');
  if (filenames.length !== 1) throw new Error('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(file)) throw new Error('--raw cannot read from a url');
  if (flags.bool('recursive')) throw new Error('--raw and --recursive are mutually exclusive');
  if (flags.string('selector') !== '') throw new Error('--raw and --selector (-l) are mutually exclusive');
  if (flags.string('output') !== '') throw new Error('--raw and --output are mutually exclusive');
  const { rawRequest } = await import('../rawrequest.ts');
  await rawRequest({ factory, streams, method: 'POST', path: flags.string('raw'), file });
}
