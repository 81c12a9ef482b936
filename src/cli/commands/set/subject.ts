// `kubectl set subject`.
// Called by: commands/set.ts. Upstream: kubectl pkg/cmd/set/set_subject.go.
import { deepEqual } from '../../../machinery/meta.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { dryRunStrategy } from '../../commandflags.ts';
import type { Info } from '../../builder.ts';
import { changeAll, readInfos, setFlags } from './podspec.ts';

const GROUP = 'rbac.authorization.k8s.io';

interface Subject {
  kind: string;
  apiGroup?: string;
  name: string;
  namespace?: string;
}

export const setSubject = defineCommand({
  use: 'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Add users, groups or service accounts to a role binding',
  example: `# Add a service account to a cluster role binding
kubectl set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1

# Add users and a group to a role binding
kubectl set subject rolebinding admin --user=user1 --user=user2 --group=group1`,
  flags: [
    ...setFlags().filter((flag) => flag.name !== 'record'),
    { name: 'user', type: 'stringArray', default: '[]', usage: 'Users to bind; may be repeated.' },
    { name: 'group', type: 'stringArray', default: '[]', usage: 'Groups to bind; may be repeated.' },
    { name: 'serviceaccount', type: 'stringArray', default: '[]', usage: 'Service accounts to bind; may be repeated.' },
  ],
  async run(context) {
    const { args } = context;
    const dryRun = dryRunStrategy(context);
    const infos = await readInfos(context, args);
    validate(context, infos, dryRun === 'server');
    const { namespace } = await context.factory.namespace();
    const subjects = wantedSubjects(context, namespace);
    await changeAll(
      context,
      infos,
      (object) => {
        if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding')
          throw new Error('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
        const existing = (object['subjects'] ?? []) as Subject[];
        const added = subjects.filter((s) => !existing.some((e) => deepEqual(e, s)));
        object['subjects'] = [...existing, ...added];
        return added.length > 0;
      },
      { operation: 'subjects updated', failure: 'failed to patch subjects to rolebinding: ' },
    );
  },
});

function validate({ flags }: CommandContext, infos: readonly Info[], isServerDryRun: boolean): void {
  if (flags.bool('local') && isServerDryRun)
    throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new Error('cannot set --all and --selector at the same time');
  const accounts = flags.strings('serviceaccount');
  if (flags.strings('user').length === 0 && flags.strings('group').length === 0 && accounts.length === 0)
    throw new Error('you must specify at least one value of user, group or serviceaccount');
  for (const account of accounts) {
    const [namespace = '', name = '', ...more] = account.split(':');
    if (name === '' || more.length > 0) throw new Error('serviceaccount must be <namespace>:<name>');
    if (namespace === '' && infos.some((info) => info.mapping.gvk.kind === 'ClusterRoleBinding'))
      throw new Error('serviceaccount must be <namespace>:<name>, namespace must be specified');
  }
}

function wantedSubjects({ flags }: CommandContext, defaultNamespace: string): Subject[] {
  const each = (name: string) => [...new Set(flags.strings(name))].sort();
  return [
    ...each('user').map((name) => ({ kind: 'User', apiGroup: GROUP, name })),
    ...each('group').map((name) => ({ kind: 'Group', apiGroup: GROUP, name })),
    ...each('serviceaccount').map((text) => {
      const [namespace = '', name = ''] = text.split(':');
      return { kind: 'ServiceAccount', name, namespace: namespace || defaultNamespace };
    }),
  ];
}
