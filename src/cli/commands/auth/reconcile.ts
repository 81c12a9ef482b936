// `kubectl auth reconcile`: RBAC objects of files brought to the server, rules and subjects merged by what they mean.
// Called by: commands/auth.ts. Upstream: kubectl pkg/cmd/auth/reconcile.go.
import { defineCommand, type CommandContext } from '../../command.ts';
import { dryRunFlag, dryRunStrategy, filenameFlags, filenameOptions, requireFilenames } from '../../commandflags.ts';
import { operationPrinter } from '../../commandprinter.ts';
import type { Printer } from '../../printer.ts';
import { ruleText } from '../../../machinery/policyrules.ts';
import { printFlags } from '../../printers.ts';
import { requireObject } from '../../requests.ts';
import { subjectText, type RbacObject, type Reconciled } from '../../../machinery/rbacreconciliation.ts';
import { Reconciler } from './reconciler.ts';

const GROUP = 'rbac.authorization.k8s.io';

export const authReconcile = defineCommand({
  use: 'reconcile -f FILENAME',
  short: 'Bring roles and bindings of files to the server, merged by what they mean',
  long: `Brings roles, role bindings, cluster roles and cluster role bindings of files to the server.

What is missing is created, namespaces too. Roles that are there get the rules they lack, bindings the subjects they lack;
what they have beyond that stays unless --remove-extra-permissions or --remove-extra-subjects is given.`,
  example: `# Reconcile what a file says
kubectl auth reconcile -f my-rbac-rules.yaml`,
  flags: [
    ...printFlags(),
    ...filenameFlags('of the objects to reconcile'),
    { name: 'remove-extra-permissions', type: 'bool', default: 'false', usage: 'Take rules away that files lack.' },
    { name: 'remove-extra-subjects', type: 'bool', default: 'false', usage: 'Take subjects away that files lack.' },
    dryRunFlag(),
  ],
  async run(context) {
    const { flags, factory, args } = context;
    const options = filenameOptions(flags);
    requireFilenames(options);
    if (args.length > 0) throw new Error('no arguments are allowed');
    const dryRun = dryRunStrategy(context);
    if (dryRun === 'server') throw new Error('--dry-run=server for command reconcile is not supported yet');
    const builder = factory.builder().typed().filenames(options).flatten().local().continueOnError();
    await builder.check();
    const printer = operationPrinter(context, 'reconciled', { dryRun, isTyped: true });
    const reconciler = new Reconciler({
      rest: await factory.rest(),
      isDryRun: dryRun === 'client',
      removesPermissions: flags.bool('remove-extra-permissions'),
      removesSubjects: flags.bool('remove-extra-subjects'),
    });
    await builder.visit(async (info) => {
      const { group, version, kind } = info.mapping.gvk;
      if (group !== GROUP) return;
      if (version !== 'v1') throw new Error(`only ${GROUP}/v1 is supported: not *${version}.${kind}`);
      report(context, printer, await reconciler.reconcile(requireObject(info) as RbacObject));
    });
  },
});

function report({ flags, streams }: CommandContext, printer: Printer, result: Reconciled): void {
  printer.print(result.object, streams.out);
  if (result.operation === 'none') return;
  const caveat = result.isProtected
    ? ', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)'
    : '';
  streams.err.write(`\treconciliation required ${result.operation}${caveat}\n`);
  const list = (title: string, lines: readonly string[]) => {
    if (lines.length > 0) streams.err.write(`\t${title}:\n${lines.map((line) => `\t\t${line}\n`).join('')}`);
  };
  list('missing subjects added', result.missingSubjects.map(subjectText));
  if (flags.bool('remove-extra-subjects')) list('extra subjects removed', result.extraSubjects.map(subjectText));
  list('missing rules added', result.missingRules.map(ruleText));
  if (flags.bool('remove-extra-permissions')) list('extra rules removed', result.extraRules.map(ruleText));
}
