// Keys and values for ConfigMaps and Secrets: literals, files, folders, env files; the hash of --append-hash.
// Called by: commands/create/configmap.ts, secret.ts. Upstream: kubectl pkg/util/util.go, pkg/util/hash/hash.go, pkg/cmd/util/env_file.go.
import { isEnvVarName } from '../../../machinery/validation.ts';
import type { CommandContext, FlagSpec } from '../../command.ts';
import { goFileError } from '../../../machinery/goerrno.ts';

/** Takes one key; refuses bad and repeated ones. */
export type AddKey = (key: string, value: Buffer) => void;

/** --from-file, --from-literal, --from-env-file and --append-hash. */
export function dataFlags(word: string): FlagSpec[] {
  return [
    {
      name: 'from-file',
      type: 'stringSlice',
      default: '[]',
      usage: 'File to take, [key=]path; the key is its name unless given. A folder stands for its files.',
    },
    { name: 'from-literal', type: 'stringArray', default: '[]', usage: 'Key and value: mykey=somevalue.' },
    { name: 'from-env-file', type: 'stringSlice', default: '[]', usage: 'File with lines key=value.' },
    hashFlag(word),
  ];
}

export function hashFlag(word: string): FlagSpec {
  return { name: 'append-hash', type: 'bool', default: 'false', usage: `Append a hash of the ${word} to its name.` };
}

/** @throws Error when --from-env-file meets the others. */
export function requireOneSource({ flags }: CommandContext): void {
  const mixes = flags.strings('from-file').length > 0 || flags.strings('from-literal').length > 0;
  if (flags.strings('from-env-file').length > 0 && mixes)
    throw new Error('from-env-file cannot be combined with from-file or from-literal');
}

export function addLiterals(sources: readonly string[], add: AddKey): void {
  for (const source of sources) {
    const at = source.indexOf('=');
    if (at <= 0) throw new Error(`invalid literal source ${source}, expected key=value`);
    add(source.slice(0, at), Buffer.from(source.slice(at + 1)));
  }
}

export function addFiles(sources: readonly string[], cwd: string, add: AddKey): void {
  const fs = process.getBuiltinModule('node:fs');
  const path = process.getBuiltinModule('node:path');
  for (const source of sources) {
    const { key, file } = parseFileSource(source);
    if (!statFile(cwd, file).isDirectory()) {
      add(key, readBytes(cwd, file));
      continue;
    }
    if (source.includes('=')) throw new Error('cannot give a key name for a directory path');
    const entries = fs.readdirSync(path.resolve(cwd, file), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (entry.isFile()) add(entry.name, readBytes(cwd, path.join(file, entry.name)));
  }
}

export function addEnvFiles(sources: readonly string[], context: CommandContext, word: string, add: AddKey): void {
  const { cwd, env } = context.factory;
  for (const file of sources) {
    if (statFile(cwd, file).isDirectory()) throw new Error(`env ${word} file cannot be a directory`);
    const text = readBytes(cwd, file)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
    for (const raw of text.split('\n')) {
      const line = raw.replace(/\r$/, '').trimStart();
      if (line === '' || line.startsWith('#')) continue;
      const at = line.indexOf('=');
      const key = at < 0 ? line : line.slice(0, at);
      const problems = isEnvVarName(key);
      if (problems.length > 0) throw new Error(`${JSON.stringify(key)} is not a valid key name: ${problems.join(';')}`);
      add(key, Buffer.from(at < 0 ? (env[key] ?? '') : line.slice(at + 1)));
    }
  }
}

function parseFileSource(source: string): { key: string; file: string } {
  const parts = source.split('=');
  if (parts.length === 1) return { key: process.getBuiltinModule('node:path').basename(source), file: source };
  if (parts.length > 2) throw new Error("key names or file paths cannot contain '='");
  const [key = '', file = ''] = parts;
  if (key === '') throw new Error(`key name for file path ${file} missing`);
  if (file === '') throw new Error(`file path for key name ${key} missing`);
  return { key, file };
}

function statFile(cwd: string, file: string) {
  try {
    return process.getBuiltinModule('node:fs').statSync(process.getBuiltinModule('node:path').resolve(cwd, file));
  } catch (error) {
    throw new Error(`error reading ${file}: ${goFileError('', '', error).replace(/^ : /, '')}`, { cause: error });
  }
}

function readBytes(cwd: string, file: string): Buffer {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(process.getBuiltinModule('node:path').resolve(cwd, file));
  } catch (error) {
    throw new Error(goFileError('open', file, error), { cause: error });
  }
}
