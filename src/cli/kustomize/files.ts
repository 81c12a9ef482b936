// The files of a kustomization: nothing outside its folder is read, folders are checked before they are entered.
// Called by: the other files of this folder. Must not know: what the files say. Upstream: kustomize api/internal/loader, kyaml/filesys.
import { goFileError } from '../../machinery/goerrno.ts';

const fs = () => process.getBuiltinModule('node:fs');
const path = () => process.getBuiltinModule('node:path');

/** A file or folder that is not there. Upstream: filesystem CleanedAbs. */
function realPath(given: string, resolved: string): string {
  try {
    return fs().realpathSync(resolved);
  } catch (error) {
    const reason = goFileError('lstat', resolved, error);
    throw new Error(`evalsymlink failure on '${given}' : ${reason}`, { cause: error });
  }
}

function isFolder(file: string): boolean {
  return fs().statSync(file).isDirectory();
}

function isInside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** The folder of one kustomization. */
export class KustomizationFolder {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly #parent: KustomizationFolder | undefined;

  private constructor(root: string, parent: KustomizationFolder | undefined) {
    this.root = root;
    this.#parent = parent;
  }

  /** Opens the folder named on the command line. @throws Error `must build at directory: …`. */
  static open(given: string, cwd: string): KustomizationFolder {
    return new KustomizationFolder(confirmFolder(given, path().resolve(cwd, given)), undefined);
  }

  /** Opens a folder that a kustomization names. @throws Error for what is no folder, and for circles. */
  enter(given: string): KustomizationFolder {
    if (given === '') throw new Error('new root cannot be empty');
    if (path().isAbsolute(given)) throw new Error(`new root '${given}' cannot be absolute`);
    const resolved = path().join(this.root, given);
    const root = confirmFolder(resolved, resolved);
    this.#refuseCircle(root);
    return new KustomizationFolder(root, this);
  }

  #refuseCircle(root: string): void {
    if (isInside(this.root, root))
      throw new Error(`cycle detected: candidate root '${root}' contains visited root '${this.root}'`);
    if (this.#parent) this.#parent.#refuseCircle(root);
  }

  has(name: string): boolean {
    return fs().existsSync(path().join(this.root, name));
  }

  /** Returns the bytes of a file in or below the folder. @throws Error with upstream's texts. */
  read(given: string): Buffer {
    if (/^https?:\/\//.test(given)) throw new Error(`${given}: sandkube has no network`);
    const resolved = path().resolve(this.root, given);
    const real = realPath(resolved, resolved);
    if (isFolder(real)) throw new Error(`'${resolved}' must resolve to a file`);
    if (!isInside(real, this.root)) throw new Error(`security; file '${resolved}' is not in or below '${this.root}'`);
    try {
      return fs().readFileSync(real);
    } catch (error) {
      throw new Error(goFileError('open', real, error), { cause: error });
    }
  }

  readText(given: string): string {
    return this.read(given).toString('utf8');
  }
}

function confirmFolder(given: string, resolved: string): string {
  const where = 'must build at directory: ';
  let real: string;
  try {
    real = realPath(given, resolved);
  } catch (error) {
    throw new Error(`${where}not a valid directory: ${(error as Error).message}`, { cause: error });
  }
  if (!isFolder(real)) throw new Error(`${where}'${given}': file is not directory`);
  return real;
}
