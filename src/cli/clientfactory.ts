// The factory of one invocation: from kubeconfig and global flags to a REST client, each made on first use.
// Called by: cli/root.ts. Must not know: commands. Upstream: cli-runtime/pkg/genericclioptions/config_flags.go, clientcmd.
import { openKubeconfig } from '../client/kubeconfig.ts';
import type { Transport } from '../client/transport.ts';
import type { Kubeconfig, KubeconfigAccess, RESTMapper, RestClient } from '../client/types.ts';
import type { Builder } from './builder.ts';
import type { Flags } from './command.ts';
import { ConnectionError } from './errors.ts';
import { resolveConnection, resolveNamespace } from './connection.ts';
import type { CommandClock, Factory } from './factory.ts';
import { errorLine } from './klog.ts';
import { createBuilder } from './resourcebuilder.ts';
import type { ConnectionConfig, KubectlRuntime } from './runtime.ts';
import type { Interrupt } from './interrupt.ts';

export class ClientFactory implements Factory {
  readonly runtime: KubectlRuntime;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly #flags: Flags;
  readonly #warnings = new Set<string>();
  #clock: CommandClock | undefined;
  #kubeconfig: KubeconfigAccess | undefined;
  #config: Kubeconfig | undefined;
  #connection: ConnectionConfig | undefined;
  #transport: Promise<Transport> | undefined;
  #rest: Promise<RestClient> | undefined;
  #mapper: Promise<RESTMapper> | undefined;
  #isUnreachable = false;

  constructor(flags: Flags, runtime: KubectlRuntime) {
    this.#flags = flags;
    this.runtime = runtime;
    this.env = runtime.env;
    this.cwd = runtime.cwd;
  }

  /** How many warnings the server gave: --warnings-as-errors counts them. */
  get warningCount(): number {
    return this.#warnings.size;
  }

  get clock(): CommandClock {
    this.#clock ??= this.runtime.clockFor(this.#connectionIfAny());
    return this.#clock;
  }

  kubeconfig(): KubeconfigAccess {
    this.#kubeconfig ??= openKubeconfig({
      env: this.env,
      cwd: this.cwd,
      explicitFile: this.#flags.string('kubeconfig'),
      defaultFile: this.runtime.defaultKubeconfig,
    });
    return this.#kubeconfig;
  }

  connection(): ConnectionConfig {
    this.#connection ??= resolveConnection(this.#loaded(), this.kubeconfig().files, this.#flags, this.cwd);
    return this.#connection;
  }

  /** The kubeconfig as it was when the command first asked whom to talk to. */
  #loaded(): Kubeconfig {
    this.#config ??= this.kubeconfig().load();
    return this.#config;
  }

  /** A kubeconfig that cannot be used is told of by whoever needs it. */
  #connectionIfAny(): ConnectionConfig | undefined {
    try {
      return this.connection();
    } catch {
      return undefined;
    }
  }

  async namespace(): Promise<{ namespace: string; isEnforced: boolean }> {
    return resolveNamespace(this.#loaded(), this.#flags, this.cwd);
  }

  transport(): Promise<Transport> {
    this.#transport ??= this.runtime.connect(this.connection());
    return this.#transport;
  }

  rest(): Promise<RestClient> {
    this.#rest ??= this.#createRest();
    return this.#rest;
  }

  async #createRest(): Promise<RestClient> {
    const { createRestClient } = await import('../client/rest.ts');
    const { serverUrl, impersonate } = this.connection();
    return createRestClient(await this.#transportOrLater(), {
      serverUrl,
      impersonate,
      onWarning: (text: string) => this.warn(text),
    });
  }

  /** A server that cannot be reached is told of when something is asked of it: the command line's mistakes come first. */
  async #transportOrLater(): Promise<Transport> {
    try {
      return await this.transport();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#isUnreachable = true;
      return unreachable(error);
    }
  }

  async mapper(attempts = 1): Promise<RESTMapper> {
    const rest = await this.rest();
    this.#mapper ??= this.#createMapper(rest);
    try {
      return await this.#mapper;
    } catch (error) {
      for (let i = 0; i < attempts; i++) this.#logDiscoveryError(error as Error);
      throw error;
    }
  }

  /** A cluster in this process is not asked over a network: what is wrong with it is told once. */
  #logDiscoveryError(error: Error): void {
    if (this.#isUnreachable || error.name === 'StateError') return;
    const reason = `couldn't get current server API group list: ${error.message}`;
    const entry = { place: 'memcache.go:265', message: 'Unhandled Error', error: reason };
    this.runtime.streams.err.write(errorLine(this.clock.nowMs(), entry));
  }

  async #createMapper(rest: RestClient): Promise<RESTMapper> {
    const { discoverMapper } = await import('../client/discovery.ts');
    return discoverMapper(rest, { onWarning: (text: string) => this.warn(text) });
  }

  builder(): Builder {
    return createBuilder({
      rest: () => this.rest(),
      mapper: (attempts) => this.mapper(attempts),
      stdin: this.runtime.streams.in,
      cwd: this.cwd,
      note: (line) => this.runtime.streams.err.write(`${line}\n`),
    });
  }

  warn(text: string): void {
    if (this.#warnings.has(text)) return;
    this.#warnings.add(text);
    const { err } = this.runtime.streams;
    err.write(err.isTerminal ? `\u001b[33;1mWarning:\u001b[0m ${text}\n` : `Warning: ${text}\n`);
  }

  yieldState(): Promise<void> {
    return this.runtime.yieldState();
  }
  interrupted(): Promise<Interrupt> {
    return new Promise((resolve) => this.runtime.onInterrupt(resolve));
  }
}

function unreachable(error: ConnectionError): Transport {
  const refuse = () => Promise.reject(error);
  return {
    request: refuse,
    // oxlint-disable-next-line require-yield -- Nothing can be watched.
    async *watch() {
      throw error;
    },
    stream: refuse,
    openPort: refuse,
  };
}
