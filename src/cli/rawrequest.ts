// --raw: one request to a path of the server, its answer printed as it comes.
// Called by: commands get, create, replace, delete. Upstream: kubectl pkg/rawhttp/raw.go.
import type { IOStreams } from './command.ts';
import type { Factory } from './factory.ts';
import { readTextFile } from './filevisitors.ts';

export interface RawRequest {
  factory: Factory;
  streams: IOStreams;
  method: string;
  path: string;
  /** File with the body; '-' for stdin. */
  file?: string | undefined;
}

/** @throws Error `--raw must be a valid URL path: …`, StatusError. */
export async function rawRequest({ factory, streams, method, path, file }: RawRequest): Promise<void> {
  if (!path.startsWith('/') && !URL.canParse(path))
    throw new Error(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
  const body =
    file === undefined ? undefined : file === '-' ? await streams.in.readAll() : readTextFile(factory.cwd, file);
  const rest = await factory.rest();
  streams.out.write(await rest.raw(method, path, body));
}
