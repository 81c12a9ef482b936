// Aligns tab-separated text in columns, by the rules of Go's text/tabwriter as kubectl configures it.
// Called by: cli printers, describers, commands with tables of their own. Must not know: what the columns mean.

/** Where aligned text goes; an OutputStream is one. */
export interface TextSink {
  write(text: string): void;
}

export interface TabWriterOptions {
  /** Least width of a column, padding included. */
  minWidth: number;
  /** Blanks added to the widest cell of a column. */
  padding: number;
  /** Columns never get narrower again, also after `flush`: what makes the rows of a watch line up. */
  remembersWidths?: boolean;
}

/**
 * A text sink that holds lines back until `flush` and then writes them with aligned columns. A cell ends at a tab; the
 * text after the last tab of a line belongs to no column and is never padded. Lines that follow each other and have a
 * cell in a column share its width.
 * Upstream: github.com/liggitt/tabwriter Writer.
 */
export class TabWriter {
  private readonly out: TextSink;
  private readonly options: TabWriterOptions;
  /** Finished cells of each line; the last line is the one being written. */
  private lines: string[][] = [[]];
  /** Text of the cell being written. */
  private cell = '';
  private maxWidths: number[] = [];

  constructor(out: TextSink, options: TabWriterOptions) {
    this.out = out;
    this.options = options;
  }

  /** Takes any piece of text; tabs end cells, newlines and form feeds end lines. */
  write(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 9 || code > 12) continue; // only \t \n \v \f matter
      this.endCell(this.cell + text.slice(from, i));
      from = i + 1;
      if (code === 9 || code === 11) continue;
      const cells = this.lines.at(-1)?.length ?? 0;
      this.lines.push([]);
      // A line without columns parts the lines above from those below, so what is held back can go.
      if (code === 12 || cells === 1) this.flush();
    }
    this.cell += text.slice(from);
  }

  /** Writes everything held back. */
  flush(): void {
    if (this.cell !== '') this.endCell(this.cell);
    const lines = this.lines;
    this.lines = [[]];
    const widths = this.columnWidths(lines);
    let text = '';
    for (let row = 0; row < lines.length; row++) {
      const cells = lines[row] ?? [];
      for (let column = 0; column < cells.length; column++) {
        const cell = cells[column] ?? '';
        const width = widths[row]?.[column];
        text += width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - textWidth(cell)));
      }
      if (row + 1 < lines.length) text += '\n';
    }
    if (text !== '') this.out.write(text);
  }

  /** Forgets the widths that columns had before. */
  forgetWidths(): void {
    this.maxWidths = [];
  }

  private endCell(text: string): void {
    this.lines.at(-1)?.push(text);
    this.cell = '';
  }

  /** For each line the widths of its columns: all its cells but the last, which is in no column. */
  private columnWidths(lines: readonly string[][]): number[][] {
    const widths: number[][] = lines.map(() => []);
    const columns = lines.reduce((most, cells) => Math.max(most, cells.length - 1), 0);
    for (let column = 0; column < columns; column++) {
      for (let first = 0; first < lines.length; first++) {
        if (!hasColumn(lines[first], column)) continue;
        let width = this.options.minWidth;
        let end = first;
        for (; end < lines.length && hasColumn(lines[end], column); end++) {
          width = Math.max(width, textWidth(lines[end]?.[column] ?? '') + this.options.padding);
        }
        if (this.options.remembersWidths) {
          width = Math.max(width, this.maxWidths[column] ?? 0);
          this.maxWidths[column] = width;
        }
        for (let row = first; row < end; row++) widths[row]?.push(width);
        first = end;
      }
    }
    return widths;
  }
}

function hasColumn(cells: readonly string[] | undefined, column: number): boolean {
  return cells !== undefined && column < cells.length - 1;
}

/** Characters, as Go counts runes. */
function textWidth(text: string): number {
  let width = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff) {
      width--;
      i++;
    }
  }
  return width;
}

/** Returns the writer of kubectl's tables. Upstream: cli-runtime/pkg/printers/tabwriter.go GetNewTabWriter. */
export function getNewTabWriter(out: TextSink): TabWriter {
  return new TabWriter(out, { minWidth: 6, padding: 3, remembersWidths: true });
}

/** Returns the writer that describe, rollout history and others align with. Upstream: tabwriter.Init(out, 0, 8, 2, ' ', 0). */
export function newDescribeTabWriter(out: TextSink): TabWriter {
  return new TabWriter(out, { minWidth: 0, padding: 2 });
}
