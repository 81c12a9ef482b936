// kubectl api-versions: the group versions that the server serves.
// Called by: cli/commands/index.ts. Must not know: kinds. Upstream: kubectl pkg/cmd/apiresources/apiversions.go.
import type { RESTMapper } from '../../client/types.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { UsageError } from '../errors.ts';

export const apiVersions = defineCommand({
  use: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  example: `  # The group versions, sorted
  kubectl api-versions`,
  run: runApiVersions,
});

async function runApiVersions({ args, factory, streams, commandPath }: CommandContext): Promise<void> {
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`, commandPath);
  let mapper: RESTMapper;
  try {
    mapper = await factory.mapper();
  } catch (error) {
    if ((error as Error).name === 'StateError') throw error;
    throw new Error(`couldn't get available api versions from server: ${(error as Error).message}`, { cause: error });
  }
  for (const groupVersion of [...mapper.groupVersions()].sort()) streams.out.write(`${groupVersion}\n`);
}
