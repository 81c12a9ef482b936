// Paths of `kubectl cp`: [[namespace/]pod:]file, and what becomes of slashes and dots in them.
// Called by: commands/cp.ts, cp.archive.ts. Must not know: files. Upstream: kubectl pkg/cmd/cp/filespec.go.

export interface FileSpec {
  /** '' for a local file. */
  pod: string;
  namespace: string;
  file: string;
}

/** @throws Error `filespec must match the canonical format: …`. */
export function parseFileSpec(text: string): FileSpec {
  const malformed = (): Error => new Error('filespec must match the canonical format: [[namespace/]pod:]file/path');
  const at = text.indexOf(':');
  if (at === 0) throw malformed();
  if (at < 0) return { pod: '', namespace: '', file: localPath(text) };
  const parts = text.slice(0, at).split('/');
  const file = remotePath(text.slice(at + 1));
  const [first = '', second] = parts;
  if (parts.length > 2) throw malformed();
  return second === undefined ? { pod: first, namespace: '', file } : { pod: second, namespace: first, file };
}

/** Returns the path without one slash at its end. */
export function localPath(file: string): string {
  return file !== '/' && file.endsWith('/') ? file.slice(0, -1) : file;
}

/** Returns the path with slashes only, without one at its end. */
export function remotePath(file: string): string {
  return localPath(file).replaceAll('\\', '/');
}

/** Returns the path without any ../ in front of it. */
export function stripPathShortcuts(file: string): string {
  const rest = file.replace(/^(\.\.\/)+/, '');
  const path = rest === '.' || rest === '..' ? '' : rest;
  return path.startsWith('/') ? path.slice(1) : path;
}

/** Returns what the names in an archive of this remote path begin with. */
export function archivePrefix(file: string): string {
  const path = process.getBuiltinModule('node:path');
  return stripPathShortcuts(remotePath(path.posix.normalize(remotePath(file.replace(/^[/\\]+/, '')))));
}
