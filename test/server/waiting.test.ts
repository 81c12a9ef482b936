import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jumps, type ClientLook, type Waiter } from '../../src/server/engine.jumps.ts';
import { ask, openWatch } from './client.ts';
import { serveCluster, type ServedCluster } from './fixture.ts';

const pods = '/api/v1/namespaces/default/pods';
const json = { 'content-type': 'application/json' };

/** A pod that is ready soon, or after two minutes. */
function pod(name: string, initialDelaySeconds = 0): string {
  const readinessProbe = { httpGet: { port: 80 }, initialDelaySeconds };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'web', image: 'nginx', readinessProbe }] },
  });
}

/** Watches until the pod is ready, works for a while without asking anything, and ends with its resourceVersion. */
const SLOW_CLIENT = `
const [url, token, name, busyMs] = process.argv.slice(1);
const request = require('http').get(url + '${pods}?watch=true&fieldSelector=metadata.name%3D' + name, {
  headers: { authorization: 'Bearer ' + token },
});
request.on('response', (response) => {
  let rest = '';
  response.on('data', (chunk) => {
    const lines = (rest + chunk).split('\\n');
    rest = lines.pop();
    for (const { object } of lines.map((line) => JSON.parse(line))) {
      if (!object.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')) continue;
      for (const end = Date.now() + Number(busyMs); Date.now() < end; );
      console.log(object.metadata.resourceVersion);
      process.exit();
    }
  });
});`;

function runClient(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', SLOW_CLIENT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('close', () => resolve(text.trim()));
  });
}

describe('on a clock that waiting moves', () => {
  let served: ServedCluster;
  const instants = new Map<string, number>();
  beforeAll(async () => {
    served = await serveCluster({ isPlain: true, advancesOnWait: true });
    served.engine.onChange(() => instants.set(String(served.engine.revision), served.engine.nowMs));
    for (const body of [pod('late', 120), pod('fast'), pod('slow')])
      await ask(served, pods, { method: 'POST', headers: json, body });
  });
  afterAll(() => served.close());

  it.each([
    ['fast', 0],
    ['slow', 400],
  ])('a %s client finds the instant of what it waited for', async (name, busyMs) => {
    const version = await runClient([served.url, served.credentials.token, name, String(busyMs)]);
    expect(version).toMatch(/^\d+$/);
    const readyAtMs = [...instants].find(([revision]) => Number(revision) >= Number(version))?.[1];
    expect(served.engine.nowMs).toBe(readyAtMs);
  });

  it('goes on while somebody waits for what is due', async () => {
    const version = await runClient([served.url, served.credentials.token, 'late', '0']);
    expect(served.engine.nowMs - (instants.get(version) ?? 0)).toBe(0);
    expect([...instants.values()].at(-1)).toBeGreaterThan([...instants.values()][0] ?? 0);
    expect(served.engine.nowMs % 86_400_000).toBeGreaterThanOrEqual(120_000);
  });

  it('goes on to what recurs for a program that waits; its timeout is real time, which jumps do not shorten', async () => {
    const labels = { app: 'broken' };
    const spec = { containers: [{ name: 'web', image: 'nginx:nosuch' }] };
    const body = {
      metadata: { name: 'broken' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    const deployments = '/apis/apps/v1/namespaces/default/deployments';
    await ask(served, deployments, { method: 'POST', headers: json, body: JSON.stringify(body) });
    const startMs = served.engine.nowMs;
    const watch = openWatch(served, `${deployments}?watch=true&timeoutSeconds=60`);
    let reason: string | undefined;
    while (reason !== 'ProgressDeadlineExceeded') {
      const event = (await watch.next()) as { object: { status: { conditions?: { type: string; reason: string }[] } } };
      reason = event.object.status.conditions?.find(({ type }) => type === 'Progressing')?.reason;
    }
    expect(served.engine.nowMs - startMs).toBe(601_000);
    watch.close();
  });
});

describe('on the manual clock', () => {
  let served: ServedCluster;
  beforeAll(async () => {
    served = await serveCluster({ isPlain: true });
  });
  afterAll(() => served.close());

  it('waiting moves nothing: a watch ends in real time', async () => {
    await ask(served, pods, { method: 'POST', headers: json, body: pod('web') });
    const beforeMs = served.engine.nowMs;
    const watch = openWatch(served, `${pods}?watch=true&timeoutSeconds=1`);
    while ((await watch.next()) !== undefined);
    expect(served.engine.nowMs).toBe(beforeMs);
  });
});

describe('the rule of jumps', () => {
  /** Runs with a script of looks until the jumps stop or the script is over; returns how often the clients were looked at. */
  async function run({
    looks,
    busy = 0,
    setUpMs = 0,
    events = 1,
  }: {
    looks: readonly (ClientLook | undefined)[];
    busy?: number;
    setUpMs?: number;
    events?: number;
  }) {
    const seen = { looks: 0, jumps: 0, lookedAtMs: 0 };
    let isBusy = busy;
    await new Promise<void>((resolve) => {
      const jumps = new Jumps({
        isBusy: () => isBusy-- > 0,
        look: () => {
          if (seen.looks === 0) seen.lookedAtMs = Date.now();
          return looks[Math.min(seen.looks++, looks.length - 1)];
        },
        jump: async () => {
          seen.jumps += 1;
          if (seen.jumps > events) setImmediate(resolve);
          return seen.jumps <= events;
        },
        graceMs: 3,
      });
      jumps.waiters.set({ setUpMs }, Date.now());
      jumps.poke();
    });
    return seen;
  }
  const still: ClientLook = { isQuiet: true, isKnown: true, mark: 'a' };

  it.each([
    ['clients that sleep', [still], 2],
    ['a client that runs', [{ ...still, isQuiet: false }, { ...still, isQuiet: false }, still], 4],
    ['a client that has run between two looks', [still, { ...still, mark: 'b' }], 3],
    ['a client that nobody can watch', [{ ...still, isKnown: false }], 2],
    ['a client that comes', [still, { ...still, isKnown: false }], 3],
    ['no clients', [undefined], 2],
  ])('looks twice: %s', async (_, looks, count) => {
    expect(await run({ looks, events: 0 })).toMatchObject({ looks: count, jumps: 1 });
  });

  it('waits for what is under way, and for a client that gets ready', async () => {
    expect(await run({ looks: [still], busy: 3, events: 0 })).toMatchObject({ looks: 2, jumps: 1 });
    const beganAtMs = Date.now();
    const { lookedAtMs } = await run({ looks: [still], setUpMs: 30, events: 0 });
    expect(lookedAtMs - beganAtMs).toBeGreaterThanOrEqual(29);
  });

  it('goes from event to event, and ends where there is none', async () => {
    expect(await run({ looks: [still], events: 3 })).toMatchObject({ jumps: 4 });
  });

  it('goes to the foreground first, to the end of a waiter that counts in simulated time, and to what recurs for the patient', () => {
    const due = (foreground: number | undefined, all: number | undefined) => ({
      nextDueAtMs: ({ foregroundOnly = false } = {}) => (foregroundOnly ? foreground : all),
    });
    const targets = (waiter: Waiter): (number | undefined)[] => {
      const jumps = new Jumps({ isBusy: () => false, look: () => still, jump: async () => false, graceMs: 1 });
      jumps.waiters.set(waiter, 0);
      return [due(20, 10), due(undefined, 10), due(undefined, 99), due(undefined, undefined)].flatMap((instants) => [
        jumps.targetMs(instants, false),
        jumps.targetMs(instants, true),
      ]);
    };
    const none = undefined;
    expect(targets({})).toEqual([20, 20, none, none, none, none, none, none]);
    expect(targets({ patientUntilMs: 50 })).toEqual([20, 20, none, 10, none, none, none, none]);
    expect(targets({ endsAtMs: 50, jumpsToEnd: true })).toEqual([10, 10, 10, 10, 50, 50, 50, 50]);
  });

  it('does nothing when nobody waits', () => {
    let jumped = 0;
    const jump = async (): Promise<boolean> => jumped++ > 0;
    new Jumps({ isBusy: () => false, look: () => still, jump, graceMs: 1 }).poke();
    expect(jumped).toBe(0);
  });
});
