// What the operating system says of files, in Go's words, which are those of genuine programs.
// Called by: storage, the kubeconfig, commands that read and write files. Must not know: which files.

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'file exists',
  EFBIG: 'file too large',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ENFILE: 'too many open files',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

/** Returns an error's code ('ENOENT'). Errors may come from another realm, so `instanceof Error` tells nothing. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Returns the system's words for an error's code, undefined where it has none. */
export function errnoText(error: unknown): string | undefined {
  const code = codeOf(error);
  return code === undefined ? undefined : TEXTS[code];
}

/** Returns Node's error as Go prints it: `open x: permission denied`. Upstream: io/fs PathError. */
export function goFileError(operation: string, file: string, error: unknown): string {
  return `${operation} ${file}: ${errnoText(error) ?? (error as Error).message}`;
}
