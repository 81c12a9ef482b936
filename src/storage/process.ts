// Who holds a lock: a process, told apart from later ones that got the same number.
// Called by: lock.ts. Must not know: lock files.
import fs from 'node:fs';
import { codeOf } from '../machinery/goerrno.ts';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to the process's start; '' where the system does not tell. */
  startTime: string;
  /** Tells one boot of one machine from another; '' where the system does not tell. */
  bootId: string;
  /** The namespace in which `pid` means something (containers have their own); '' where there is none. */
  pidNamespace: string;
}

let own: ProcessIdentity | undefined;

/** Returns this process's identity. */
export function ownIdentity(): ProcessIdentity {
  own ??= {
    pid: process.pid,
    startTime: startTimeOf(process.pid)?.startTime ?? '',
    bootId: attempt(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '',
    pidNamespace: attempt(() => fs.readlinkSync('/proc/self/ns/pid')) ?? '',
  };
  return own;
}

/** Returns whether the process runs still. One that this process cannot see into counts as running. */
export function isAlive(owner: ProcessIdentity): boolean {
  const self = ownIdentity();
  if (owner.bootId !== self.bootId && owner.bootId !== '' && self.bootId !== '') return false;
  if (owner.pidNamespace !== self.pidNamespace) return true;
  if (!hasProcess(owner.pid)) return false;
  if (owner.startTime === '' || self.startTime === '') return true;
  const now = startTimeOf(owner.pid);
  // A zombie has ended; only its parent has not looked yet.
  return now !== undefined && now.startTime === owner.startTime && now.state !== 'Z' && now.state !== 'X';
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Reads the 3rd and 22nd field of /proc/PID/stat; the 2nd is a name in parentheses that may hold anything. */
function startTimeOf(pid: number): { state: string; startTime: string } | undefined {
  const stat = attempt(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
