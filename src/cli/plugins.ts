// Plugins: programs named kubectl-foo-bar in the folders of PATH, for words that are no command.
// Called by: cli/root.ts, commands/plugin.ts. Must not know: any plugin. Upstream: kubectl pkg/cmd/plugin.go.
import { ExitError } from './errors.ts';
import type { KubectlRuntime } from './runtime.ts';

/** Returns the folders in which plugins are looked for. */
export function pluginFolders(runtime: KubectlRuntime): readonly string[] {
  return runtime.pluginFolders ?? (runtime.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
}

/**
 * Runs the plugin that the most words name, with the rest as its arguments. Returns false when there is none.
 * @throws ExitError with the plugin's exit code. Upstream: HandlePluginCommand.
 */
export async function runPlugin(argv: readonly string[], runtime: KubectlRuntime): Promise<boolean> {
  const end = argv.findIndex((arg) => arg.startsWith('-'));
  if (end === 0 && argv.find((arg) => !arg.startsWith('-')) !== 'help')
    throw new ExitError(1, `Error: flags cannot be placed before plugin name: ${argv[0]}`);
  const words = (end < 0 ? argv : argv.slice(0, end)).map((arg) => arg.replaceAll('-', '_'));
  for (let count = words.length; count > 0; count--) {
    const file = findProgram(`kubectl-${words.slice(0, count).join('-')}`, runtime);
    if (file === undefined) continue;
    const { runProgram } = await import('./externalprogram.ts');
    await runtime.yieldState();
    const { env, cwd } = runtime;
    const { exitCode, startError } = await runProgram(file, argv.slice(count), { env, cwd, stdio: 'inherit' });
    if (startError !== undefined) throw new ExitError(1, `Error: ${startError}`);
    if (exitCode !== 0) throw new ExitError(exitCode ?? 1);
    return true;
  }
  return false;
}

function findProgram(name: string, runtime: KubectlRuntime): string | undefined {
  const fs = process.getBuiltinModule('node:fs');
  for (const folder of pluginFolders(runtime)) {
    const file = `${folder}/${name}`;
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}
