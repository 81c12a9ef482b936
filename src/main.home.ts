// Where things lie: the home of all clusters, one folder a cluster, the kubeconfig, the starter clusters.
// Called by: main.ts and its siblings. Must not know: what the files hold.
import fs from 'node:fs';
import path from 'node:path';

declare const SANDKUBE_DIST: string | undefined;

/** The folder of the installed project. */
export const projectFolder =
  typeof SANDKUBE_DIST === 'string' ? path.dirname(SANDKUBE_DIST) : path.resolve(import.meta.dirname, '..');

export interface Home {
  /** Absolute. */
  directory: string;
  /** The kubeconfig that is used when neither --kubeconfig nor KUBECONFIG names one. */
  kubeconfig: string;
  clusterFolder(name: string): string;
}

/**
 * Returns the home: SANDKUBE_HOME, else `state/` of a checkout, else `$XDG_STATE_HOME/sandkube`.
 * Nothing is created.
 */
export function findHome(env: Readonly<Record<string, string | undefined>>, cwd: string): Home {
  const directory = path.resolve(cwd, homeFolder(env));
  return {
    directory,
    kubeconfig: path.join(directory, 'kubeconfig'),
    clusterFolder: (name) => path.join(directory, 'clusters', name),
  };
}

function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env['SANDKUBE_HOME']) return env['SANDKUBE_HOME'];
  if (fs.existsSync(path.join(projectFolder, '.git'))) return path.join(projectFolder, 'state');
  const base = env['XDG_STATE_HOME'] || path.join(env['HOME'] ?? '/', '.local/state');
  return path.join(base, 'sandkube');
}

/** Returns the text of a starter cluster, or undefined when there is none of that name. */
export function readStarter(name: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) return undefined;
  const file = path.join(projectFolder, 'state/starters', `${name}.yaml`);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

/** Returns the names of the starter clusters, sorted. */
export function starterNames(): string[] {
  const files = fs.readdirSync(path.join(projectFolder, 'state/starters'));
  return files.map((file) => path.basename(file, '.yaml')).sort();
}
