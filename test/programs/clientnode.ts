// Connections of @kubernetes/client-node to a served cluster, and small things its tests have in common.
// Called by: clientnode*.test.ts, operator.test.ts. Must not know: the simulator.
import { PassThrough, Writable } from 'node:stream';
import { ApiException, KubeConfig, PatchStrategy, setHeaderOptions, type V1Status } from '@kubernetes/client-node';
import type { ServedCluster } from '../server/fixture.ts';

/** Returns the configuration that its kubeconfig gives. */
export function connect({ kubeconfig }: ServedCluster): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

/** Options of a patch call: its content type. */
export function patchAs(strategy: keyof typeof PatchStrategy) {
  return setHeaderOptions('Content-Type', PatchStrategy[strategy]);
}

/** Returns the Status with which a call is refused. @throws Error when it is not. */
export async function refusal(call: Promise<unknown>): Promise<V1Status> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiException) return JSON.parse(String(error.body)) as V1Status;
    throw error;
  }
  throw new Error('the call succeeded');
}

/** A stream that keeps what was written; `seen` resolves when it matches. */
export class Output extends Writable {
  readonly #chunks: Buffer[] = [];
  #check: () => void = () => undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
    this.#check();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }

  seen(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.#check = () => pattern.test(this.text) && resolve(this.text);
      this.#check();
    });
  }
}

/** Returns a stdin that holds the text and is left open unless it is to end. */
export function input(text: string, { ends = true } = {}): PassThrough {
  const stream = new PassThrough();
  if (ends) stream.end(text);
  else stream.write(text);
  return stream;
}

/** Returns a promise with its resolve function. */
export function later<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
