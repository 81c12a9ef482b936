// Shell patterns: *, ?, [a-z].
// Called by: expansion, case, find. Must not know: the shell.
import type { FileSystem } from '../vfs.ts';
import { normalizePath } from '../vfs.ts';

/** Returns a regular expression that matches what the pattern matches, whole. */
export function patternToRegExp(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === '\\' && i + 1 < pattern.length) source += escape(pattern[++i] ?? '');
    else if (c === '*') source += '[\\s\\S]*';
    else if (c === '?') source += '[\\s\\S]';
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) source += '\\[';
      else {
        const inner = pattern.slice(i + 1, end).replace(/\\/g, '\\\\');
        source += `[${inner.startsWith('!') ? `^${inner.slice(1)}` : inner}]`;
        i = end;
      }
    } else source += escape(c);
  }
  return new RegExp(`^${source}$`);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Returns the paths that match, sorted; none when nothing does. */
export function expandGlob(fs: FileSystem, pattern: string, cwd: string): string[] {
  const parts = pattern.split('/');
  let found = pattern.startsWith('/') ? ['/'] : [''];
  for (const [i, part] of parts.entries()) {
    if (part === '') continue;
    const isLast = i === parts.length - 1;
    found = found.flatMap((base) => childrenMatching(fs, base, part, cwd, isLast));
  }
  return found;
}

function childrenMatching(fs: FileSystem, base: string, part: string, cwd: string, isLast: boolean): string[] {
  const join = (name: string): string => (base === '' || base.endsWith('/') ? `${base}${name}` : `${base}/${name}`);
  const stat = (name: string) => fs.stat(normalizePath(join(name), cwd));
  if (!/[*?[]/.test(part)) return stat(part) ? [join(part)] : [];
  const match = patternToRegExp(part);
  let names: string[] = [];
  try {
    names = fs.list(normalizePath(base === '' ? '.' : base, cwd));
  } catch {
    return [];
  }
  return names
    .filter((name) => match.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .filter((name) => isLast || stat(name)?.kind === 'directory')
    .map(join);
}
