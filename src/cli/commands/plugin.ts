// `kubectl plugin list`: the programs named kubectl-… in the folders of PATH.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/plugin/plugin.go.
import { defineCommand, type CommandContext } from '../command.ts';
import { goFileError } from '../../machinery/goerrno.ts';
import { pluginFolders } from '../plugins.ts';

const EXAMPLE = `# All plugins
kubectl plugin list

# Their names without folders
kubectl plugin list --name-only`;

const list = defineCommand({
  use: 'list [flags]',
  short: 'List the plugins that PATH leads to',
  long: `Lists the plugins: programs in the folders of PATH whose names begin with "kubectl-".`,
  example: EXAMPLE,
  flags: [{ name: 'name-only', type: 'bool', default: 'false', usage: 'Print names without folders.' }],
  run: listPlugins,
});

export const plugin = defineCommand({
  use: 'plugin [flags]',
  short: 'Work with plugins',
  long: 'Plugins add commands: a program kubectl-foo somewhere in PATH runs as "kubectl foo".',
  example: EXAMPLE,
  commands: [list],
});

async function listPlugins(context: CommandContext): Promise<void> {
  const { flags, streams } = context;
  const files = findPlugins(context);
  const problems: string[] = [];
  if (files.length > 0) streams.out.write('The following compatible plugins are available:\n\n');
  else problems.push('error: unable to find any kubectl plugins in your PATH');
  const seen = new Map<string, string>();
  let count = 0;
  for (const file of files) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    streams.out.write(`${flags.bool('name-only') ? name : file}\n`);
    const warnings = await warningsOf(file, name, seen);
    for (const warning of warnings) streams.err.write(`  - ${warning}\n`);
    count += warnings.length;
  }
  if (count === 1) problems.push('error: one plugin warning was found');
  if (count > 1) problems.push(`error: ${count} plugin warnings were found`);
  if (problems.length > 0) throw new Error(problems.map((text) => `${text}\n`).join(''));
}

function findPlugins({ factory, streams }: CommandContext): string[] {
  const { readdirSync } = process.getBuiltinModule('node:fs');
  const files: string[] = [];
  for (const folder of new Set(pluginFolders(factory.runtime))) {
    if (folder.trim() === '') continue;
    try {
      const entries = readdirSync(folder, { withFileTypes: true });
      const names = entries.filter((e) => !e.isDirectory() && e.name.startsWith('kubectl-')).map((e) => e.name);
      files.push(...names.sort().map((name) => `${folder.replace(/\/+$/, '')}/${name}`));
    } catch (error) {
      const reason = goFileError('open', folder, error);
      streams.err.write(`Unable to read directory ${JSON.stringify(folder)} from your PATH: ${reason}. Skipping...\n`);
    }
  }
  return files;
}

/** Upstream: CommandOverrideVerifier.Verify. */
async function warningsOf(file: string, name: string, seen: Map<string, string>): Promise<string[]> {
  const warnings: string[] = [];
  const { statSync } = process.getBuiltinModule('node:fs');
  try {
    const stat = statSync(file);
    if (stat.isDirectory() || (stat.mode & 0o111) === 0)
      warnings.push(`warning: ${file} identified as a kubectl plugin, but it is not executable`);
  } catch (error) {
    warnings.push(`error: unable to identify ${file} as an executable file: ${goFileError('stat', file, error)}`);
  }
  const before = seen.get(name);
  if (before === undefined) seen.set(name, file);
  else warnings.push(`warning: ${file} is overshadowed by a similarly named plugin: ${before}`);
  const { findCommand } = await import('../findcommand.ts');
  const command = await findCommand(name.split('-').slice(1));
  if (command) warnings.push(`warning: ${name} overwrites existing command: ${JSON.stringify(command.path)}`);
  return warnings;
}
