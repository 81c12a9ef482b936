// Lines as klog writes them: what genuine kubectl logs rather than prints.
// Called by: commands port-forward and proxy, cli/clientfactory.ts, main.serve.client.ts. Must not know: commands.
// Upstream: k8s.io/klog.
import type { CommandContext } from './command.ts';
import { ExitError } from './errors.ts';

export interface LogEntry {
  /** 'memcache.go:265' */
  place: string;
  message: string;
  /** Default: none. */
  error?: string;
  /** What else stands in a structured line: 'key="key"'. */
  values?: string;
}

/** Returns 'E1123 15:41:22.158826    3164 portforward.go:424] '. */
function header(nowMs: number, severity: 'W' | 'E' | 'F', place: string): string {
  const iso = new Date(nowMs).toISOString();
  const stamp = `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000`;
  return `${severity}${stamp} ${String(process.pid).padStart(7)} ${place}] `;
}

/** Returns an error line; with an error a structured one. */
export function errorLine(nowMs: number, { place, message, error = '', values }: LogEntry): string {
  const head = header(nowMs, 'E', place);
  if (error === '') return `${head}${message}\n`;
  const rest = values === undefined ? '' : ` ${values}`;
  return `${head}${JSON.stringify(message)} err=${JSON.stringify(error)}${rest}\n`;
}

/** Writes a structured error line on stderr. */
export function logError({ factory, streams }: CommandContext, entry: LogEntry): void {
  streams.err.write(errorLine(factory.clock.nowMs(), entry));
}

/** Writes a warning line on stderr. */
export function logWarning({ factory, streams }: CommandContext, place: string, text: string): void {
  streams.err.write(`${header(factory.clock.nowMs(), 'W', place)}${text}\n`);
}

/** Ends the command with a line on stderr. @throws ExitError 255. Upstream: klog.Fatalf. */
export function logFatal({ factory }: CommandContext, place: string, text: string): never {
  throw new ExitError(255, `${header(factory.clock.nowMs(), 'F', place)}${text}`);
}
