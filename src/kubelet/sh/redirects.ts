// Redirections: files, here-documents, one stream into another.
// Called by: sh/interpreter.ts. Must not know: commands.
import { FsError } from '../vfs.ts';
import type { Redirect } from './ast.ts';
import { bytesOf, textOf } from './bytes.ts';
import { expandToString } from './expansion.ts';
import type { Wait } from './host.ts';
import type { Interpreter } from './interpreter.ts';
import { ShellError } from './signals.ts';
import { Input, type Streams } from './streams.ts';

const NOWHERE = (): void => {};

/**
 * Returns the streams with the redirections applied, left to right. @throws ShellError when a file cannot be opened.
 */
export function* redirected(shell: Interpreter, redirects: readonly Redirect[]): Generator<Wait, Streams, void> {
  let streams = shell.streams;
  for (const redirect of redirects) streams = yield* apply(shell, streams, redirect);
  return streams;
}

function* apply(
  shell: Interpreter,
  streams: Streams,
  { fd, operator, target }: Redirect,
): Generator<Wait, Streams, void> {
  const text = yield* expandToString(shell, target);
  switch (operator) {
    case '<<':
      return { ...streams, input: new Input(text) };
    case '<<<':
      return { ...streams, input: new Input(`${text}\n`) };
    case '<':
      return { ...streams, input: new Input(readText(shell, text)) };
    case '>&':
      if (text === '-') return replace(streams, fd, NOWHERE);
      return replace(streams, fd, text === '2' ? streams.err : streams.out);
    default:
      return replace(streams, fd, writer(shell, text, { isAppending: operator === '>>' }));
  }
}

function replace(streams: Streams, fd: number, write: (text: string) => void): Streams {
  if (fd === -1) return { ...streams, out: write, err: write };
  if (fd === 2) return { ...streams, err: write };
  return fd === 1 ? { ...streams, out: write } : streams;
}

function readText(shell: Interpreter, path: string): string {
  if (path === '/dev/null') return '';
  try {
    return textOf(shell.host.fs.read(shell.path(path)));
  } catch (error) {
    throw openError(error, path, 'open');
  }
}

/** The words of dash and ash: `can't create /x: nonexistent directory` is ash's. */
function openError(error: unknown, path: string, verb: 'open' | 'create'): unknown {
  if (!(error instanceof FsError)) return error;
  const why = error.code === 'ENOENT' ? (verb === 'create' ? 'nonexistent directory' : 'no such file') : error.message;
  return new ShellError(`can't ${verb} ${path}: ${why}`, 1);
}

function writer(shell: Interpreter, path: string, { isAppending }: { isAppending: boolean }): (text: string) => void {
  const full = shell.path(path);
  const { fs } = shell.host;
  if (full === '/dev/null') return NOWHERE;
  if (full === '/dev/stdout' || full === '/proc/1/fd/1' || full === '/proc/self/fd/1') return shell.streams.out;
  if (full === '/dev/stderr' || full === '/proc/1/fd/2' || full === '/proc/self/fd/2') return shell.streams.err;
  if (full === '/dev/termination-log') return (text) => fs.append(full, bytesOf(text));
  try {
    if (!isAppending) fs.write(full, new Uint8Array());
    else if (!fs.stat(full)) fs.append(full, new Uint8Array());
  } catch (error) {
    throw openError(error, path, 'create');
  }
  return (text) => fs.append(full, bytesOf(text));
}
