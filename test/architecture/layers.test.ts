import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { layers, root, sourceFiles } from './source.ts';

const files = sourceFiles('src').filter((file) => !file.name.startsWith('src/build/'));
const folderOf = (name: string): string | undefined => /^src\/([^/]+)\//.exec(name)?.[1];

describe('layering', () => {
  it('knows every folder of src', () => {
    const folders = fs.readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((e) => e.isDirectory());
    expect(folders.map((e) => e.name).sort()).toEqual([...layers, 'build'].sort());
  });

  it('lets a file import only from its own folder and from lower ones', () => {
    const wrong = files.flatMap(({ name, imports }) => {
      const folder = folderOf(name);
      if (folder === undefined) return [];
      const allowed =
        folder === 'cli'
          ? ['machinery', 'resources', 'client', 'scenario', 'cli']
          : layers.slice(0, layers.indexOf(folder) + 1);
      return imports
        .filter(({ target }) => target.startsWith('src/') && !allowed.includes(folderOf(target) ?? ''))
        .map(({ target }) => `${name} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('source of time and chance', () => {
  // Sockets, the disk's lock, commands, and Node's own HTTP parser, which works between turns of the event loop.
  const edges =
    /^src\/(main|index)|^src\/(server|cli|build)\/|^src\/storage\/lock|^src\/client\/http|^src\/kubelet\/portforward/;
  it.each([
    ['Date.now', /\bDate\.now\b|\bnew Date\(\)/],
    ['Math.random', /\bMath\.random\b/],
    ['timers', /\bset(Timeout|Interval|Immediate)\b/],
    ['process.hrtime and performance', /\bprocess\.hrtime\b|\bperformance\.now\b/],
  ])('%s stands only at the edges', (_, pattern) => {
    expect(files.filter((f) => !edges.test(f.name) && pattern.test(f.text)).map((f) => f.name)).toEqual([]);
  });
});

describe('files', () => {
  it('stay under 400 lines', () => {
    const long = [...files, ...sourceFiles('test')].filter((f) => f.text.split('\n').length > 401);
    expect(long.map((f) => f.name)).toEqual([]);
  });

  it('are not named for nothing', () => {
    const vague = /(^|[/.-])(utils?|helpers?|common|shared|misc)([/.-]|$)/;
    expect(files.filter((f) => vague.test(f.name)).map((f) => f.name)).toEqual([]);
  });

  it('begin with their subject', () => {
    expect(files.filter((f) => !f.text.startsWith('// ')).map((f) => f.name)).toEqual([]);
  });

  it('export nothing by default and use no any', () => {
    const pattern =
      /\bexport default\b|: any\b(?=\s*[,;)=>|[\]])|\bas any\b|<any>|@ts-ignore|@ts-nocheck|@ts-expect-error/;
    const code = (text: string): string => text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    expect(files.filter((f) => pattern.test(code(f.text))).map((f) => f.name)).toEqual([]);
  });
});
