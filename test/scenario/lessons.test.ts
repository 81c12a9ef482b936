// Every scenario in scenarios/ prints what it says, each time, whatever ran before it.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runScenarioFile } from '../../src/main.scenario.ts';

const folder = path.resolve(import.meta.dirname, '../../scenarios');
const files = (fs.readdirSync(folder, { recursive: true }) as string[])
  .filter((name) => name.endsWith('.md') && path.basename(name) !== 'README.md')
  .sort();

async function replay(name: string): Promise<string> {
  const { differences, commands } = await runScenarioFile(path.join(folder, name), { isUpdate: false });
  return `${commands > 0 ? '' : 'no commands\n'}${differences.join('\n')}`;
}

describe('scenarios', () => {
  it.each(files)('%s replays to the byte', async (name) => {
    expect(await replay(name)).toBe('');
  });

  it('replay again, in another order and beside one another', async () => {
    const [first = '', second = '', third = ''] = files.toReversed();
    expect(await Promise.all([first, second, third].map(replay))).toEqual(['', '', '']);
  });
});
