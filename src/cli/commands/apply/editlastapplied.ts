// `kubectl apply edit-last-applied`.
// Called by: commands/apply.ts. Upstream: kubectl pkg/cmd/apply/apply_edit_last_applied.go.
import { defineCommand } from '../../command.ts';
import { fieldManagerFlag, filenameFlags, validateFlag } from '../../commandflags.ts';
import { printFlags } from '../../printers.ts';

export const editLastApplied = defineCommand({
  use: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit what was applied last',
  long: `Opens what was applied last in the editor that KUBE_EDITOR or EDITOR names, else in vi.

Only the annotation changes, not the object.`,
  example: `# Edit what was applied to the deployment nginx
kubectl apply edit-last-applied deployment/nginx`,
  flags: [
    ...printFlags(),
    ...filenameFlags('to edit'),
    {
      name: 'windows-line-endings',
      type: 'bool',
      default: 'false',
      usage: "Use Windows' line endings in the file to edit.",
    },
    fieldManagerFlag('kubectl-client-side-apply'),
    validateFlag(),
  ],
  async run(context) {
    const { runEdit } = await import('../../editor.ts');
    await runEdit(context, { mode: 'last-applied', fieldManager: context.flags.string('field-manager') });
  },
});
