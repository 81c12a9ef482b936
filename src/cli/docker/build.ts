// docker build: follows a Dockerfile's instructions as BuildKit does and leaves an image behind.
// Called by: cli/docker/commands.ts. Must not know: where images are kept. Upstream: moby/buildkit frontend/dockerfile/dockerfile2llb.
import fs from 'node:fs';
import path from 'node:path';
import type { IOStreams } from '../command.ts';
import { ExitError } from '../errors.ts';
import { DockerfileError, parseDockerfile, sourceExcerpt, type Instruction } from './dockerfile.ts';

/** What a built image says of itself; files by absolute path, base64. */
export interface BuiltImage {
  /** Canonical: 'docker.io/library/guitar-practice:latest'. */
  reference: string;
  /** 'sha256:…' */
  id: string;
  /** The image it was built from, as written. */
  base: string;
  entrypoint?: string[];
  cmd?: string[];
  env: Record<string, string>;
  workingDir: string;
  user: string;
  exposedPorts: number[];
  files: Record<string, string>;
  sizeBytes: number;
}

/** Where images come from and where they are kept; main.ts hands in an implementation. */
export interface ImageHost {
  /** Returns undefined when the base image can be pulled, else the registry's refusal. */
  pullError(reference: string): string | undefined;
  /** Returns what the base image is started with. */
  configOf(
    reference: string,
  ): Pick<BuiltImage, 'entrypoint' | 'cmd' | 'env' | 'workingDir' | 'user' | 'exposedPorts' | 'sizeBytes'>;
  /** Returns the full name of an image: 'docker.io/library/nginx:latest'. @throws Error `invalid reference format`. */
  canonical(reference: string): string;
  /** Returns 'sha256:…' of a text. */
  digest(text: string): string;
  save(image: BuiltImage): Promise<void>;
  list(): Promise<{ reference: string; id: string; ageMs: number; size: string }[]>;
}

export interface BuildOptions {
  path: string;
  file: string;
  tags: readonly string[];
  buildArgs: readonly string[];
  isQuiet: boolean;
  cwd: string;
  streams: IOStreams;
}

const MAX_CONTEXT_BYTES = 64 << 20;

/** Builds and saves one image. @throws ExitError with BuildKit's output for what goes wrong. */
export async function build(host: ImageHost, options: BuildOptions): Promise<void> {
  const context = path.resolve(options.cwd, options.path);
  const file = options.file === '' ? path.join(context, 'Dockerfile') : path.resolve(options.cwd, options.file);
  const text = readDockerfile(context, file, options.path);
  const progress = new Progress(options);
  progress.step('[internal] load build definition from Dockerfile', [`transferring dockerfile: ${text.length}B done`]);
  let instructions: Instruction[];
  try {
    instructions = await parseDockerfile(text);
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    const excerpt = error.line > 0 ? sourceExcerpt(text, { name: path.basename(file), line: error.line }) : '';
    throw progress.failed(`${excerpt}ERROR: failed to build: failed to solve: ${error.message}`);
  }
  const image = await follow(instructions, { host, context, text, name: path.basename(file), progress, options });
  progress.step('exporting to image', ['exporting layers done', `writing image ${image.id} done`]);
  for (const tag of options.tags) {
    let reference: string;
    try {
      reference = host.canonical(tag);
    } catch (error) {
      const message = `ERROR: failed to build: invalid tag ${JSON.stringify(tag)}: ${(error as Error).message}`;
      throw progress.failed(message);
    }
    progress.note(`naming to ${reference} done`);
    await host.save({ ...image, reference });
  }
  progress.finish(image.id);
}

function readDockerfile(context: string, file: string, given: string): string {
  if (!fs.existsSync(context)) {
    throw new ExitError(
      1,
      `ERROR: failed to build: unable to prepare context: path ${JSON.stringify(given)} not found`,
    );
  }
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    const message = `failed to read dockerfile: open ${path.basename(file)}: no such file or directory`;
    throw new ExitError(1, `ERROR: failed to build: failed to solve: ${message}`);
  }
}

interface Building {
  host: ImageHost;
  context: string;
  text: string;
  name: string;
  progress: Progress;
  options: BuildOptions;
}

async function follow(instructions: Instruction[], building: Building): Promise<BuiltImage> {
  const { host, progress, text, name } = building;
  const total = instructions.filter(({ keyword }) => isLayer(keyword)).length;
  let image: BuiltImage | undefined;
  let layer = 0;
  for (const instruction of instructions) {
    const { keyword, args, line } = instruction;
    if (keyword === 'FROM') {
      const reference = host.canonical(args[0] ?? '');
      progress.step(`[internal] load metadata for ${reference}`, []);
      const refusal = host.pullError(args[0] ?? '');
      if (refusal !== undefined) {
        const why = `${args[0]}: failed to resolve source metadata for ${reference}: ${refusal}`;
        throw progress.failed(`${sourceExcerpt(text, { name, line })}ERROR: failed to build: failed to solve: ${why}`);
      }
      image = { reference: '', id: '', base: args[0] ?? '', files: {}, ...host.configOf(args[0] ?? '') };
    }
    if (!image) continue;
    if (isLayer(keyword)) progress.step(`[${++layer}/${total}] ${keyword} ${instruction.text}`, []);
    applyInstruction(image, instruction, building);
  }
  if (!image) throw new Error('assertion: a Dockerfile without FROM');
  return { ...image, id: host.digest(JSON.stringify(image)) };
}

function isLayer(keyword: string): boolean {
  return ['FROM', 'RUN', 'COPY', 'ADD', 'WORKDIR'].includes(keyword);
}

function applyInstruction(image: BuiltImage, instruction: Instruction, building: Building): void {
  const { keyword, args, text, isJson } = instruction;
  const command = isJson ? args : ['/bin/sh', '-c', text];
  switch (keyword) {
    case 'ENTRYPOINT':
      image.entrypoint = command;
      delete image.cmd;
      return;
    case 'CMD':
      image.cmd = command;
      return;
    case 'ENV':
      Object.assign(image.env, variables(args));
      return;
    case 'WORKDIR':
      image.workingDir = path.posix.resolve(image.workingDir || '/', args[0] ?? '');
      return;
    case 'USER':
      image.user = args[0] ?? '';
      return;
    case 'EXPOSE':
      image.exposedPorts.push(...args.map((port) => Number.parseInt(port, 10)).filter((port) => port > 0));
      return;
    case 'COPY':
    case 'ADD':
      copyFiles(image, instruction, building);
  }
}

function variables(args: readonly string[]): Record<string, string> {
  if (!args[0]?.includes('=')) return { [args[0] ?? '']: args.slice(1).join(' ') };
  return Object.fromEntries(
    args.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1).replace(/^"(.*)"$/, '$1')]),
  );
}

function copyFiles(image: BuiltImage, { args, line }: Instruction, { context, text, name, progress }: Building): void {
  const sources = args.slice(0, -1);
  const target = path.posix.resolve(image.workingDir || '/', args.at(-1) ?? '');
  const isFolder = sources.length > 1 || (args.at(-1) ?? '').endsWith('/');
  for (const source of sources) {
    const from = path.resolve(context, `.${path.posix.resolve('/', source)}`);
    if (!fs.existsSync(from)) {
      const why = `failed to compute cache key: failed to calculate checksum of ref: "${path.posix.resolve('/', source)}": not found`;
      throw progress.failed(`${sourceExcerpt(text, { name, line })}ERROR: failed to build: failed to solve: ${why}`);
    }
    for (const [relative, bytes] of filesBelow(from)) {
      const inside =
        relative === ''
          ? isFolder
            ? path.posix.join(target, path.basename(from))
            : target
          : path.posix.join(target, relative);
      image.files[inside] = bytes.toString('base64');
      image.sizeBytes += bytes.length;
      if (image.sizeBytes > 8 * MAX_CONTEXT_BYTES)
        throw progress.failed('ERROR: failed to build: the build context is too large');
    }
  }
}

function* filesBelow(from: string, relative = ''): Generator<[string, Buffer]> {
  if (!fs.statSync(from).isDirectory()) {
    yield [relative, fs.readFileSync(from)];
    return;
  }
  for (const entry of fs.readdirSync(from).sort()) {
    if (entry === '.git' || entry === 'node_modules') continue;
    yield* filesBelow(path.join(from, entry), path.posix.join(relative, entry));
  }
}

/** BuildKit's plain progress: numbered steps on stderr, each done at once. */
class Progress {
  readonly #streams: IOStreams;
  readonly #isQuiet: boolean;
  #count = 0;

  constructor({ streams, isQuiet }: BuildOptions) {
    this.#streams = streams;
    this.#isQuiet = isQuiet;
    this.#write('#0 building with "default" instance using docker driver\n');
  }

  step(title: string, notes: readonly string[]): void {
    const head = `#${++this.#count} `;
    this.#write(`\n${head}${title}\n${notes.map((note) => `${head}${note}\n`).join('')}${head}DONE 0.0s\n`);
  }

  note(text: string): void {
    this.#write(`#${this.#count} ${text}\n`);
  }

  finish(id: string): void {
    if (this.#isQuiet) this.#streams.out.write(`${id}\n`);
  }

  failed(message: string): ExitError {
    return new ExitError(1, message);
  }

  #write(text: string): void {
    if (!this.#isQuiet) this.#streams.err.write(text);
  }
}
