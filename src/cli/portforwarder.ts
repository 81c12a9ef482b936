// Listens on local ports and carries bytes between connections and a pod.
// Called by: commands/portforward.ts. Must not know: what answers in the pod.
// Upstream: client-go tools/portforward/portforward.go.
import type { Duplex } from 'node:stream';
import type { PortConnection } from '../client/transport.ts';
import type { RestClient } from '../client/types.ts';
import { StatusError } from '../machinery/status.ts';
import type { CommandContext } from './command.ts';
import { joinHostPort } from './localnetwork.ts';
import { logError } from './klog.ts';
import type { LocalListener, LocalNetwork } from './runtime.ts';
import { ExitError } from './errors.ts';
import { signalExitCode } from './interrupt.ts';

export interface ForwardRequest {
  namespace: string;
  pod: string;
  /** 'LOCAL:REMOTE', ':REMOTE' or 'PORT'. */
  ports: readonly string[];
  /** IP addresses and 'localhost'. */
  addresses: readonly string[];
}

interface ForwardedPort {
  local: number;
  remote: number;
}
interface ListenAddress {
  address: string;
  network: 'tcp4' | 'tcp6';
  /** All of localhost's addresses must fail before that counts. */
  isLocalhost: boolean;
}

/**
 * Forwards until the user interrupts it.
 * @throws Error for malformed ports and addresses, when no port can be listened on, and `lost connection to pod`.
 */
export async function forwardPorts(context: CommandContext, request: ForwardRequest): Promise<void> {
  const addresses = parseAddresses(request.addresses);
  const forwarder = new Forwarder(context, request, addresses);
  await forwarder.run(request.ports.map(parsePort));
}

/** Upstream: parsePorts. */
function parsePort(text: string): ForwardedPort {
  const parts = text.split(':');
  if (parts.length > 2) throw new Error(`invalid port format '${text}'`);
  const [first = '', second = first] = parts;
  const local = parseUint16('local', parts.length === 2 && first === '' ? '0' : first);
  const remote = parseUint16('remote', second);
  if (remote === 0) throw new Error('remote port must be > 0');
  return { local, remote };
}

function parseUint16(which: string, text: string): number {
  const fail = (why: string): Error =>
    new Error(`error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^\d+$/.test(text)) throw fail('invalid syntax');
  if (Number(text) > 65535) throw fail('value out of range');
  return Number(text);
}

/** Upstream: parseAddresses. */
function parseAddresses(texts: readonly string[]): ListenAddress[] {
  if (texts.length === 0) throw new Error('you must specify at least 1 address');
  const net = process.getBuiltinModule('node:net');
  const found = new Map<string, ListenAddress>();
  const add = (address: string, isLocalhost: boolean): void => {
    const version = net.isIP(address);
    if (version === 0) throw new Error(`${address} is not a valid IP`);
    if (isLocalhost && found.has(address)) return;
    found.set(address, { address, network: version === 4 ? 'tcp4' : 'tcp6', isLocalhost });
  };
  for (const text of texts) {
    if (text === 'localhost') for (const address of ['127.0.0.1', '::1']) add(address, true);
    else add(text, false);
  }
  return [...found.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

class Forwarder {
  readonly #context: CommandContext;
  readonly #request: ForwardRequest;
  readonly #addresses: readonly ListenAddress[];
  readonly #listeners: LocalListener[] = [];
  #network: LocalNetwork | undefined;
  #lose: () => void = () => undefined;
  #begin: () => void = () => undefined;
  /** Connections are taken up when all listeners are told: whatever is printed comes in one order. */
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });
  /** Work on the cluster is done one piece after another: whoever waits outside lets go of it. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(context: CommandContext, request: ForwardRequest, addresses: readonly ListenAddress[]) {
    this.#context = context;
    this.#request = request;
    this.#addresses = addresses;
  }

  async run(ports: readonly ForwardedPort[]): Promise<void> {
    const { factory, streams } = this.#context;
    const rest = await factory.rest();
    await this.#dial(rest);
    this.#network = factory.runtime.network ?? (await import('./localnetwork.ts')).createLocalNetwork();
    const lost = new Promise<'lost'>((resolve) => {
      this.#lose = () => resolve('lost');
    });
    try {
      let hasOne = false;
      for (const port of ports) {
        try {
          await this.#listen(rest, port);
          hasOne = true;
        } catch (error) {
          streams.err.write(`Unable to listen on port ${port.local}: ${(error as Error).message}\n`);
        }
      }
      if (!hasOne) {
        const list = ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ');
        throw new Error(`unable to listen on any of the requested ports: [${list}]`);
      }
      await factory.yieldState();
      this.#begin();
      const end = await Promise.race([lost, factory.interrupted()]);
      if (end === 'lost') throw new Error('lost connection to pod');
      if (end !== 'SIGINT') throw new ExitError(signalExitCode(end));
    } finally {
      for (const listener of this.#listeners) await listener.close();
    }
  }

  /** Whether there is a way is known before anything listens. */
  async #dial(rest: RestClient): Promise<void> {
    const { namespace, pod } = this.#request;
    try {
      await rest.checkPortForward(namespace, pod);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new Error(`error upgrading connection: ${error.message}`, { cause: error });
    }
  }

  /** Upstream: listenOnPort. */
  async #listen(rest: RestClient, port: ForwardedPort): Promise<void> {
    const { out } = this.#context.streams;
    const problems: string[] = [];
    const failed: ListenAddress[] = [];
    for (const place of this.#addresses) {
      const { address, network } = place;
      try {
        const listener = await this.#network?.listen({ network, address, port: port.local }, (connection) => {
          void this.#handle(rest, port, connection);
        });
        if (!listener) continue;
        this.#listeners.push(listener);
        port.local = listener.port;
        out.write(`Forwarding from ${joinHostPort(address, listener.port)} -> ${port.remote}\n`);
      } catch (error) {
        problems.push(`unable to create listener: Error ${(error as Error).message}`);
        failed.push(place);
      }
    }
    const localhost = this.#addresses.filter((a) => a.isLocalhost);
    const hasLostLocalhost = localhost.length > 0 && localhost.every((a) => failed.includes(a));
    if (hasLostLocalhost || failed.some((a) => !a.isLocalhost))
      throw new Error(`Listeners failed to create with the following errors: [${problems.join(' ')}]`);
  }

  async #handle(rest: RestClient, { local, remote }: ForwardedPort, connection: Duplex): Promise<void> {
    const { streams } = this.#context;
    const { namespace, pod } = this.#request;
    connection.on('error', () => connection.destroy());
    await this.#begun;
    streams.out.write(`Handling connection for ${local}\n`);
    try {
      const far = await this.#exclusively(() => rest.openPort(namespace, pod, remote));
      await this.#carry(connection, far);
    } catch (error) {
      const text = `an error occurred forwarding ${local} -> ${remote}: ${(error as Error).message}`;
      logError(this.#context, { place: 'portforward.go:424', message: 'Unhandled Error', error: text });
      connection.destroy();
      this.#lose();
    }
  }

  async #carry(connection: Duplex, far: PortConnection): Promise<void> {
    const receiving = far.received && this.#receive(connection, far);
    const sending = this.#send(connection, far);
    await (receiving ? Promise.race([receiving, sending.then(() => receiving)]) : sending);
    connection.end();
    connection.resume();
  }

  /** A far side that answers in its own time. */
  async #receive(connection: Duplex, far: PortConnection): Promise<void> {
    for (let parts = await far.received?.(); parts; parts = await far.received?.())
      for (const part of parts) connection.write(part);
  }

  async #send(connection: Duplex, far: PortConnection): Promise<void> {
    // Leaving the loop must not destroy the connection: what was written last may be on its way still.
    for await (const bytes of connection.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      for (const answer of await this.#exclusively(() => far.send(bytes))) connection.write(answer);
      if (far.isClosed) return;
    }
    if (far.received) await far.send(new Uint8Array());
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#work.then(async () => {
      try {
        return await work();
      } finally {
        await this.#context.factory.yieldState();
      }
    });
    this.#work = next.catch(() => undefined);
    return next;
  }
}
