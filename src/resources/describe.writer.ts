// How describers write: indented lines whose tab-separated cells are aligned once all are there.
// Called by: the describers of kinds, cli/genericdescriber.ts. Must not know: what the lines say.
import { newDescribeTabWriter } from '../machinery/table.ts';

/** What stands in a cell; absent is as empty as Go's zero text. */
export type CellText = string | number | boolean | undefined;

interface FlushableSink {
  write(text: string): void;
  flush(): void;
}

/** Writes text at levels of two blanks each. Upstream: kubectl pkg/describe/describe.go PrefixWriter. */
export class PrefixWriter {
  readonly #out: FlushableSink;
  readonly #indent: number;

  constructor(out: FlushableSink, indent = 0) {
    this.#out = out;
    this.#indent = indent;
  }

  /** Writes text behind the blanks of its level; it may hold several lines, or less than one. */
  write(level: number, text: string): void {
    this.#out.write(escapeTerminal('  '.repeat(this.#indent + level) + text));
  }

  /** Writes a line `name:` and a value in the next column. */
  field(level: number, name: string, value: CellText): void {
    this.write(level, `${name}:\t${value ?? ''}\n`);
  }

  /** Writes a line of cells. */
  row(level: number, ...cells: CellText[]): void {
    this.write(level, `${cells.map((cell) => cell ?? '').join('\t')}\n`);
  }

  /** Returns a writer to the same place, `levels` further in: whatever is written, even the rest of a line. */
  nested(levels: number): PrefixWriter {
    return new PrefixWriter(this.#out, this.#indent + levels);
  }

  /** Writes all that is held back: what follows is aligned on its own. */
  flush(): void {
    this.#out.flush();
  }
}

/** Returns text that cannot move a terminal's cursor. Upstream: cli-runtime/pkg/printers/terminal.go EscapeTerminal. */
function escapeTerminal(text: string): string {
  return text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');
}

/** Returns what `write` writes, aligned. Upstream: kubectl pkg/describe/describe.go tabbedString. */
export function tabbed(write: (w: PrefixWriter) => void): string {
  let text = '';
  const out = newDescribeTabWriter({ write: (part) => void (text += part) });
  write(new PrefixWriter(out));
  out.flush();
  return text;
}
