// Spans of time: ages as kubectl prints them, and Go's duration texts both ways.
// Called by: printers, describe, flags, the kubelet. Must not know: the clock; the present is handed in.
import { parseTime } from './clock.ts';

/**
 * Returns the age of a timestamp: '5m', '3d4h', or '<unknown>' when there is none.
 * Upstream: kubernetes pkg/printers/internalversion translateTimestampSince.
 */
export function translateTimestampSince(timestamp: string | undefined | null, nowMs: number): string {
  const ms = parseTime(timestamp ?? undefined);
  return ms === undefined ? '<unknown>' : humanDuration(nowMs - ms);
}

/**
 * Returns a span with two or three significant figures: '90s', '3m20s', '7h5m', '6d3h', '2y1d'.
 * Upstream: apimachinery/pkg/util/duration HumanDuration.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (days < 8) return two(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

function two(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count}${unit}` : `${count}${unit}${rest}${restUnit}`;
}

/** Returns a span in its largest unit only: '59s', '4m', '23h', '364d', '2y'. Upstream: duration.ShortHumanDuration. */
export function shortHumanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 24) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  return days < 365 ? `${days}d` : `${Math.trunc(days / 365)}y`;
}

const MAX_NANOSECONDS = 2n ** 63n - 1n;

// A Map, because the unit is what a user typed: 'constructor' must be unknown.
function nanosecondsOf(unit: string): bigint | undefined {
  return new Map([
    ['ns', 1n],
    ['us', 1_000n],
    ['\u00b5s', 1_000n],
    ['\u03bcs', 1_000n],
    ['ms', 1_000_000n],
    ['s', 1_000_000_000n],
    ['m', 60_000_000_000n],
    ['h', 3_600_000_000_000n],
  ]).get(unit);
}

/**
 * Returns the milliseconds (with a fraction, if any) of a text such as '1h30m', '-1.5s' or '0'.
 * @throws Error with Go's text: `time: invalid duration "x"`. Upstream: Go time.ParseDuration.
 */
export function parseGoDuration(text: string): number {
  const bad = (): Error => new Error(`time: invalid duration ${quoteDuration(text)}`);
  const isNegative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') throw bad();
  let total = 0n;
  while (rest !== '') {
    const match = /^([0-9]*)(?:\.([0-9]*))?([^.0-9]*)/.exec(rest);
    const [taken = '', whole = '', fraction = '', unit = ''] = match ?? [];
    if (whole + fraction === '') throw bad();
    if (unit === '') throw new Error(`time: missing unit in duration ${quoteDuration(text)}`);
    const size = nanosecondsOf(unit);
    if (size === undefined)
      throw new Error(`time: unknown unit ${quoteDuration(unit)} in duration ${quoteDuration(text)}`);
    total += BigInt(whole === '' ? '0' : whole) * size;
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    if (total > MAX_NANOSECONDS + (isNegative ? 1n : 0n)) throw bad();
    rest = rest.slice(taken.length);
  }
  const ms = Number(total) / 1e6;
  return isNegative ? -ms : ms;
}

// Go's time package quotes in its own way: every byte outside printable ASCII becomes \xNN.
/** Returns a text as messages of the time package quote it. */
export function quoteDuration(text: string): string {
  let out = '';
  for (const char of text) {
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (char >= ' ' && char < '\x7f') out += char;
    else for (const byte of Buffer.from(char)) out += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${out}"`;
}

/** Returns Go's text of a span: '1h0m0s', '1m30s', '1.5s', '500ms', '0s'. Upstream: Go time.Duration.String. */
export function formatGoDuration(ms: number): string {
  const nanoseconds = BigInt(Math.round(Math.abs(ms) * 1e6));
  if (nanoseconds === 0n) return '0s';
  const sign = ms < 0 ? '-' : '';
  if (nanoseconds < 1_000n) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${sign}${decimal(nanoseconds, 1_000n)}\u00b5s`;
  if (nanoseconds < 1_000_000_000n) return `${sign}${decimal(nanoseconds, 1_000_000n)}ms`;
  const minute = 60_000_000_000n;
  const seconds = `${decimal(nanoseconds % minute, 1_000_000_000n)}s`;
  const minutes = nanoseconds / minute;
  if (minutes === 0n) return `${sign}${seconds}`;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(amount: bigint, unit: bigint): string {
  const places = unit.toString().length - 1;
  const fraction = (amount % unit).toString().padStart(places, '0').replace(/0+$/, '');
  return fraction === '' ? `${amount / unit}` : `${amount / unit}.${fraction}`;
}
