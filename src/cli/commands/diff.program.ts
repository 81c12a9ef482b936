// The two folders that a diff program compares, and running it.
// Called by: commands/diff.ts. Must not know: what is compared.
// Upstream: kubectl pkg/cmd/diff/diff.go DiffProgram, Directory.
import type { Unstructured } from '../../machinery/types.ts';
import { toYaml } from '../../machinery/yaml.ts';
import type { CommandContext } from '../command.ts';
import type { Factory } from '../factory.ts';

/** Numbers behind the names of folders begin here, so that the same commands print the same names. */
const FIRST_NUMBER = 1_000_000_000;
const MAX_ARGUMENT_EXIT_CODE = 1;

/** Two folders of the system's temporary folder; `remove` deletes them. */
export class DiffFolders {
  readonly live: string;
  readonly merged: string;
  readonly #nowSeconds: number;

  constructor({ env, clock }: Factory) {
    const parent = env['TMPDIR'] || '/tmp';
    this.live = makeFolder(parent, 'LIVE');
    this.merged = makeFolder(parent, 'MERGED');
    this.#nowSeconds = clock.nowMs() / 1000;
  }

  /** Writes an object as YAML; without one the file is empty. */
  addLive(name: string, object: Unstructured | undefined): void {
    this.#write(this.live, name, object);
  }
  addMerged(name: string, object: Unstructured | undefined): void {
    this.#write(this.merged, name, object);
  }

  remove(): void {
    const fs = process.getBuiltinModule('node:fs');
    for (const folder of [this.live, this.merged]) fs.rmSync(folder, { recursive: true, force: true });
  }

  /** Files carry the cluster's time: diff programs print it. */
  #write(folder: string, name: string, object: Unstructured | undefined): void {
    const fs = process.getBuiltinModule('node:fs');
    const file = process.getBuiltinModule('node:path').join(folder, name);
    fs.writeFileSync(file, object ? toYaml(object) : '', { mode: 0o700 });
    fs.utimesSync(file, this.#nowSeconds, this.#nowSeconds);
  }
}

function makeFolder(parent: string, prefix: string): string {
  const fs = process.getBuiltinModule('node:fs');
  const path = process.getBuiltinModule('node:path');
  for (let number = FIRST_NUMBER; ; number++) {
    const folder = path.join(parent, `${prefix}-${number}`);
    try {
      fs.mkdirSync(folder, { mode: 0o700 });
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Runs the program and returns 0 or 1. @throws Error `failed to run "diff": exit status 2`. */
export async function runDiff({ factory, streams }: CommandContext, folders: DiffFolders): Promise<number> {
  const { file, args } = diffCommand(factory.env['KUBECTL_EXTERNAL_DIFF'] ?? '');
  const { runProgram } = await import('../externalprogram.ts');
  const { cwd, env } = factory;
  const result = await runProgram(file, [...args, folders.live, folders.merged], { cwd, env, stdio: 'pipe' });
  streams.out.write(result.stdout);
  streams.err.write(result.stderr);
  const { exitCode, startError } = result;
  if (exitCode !== undefined && exitCode <= MAX_ARGUMENT_EXIT_CODE) return exitCode;
  const why =
    startError === 'ENOENT' ? 'executable file not found in $PATH' : (startError ?? `exit status ${exitCode}`);
  throw new Error(`failed to run ${JSON.stringify(file)}: ${why}`);
}

/** Options of an external program may only hold letters, digits, dashes and equals signs; others are left out. */
function diffCommand(external: string): { file: string; args: string[] } {
  if (external === '') return { file: 'diff', args: ['-u', '-N'] };
  const [file = '', ...args] = external.split(' ');
  return { file, args: args.filter((arg) => /^[a-zA-Z0-9-=]+$/.test(arg)) };
}
