// `kubectl help COMMAND …`: the same text as `kubectl COMMAND … --help`.
// Called by: cli/commands/index.ts. Upstream: cobra's help command.
import { defineCommand, type CommandSpec } from '../command.ts';
import { commandHelp, rootHelp, rootUsage } from '../help.ts';
import { findSubcommand } from '../routing.ts';
import { commandIndex, findEntry } from './index.ts';

export const help = defineCommand({
  use: 'help [command] [flags]',
  short: 'Help about any command',
  long: 'Prints the help of any command: kubectl help, then the words of the command.',
  async run({ args, streams }) {
    const [word, ...rest] = args;
    if (word === undefined) {
      streams.out.write(rootHelp(commandIndex));
      return;
    }
    const entry = findEntry(word);
    if (!entry) {
      const topics = args.map((arg) => `\`${arg}\``).join(' ');
      streams.err.write(`Unknown help topic [${topics}]\n${rootUsage(commandIndex)}`);
      return;
    }
    let spec: CommandSpec = await entry.load();
    let path = `kubectl ${entry.name}`;
    const parents: CommandSpec[] = [];
    for (const next of rest) {
      const child = findSubcommand(spec, next);
      if (!child) break;
      parents.push(spec);
      spec = child;
      path += ` ${child.use.split(' ')[0]}`;
    }
    streams.out.write(commandHelp(spec, path, parents));
  },
});
