// Three-way parity: the same command lines through three doors of equal clusters must give the same bytes, and leave the
// same bytes: stdout, stderr, exit code, every object (uids, resourceVersions, managedFields), the simulated time.
//
// To add a line, put it into a group of test/parity/*.cases.ts, or add a group. `!` before a line says that it fails.
// A group begins on a cluster of its own, just started on the manual clock; `files` lie in the working directory, `setup`
// are lines whose results are not compared one by one. `sandkube settle` and `sandkube advance 30s` may stand between lines.
// Options of a line: stdin; env; interrupt (Ctrl-C when nothing more is to come); vain (it waits until its own --timeout is
// over, in real time where the server is far away, while time jumps at most 15 minutes ahead; then every cluster goes on from
// so much after the line's beginning, so make it longer).
//
// Folded is only what cannot be equal: the port that a server listens on; klog's process id; the names that mkdtemp and the
// like make up for files of edit and diff, and the time that the file system stamps them with; that a deadline in real time
// came while a watch was being opened anew. Genuine kubectl's own clock is no exception: see clocked.ts.
// Differences that stay are listed in differences.ts, with their reason.
//
// `npm test` asks what stands for every command; `npm run parity` asks all groups.
import fs from 'node:fs';
import { afterAll, it } from '@jest/globals';
import { parseArgsStringToArgv } from 'string-argv';
import { parseGoDuration } from '../../src/machinery/duration.ts';
import type { RunResult } from '../harness.ts';
import { genuine } from '../server/genuine.ts';
import { differences } from './differences.ts';
import { openDoors, openWorld, resetFolders, type Door, type World } from './doors.ts';
import { differenceOf, type Snapshot } from './snapshot.ts';

export interface ParityLine {
  line: string;
  stdin?: string;
  env?: Record<string, string>;
  interrupt?: true;
  /** A duration: '1m'. */
  vain?: string;
}

export interface ParityGroup {
  name: string;
  /** Only `npm run parity` asks these, too. */
  isFurther?: true;
  files?: Readonly<Record<string, string>>;
  setup?: readonly (string | ParityLine)[];
  lines: readonly (string | ParityLine)[];
}

interface Outcome {
  result: RunResult;
  state: Snapshot;
}

type Lines = readonly (string | ParityLine)[];

const SANDKUBE = 'sandkube ';
const GROUP_TIMEOUT_MS = 240_000;
const LINE_TIMEOUT_MS = 30_000;
const FAILS = '! ';
/** Differences told of in full; those after follow from the first more often than not. */
const TOLD = Number(process.env['PARITY_TOLD'] ?? 10);
const ASKS_ALL = process.env['PARITY'] === 'all';
/** The lines of a group that `npm test` asks: each costs a start of genuine kubectl. `npm run parity` asks all. */
const ASKED_AT_MOST = 19;

/** Makes one test of each group. */
export function compareDoors(groups: readonly ParityGroup[]): void {
  let world: World | undefined;
  const runs = genuine('kubectl') ? it : it.skip;
  afterAll(() => world && fs.rmSync(world.root, { recursive: true, force: true }));
  const asked = ASKS_ALL ? groups : groups.filter(({ isFurther }) => !isFurther).map(shortened);
  runs.each(asked.map((group) => [titleOf(group), group] as const))(
    '%s',
    async (_, group) => {
      world ??= await openWorld();
      const outcomes: Outcome[][] = [];
      for (const open of openDoors) outcomes.push(await runThrough(world, open, group));
      const report = reportOf(group, outcomes);
      if (report !== '') throw new Error(report);
    },
    GROUP_TIMEOUT_MS,
  );
}

/** Returns a group with its first lines. */
function shortened(group: ParityGroup): ParityGroup {
  const end = group.lines.map(asLine).flatMap((line, at) => (isCompared(line) ? [at + 1] : []))[ASKED_AT_MOST - 1];
  return { ...group, lines: group.lines.slice(0, end) };
}

/** 'get in every form: 38 command lines, 12 of them fail': reporter.mjs adds the numbers up. */
function titleOf({ name, lines }: ParityGroup): string {
  const compared = lines.map(asLine).filter(isCompared);
  const failing = compared.filter(({ line }) => line.startsWith(FAILS));
  return `${name}: ${compared.length} command lines, ${failing.length} of them fail`;
}

function asLine(line: string | ParityLine): ParityLine {
  return typeof line === 'string' ? { line } : line;
}

function isCompared({ line }: ParityLine): boolean {
  return !line.startsWith(SANDKUBE);
}

async function runThrough(world: World, open: (world: World) => Promise<Door>, group: ParityGroup): Promise<Outcome[]> {
  resetFolders(world, group.files ?? {});
  const door = await open(world);
  try {
    for (const { result } of await runLines(door, group.setup ?? [])) {
      if (result.exitCode !== 0) throw new Error(`setting up through ${door.name}: ${result.stderr}`);
    }
    return await runLines(door, group.lines);
  } finally {
    await door.close();
  }
}

async function runLines(door: Door, lines: Lines): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { line, stdin, env, interrupt, vain } of lines.map(asLine)) {
    if (line.startsWith(SANDKUBE)) {
      await door.pass(line.slice(SANDKUBE.length).split(' '));
      continue;
    }
    const { nowMs } = door.snapshot();
    const running = door.run({
      argv: parseArgsStringToArgv(line.replace(FAILS, '')),
      ...(stdin === undefined ? {} : { stdin }),
      ...(env ? { env } : {}),
      isInterrupted: interrupt === true,
      waitsInVain: vain !== undefined,
    });
    const result = await inTime(running, `${door.name}: ${line}`);
    if (vain !== undefined) await door.pass(['advance', `${nowMs + parseGoDuration(vain) - door.snapshot().nowMs}ms`]);
    outcomes.push({ result, state: door.snapshot() });
  }
  return outcomes;
}

/** @throws Error when a line does not come to an end. */
async function inTime<T>(running: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} does not end`)), LINE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns '' when all is as it should be. */
function reportOf(group: ParityGroup, [own = [], remote = [], genuine = []]: readonly Outcome[][]): string {
  const parts: string[] = [];
  const lines = group.lines.map(asLine).filter(isCompared);
  const states = [own, remote].map((found) => stateDifferences(genuine, found));
  let different = 0;
  for (const [i, { line }] of lines.entries()) {
    const [inProcess, overHttps] = [own, remote].map((found, door) =>
      differenceOfLine(
        genuine[i] as Outcome,
        found[i] as Outcome,
        (states[door] as string[]).slice(i > 0 ? i - 1 : 0, i + 1),
      ),
    ) as [string, string];
    const isEqual = inProcess === '' && overHttps === '';
    const isKnown = differences.some((known) => known.group === group.name && known.line === line);
    const head = `$ kubectl ${line.replace(FAILS, '')}`;
    if (isEqual && isKnown) parts.push(`${head}\nis equal now, but stands in differences.ts`);
    else if (!isEqual && !isKnown) {
      different++;
      if (inProcess === overHttps) parts.push(`${head}\n${inProcess}`);
      else parts.push(`${head}\nin process: ${inProcess || 'equal'}\nover HTTPS: ${overHttps || 'equal'}`);
    }
    const { exitCode, stderr } = (genuine[i] as Outcome).result;
    if ((exitCode !== 0) !== line.startsWith(FAILS))
      parts.push(`${head}\nended with exit code ${exitCode}: ${cutShort(stderr)}`);
  }
  if (parts.length === 0) return '';
  const told = parts.length > TOLD ? [...parts.slice(0, TOLD), `and ${parts.length - TOLD} more`] : parts;
  return `${lines.length - different} of ${lines.length} command lines equal\n\n${told.join('\n\n')}`;
}

/** Returns what differs after each line. */
function stateDifferences(genuine: readonly Outcome[], ours: readonly Outcome[]): string[] {
  const texts: string[] = [];
  for (const [i, outcome] of genuine.entries()) {
    const pairs = [
      [outcome.state, genuine[i - 1]?.state],
      [(ours[i] as Outcome).state, ours[i - 1]?.state],
    ] as const;
    const isAsBefore = pairs.every(([now, last]) => now.objects === last?.objects && now.nowMs === last.nowMs);
    texts.push(isAsBefore ? (texts[i - 1] as string) : differenceOf(outcome.state, (ours[i] as Outcome).state));
  }
  return texts;
}

/** Returns '' when a line went alike through two doors. A state that was another before is not told of again. */
function differenceOfLine(expected: Outcome, found: Outcome, states: readonly string[]): string {
  const texts: string[] = [];
  const [a, b] = [folded(expected.result), folded(found.result)];
  for (const stream of ['stdout', 'stderr'] as const)
    if (a[stream] !== b[stream]) texts.push(`${stream}, genuine and ours:\n${textDifference(a[stream], b[stream])}`);
  if (a.exitCode !== b.exitCode) texts.push(`exit code ${a.exitCode} / ${b.exitCode}`);
  const [before, state] = states.length > 1 ? states : ['', states[0]];
  if (state !== '') texts.push(before === '' ? `state, genuine's and ours:\n${state}` : 'states still differ');
  return texts.join('\n');
}

/** See the head. */
function folded({ stdout, stderr, exitCode }: RunResult): RunResult {
  const fold = (text: string): string =>
    text
      .replace(/^E\d{4} \S+ +\d+ reflector\.go:\d+\] "Failed to watch" err="context deadline exceeded".*\n/gm, '')
      .replace(/^([EWIF]\d{4} [\d:.]+) +\d+ /gm, '$1 PID ')
      .replace(/\/tmp\/(LIVE-|MERGED-|kubectl-edit-|kubectl_replace_)\d+/g, '/tmp/$1')
      .replace(/^([-+]{3} \/tmp\/(?:LIVE|MERGED)-\S*)\t.*$/gm, '$1');
  return { stdout: fold(stdout), stderr: fold(stderr), exitCode };
}

/** Returns the lines from the first difference to the last. */
function textDifference(a: string, b: string): string {
  const [x, y] = [a.split('\n'), b.split('\n')];
  let from = 0;
  while (x[from] === y[from] && from < x.length) from++;
  let ends = 0;
  while (ends < Math.min(x.length, y.length) - from && x.at(-1 - ends) === y.at(-1 - ends)) ends++;
  const cut = (lines: string[], sign: string): string[] => {
    const part = lines.slice(from, lines.length - ends).map((line) => cutShort(`${sign}${line}`));
    return part.length > 20 ? [...part.slice(0, 20), `${sign}…`] : part;
  };
  return [`@ line ${from + 1}`, ...cut(x, '- '), ...cut(y, '+ ')].join('\n');
}

function cutShort(line: string): string {
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
