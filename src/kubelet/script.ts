// Starts the commands of a manifest as the process of a container.
// Called by: simulation.ts. Must not know: a pod's stages.
import type { ContainerView, LogLine } from '../images/image.ts';
import type { Scheduler, ScriptProcess } from './scheduler.ts';
import type { HttpCall, ShellHost } from './sh/host.ts';
import { Interpreter } from './sh/interpreter.ts';
import { Input } from './sh/streams.ts';
import { shellHost } from './shellhost.ts';
import type { FileSystem } from './vfs.ts';
import { imageOf, mainCommand, type ContainerRun } from './view.ts';

/** Starts the script in a scheduler at the container's start. */
export function startScript(
  run: ContainerRun,
  view: ContainerView,
  scheduler: Scheduler,
  fs: FileSystem,
): ScriptProcess {
  return scheduler.start(run.startedAtMs, (process) => {
    const command = mainCommand(view.command, imageOf(run));
    const inner = shellHost(run, view, { fs, now: () => scheduler.nowMs });
    const host: ShellHost = { ...inner, http: (call) => countCall(process, call, scheduler.nowMs, inner) };
    process.input = new Input('', run.container.stdin ?? false);
    let shell: Interpreter | undefined;
    const periodMs = (): number => shell?.steadyPeriodMs ?? 0;
    const out = lineWriter(process, 'stdout', scheduler, periodMs);
    const err = lineWriter(process, 'stderr', scheduler, periodMs);
    shell = new Interpreter({
      host,
      env: view.env,
      cwd: view.workingDir,
      name: (command[0] ?? 'sh').split('/').pop() ?? 'sh',
      streams: { input: process.input, out: out.write, err: err.write },
      skippable: (period) => scheduler.skippable(period),
      spawn: (task) => scheduler.spawn(process, task),
    });
    process.isSteady = () => periodMs() > 0;
    return mainSteps(shell, command, () => {
      out.flush();
      err.flush();
    });
  });
}

/** Calls of one target that are remembered. */
const MAX_CALLS = 4000;

function countCall(
  process: ScriptProcess,
  call: HttpCall,
  atMs: number,
  host: ShellHost,
): ReturnType<ShellHost['http']> {
  const { hostname, port, protocol } = call.url;
  const target = `${hostname}:${Number(port) || (protocol === 'https:' ? 443 : 80)}`;
  const calls = (process.calls ??= new Map<string, number[]>());
  const times = calls.get(target) ?? [];
  times.push(atMs);
  if (times.length > 2 * MAX_CALLS) times.splice(0, MAX_CALLS);
  calls.set(target, times);
  return host.http(call);
}

function* mainSteps(shell: Interpreter, command: readonly string[], flush: () => void) {
  try {
    return yield* shell.command(command);
  } finally {
    flush();
  }
}

const MAX_LINE = 16_384;

/** Cuts a stream of text into lines, each at the instant at which its end was written. */
function lineWriter(process: ScriptProcess, stream: LogLine['stream'], scheduler: Scheduler, periodMs: () => number) {
  let rest = '';
  const add = (text: string): void =>
    void process.lines.push({ atMs: scheduler.nowMs, stream, text, periodMs: periodMs() });
  return {
    write(text: string): void {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) add(part);
      // The runtime cuts lines that do not end.
      while (rest.length >= MAX_LINE) {
        add(rest.slice(0, MAX_LINE));
        rest = rest.slice(MAX_LINE);
      }
    },
    flush(): void {
      if (rest !== '') add(rest);
      rest = '';
    },
  };
}
