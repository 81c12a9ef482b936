// Lines as klog writes them: what genuine kubectl logs rather than prints.
// Called by: commands port-forward and proxy. Must not know: commands. Upstream: k8s.io/klog.
// Upstream: k8s.io/klog.
import type { CommandContext } from './command.ts';

/** Returns 'E1123 15:41:22.158826    3164 portforward.go:424] '. */
function header({ factory }: CommandContext, severity: 'W' | 'E', place: string): string {
  const iso = new Date(factory.clock.nowMs()).toISOString();
  const stamp = `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000`;
  return `${severity}${stamp} ${String(process.pid).padStart(7)} ${place}] `;
}

/** Writes a structured error line on stderr. */
export function logError(
  context: CommandContext,
  { place, message, error }: { place: string; message: string; error: string },
): void {
  const head = header(context, 'E', place);
  context.streams.err.write(`${head}${JSON.stringify(message)} err=${JSON.stringify(error)}\n`);
}

/** Writes a warning line on stderr. */
export function logWarning(context: CommandContext, place: string, text: string): void {
  context.streams.err.write(`${header(context, 'W', place)}${text}\n`);
}
