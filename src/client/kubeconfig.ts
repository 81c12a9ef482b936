// The kubeconfig: found, merged and written as clientcmd does.
// Called by: cli/clientfactory.ts and the config commands. Must not know: what a server is. Upstream: client-go/tools/clientcmd.
import { deepEqual } from '../machinery/meta.ts';
import { emptyKubeconfig, readKubeconfig, resolvePaths, writeKubeconfig } from './kubeconfig.files.ts';
import type { Kubeconfig, KubeconfigAccess } from './types.ts';

export interface KubeconfigOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Relative file names are taken from here. Default: the process's folder. */
  cwd?: string | undefined;
  /** --kubeconfig; '' or absent when not given. */
  explicitFile?: string | undefined;
  /** The file when nothing names one: in the state folder. */
  defaultFile: string;
}

type Section = 'clusters' | 'users' | 'contexts';
const SECTIONS: readonly Section[] = ['clusters', 'users', 'contexts'];

/** Returns the way to the kubeconfig that --kubeconfig or KUBECONFIG names, else to the default file. */
export function openKubeconfig(options: KubeconfigOptions): KubeconfigAccess {
  return new KubeconfigFiles(options);
}

class KubeconfigFiles implements KubeconfigAccess {
  readonly files: readonly string[];
  readonly #explicit: string;
  readonly #cwd: string;
  /** Which file each entry came from, by 'section/name'. */
  #origins = new Map<string, string>();

  constructor({ env, cwd, explicitFile, defaultFile }: KubeconfigOptions) {
    this.#cwd = cwd ?? process.cwd();
    this.#explicit = explicitFile ?? '';
    const named = (env['KUBECONFIG'] ?? '') === '' ? [] : (env['KUBECONFIG'] ?? '').split(':');
    this.files = this.#explicit !== '' ? [this.#explicit] : named.length > 0 ? [...new Set(named)] : [defaultFile];
  }

  get defaultFile(): string {
    if (this.#explicit !== '') return this.#explicit;
    const { existsSync } = process.getBuiltinModule('node:fs');
    return this.files.find((file) => file !== '' && existsSync(this.#path(file))) ?? this.files[0] ?? '';
  }

  load(): Kubeconfig {
    const { configs, errors } = this.#readAll();
    const merged = emptyKubeconfig();
    this.#origins = new Map();
    for (const { file, config } of configs) this.#mergeIn(merged, config, file);
    const [first, ...more] = errors;
    if (first && more.length > 0) throw new AggregateError(errors, `[${errors.map((e) => e.message).join(', ')}]`);
    if (first) throw first;
    return merged;
  }

  #readAll(): { configs: { file: string; config: Kubeconfig }[]; errors: Error[] } {
    const configs: { file: string; config: Kubeconfig }[] = [];
    const errors: Error[] = [];
    for (const file of this.files) {
      if (file === '') continue;
      try {
        const config = readKubeconfig(this.#path(file));
        if (config) configs.push({ file, config });
        else if (this.#explicit !== '') throw new MissingFileError(`stat ${file}: no such file or directory`);
      } catch (error) {
        if (error instanceof MissingFileError) throw error;
        const message = (error as Error).message.replace(this.#path(file), file);
        errors.push(new Error(`error loading config file ${JSON.stringify(file)}: ${message}`, { cause: error }));
      }
    }
    return { configs, errors };
  }

  // The first file to name an entry wins, and the first to set the current context.
  #mergeIn(merged: Kubeconfig, config: Kubeconfig, file: string): void {
    const folder = process.getBuiltinModule('node:path').dirname(this.#path(file));
    for (const section of SECTIONS)
      for (const [name, entry] of config[section]) {
        if (merged[section].has(name)) continue;
        merged[section].set(name, resolvePaths(section, entry, folder));
        this.#origins.set(`${section}/${name}`, file);
      }
    if (merged.currentContext === '') merged.currentContext = config.currentContext;
    merged.preferences = { ...config.preferences, ...merged.preferences };
  }

  save(config: Kubeconfig): void {
    const before = this.#loadOrEmpty();
    const changes = new Map<string, Kubeconfig>();
    const open = (file: string): Kubeconfig => {
      let found = changes.get(file);
      if (!found) changes.set(file, (found = readKubeconfig(this.#path(file)) ?? emptyKubeconfig()));
      return found;
    };
    for (const section of SECTIONS) this.#saveSection(section, before, config, open);
    if (before.currentContext !== config.currentContext) this.#saveCurrentContext(config.currentContext, open);
    if (!deepEqual(before.preferences, config.preferences)) open(this.defaultFile).preferences = config.preferences;
    for (const [file, changed] of changes) writeKubeconfig(this.#path(file), changed, file);
  }

  #saveSection(section: Section, before: Kubeconfig, after: Kubeconfig, open: (file: string) => Kubeconfig): void {
    const fileOf = (name: string): string => this.#origins.get(`${section}/${name}`) ?? this.defaultFile;
    for (const [name, entry] of after[section])
      if (!deepEqual(entry, before[section].get(name))) open(fileOf(name))[section].set(name, entry);
    for (const name of before[section].keys()) if (!after[section].has(name)) open(fileOf(name))[section].delete(name);
  }

  // An empty context is taken out of the first file that sets one.
  #saveCurrentContext(name: string, open: (file: string) => Kubeconfig): void {
    if (name !== '' || this.#explicit !== '') {
      open(this.defaultFile).currentContext = name;
      return;
    }
    for (const file of this.files) {
      if (!readKubeconfig(this.#path(file))?.currentContext) continue;
      open(file).currentContext = '';
      return;
    }
    throw new Error('no config found to write context');
  }

  #loadOrEmpty(): Kubeconfig {
    try {
      return this.load();
    } catch (error) {
      if (error instanceof MissingFileError) return emptyKubeconfig();
      throw error;
    }
  }

  #path(file: string): string {
    return process.getBuiltinModule('node:path').resolve(this.#cwd, file);
  }
}

/** `stat x: no such file or directory`: --kubeconfig names a file that is not there. */
export class MissingFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MissingFileError';
  }
}
