// A shell that a person types into: prompt, line editing at a terminal, one command line after the other.
// Called by: exec.ts, attach.ts. Must not know: how the client is connected.
import { saveChanges, watchChanges } from './changes.ts';
import { drive, emit, type Execution } from './execution.ts';
import { hostnameOf } from './env.ts';
import { runLargeShellLine } from './shell.ts';
import { UnsupportedError } from './sh/host.ts';
import { Interpreter } from './sh/interpreter.ts';
import { isUnfinished, parseScript, ShellSyntaxError } from './sh/parser.ts';
import { ExitSignal } from './sh/signals.ts';
import { Input } from './sh/streams.ts';
import { TerminalLines } from './terminal.ts';

/** Reads command lines until `exit` or the end of the input. Returns the shell's exit code. */
export async function shellSession(execution: Execution, name: string): Promise<number> {
  const { io, isTerminal } = execution;
  const reader = new LineReader(execution, name);
  const shell = new Interpreter({
    host: execution.host,
    env: execution.env,
    cwd: execution.cwd,
    name,
    streams: {
      input: execution.input,
      out: (text) => emit(io, false, isTerminal, text),
      err: (text) => emit(io, true, isTerminal, text),
    },
  });
  let pending = '';
  for (;;) {
    const prompt = pending === '' ? promptOf(execution, shell, name) : '> ';
    const line = await reader.line(isTerminal ? prompt : '');
    if (line === undefined) return shell.lastStatus;
    if (line === INTERRUPT) {
      pending = '';
      shell.lastStatus = 130;
      continue;
    }
    const text = pending + line;
    if (text.trim() === '') continue;
    if (isUnfinished(text)) {
      pending = `${text}\n`;
      continue;
    }
    pending = '';
    // What a command reads is what is typed after it.
    const input = new Input('', true);
    shell.streams = { ...shell.streams, input };
    const reading: Execution = { ...execution, input, more: () => reader.feed(input) };
    const code = await execution.keyboard.during(() => runLine(reading, shell, text));
    if (code !== undefined) return code;
    if (execution.keyboard.isKilled) return execution.keyboard.lastSignal.exitCode;
  }
}

/** root@web:/#, as Debian's bash has it, or `/ # ` as busybox has it. */
function promptOf({ run, host }: Execution, shell: Interpreter, name: string): string {
  const home = shell.get('HOME') ?? '/root';
  const path =
    shell.cwd === home ? '~' : shell.cwd.startsWith(`${home}/`) ? `~${shell.cwd.slice(home.length)}` : shell.cwd;
  const sign = host.user.uid === 0 ? '#' : '$';
  if (name === 'bash') return `${host.user.name}@${hostnameOf(run.pod)}:${path}${sign} `;
  return host.os === 'debian' ? `${sign} ` : `${path} ${sign} `;
}

/** Runs one line; returns the exit code when the shell is to end. */
async function runLine(execution: Execution, shell: Interpreter, text: string): Promise<number | undefined> {
  const { simulation, run, io, isTerminal, world } = execution;
  run.nowMs = world.clock.nowMs();
  simulation.advanceTo(run.nowMs, run.record, run.pod);
  const changes = watchChanges(simulation, run.container.name);
  try {
    shell.lastStatus = await drive(execution, shell.script(parseScript(text)), () => undefined);
    return undefined;
  } catch (error) {
    if (error instanceof ExitSignal) return error.code;
    const isBashOnly = error instanceof ShellSyntaxError && shell.name === 'bash';
    if (error instanceof UnsupportedError || isBashOnly)
      shell.lastStatus = await runLargeShellLine(execution, shell, text);
    else if (error instanceof Error) {
      emit(io, true, isTerminal, `${shell.name}: ${error.message}\n`);
      shell.lastStatus = 2;
    }
    return undefined;
  } finally {
    if (isTerminal && execution.keyboard.signal.aborted) emit(io, false, isTerminal, '\n');
    changes.end();
    run.record = saveChanges(run, changes.log);
    simulation.acknowledge(run.record);
  }
}

/** What the reader returns for Ctrl-C. */
const INTERRUPT = '\x03';

/** Lines from the client's bytes; at a terminal with echo, backspace and the usual control keys. */
class LineReader {
  readonly #execution: Execution;
  /** The shell's. */
  readonly #name: string;
  #bytes = '';
  #isEnded = false;
  readonly #history: string[] = [];
  /** What commands that read are typed. */
  readonly #terminal = new TerminalLines((text) => this.#write(text));

  constructor(execution: Execution, name: string) {
    this.#execution = execution;
    this.#name = name;
  }

  async #more(): Promise<boolean> {
    if (this.#isEnded) return false;
    const part = await this.#execution.keyboard.read();
    if (!part) this.#isEnded = true;
    else this.#bytes += Buffer.from(part).toString();
    return !this.#isEnded;
  }

  async line(prompt: string): Promise<string | undefined> {
    this.#write(prompt);
    return this.#execution.isTerminal ? this.#typedLine(prompt) : this.#plainLine();
  }

  /** Waits until there is something for the running command to read: at a terminal a line. */
  async feed(input: Input): Promise<void> {
    const { isTerminal, keyboard } = this.#execution;
    while (this.#bytes !== '' || (await this.#more())) {
      if (!isTerminal) {
        input.push(await this.#line());
        return;
      }
      const { text, isEnd } = this.#terminal.take(this.#bytes);
      this.#bytes = '';
      input.push(text);
      if (isEnd) input.end();
      if (isEnd || text !== '' || keyboard.signal.aborted) return;
    }
    input.end();
  }

  #write(text: string): void {
    if (text !== '') this.#execution.io.writeStdout(Buffer.from(text));
  }

  async #plainLine(): Promise<string | undefined> {
    const line = await this.#line();
    return line === '' ? undefined : line.replace(/\n$/, '');
  }

  /** A line with its end, if it has one; '' at the end of the input. */
  async #line(): Promise<string> {
    while (!this.#bytes.includes('\n') && (await this.#more()));
    const end = this.#bytes.indexOf('\n');
    const line = end < 0 ? this.#bytes : this.#bytes.slice(0, end + 1);
    this.#bytes = this.#bytes.slice(line.length);
    return line;
  }

  async #key(): Promise<string | undefined> {
    while (this.#bytes === '') if (!(await this.#more())) return undefined;
    const key = /^\x1b(?:\[[\d;]*[A-Za-z~]|O.)|^./su.exec(this.#bytes)?.[0] ?? '';
    this.#bytes = this.#bytes.slice(key.length);
    return key;
  }

  async #typedLine(prompt: string): Promise<string | undefined> {
    let text = '';
    let place = this.#history.length;
    const replace = (next: string): void => {
      this.#write(`\r${prompt}\x1b[K${next}`);
      text = next;
    };
    for (;;) {
      const key = await this.#key();
      switch (key) {
        case undefined:
          return text === '' ? undefined : text;
        case '\r':
        case '\n':
          this.#write('\r\n');
          if (text !== '') this.#history.push(text);
          return text;
        case '\x03':
          this.#write('^C\r\n');
          return INTERRUPT;
        case '\x04':
          if (text !== '') break;
          this.#write(this.#name === 'bash' ? 'exit\r\n' : '\r\n');
          return undefined;
        case '\x7f':
        case '\b':
          if (text === '') break;
          text = [...text].slice(0, -1).join('');
          this.#write('\b \b');
          break;
        case '\x15':
          replace('');
          break;
        case '\x0c':
          this.#write(`\x1b[H\x1b[2J${prompt}${text}`);
          break;
        case '\x1b[A':
        case '\x1b[B':
          place = Math.min(Math.max(place + (key === '\x1b[A' ? -1 : 1), 0), this.#history.length);
          replace(this.#history[place] ?? '');
          break;
        default:
          if (key.startsWith('\x1b') || key < ' ') break;
          text += key;
          this.#write(key);
      }
    }
  }
}
