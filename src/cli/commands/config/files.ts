// Certificate and key files that a kubeconfig names or holds.
// Called by: commands/config/setcluster.ts, setcredentials.ts, view.ts.
import { goFileError } from '../../../machinery/goerrno.ts';

/** Returns the absolute path of a file given on the command line. */
export function absolutePath(cwd: string, file: string): string {
  return process.getBuiltinModule('node:path').resolve(cwd, file);
}

/** @throws Error `could not stat client-key file x: …`. */
export function requireFile(cwd: string, flag: string, file: string): void {
  try {
    process.getBuiltinModule('node:fs').statSync(absolutePath(cwd, file));
  } catch (error) {
    throw new Error(`could not stat ${flag} file ${file}: ${goFileError('stat', file, error)}`, { cause: error });
  }
}

/** Returns a file's bytes in base64. @throws Error `open x: no such file or directory`. */
export function readBase64(cwd: string, file: string): string {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(absolutePath(cwd, file)).toString('base64');
  } catch (error) {
    throw new Error(goFileError('open', file, error), { cause: error });
  }
}
