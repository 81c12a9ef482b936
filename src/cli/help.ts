// Help as kubectl lays it out: long text, aliases, examples, sub-commands, options, usage line, tips.
// Called by: cli/root.ts, commands/help.ts, commands/options.ts. Must not know: any command.
// Upstream: kubectl pkg/util/templates/templates.go and templater.go (structure; the words are ours).
import type { CommandSpec, FlagSpec } from './command.ts';
import type { CommandEntry } from './commands/index.ts';
import { globalFlags } from './globalflags.ts';

const ROOT_LONG = `Sandkube's kubectl works on a Kubernetes cluster that lives in a folder.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/`;
const OPTIONS_TIP = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n';
const MIN_PADDING = 11;

interface Line {
  name: string;
  short: string;
}

/** Returns the headings of `kubectl --help` in order. The last two hold plugins and everything else. */
const GROUPS = [
  'Basic Commands (Beginner):',
  'Basic Commands (Intermediate):',
  'Deploy Commands:',
  'Cluster Management Commands:',
  'Troubleshooting and Debugging Commands:',
  'Advanced Commands:',
  'Settings Commands:',
];

/** Returns the help of kubectl itself. */
export function rootHelp(entries: readonly CommandEntry[]): string {
  return `${ROOT_LONG}${rootUsage(entries)}`;
}

/** Returns what follows the text of the root's help: the commands by group, usage and tips. It starts with two newlines. */
export function rootUsage(entries: readonly CommandEntry[]): string {
  const shown = entries.filter((e) => !e.isHidden && e.short !== '');
  const padding = Math.max(MIN_PADDING, ...entries.map((e) => e.name.length));
  const inGroup = (heading: string) =>
    section(
      heading,
      shown.filter((e) => e.group === heading),
      padding,
    );
  const others = shown.filter((e) => e.group === undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  const groups = [
    ...GROUPS.map(inGroup),
    'Subcommands provided by plugins:',
    section('Other Commands:', others, padding),
  ];
  const tip = 'Use "kubectl <command> --help" for more information about a given command.\n';
  return `\n\n${groups.join('\n\n')}\n\nUsage:\n  kubectl [flags] [options]\n\n${tip}${OPTIONS_TIP}`;
}

function section(heading: string, lines: readonly Line[], padding: number): string {
  return [heading, ...lines.map(({ name, short }) => `  ${name.padEnd(padding)}   ${short}`)].join('\n');
}

/** Returns the help of a command. `path` is 'kubectl rollout undo'; `parents` are the specs above it. */
export function commandHelp(spec: CommandSpec, path: string, parents: readonly CommandSpec[]): string {
  const parts = [longText(spec), '\n\n'];
  if (spec.aliases?.length) parts.push(`Aliases:\n${[nameOf(spec), ...spec.aliases].join(', ')}\n\n`);
  if (spec.example) parts.push(`Examples:\n${exampleText(spec.example)}\n\n`);
  parts.push(subcommandSection(spec));
  const flags = (spec.flags ?? []).filter((f) => !f.isHidden && f.deprecated === undefined);
  if (flags.length > 0) parts.push(`Options:\n${flagUsages(flags).trimEnd()}\n\n`);
  parts.push(`Usage:\n  ${usageLine(spec, parents)}\n\n`);
  if (spec.commands?.length) parts.push(`Use "${path} <command> --help" for more information about a given command.\n`);
  parts.push(OPTIONS_TIP);
  return parts.join('');
}

function nameOf(spec: CommandSpec): string {
  return spec.use.split(' ')[0] ?? '';
}

/** Paragraphs after the first are indented by one column. */
function longText(spec: CommandSpec): string {
  const text = (spec.long ?? `${spec.short}.`).trim();
  const [first = '', ...more] = text.split('\n\n');
  return [
    first,
    ...more.map((p) =>
      p
        .split('\n')
        .map((line) => ` ${line.trimEnd()}`)
        .join('\n'),
    ),
  ].join('\n\n');
}

function exampleText(example: string): string {
  return example
    .trim()
    .split('\n')
    .map((line) => `  ${line.trim()}`)
    .join('\n');
}

function subcommandSection(spec: CommandSpec): string {
  const shown = (spec.commands ?? []).filter((c) => !c.isHidden);
  if (shown.length === 0) return '';
  const padding = Math.max(MIN_PADDING, ...(spec.commands ?? []).map((c) => nameOf(c).length));
  const lines = shown.map((c) => ({ name: nameOf(c), short: c.short })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${section('Available Commands:', lines, padding)}\n\n`;
}

function usageLine(spec: CommandSpec, parents: readonly CommandSpec[]): string {
  const line = ['kubectl', ...parents.map(nameOf), spec.use].join(' ');
  return line.includes('[options]') ? line : `${line} [options]`;
}

/** Returns the flags in order of their names, each with its default and its usage. */
export function flagUsages(flags: readonly FlagSpec[]): string {
  return [...flags]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const shorthand = flag.shorthand === undefined ? '' : `-${flag.shorthand}, `;
      const value = flag.type === 'string' ? `'${flag.default}'` : flag.default;
      return `    ${shorthand}--${flag.name}=${value}:\n\t${flag.usage}\n\n`;
    })
    .join('');
}

/** Returns what `kubectl options` prints. */
export function optionsText(): string {
  return `The following options can be passed to any command:\n\n${flagUsages(globalFlags)}`;
}
