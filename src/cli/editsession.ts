// The file that is edited and the editor that opens it.
// Called by: cli/editor.ts. Must not know: objects. Upstream: kubectl pkg/cmd/util/editor/editor.go.
import type { CommandContext } from './command.ts';

export type EditMode = 'normal' | 'create' | 'last-applied';

/** Why the file must be edited again. */
export interface EditReason {
  head: string;
  others: readonly string[];
}

const OBJECT_HEAD = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;
const ANNOTATION_HEAD = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

/** Returns the commented lines above what is edited. */
export function header(mode: EditMode, reasons: readonly EditReason[]): string {
  const comment = (text: string) => text.replace(/\n(?!#|$)/g, '\n# ');
  const lines = reasons.flatMap(({ head, others }) => [
    `# ${comment(head)}${others.length > 0 ? ':' : ''}`,
    ...others.map((other) => `# * ${comment(other)}`),
    '#',
  ]);
  return (mode === 'last-applied' ? ANNOTATION_HEAD : OBJECT_HEAD) + lines.map((line) => `${line}\n`).join('');
}

/** Returns the text without its comment lines. Upstream: cmdutil.ManualStrip. */
export function stripComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*#(?!!)/.test(line))
    .join('\n');
}

export class EditSession {
  readonly #context: CommandContext;
  readonly #extension: string;
  /** Path of the file edited last, '' before the first edit. */
  file = '';

  constructor(context: CommandContext, extension: string) {
    this.#context = context;
    this.#extension = extension;
  }

  /** Opens the text in the editor and returns what was saved. @throws Error when the editor cannot be started or fails. */
  async edit(text: string): Promise<string> {
    const fs = process.getBuiltinModule('node:fs');
    const { factory } = this.#context;
    const file = this.#temporaryFile();
    fs.writeFileSync(file, text, { mode: 0o600 });
    const previous = this.file;
    this.file = file;
    await factory.yieldState();
    await this.#launch(file);
    if (previous !== '') fs.rmSync(previous, { force: true });
    return fs.readFileSync(file, 'utf8');
  }

  #temporaryFile(): string {
    const { factory } = this.#context;
    const folder = factory.env['TMPDIR'] || '/tmp';
    const digits = process.getBuiltinModule('node:crypto').randomInt(1e9, 4e9);
    return `${folder.replace(/\/$/, '')}/kubectl-edit-${digits}${this.#extension}`;
  }

  async #launch(file: string): Promise<void> {
    const { runProgram } = await import('./externalprogram.ts');
    const { env, cwd } = this.#context.factory;
    const editor = env['KUBE_EDITOR'] || env['EDITOR'] || 'vi';
    const needsShell = editor.includes(' ') && /["'\\]/.test(editor);
    const shell = env['SHELL'] || '/bin/bash';
    const words = needsShell ? [shell, '-c', editor] : editor.split(' ').filter((word) => word !== '');
    const [program = 'vi', ...args] = words;
    const full = needsShell ? ['-c', `${editor} ${JSON.stringify(file)}`] : [...args, file];
    const { exitCode, startError } = await runProgram(program, full, { env, cwd, stdio: 'inherit' });
    const shown = JSON.stringify([...words].join(' '));
    if (startError === 'ENOENT') throw new Error(`unable to launch the editor ${shown}`);
    if (exitCode !== 0) throw new Error(`there was a problem with the editor ${shown}`);
  }

  /** Removes the file and says why nothing was changed. */
  cancel(message: string): void {
    this.remove();
    this.#context.streams.err.write(`${message}\n`);
  }

  /** Says where the edits are kept. @throws the error. */
  keepAndThrow(error: Error): never {
    if (this.file !== '' && process.getBuiltinModule('node:fs').existsSync(this.file))
      this.#context.streams.err.write(`A copy of your changes has been stored to ${JSON.stringify(this.file)}\n`);
    throw error;
  }

  remove(): void {
    if (this.file !== '') process.getBuiltinModule('node:fs').rmSync(this.file, { force: true });
  }
}
