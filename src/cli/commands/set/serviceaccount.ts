// `kubectl set serviceaccount`.
// Called by: commands/set.ts. Upstream: kubectl pkg/cmd/set/set_serviceaccount.go.
import { defineCommand } from '../../command.ts';
import { dryRunStrategy } from '../../commandflags.ts';
import { changeAll, podSpecOf, readInfos, setFlags } from './podspec.ts';

export const setServiceAccount = defineCommand({
  use: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  aliases: ['sa'],
  short: 'Change the service account of a resource',
  long: `Changes the service account of pod templates.`,
  example: `# Let the deployment nginx run as serviceaccount1
kubectl set serviceaccount deployment nginx-deployment serviceaccount1`,
  flags: setFlags().filter((flag) => flag.name !== 'selector'),
  async run(context) {
    const { args, flags } = context;
    const dryRun = dryRunStrategy(context);
    if (flags.bool('local') && dryRun === 'server')
      throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    const name = args.at(-1);
    if (name === undefined) throw new Error('serviceaccount is required');
    const resources = flags.bool('local') ? [] : args.slice(0, -1);
    const infos = await readInfos(context, resources, { hasSelector: false });
    await changeAll(
      context,
      infos,
      (object) => {
        podSpecOf(object).serviceAccountName = name;
        return true;
      },
      { operation: 'serviceaccount updated', failure: 'failed to patch ServiceAccountName ', printsUnchanged: true },
    );
  },
});
