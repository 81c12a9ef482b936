// What every printer is, and what it can be handed besides plain objects.
// Called by: cli/printers*.ts, cli/tableprinter.ts, commands. Must not know: any output format.
import type { TextSink } from '../machinery/table.ts';
import type { Unstructured } from '../machinery/types.ts';

/** One event of a watch, as `get --output-watch-events` prints it. Upstream: metav1.WatchEvent. */
export class PrintedWatchEvent {
  readonly type: string;
  readonly object: Unstructured;
  constructor(type: string, object: Unstructured) {
    this.type = type;
    this.object = object;
  }
}

export type Printable = object | PrintedWatchEvent;

/** Prints objects one after another; may remember what it printed before (headers, `---`). */
export interface Printer {
  /** @throws Error with the text kubectl prints. */
  print(object: Printable, out: TextSink): void;
}

export interface ListLike {
  items: Unstructured[];
}

/** Returns true for what kubectl takes for a list: whatever has items. Upstream: meta.IsListType on Unstructured. */
export function isListLike(object: object): object is ListLike {
  return 'items' in object && Array.isArray(object.items);
}

/** Returns the text with what terminals would obey made visible. Upstream: cli-runtime/pkg/printers/terminal.go. */
export function escapeTerminal(text: string): string {
  return text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');
}
