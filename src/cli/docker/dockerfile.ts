// Reads a Dockerfile into the stages and instructions that a build needs, and refuses it in BuildKit's words.
// Called by: cli/docker/build.ts. The only file that imports dockerfile-ast. Upstream: moby/buildkit frontend/dockerfile.
import type { Instruction as AstInstruction } from 'dockerfile-ast';

export interface Instruction {
  /** Upper case: 'RUN'. */
  keyword: string;
  /** As written, continuation lines joined. */
  text: string;
  /** The arguments; for the JSON form its items. */
  args: string[];
  isJson: boolean;
  /** From 1. */
  line: number;
}

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/** The Dockerfile is broken at a line; `message` is BuildKit's. */
export class DockerfileError extends Error {
  /** From 1; 0 when it is about the whole file. */
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.name = 'DockerfileError';
    this.line = line;
  }
}

/** Returns the instructions in order. @throws DockerfileError */
export async function parseDockerfile(text: string): Promise<Instruction[]> {
  // A CommonJS package: bundled, its exports are those of `default`.
  const library = await import('dockerfile-ast');
  const { DockerfileParser } = library.default ?? library;
  const instructions = DockerfileParser.parse(text).getInstructions().map(instructionOf);
  if (instructions.length === 0) throw new DockerfileError('the Dockerfile cannot be empty', 0);
  for (const { keyword, line, args } of instructions) {
    const where = `dockerfile parse error on line ${line}: `;
    if (!KEYWORDS.has(keyword)) throw new DockerfileError(`${where}unknown instruction: ${keyword}`, line);
    if (args.length === 0) throw new DockerfileError(`${where}${keyword} requires at least one argument`, line);
    if ((keyword === 'COPY' || keyword === 'ADD') && args.length < 2) {
      throw new DockerfileError(
        `${where}${keyword} requires at least two arguments, but only one was provided. Destination could not be determined`,
        line,
      );
    }
  }
  const first = instructions.find(({ keyword }) => keyword !== 'ARG');
  if (first?.keyword !== 'FROM') {
    const line = first?.line ?? 0;
    throw new DockerfileError(`dockerfile parse error on line ${line}: no build stage in current context`, line);
  }
  return instructions;
}

function instructionOf(node: AstInstruction): Instruction {
  const keyword = node.getKeyword();
  const raw = (node.getArgumentsContent() ?? '').trim();
  const json = jsonItems(raw);
  const args = json ?? node.getArguments().map((argument) => argument.getValue());
  return {
    keyword,
    text: raw.replace(/\\\s*\n\s*/g, ''),
    args,
    isJson: json !== undefined,
    line: node.getRange().start.line + 1,
  };
}

function jsonItems(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns BuildKit's picture of the place in the file: the lines around it, marked. */
export function sourceExcerpt(text: string, { name, line }: { name: string; line: number }): string {
  const lines = text.split('\n');
  const first = Math.max(1, line - 2);
  const last = Math.min(lines.length, line + 2);
  const rows: string[] = [];
  for (let at = first; at <= last; at++) {
    const mark = at === line ? '>>>' : '   ';
    rows.push(`${String(at).padStart(4)} | ${mark} ${lines[at - 1] ?? ''}`);
  }
  const rule = '-'.repeat(20);
  return `${name}:${line}\n${rule}\n${rows.join('\n')}\n${rule}\n`;
}
