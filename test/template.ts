// Clusters that many test files begin with: the first that needs one makes it, the others copy its files.
// Called by: harness.ts, server/fixture.ts, state/program.ts. Must not know: how a cluster is made.
import fs from 'node:fs';
import path from 'node:path';

/**
 * Puts a copy of a template into a folder.
 * @param name what it is: the same name always stands for the same files
 * @param make makes the template in a folder that does not exist yet; not called when some test file of this run did
 */
export async function copyTemplate(
  name: string,
  folder: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const template = path.join(process.env['SANDKUBE_TEMPLATES'] as string, encodeURIComponent(name));
  if (!fs.existsSync(template)) {
    // Several workers may make it at the same time: it is there whole or not at all, and all are equal.
    const aside = fs.mkdtempSync(`${template}.`);
    await make(path.join(aside, 'home'));
    try {
      fs.renameSync(aside, template);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
  fs.cpSync(path.join(template, 'home'), folder, { recursive: true });
}
