import { describe, expect, it } from '@jest/globals';
import { getNewTabWriter, newDescribeTabWriter, type TabWriter } from '../../src/machinery/table.ts';

function render(make: (out: { write(text: string): void }) => TabWriter, ...pieces: string[]): string {
  let text = '';
  const writer = make({ write: (piece) => (text += piece) });
  for (const piece of pieces) {
    writer.write(piece);
    writer.flush();
  }
  return text;
}

describe('TabWriter', () => {
  it.each([
    ['pads all columns but the last', 'NAME\tAGE\nweb-1\t5s\n', 'NAME    AGE\nweb-1   5s\n'],
    ['keeps a least width of six', 'A\tB\tC\n1\t2\t3\n', 'A     B     C\n1     2     3\n'],
    ['pads an empty last cell not at all, and one before it', 'A\tB\t\n1\t2\t3\n', 'A     B     \n1     2     3\n'],
    [
      'starts anew after a line without tabs',
      'long name here\tx\n--\na\tb\n',
      'long name here   x\n--\na                b\n',
    ],
    ['counts characters, not UTF-16 units', '😀😀😀😀\tx\nabcd\ty\n', '😀😀😀😀   x\nabcd   y\n'],
    ['writes text without a newline', 'a\tb', 'a     b'],
  ])('%s', (_, text, expected) => {
    expect(render(getNewTabWriter, text)).toBe(expected);
  });

  it('remembers widths over a flush', () => {
    expect(render(getNewTabWriter, 'NAME\tAGE\na-long-name\t5s\n', 'b\t6s\n')).toBe(
      'NAME          AGE\na-long-name   5s\nb             6s\n',
    );
  });

  it('forgets widths between sections of a describe', () => {
    expect(render(newDescribeTabWriter, 'Name:\tx\nNamespace:\ty\n', 'A:\tb\n')).toBe(
      'Name:       x\nNamespace:  y\nA:  b\n',
    );
  });

  it('aligns each run of lines that have a column by itself', () => {
    const text = 'Labels:\ta=b\n\tc=d\nContainers:\n  app:\n    Image:\tnginx\n    Port:\t80\n';
    expect(render(newDescribeTabWriter, text)).toBe(
      'Labels:  a=b\n         c=d\nContainers:\n  app:\n    Image:  nginx\n    Port:   80\n',
    );
  });
});
