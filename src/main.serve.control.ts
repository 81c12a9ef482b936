// What sandkube commands of other processes ask of the process that serves: time, faults, its end.
// Called by: main.serve.ts. Must not know: sockets. Its other side is main.serve.client.ts.
import type { ApiRequest, ApiResponse } from './apiserver/types.ts';
import type { StartOptions } from './cli/sandkube/simulator.ts';
import type { ClusterIdentity, Clusters } from './main.clusters.ts';
import { createSimulator } from './main.simulator.ts';
import type { Engine } from './server/engine.ts';

export interface ControlOptions {
  engine: Engine;
  clusters: Clusters;
  identity: ClusterIdentity;
  /** Ends serving, after the answer. */
  stop(): void;
}

/** Where the commands ask: POST, with a JSON list of arguments. */
export const CONTROL_PATH = '/sandkube/v1/';
/** The answer has to go out before the server ends. */
const STOP_DELAY_MS = 20;

/** Returns the function that answers below /sandkube/. */
export function createControl(options: ControlOptions): (request: ApiRequest) => Promise<ApiResponse | undefined> {
  const { engine, clusters, identity, stop } = options;
  const refuse = (): Promise<never> => Promise.reject(new Error('this is done by the command itself'));
  const simulator = createSimulator({ clusters, cwd: '/', identity, runScenario: refuse, showFirstLesson: refuse });
  const actions: Record<string, (args: readonly unknown[]) => Promise<unknown>> = {
    status: () => simulator.status(),
    start: ([start, changed]) =>
      simulator.start(start as StartOptions, changed as Parameters<typeof simulator.start>[1]),
    tick: () => simulator.tick(),
    advance: ([ms]) => simulator.advance(Number(ms)),
    settle: ([maxMs]) => simulator.settle(Number(maxMs)),
    setNodeFault: ([node, isFailed]) => simulator.setNodeFault(String(node), isFailed === true),
    stop: async () => {
      const report = await simulator.stop();
      setTimeout(stop, STOP_DELAY_MS);
      return report;
    },
  };
  return async ({ path, method, body }) => {
    const name = path.slice(CONTROL_PATH.length);
    if (!path.startsWith(CONTROL_PATH) || method !== 'POST') return undefined;
    const args = body instanceof Uint8Array ? (JSON.parse(Buffer.from(body).toString()) as unknown[]) : [];
    if (name === 'sleep') {
      await engine.sleep(Number(args[0]));
      return answer(200, {});
    }
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) return undefined;
    try {
      return answer(200, { result: await engine.perform(`sandkube ${name}`, () => action(args)) });
    } catch (error) {
      return answer(422, { error: (error as Error).message });
    }
  };
}

function answer(status: number, body: object): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, warnings: [], body };
}
