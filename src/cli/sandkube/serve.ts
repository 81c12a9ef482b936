// sandkube serve and kubeconfig: the cluster's API on a port of this machine, and what programs need to find it.
// Called by: main.programs.ts. Must not know: sockets, certificates, how the cluster is kept.
import { defineCommand, type CommandContext, type CommandSpec } from '../command.ts';
import { UsageError } from '../errors.ts';

export interface ServeOptions {
  /** 0: a free one. */
  port: number;
  address: string;
  /** '' for the one that is kept in the state folder. */
  token: string;
  /** Plain HTTP. */
  isPlain: boolean;
  /** On the manual clock, requests that wait move time on. */
  advancesOnWait: boolean;
}

export interface ServeReport {
  /** 'https://127.0.0.1:6443' */
  url: string;
  /** Path of the kubeconfig that names it. */
  kubeconfig: string;
  /** Whether programs on other machines can reach it. */
  isOpen: boolean;
}

/** What serves the cluster; main.ts hands in an implementation. Every method throws an Error with a one-line message. */
export interface ClusterServer {
  /** Serves until the user or `sandkube stop` ends it. `onReady` is called when requests are answered. */
  serve(options: ServeOptions, onReady: (report: ServeReport) => void): Promise<void>;
  /** Starts a process that serves; resolves when it answers requests. */
  serveInBackground(options: ServeOptions): Promise<ServeReport>;
  /** Returns a kubeconfig that holds all that a program needs. */
  kubeconfig(): Promise<string>;
}

const DEFAULT_PORT = 6443;
const GROUP = 'API Commands:';

/** Returns the commands about serving, in the order of sandkube's help. */
export function serveCommands(server: ClusterServer): readonly CommandSpec[] {
  return [
    defineCommand({
      use: 'serve [--port PORT] [--token TOKEN] [--http] [--background] [--advance-on-wait]',
      group: GROUP,
      short: 'Serve the API on a port: for genuine kubectl, Helm, client libraries',
      long: `Serve the cluster's API with a certificate authority of its own, on this machine only. While it runs the cluster is its own:
other commands of kubectl and sandkube go through it. "sandkube stop" or Ctrl-C ends it.`,
      flags: [
        { name: 'port', type: 'int', default: String(DEFAULT_PORT), usage: 'Port to listen on. 0: a free one.' },
        { name: 'address', type: 'string', default: '127.0.0.1', usage: 'Address to listen on.' },
        {
          name: 'token',
          type: 'string',
          default: '',
          usage: "The administrator's bearer token. Default: one that is made once and kept.",
        },
        { name: 'http', type: 'bool', default: 'false', usage: 'Plain HTTP; without --token, without credentials.' },
        {
          name: 'background',
          type: 'bool',
          default: 'false',
          usage: 'Return when the API answers, and go on in the background.',
        },
        {
          name: 'advance-on-wait',
          type: 'bool',
          default: 'false',
          usage: 'On the manual clock, let requests that wait move time on, from event to event.',
        },
      ],
      run: (context) => runServe(context, server),
    }),
    defineCommand({
      use: 'kubeconfig',
      group: GROUP,
      short: 'Print a kubeconfig with which other programs find the served cluster',
      run: async ({ args, commandPath, streams }) => {
        if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`, commandPath);
        streams.out.write(await server.kubeconfig());
      },
    }),
  ];
}

async function runServe(context: CommandContext, server: ClusterServer): Promise<void> {
  const { args, flags, streams, commandPath } = context;
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`, commandPath);
  const options = serveOptions(context);
  const tell = ({ url, kubeconfig, isOpen }: ServeReport): void => {
    if (isOpen)
      streams.err.write(
        `Warning: other machines can reach ${url}; whoever has the token can do everything in this cluster.\n`,
      );
    streams.out.write(`Serving the Kubernetes API on ${url}\n`);
    streams.out.write(`Other programs find it by: export KUBECONFIG=${kubeconfig}\n`);
  };
  if (flags.bool('background')) tell(await server.serveInBackground(options));
  else await server.serve(options, tell);
}

function serveOptions({ flags, commandPath }: CommandContext): ServeOptions {
  const port = flags.int('port');
  if (port < 0 || port > 65535) {
    throw new UsageError(`invalid argument "${port}" for "--port" flag: must be from 0 to 65535`, commandPath);
  }
  return {
    port,
    address: flags.string('address'),
    token: flags.string('token'),
    isPlain: flags.bool('http'),
    advancesOnWait: flags.bool('advance-on-wait'),
  };
}
