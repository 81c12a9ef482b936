// Programs about the machine and time: sleep, date, env, hostname, id, ps, df …
// Called by: sh/tools.ts. Must not know: the shell's grammar.
import { ArithmeticError, evaluateArithmetic } from './arithmetic.ts';
import { UnsupportedError, type Tool, type ToolIO, type Wait } from './host.ts';
import { parseOptions } from './options.ts';

type Steps = Generator<Wait, number, void>;

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

function* sleep({ args, err, host }: ToolIO): Steps {
  if (args.length === 0) {
    err(
      host.os === 'debian'
        ? "sleep: missing operand\nTry 'sleep --help' for more information.\n"
        : 'BusyBox v1.37.0 multi-call binary.\n\nUsage: sleep [N]...\n',
    );
    return 1;
  }
  let seconds = 0;
  for (const word of args) {
    if (word === 'infinity' || word === 'inf') {
      yield { kind: 'forever' };
      return 0;
    }
    const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(word);
    if (!match) {
      err(host.os === 'debian' ? `sleep: invalid time interval '${word}'\n` : `sleep: invalid number '${word}'\n`);
      return 1;
    }
    seconds += Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1);
  }
  yield { kind: 'until', atMs: host.nowMs() + Math.round(seconds * 1000) };
  return 0;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Returns a time in strftime's form, in UTC. */
export function strftime(format: string, ms: number): string {
  const date = new Date(ms);
  const iso = date.toISOString();
  const two = (n: number): string => String(n).padStart(2, '0');
  const hour12 = date.getUTCHours() % 12 || 12;
  const values: Record<string, () => string> = {
    Y: () => iso.slice(0, 4),
    y: () => iso.slice(2, 4),
    m: () => iso.slice(5, 7),
    d: () => iso.slice(8, 10),
    e: () => String(date.getUTCDate()).padStart(2),
    H: () => iso.slice(11, 13),
    I: () => two(hour12),
    M: () => iso.slice(14, 16),
    S: () => iso.slice(17, 19),
    N: () => `${iso.slice(20, 23)}000000`,
    s: () => String(Math.floor(ms / 1000)),
    F: () => iso.slice(0, 10),
    T: () => iso.slice(11, 19),
    R: () => iso.slice(11, 16),
    D: () => `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)}`,
    a: () => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
    A: () => DAYS[date.getUTCDay()] ?? '',
    b: () => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
    h: () => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()] ?? '',
    p: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    Z: () => 'UTC',
    z: () => '+0000',
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    j: () => String(Math.floor((ms - Date.UTC(date.getUTCFullYear(), 0)) / 86_400_000) + 1).padStart(3, '0'),
    c: () => strftime('%a %b %e %T %Y', ms),
    x: () => strftime('%D', ms),
    X: () => strftime('%T', ms),
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  return format.replace(/%[-_0]?([A-Za-z%])/g, (whole, letter: string) => {
    const text = values[letter]?.() ?? whole;
    return whole[1] === '-' ? text.replace(/^[0 ]+(?=.)/, '') : text;
  });
}

const date: Tool = ({ args, out, host }) => {
  const options = parseOptions(args, { flags: 'uR', valued: 'dI', long: { utc: 'u', date: 'd' } });
  const given = options.value('d');
  let ms = host.nowMs();
  if (given !== undefined) {
    ms = given.startsWith('@')
      ? Number(given.slice(1)) * 1000
      : Date.parse(/Z|[+-]\d\d:?\d\d$/.test(given) ? given : `${given}Z`);
    if (Number.isNaN(ms)) throw new UnsupportedError(given);
  }
  const format = options.operands[0];
  if (format?.startsWith('+')) out(`${strftime(format.slice(1), ms)}\n`);
  else if (options.has('R')) out(`${strftime('%a, %d %b %Y %H:%M:%S +0000', ms)}\n`);
  else out(`${strftime(host.os === 'debian' ? '%a %b %e %H:%M:%S UTC %Y' : '%a %b %e %H:%M:%S UTC %Y', ms)}\n`);
  return 0;
};

function* env({ args, out, shell }: ToolIO): Steps {
  const words = args.filter((word) => word !== '-i');
  const at = words.findIndex((word) => !/^\w+=/.test(word));
  if (at < 0) {
    const given = Object.fromEntries(words.map((word) => word.split(/=(.*)/s).slice(0, 2)));
    const all = { ...(args.includes('-i') ? {} : shell.environment()), ...given };
    for (const [name, value] of Object.entries(all)) out(`${name}=${value}\n`);
    return 0;
  }
  const inner = shell.subshell();
  for (const word of words.slice(0, at)) {
    const [name = '', value = ''] = word.split(/=(.*)/s);
    inner.set(name, value);
    inner.exported.add(name);
  }
  return yield* inner.run(words.slice(at));
}

const printenv: Tool = ({ args, out, shell }) => {
  const all = shell.environment();
  if (args.length === 0) for (const [name, value] of Object.entries(all)) out(`${name}=${value}\n`);
  let status = 0;
  for (const name of args) {
    if (all[name] === undefined) status = 1;
    else out(`${all[name]}\n`);
  }
  return status;
};

const hostname: Tool = ({ args, out, host }) => {
  const options = parseOptions(args, { flags: 'fisdI' });
  out(options.has('i') || options.has('I') ? `${host.podIp}\n` : `${host.hostname}\n`);
  return 0;
};

const id: Tool = ({ args, out, host }) => {
  const options = parseOptions(args, { flags: 'ugnG' });
  const { uid, gid, name } = host.user;
  const group = gid === 0 ? 'root' : String(gid);
  if (options.has('u')) out(`${options.has('n') ? name : uid}\n`);
  else if (options.has('g') || options.has('G')) out(`${options.has('n') ? group : gid}\n`);
  else {
    const user = uid === 0 ? 'uid=0(root)' : `uid=${uid}${/^\d+$/.test(name) ? '' : `(${name})`}`;
    const part = `${gid}${gid === 0 ? '(root)' : ''}`;
    const more = uid === 0 && host.os !== 'debian' ? ',10(wheel)' : '';
    out(`${user} gid=${part} groups=${part}${more}\n`);
  }
  return 0;
};

const uname: Tool = ({ args, out, host }) => {
  const options = parseOptions(args, { flags: 'asnrvmpio' });
  const values: [string, string][] = [
    ['s', 'Linux'],
    ['n', host.hostname],
    ['r', '6.12.48+deb13-amd64'],
    ['v', '#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ];
  const chosen = values.filter(([letter]) => options.has('a') || options.has(letter));
  out(`${(chosen.length > 0 ? chosen : [['s', 'Linux']]).map(([, text]) => text).join(' ')}\n`);
  return 0;
};

function clockText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

const ps: Tool = ({ args, out, host }) => {
  const processes = host.processes();
  if (host.os === 'debian') {
    const isFull = args.some((word) => word.includes('f') || word.includes('a') || word.includes('u'));
    if (!isFull) {
      out('    PID TTY          TIME CMD\n');
      for (const p of processes)
        out(`${String(p.pid).padStart(7)} ?        00:00:00 ${p.command.split(' ')[0]?.split('/').pop()}\n`);
      return 0;
    }
    out('UID          PID    PPID  C STIME TTY          TIME CMD\n');
    for (const p of processes)
      out(
        `${p.user.padEnd(8)} ${String(p.pid).padStart(7)}       0  0 ${new Date(p.startedAtMs).toISOString().slice(11, 16)} ?        00:00:00 ${p.command}\n`,
      );
    return 0;
  }
  out('PID   USER     TIME  COMMAND\n');
  for (const p of processes)
    out(`${String(p.pid).padStart(5)} ${p.user.padEnd(8)} ${clockText(0).padStart(5)} ${p.command}\n`);
  return 0;
};

const which: Tool = ({ args, out, host }) => {
  let status = 0;
  for (const name of args) {
    if (host.hasExecutable(name)) out(`${host.os === 'debian' ? '/usr/bin' : '/bin'}/${name}\n`);
    else status = 1;
  }
  return status;
};

const df: Tool = ({ args, out }) => {
  const isHuman = args.includes('-h');
  out(
    'Filesystem           1K-blocks      Used Available Use% Mounted on\n'.replace(
      '1K-blocks',
      isHuman ? '     Size' : '1K-blocks',
    ),
  );
  out(
    isHuman
      ? 'overlay                  78.5G     21.3G     53.2G  29% /\n'
      : 'overlay               82336748  22345612  55763128  29% /\n',
  );
  return 0;
};

const free: Tool = ({ out }) => {
  out('              total        used        free      shared  buff/cache   available\n');
  out('Mem:        8148120     1893244     3120484       12880     3134392     5974016\n');
  out('Swap:             0           0           0\n');
  return 0;
};

const SIGNALS: Readonly<Record<string, string>> = { 1: 'HUP', 2: 'INT', 3: 'QUIT', 9: 'KILL', 15: 'TERM' };

const kill: Tool = ({ args, err, shell, host }) => {
  const named = args.find((word) => word.startsWith('-'))?.replace(/^-(s|SIG)?/, '') ?? '15';
  const target = args.find((word, i) => /^\d+$/.test(word) && args[i - 1] !== '-s');
  if (target === undefined) return 0;
  if (target === '1') {
    host.signal?.(SIGNALS[named] ?? named);
    return 0;
  }
  err(
    host.os === 'debian'
      ? `${shell.name}: 1: kill: No such process\n\n`
      : `${shell.name}: can't kill pid ${target}: No such process\n`,
  );
  return 1;
};

const expr: Tool = ({ args, out, err }) => {
  const [a = '', operator = '', b = ''] = args;
  if (args.length === 3 && (operator === '=' || operator === '!=')) {
    const isTrue = (a === b) === (operator === '=');
    out(`${isTrue ? 1 : 0}\n`);
    return isTrue ? 0 : 1;
  }
  try {
    const value = evaluateArithmetic(args.join(' ').replaceAll('\\', ''), {
      get: () => undefined,
      set: () => undefined,
    });
    out(`${value}\n`);
    return value === 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    err('expr: syntax error\n');
    return 2;
  }
};

function* timeout({ args, host, shell }: ToolIO): Steps {
  const words = args.filter((word) => !word.startsWith('-'));
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(words[0] ?? '');
  if (!match) throw new UnsupportedError('timeout');
  const endMs = host.nowMs() + Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1) * 1000;
  const steps = shell.run(words.slice(1));
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    const wait = step.value;
    const untilMs = wait.kind === 'until' ? wait.atMs : Number.POSITIVE_INFINITY;
    if (untilMs < endMs) {
      yield wait;
      continue;
    }
    yield { kind: 'until', atMs: endMs };
    return host.os === 'debian' ? 124 : 143;
  }
}

/** The size is the client's; other settings are taken and change nothing that could be seen. */
const stty: Tool = ({ args, host, out, err }) => {
  const size = host.terminalSize?.();
  if (!size) {
    const subject = host.os === 'debian' ? "'standard input'" : 'standard input';
    err(`stty: ${subject}: Inappropriate ioctl for device\n`);
    return 1;
  }
  const { rows, columns } = size;
  if (args[0] === 'size') out(`${rows} ${columns}\n`);
  else if (args.length === 0) out('speed 38400 baud; line = 0;\n');
  else if (args[0] === '-a') out(`speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;\n`);
  return 0;
};

/** nice, nohup, time and the like run what follows. */
function* runRest({ args, shell }: ToolIO): Steps {
  const at = args.findIndex((word) => !word.startsWith('-'));
  return at < 0 ? 0 : yield* shell.run(args.slice(at));
}

export const systemTools: Readonly<Record<string, Tool>> = {
  sleep,
  usleep: ({ args, host }) =>
    (function* (): Steps {
      yield { kind: 'until', atMs: host.nowMs() + Math.ceil(Number(args[0] ?? 0) / 1000) };
      return 0;
    })(),
  date,
  env,
  printenv,
  hostname,
  whoami: ({ out, host }) => (out(`${host.user.name}\n`), 0),
  id,
  uname,
  arch: ({ out }) => (out('x86_64\n'), 0),
  nproc: ({ out }) => (out('4\n'), 0),
  uptime: ({ out, host }) => (
    out(` ${new Date(host.nowMs()).toISOString().slice(11, 19)} up 1 day,  load average: 0.08, 0.11, 0.09\n`),
    0
  ),
  ps,
  which,
  df,
  free,
  kill,
  expr,
  timeout,
  nice: runRest,
  nohup: runRest,
  setsid: runRest,
  stdbuf: runRest,
  pwd: ({ out, shell }) => (out(`${shell.cwd}\n`), 0),
  sync: () => 0,
  clear: () => 0,
  tty: ({ out, host }) => (out(host.terminalSize ? '/dev/pts/0\n' : 'not a tty\n'), host.terminalSize ? 0 : 1),
  stty,
  true: () => 0,
  false: () => 1,
};
