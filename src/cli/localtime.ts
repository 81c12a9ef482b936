// Where the reader's clocks stand: the time zone of the environment, as Go programs find it.
// Called by: commands/describe.ts. Must not know: what time it is.

/**
 * Returns how many minutes local clocks are ahead of UTC at an instant: in the zone that TZ names, else in the machine's
 * own. An empty or unknown zone is UTC. Upstream: Go time/zoneinfo_unix.go initLocal.
 */
export function utcOffsetMinutes(timeZone: string | undefined, atMs: number): number {
  if (timeZone === undefined) return -new Date(atMs).getTimezoneOffset();
  const name = timeZone.replace(/^:/, '');
  if (name === '' || name === 'UTC') return 0;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const zone = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(zone) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return 0;
  }
}
