import type { ContainerView, Program } from '../images/image.ts';
import { finishedProgram, serverProgram } from '../images/programs.ts';
import type { ContainerRun } from './process.ts';

export function scriptProgram(_run: ContainerRun, container: ContainerView, command: readonly string[]): Program {
  const text = command.join(' ');
  const sleep = /sleep (\d+)/.exec(text);
  const exit = /exit (\d+)/.exec(text);
  const echo = /echo ([^;&]*)/.exec(text);
  const lines = echo ? [{ text: echo[1] ?? '' }] : [];
  if (/while true|tail -f|sleep infinity/.test(text))
    return serverProgram({ container, ports: [], cpuMilli: 0, memoryBytes: 1 << 20, stop: null });
  const afterMs = sleep ? Number(sleep[1]) * 1000 : 0;
  return finishedProgram({ container, lines, exitCode: exit ? Number(exit[1]) : text === 'false' ? 1 : 0, afterMs });
}
