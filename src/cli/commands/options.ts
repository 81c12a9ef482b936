// `kubectl options`: the flags that every command takes.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/options/options.go.
import { defineCommand } from '../command.ts';
import { optionsText } from '../help.ts';

export const options = defineCommand({
  use: 'options',
  short: 'List the flags that every command takes',
  async run({ streams }) {
    streams.out.write(optionsText());
  },
});
