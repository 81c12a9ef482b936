// What the config commands share: the file that messages name, the refusal with the help in front.
// Called by: commands/config/*. Upstream: kubectl pkg/cmd/config/config.go helpErrorf.
import type { CommandContext } from '../../command.ts';
import type { KubeconfigAccess } from '../../../client/types.ts';

/** Returns the path that messages give: --kubeconfig's, else the first of the files. */
export function configFile(access: KubeconfigAccess): string {
  return access.defaultFile;
}

/** Prints the help and throws. */
export async function refuseWithHelp(context: CommandContext, message: string): Promise<never> {
  context.streams.out.write(await context.help());
  throw new Error(message);
}

/** Returns the arguments when there are as many as wanted. @throws Error `Unexpected args: [a b]` after the help. */
export async function exactArgs(context: CommandContext, count: number): Promise<string[]> {
  if (context.args.length !== count) await refuseWithHelp(context, `Unexpected args: [${context.args.join(' ')}]`);
  return context.args;
}
