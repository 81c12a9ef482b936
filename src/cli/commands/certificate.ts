// `kubectl certificate`: approve and deny.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/certificates/certificates.go.
import { defineCommand } from '../command.ts';
import { approve, deny } from './certificate/decide.ts';

export const certificate = defineCommand({
  use: 'certificate SUBCOMMAND',
  short: 'Decide on requests for certificates',
  long: `Decides on requests for certificates.`,
  printsHelp: 'always',
  commands: [approve, deny],
});
