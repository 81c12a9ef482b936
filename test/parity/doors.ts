// The three doors of equal clusters: our kubectl in process, ours over HTTPS, genuine kubectl over HTTPS.
// Called by: compare.ts. Must not know: what is compared, which lines are run.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseGoDuration } from '../../src/machinery/duration.ts';
import type { Engine } from '../../src/server/engine.ts';
import { openState, type State } from '../../src/storage/state.ts';
import { createSandbox, runIn, type RunResult } from '../harness.ts';
import { serveCluster, type ServedCluster } from '../server/fixture.ts';
import { clockedKubectl, type ClockedKubectl } from './clocked.ts';
import { snapshotOf, type Snapshot } from './snapshot.ts';

export interface DoorLine {
  argv: readonly string[];
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  /** Ctrl-C as soon as nothing more is to come. */
  isInterrupted?: boolean;
  /** The line waits for what does not come: its --timeout is real time where the server is far away. */
  waitsInVain?: boolean;
}

export interface Door {
  readonly name: string;
  run(line: DoorLine): Promise<RunResult>;
  /** 'settle' or 'advance 30s'. */
  pass(words: readonly string[]): Promise<void>;
  snapshot(): Snapshot;
  close(): Promise<void>;
}

/** What the doors of one test file share: a cluster as all begin with, certificates, the folders that commands see. */
export interface World {
  /** Working directory of the commands of every door, one after the other. */
  work: string;
  home: string;
  kubeconfig: string;
  baseState: string;
  pki: string;
  kubectl: ClockedKubectl;
  root: string;
}

/** Our server's address as the in-process kubeconfig has it. */
const OWN_ADDRESS = '127.0.0.1:6443';
const SETTLE_MS = 10 * 60_000;
/** The engine looks at clients that wait more often than this, as long as there is something to jump to. */
const REST_MS = 100;

/** Returns a world. @throws Error where genuine kubectl does not run. */
export async function openWorld(): Promise<World> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-parity-'));
  const kubectl = clockedKubectl(root);
  const sandbox = await createSandbox();
  const baseState = path.join(root, 'state');
  fs.renameSync(path.join(sandbox.home, 'clusters/sandkube'), baseState);
  sandbox.close();
  const at = (name: string): string => path.join(root, name);
  return { root, kubectl, baseState, work: at('work'), home: at('home'), kubeconfig: at('config'), pki: at('pki') };
}

/** Makes the folders that commands see as if nothing had been run yet. */
export function resetFolders({ work, home }: World, files: Readonly<Record<string, string>>): void {
  for (const folder of [work, home]) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder);
  }
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(work, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
}

/** Opens one after the other: they share folders. */
export const openDoors: readonly ((world: World) => Promise<Door>)[] = [
  async (world) => new InProcessDoor(world),
  (world) => openServed(world, 'our kubectl over HTTPS', (served, line, pace) => runOwn(world, served, line, pace)),
  (world) =>
    openServed(world, 'genuine kubectl', ({ engine }, { argv, env, stdin = '' }, pace) => {
      pace.interrupt = () => world.kubectl.interrupt();
      forgetAnswers(world);
      return world.kubectl.run(argv, { cwd: world.work, env: environment(world, env), stdin, nowMs: engine.nowMs });
    }),
];

/** Answers bear the date of the machine, which lies in the future of kubectl's clock: those it keeps would never be stale. */
function forgetAnswers({ home }: World): void {
  fs.rmSync(path.join(home, '.kube/cache/http'), { recursive: true, force: true });
}

function environment({ home, kubeconfig }: World, env: Record<string, string> | undefined): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, KUBECONFIG: kubeconfig, TZ: 'UTC', ...env };
}

class InProcessDoor implements Door {
  readonly name = 'our kubectl in process';
  readonly #world: World;
  readonly #home: string;
  #state: State | undefined;
  #last: Snapshot | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#home = path.join(world.root, 'inprocess');
    fs.rmSync(this.#home, { recursive: true, force: true });
    fs.cpSync(world.baseState, path.join(this.#home, 'clusters/sandkube'), { recursive: true });
    writeKubeconfig(world.kubeconfig, `https://${OWN_ADDRESS}`, {});
  }

  async run({ argv, stdin, env, isInterrupted }: DoorLine): Promise<RunResult> {
    let press: () => void = () => undefined;
    const interrupt = new Promise<void>((resolve) => (press = resolve));
    // Sleeping, beyond letting signals in, means that nothing is due in the cluster.
    const sleep = (ms: number): Promise<void> => {
      if (ms > 0 && isInterrupted) press();
      return new Promise((resolve) => setImmediate(resolve));
    };
    const { nowMs } = this.snapshot();
    const wall = { nowMs: () => nowMs, sleep };
    const folders = { home: this.#home, directory: this.#world.work };
    const options = { ...(stdin === undefined ? {} : { stdin }), env: environment(this.#world, env), interrupt, wall };
    const result = await runIn(folders, ['kubectl', ...argv], options);
    return isInterrupted ? interrupted(result) : result;
  }

  async pass(words: readonly string[]): Promise<void> {
    const folders = { home: this.#home, directory: this.#world.work };
    const { exitCode, stderr } = await runIn(folders, ['sandkube', ...words]);
    if (exitCode !== 0) throw new Error(`sandkube ${words.join(' ')}: ${stderr}`);
  }

  snapshot(): Snapshot {
    // What nobody wrote to since stays the same object, which spares making its text anew.
    this.#state ??= openState(path.join(this.#home, 'clusters/sandkube'));
    this.#state.sync();
    this.#last = snapshotOf(this.#state, this.#state.meta.clock?.simulatedMs ?? 0, this.#last);
    return this.#last;
  }

  async close(): Promise<void> {
    fs.rmSync(this.#home, { recursive: true, force: true });
  }
}

/** How a client is told to end while its line runs. */
interface Pace {
  interrupt(): void;
  signal: Promise<void>;
}

type Client = (served: ServedCluster, line: DoorLine, pace: Pace) => Promise<RunResult>;

async function openServed(world: World, name: string, client: Client): Promise<Door> {
  const served = await serveCluster({
    advancesOnWait: true,
    copyOf: world.baseState,
    pki: { directory: world.pki, nowMs: Date.UTC(2026, 0, 1) },
  });
  writeKubeconfig(world.kubeconfig, served.url, served.credentials);
  let last: Snapshot | undefined;
  const { engine } = served;
  return {
    name,
    async run(line) {
      const stop = line.isInterrupted ? interruptAtRest(engine) : undefined;
      const result = await client(served, line, stop ?? { interrupt: () => undefined, signal: new Promise(() => {}) });
      stop?.end();
      await engine.perform('rest', ({ loop }) => loop.runToRest());
      return withOwnAddress(line.isInterrupted ? interrupted(result) : result, served.url);
    },
    pass: ([word = '', ms = '']) =>
      engine.perform(`sandkube ${word}`, async ({ loop }) => {
        if (word === 'settle') await loop.settle(SETTLE_MS);
        else await loop.advanceTo(engine.nowMs + parseGoDuration(ms));
      }),
    snapshot() {
      last = snapshotOf(engine.session.state, engine.nowMs, last);
      return last;
    },
    close: () => served.close(),
  };
}

/** Presses Ctrl-C when the engine has looked at the client that waits, twice alike, and had nothing to jump to. */
function interruptAtRest(engine: Engine): Pace & { end(): void } {
  let press: () => void = () => undefined;
  const signal = new Promise<void>((resolve) => (press = resolve));
  const pace = { interrupt: () => press(), signal, end };
  const look = engine.lookAtClients;
  let seen = '';
  let isStill = false;
  let lookedAtMs = performance.now();
  engine.lookAtClients = () => {
    const found = look();
    isStill = found?.isQuiet === true && found.mark === seen;
    seen = found?.mark ?? '';
    lookedAtMs = performance.now();
    return found;
  };
  const timer = setInterval(() => {
    if (isStill && performance.now() - lookedAtMs > REST_MS) pace.interrupt();
  }, REST_MS / 4);
  function end(): void {
    clearInterval(timer);
    engine.lookAtClients = look;
  }
  return pace;
}

/** Runs our kubectl with a home of its own that knows no cluster: to it the server is any server. */
function runOwn(world: World, { engine }: ServedCluster, line: DoorLine, pace: Pace): Promise<RunResult> {
  const { argv, stdin, env, waitsInVain = false } = line;
  const home = path.join(world.root, 'client');
  const startMs = performance.now();
  const beginMs = engine.nowMs;
  const wall = {
    nowMs: () => (waitsInVain ? beginMs + Math.floor(performance.now() - startMs) : engine.nowMs),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  };
  return runIn({ home, directory: world.work }, ['kubectl', ...argv], {
    ...(stdin === undefined ? {} : { stdin }),
    env: environment(world, env),
    interrupt: pace.signal,
    wall,
  });
}

/** A process that a signal broke off says so; what was done when it came does not. */
function interrupted(result: RunResult): RunResult {
  return { ...result, exitCode: result.exitCode || 130 };
}

function withOwnAddress({ stdout, stderr, exitCode }: RunResult, url: string): RunResult {
  const { host } = new URL(url);
  const fold = (text: string): string => text.replaceAll(host, OWN_ADDRESS);
  return { stdout: fold(stdout), stderr: fold(stderr), exitCode };
}

function writeKubeconfig(file: string, server: string, { ca, token }: { ca?: string; token?: string }): void {
  const authority = ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandkube', cluster: { server, ...authority } }],
    users: [{ name: 'sandkube', user: { token } }],
    contexts: [{ name: 'sandkube', context: { cluster: 'sandkube', user: 'sandkube' } }],
    'current-context': 'sandkube',
  };
  fs.writeFileSync(file, JSON.stringify(config));
}
