// How sandkube shows a cluster: a few labelled lines.
// Called by: cli/sandkube/commands.ts. Must not know: where the figures come from.
import { formatTime } from '../../machinery/clock.ts';
import { formatGoDuration } from '../../machinery/duration.ts';
import { drawTable } from './table.ts';
import type { ClusterReport } from './simulator.ts';

/** Returns the lines of `sandkube status`. */
export async function formatReport(report: ClusterReport): Promise<string> {
  if (report.state === 'absent') return `There is no cluster in ${report.directory}. Make one with "sandkube start".\n`;
  const ready = report.nodes.filter((node) => node.isReady).length;
  const due = report.nextDueAtMs;
  const next = due === undefined ? 'nothing is due' : `in ${formatSimulated(Math.max(0, due - report.nowMs))}`;
  const rows = [
    ['cluster', report.state],
    ['version', report.version],
    ['nodes', `${ready} of ${report.nodes.length} ready`],
    ['clock', `${report.clock}, ${formatTime(report.nowMs)}`],
    ['next event', next],
    ['seed', report.seed],
    ['revision', String(report.revision)],
    ['state', report.directory],
    ...(report.servedAt === undefined ? [] : [['served at', report.servedAt]]),
  ];
  return drawTable(rows.map(([label = '', value = '']) => [`${label}:`, value]));
}

/** Returns a simulated span as Go prints durations: '1m30s'. */
export function formatSimulated(ms: number): string {
  return formatGoDuration(ms);
}
