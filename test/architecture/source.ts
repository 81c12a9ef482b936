// Reads the source tree for the tests of its architecture.
// Called by: test/architecture/*.test.ts.
import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** Folders of src, lowest first: a file imports only from its own folder and from those before it. */
export const layers = [
  'machinery',
  'storage',
  'resources',
  'apiserver',
  'client',
  'controllers',
  'images',
  'network',
  'kubelet',
  'sim',
  'server',
  'scenario',
  'cli',
];

export interface SourceFile {
  /** From the root, with slashes: 'src/cli/root.ts'. */
  name: string;
  text: string;
  imports: { target: string; isTypeOnly: boolean }[];
}

/** Returns every TypeScript file below a folder, sorted by name. */
export function sourceFiles(folder: string): SourceFile[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => {
      const name = `${folder}/${file}`;
      const text = fs.readFileSync(path.join(root, name), 'utf8');
      return { name, text, imports: importsOf(text, name) };
    });
}

function importsOf(text: string, name: string): SourceFile['imports'] {
  const pattern = /(?:^|\n)\s*(?:import|export)\s(type\s)?[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/g;
  return [...text.matchAll(pattern)].map(([, type, from, dynamic]) => {
    const target = from ?? dynamic ?? '';
    const resolved = target.startsWith('.') ? path.posix.join(path.posix.dirname(name), target) : target;
    return { target: resolved, isTypeOnly: type !== undefined };
  });
}
