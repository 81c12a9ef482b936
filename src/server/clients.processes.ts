// What the programs at the other end of loopback connections are doing: asleep, or about to act.
// Called by: clients.ts. Must not know: HTTP, the cluster. Linux tells; elsewhere nothing is known of them.
import type { Socket } from 'node:net';

/** One look at a process: whether every thread of it sleeps, and a text that changes whenever one of them has run. */
export interface ProcessLook {
  isAsleep: boolean;
  mark: string;
}

/** Both ends of a connection, as the client sees them. */
type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>;

const fs = process.getBuiltinModule('node:fs');
const TABLES: readonly string[] = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Returns the process that a connection of this machine comes from; undefined when it cannot be told, or is this one. */
export function processBehind({ remoteAddress = '', remotePort = 0, localPort = 0 }: Ends): number | undefined {
  if (!/^(::ffff:)?127\.|^::1$/.test(remoteAddress)) return undefined;
  const inode = inodeOf(remotePort, localPort);
  const pid = inode === undefined ? undefined : holderOf(`socket:[${inode}]`);
  return pid === process.pid ? undefined : pid;
}

/** Returns what a process is doing; undefined when it has ended. */
export function lookAtProcess(pid: number): ProcessLook | undefined {
  const threads = entries(`/proc/${pid}/task`);
  if (threads.length === 0) return undefined;
  let isAsleep = true;
  const marks = threads.map((thread) => {
    const stat = text(`/proc/${pid}/task/${thread}/stat`);
    // The name in parentheses may hold anything.
    const state = stat.charAt(stat.lastIndexOf(')') + 2);
    if (state === 'R' || state === 'D') isAsleep = false;
    const ran = text(`/proc/${pid}/task/${thread}/schedstat`) || stat;
    return `${thread}:${ran.trim()}`;
  });
  return { isAsleep, mark: marks.join(' ') };
}

/** The client's end of the connection is a line of its own in the kernel's table. */
function inodeOf(clientPort: number, serverPort: number): string | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const line = new RegExp(
    String.raw`^\s*\d+: [0-9A-F]+:${hex(clientPort)} [0-9A-F]+:${hex(serverPort)} 01 \S+ \S+ \S+\s+\d+\s+\d+ (\d+)`,
    'm',
  );
  for (const table of TABLES) {
    const inode = line.exec(text(table))?.[1];
    if (inode !== undefined && inode !== '0') return inode;
  }
  return undefined;
}

/** The youngest processes first: a command has just begun when it opens a connection. */
function holderOf(socket: string): number | undefined {
  const pids = entries('/proc').map(Number).filter(Number.isInteger);
  return pids.sort((a, b) => b - a).find((pid) => holds(pid, socket));
}

function holds(pid: number, socket: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return entries(folder).some((fd) => {
    try {
      return fs.readlinkSync(`${folder}/${fd}`) === socket;
    } catch {
      return false;
    }
  });
}

function entries(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    // It ended, or is another user's.
    return [];
  }
}

function text(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
