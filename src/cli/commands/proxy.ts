// kubectl proxy: the API, and folders if wanted, on a local port without authentication.
// Called by: cli/commands/index.ts. Must not know: how the API server is reached.
// Upstream: kubectl pkg/cmd/proxy/proxy.go.
import { defineCommand, type CommandContext } from '../command.ts';
import { ExitError } from '../errors.ts';
import { logFatal, logWarning } from '../klog.ts';
import { joinHostPort } from '../localnetwork.ts';
import type { LocalListener } from '../runtime.ts';
import { signalExitCode } from '../interrupt.ts';

const DEFAULT_PORT = 8001;

export const proxy = defineCommand({
  use: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  group: 'Troubleshooting and Debugging Commands:',
  short: 'Run a proxy to the Kubernetes API server',
  long: `Serve the API on a local port, without authentication, and files of a folder beside it. Requests whose
host, path or method is not accepted are refused.`,
  example: `  # The API on port 8001
  kubectl proxy

  # On a free port, which is printed
  kubectl proxy --port=0

  # Files of a folder under /static/, and the API below /api/ only
  kubectl proxy --www=/my/files --www-prefix=/static/ --api-prefix=/api/

  # The API at another place: localhost:8001/custom/api/v1/pods
  kubectl proxy --api-prefix=/custom/`,
  flags: [
    {
      name: 'accept-hosts',
      type: 'string',
      default: String.raw`^localhost$,^127\.0\.0\.1$,^\[::1\]$`,
      usage: 'Regular expressions, separated by commas, of hosts to answer.',
    },
    {
      name: 'accept-paths',
      type: 'string',
      default: '^.*',
      usage: 'Regular expressions, separated by commas, of paths to answer.',
    },
    { name: 'address', type: 'string', default: '127.0.0.1', usage: 'IP address to serve on.' },
    { name: 'api-prefix', type: 'string', default: '/', usage: 'Path under which the API is served.' },
    {
      name: 'append-server-path',
      type: 'bool',
      default: 'false',
      usage: "Put the path of the context's server in front of each request's.",
    },
    {
      name: 'disable-filter',
      type: 'bool',
      default: 'false',
      usage: 'Answer every request. Dangerous when others can reach the port.',
    },
    { name: 'keepalive', type: 'duration', default: '0s', usage: 'Keep-alive period of connections. 0: off.' },
    {
      name: 'port',
      shorthand: 'p',
      type: 'int',
      default: String(DEFAULT_PORT),
      usage: 'Port to serve on. 0: a free one.',
    },
    {
      name: 'reject-methods',
      type: 'string',
      default: '^$',
      usage: "Regular expressions, separated by commas, of methods to refuse, such as 'POST,PUT,PATCH'.",
    },
    {
      name: 'reject-paths',
      type: 'string',
      default: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
      usage: 'Regular expressions, separated by commas, of paths to refuse, even if --accept-paths accepts them.',
    },
    { name: 'unix-socket', shorthand: 'u', type: 'string', default: '', usage: 'Unix socket to serve on.' },
    { name: 'www', shorthand: 'w', type: 'string', default: '', usage: 'Folder whose files are served too.' },
    {
      name: 'www-prefix',
      shorthand: 'P',
      type: 'string',
      default: '/static/',
      usage: 'Path under which the files are served.',
    },
  ],
  run: runProxy,
});

async function runProxy(context: CommandContext): Promise<void> {
  const { flags, factory, streams } = context;
  const unixSocket = flags.string('unix-socket');
  if (flags.bool('disable-filter') && unixSocket === '')
    logWarning(
      context,
      'proxy.go:177',
      'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious',
    );
  const { createProxyHandler } = await import('../proxyhandler.ts');
  const { createHttpListener } = await import('../httplistener.ts');
  const handler = createProxyHandler({
    transport: await factory.transport(),
    apiPrefix: withSlash(flags.string('api-prefix')),
    filter: flags.bool('disable-filter') ? undefined : await filterOf(context),
    www: flags.string('www') === '' ? undefined : resolve(factory.cwd, flags.string('www')),
    wwwPrefix: withSlash(flags.string('www-prefix')),
    serverPath: flags.bool('append-server-path') ? new URL(factory.connection().serverUrl).pathname : '',
    afterRequest: () => factory.yieldState(),
  });
  if (flags.int('port') !== DEFAULT_PORT && unixSocket !== '')
    throw new Error('cannot set --unix-socket and --port at the same time');
  checkFolder(context, flags.string('www'));
  const network = factory.runtime.network ?? (await import('../localnetwork.ts')).createLocalNetwork();
  const [address, port] = [flags.string('address'), flags.int('port')];
  const { onConnection, close } = createHttpListener(handler);
  let listener: LocalListener;
  if (unixSocket === '') {
    listener = await network.listen({ network: 'tcp', address, port }, onConnection);
    streams.out.write(`Starting to serve on ${joinHostPort(address, listener.port)}\n`);
  } else {
    removeSocket(resolve(factory.cwd, unixSocket));
    listener = await network.listen({ network: 'unix', path: resolve(factory.cwd, unixSocket) }, onConnection);
    streams.out.write(`Starting to serve on ${unixSocket}\n`);
  }
  await factory.yieldState();
  const signal = await factory.interrupted();
  close();
  await listener.close();
  throw new ExitError(signalExitCode(signal));
}

function resolve(cwd: string, path: string): string {
  return process.getBuiltinModule('node:path').resolve(cwd, path);
}

function withSlash(prefix: string): string {
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

async function filterOf(context: CommandContext) {
  const { compileGoRegexp } = await import('../goregexp.ts');
  const patterns = (name: string): RegExp[] => {
    const text = context.flags.string(name);
    try {
      return text === '' ? [] : text.split(',').map((part) => compileGoRegexp(part));
    } catch (error) {
      return logFatal(context, 'proxy_server.go:83', `Error compiling re: ${(error as Error).message}`);
    }
  };
  return {
    acceptHosts: patterns('accept-hosts'),
    acceptPaths: patterns('accept-paths'),
    rejectPaths: patterns('reject-paths'),
    rejectMethods: patterns('reject-methods'),
  };
}

function checkFolder(context: CommandContext, www: string): void {
  if (www === '') return;
  const fs = process.getBuiltinModule('node:fs');
  const stat = fs.statSync(resolve(context.factory.cwd, www), { throwIfNoEntry: false });
  if (!stat)
    logWarning(
      context,
      'proxy.go:200',
      `Failed to stat static file directory ${www}: stat ${www}: no such file or directory`,
    );
  else if (!stat.isDirectory()) logWarning(context, 'proxy.go:202', `Static file directory ${www} is not a directory`);
}

/** A socket that an earlier process left is in the way. */
function removeSocket(path: string): void {
  const fs = process.getBuiltinModule('node:fs');
  if (fs.statSync(path, { throwIfNoEntry: false })?.isSocket()) fs.rmSync(path);
}
