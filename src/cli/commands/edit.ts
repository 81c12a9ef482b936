// `kubectl edit`: opens live objects in an editor and patches them to what was saved.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/edit/edit.go.
import { defineCommand } from '../command.ts';
import { fieldManagerFlag, filenameFlags, saveConfigFlag, subresourceFlag, validateFlag } from '../commandflags.ts';
import { runEdit } from '../editor.ts';
import { printFlags } from '../printers.ts';

export const edit = defineCommand({
  use: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource with an editor',
  long: `Opens live objects in the editor that KUBE_EDITOR or EDITOR names, else in vi, and applies what is saved.

Several objects are edited together as a list. What is saved is sent as a patch; when the server refuses it, the file is opened again with the reasons.

The default format is YAML; -o json edits JSON.`,
  example: `# Edit the service registry
kubectl edit svc/registry

# Use another editor
KUBE_EDITOR="nano" kubectl edit svc/registry

# Edit the job myjob as JSON
kubectl edit job.v1.batch/myjob -o json`,
  flags: [
    ...printFlags(),
    ...filenameFlags('to edit'),
    validateFlag(),
    {
      name: 'output-patch',
      type: 'bool',
      default: 'false',
      usage: 'Print the patch that is sent.',
    },
    {
      name: 'windows-line-endings',
      type: 'bool',
      default: 'false',
      usage: "Use Windows' line endings in the file to edit.",
    },
    saveConfigFlag(),
    fieldManagerFlag('kubectl-edit'),
    subresourceFlag('Edit this subresource of the object.'),
  ],
  async run(context) {
    const { flags } = context;
    await runEdit(context, {
      mode: 'normal',
      fieldManager: flags.string('field-manager'),
      subresource: flags.string('subresource'),
      savesConfig: flags.bool('save-config'),
      outputsPatch: flags.bool('output-patch'),
    });
  },
});
