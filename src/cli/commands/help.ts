// `kubectl help COMMAND …`: the same text as `kubectl COMMAND … --help`.
// Called by: cli/commands/index.ts. Upstream: cobra's help command.
import { defineCommand } from '../command.ts';
import { commandHelp, rootHelp, rootUsage } from '../help.ts';
import { commandIndex } from './index.ts';

export const help = defineCommand({
  use: 'help [command] [flags]',
  short: 'Help about any command',
  long: 'Prints the help of any command: kubectl help, then the words of the command.',
  async run({ args, streams }) {
    const { findCommand } = await import('../findcommand.ts');
    const found = await findCommand(args);
    if (found?.spec) streams.out.write(commandHelp(found.spec, found.path, found.parents));
    else if (found) streams.out.write(rootHelp(commandIndex));
    else {
      const topics = args.map((arg) => `\`${arg}\``).join(' ');
      streams.err.write(`Unknown help topic [${topics}]\n${rootUsage(commandIndex)}`);
    }
  },
});
