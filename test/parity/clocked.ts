// Genuine kubectl with its clock in our hands: ages, time stamps and log lines come from the client's wall clock, so they
// can only be equal when that shows the cluster's time. A copy of the program gets ten bytes of Go's time.now replaced: the
// two loads of the seconds and nanoseconds it was told become constants. Timeouts use the monotonic clock, which runs on.
// Called by: doors.ts. Must not know: what is run.
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { RunResult } from '../harness.ts';
import { genuineProgram } from '../server/genuine.ts';

/** In time.now, after both clocks were asked: MOVQ 16(SP), AX; MOVQ 24(SP), DI; MOVQ 0(SP), CX; IMULQ $1000000000, CX. */
const LOADS = Buffer.from('488b442410488b7c2418488b0c244869c900ca9a3b', 'hex');
const MOVL_AX = 0xb8;
const MOVL_DI = 0xbf;
const KILL_AFTER_MS = 25_000;

export interface ClockedRun {
  cwd: string;
  env: Record<string, string>;
  stdin: string | Uint8Array;
  nowMs: number;
}

export class ClockedKubectl {
  readonly #file: string;
  readonly #offset: number;
  #child: ChildProcess | undefined;

  constructor({ file, offset }: { file: string; offset: number }) {
    this.#file = file;
    this.#offset = offset;
  }

  /** Runs it to its end. @throws Error when it does not end by itself. */
  async run(argv: readonly string[], { cwd, env, stdin, nowMs }: ClockedRun): Promise<RunResult> {
    this.#setClock(nowMs);
    const child = spawn(this.#file, argv, { cwd, env });
    this.#child = child;
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
    clearTimeout(timer);
    this.#child = undefined;
    if (signal === 'SIGKILL') throw new Error(`genuine kubectl ${argv.join(' ')} does not end`);
    const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString();
    return { stdout: text(stdout), stderr: text(stderr), exitCode: code ?? (signal === 'SIGINT' ? 130 : -1) };
  }

  /** Ends it as Ctrl-C does. */
  interrupt(): void {
    this.#child?.kill('SIGINT');
  }

  #setClock(nowMs: number): void {
    const code = Buffer.alloc(10);
    code[0] = MOVL_AX;
    code.writeUInt32LE(Math.floor(nowMs / 1000), 1);
    code[5] = MOVL_DI;
    code.writeUInt32LE((nowMs % 1000) * 1_000_000, 6);
    const file = fs.openSync(this.#file, 'r+');
    fs.writeSync(file, code, 0, code.length, this.#offset);
    fs.closeSync(file);
  }
}

/** Returns the program as a copy in a folder. @throws Error where it does not run, or when its clock is not found. */
export function clockedKubectl(folder: string): ClockedKubectl {
  const genuine = genuineProgram('kubectl');
  if (genuine === undefined) throw new Error('genuine kubectl does not run here');
  const bytes = fs.readFileSync(genuine);
  const offset = bytes.indexOf(LOADS);
  if (offset < 0 || bytes.includes(LOADS, offset + 1)) throw new Error(`${genuine} does not tell the time as Go does`);
  const file = path.join(folder, 'kubectl');
  fs.writeFileSync(file, bytes, { mode: 0o755 });
  return new ClockedKubectl({ file, offset });
}
