// Reads a scenario: a Markdown document whose fenced blocks are commands with their output, or files.
// Called by: run.ts, main.ts, tests. Must not know: how commands run. The only file that imports markdown-it.
import MarkdownIt from 'markdown-it';
import { yamlToJson } from '../machinery/yaml.ts';
import { ScenarioError, type Fence, type Scenario, type ScenarioSettings, type ScenarioStep } from './scenario.ts';
import { parseOutcome, splitTranscript } from './transcript.ts';

/**
 * Returns the scenario in a document. `file` names it in errors.
 * @throws ScenarioError for unknown settings, for output without a command, and for files outside of the scenario's folder.
 */
export function parseScenario(text: string, file: string): Scenario {
  const lineEnd = /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
  const lines = text.split(lineEnd);
  const { settings, bodyAt } = readFrontMatter(lines, file);
  const steps = fencesOf(lines, bodyAt).flatMap((fence) => stepsOf(fence, file));
  return { file, lines, lineEnd, settings, steps };
}

/** What Markdown takes for a line end, or replaces, but output may hold: a private character stands for it meanwhile. */
function hide(text: string): string {
  return text.replaceAll('\r', '\uf8f0').replaceAll('\0', '\uf8f1');
}
function unhide(text: string): string {
  return text.replaceAll('\uf8f0', '\r').replaceAll('\uf8f1', '\0');
}

function fencesOf(lines: string[], bodyAt: number): Fence[] {
  const body = hide(lines.slice(bodyAt).join('\n'));
  const tokens = new MarkdownIt('commonmark').parse(body, {});
  return tokens.flatMap(({ type, info, content, map, markup }) => {
    if (type !== 'fence' || !map) return [];
    const openedAt = bodyAt + map[0];
    const opening = lines[openedAt] ?? '';
    // A fence that opens a list item stands behind the item's mark, its content behind as many blanks.
    const indent = opening.slice(0, opening.indexOf(markup)).replace(/[^\s>]/g, ' ');
    const shown = content.split('\n').slice(0, -1);
    return [{ markup, info, lines: shown.map(unhide), openedAt, closedAt: openedAt + 1 + shown.length, indent }];
  });
}

function stepsOf(fence: Fence, file: string): ScenarioStep[] {
  const { info, lines, openedAt } = fence;
  const line = openedAt + 1;
  const [language] = info.trim().split(/\s+/);
  const name = /(?:^|\s)file=(?:"([^"]+)"|(\S+))/.exec(info);
  if (name) {
    const text = lines.map((l) => `${l}\n`).join('');
    return [{ type: 'file', name: checkName(name[1] ?? name[2] ?? '', `${file}:${line}`), text, line }];
  }
  if (language !== 'console') return [];
  const entries = splitTranscript(lines);
  if (!entries) throw new ScenarioError(`${file}:${line + 1}: a console block begins with a command: $ kubectl …`);
  const contentAt = openedAt + 1;
  return entries.map(({ command, promptAt, start, end }) => ({
    type: 'command',
    command,
    expected: parseOutcome(lines.slice(start, end)),
    line: contentAt + promptAt + 1,
    place: { start: contentAt + start, end: contentAt + end, fence },
  }));
}

function checkName(name: string, where: string): string {
  const isInside =
    !name.startsWith('/') && !name.includes('\\') && !name.split('/').some((part) => part === '..' || part === '');
  if (!isInside)
    throw new ScenarioError(`${where}: the file ${JSON.stringify(name)} is not inside the scenario's folder`);
  return name;
}

const DEFAULTS: ScenarioSettings = {
  starter: 'default',
  clock: 'manual',
  seed: '1',
  failedNodes: [],
  legacyApis: true,
};

function readFrontMatter(lines: string[], file: string): { settings: ScenarioSettings; bodyAt: number } {
  const settings = { ...DEFAULTS };
  if (lines[0]?.trimEnd() !== '---') return { settings, bodyAt: 0 };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end < 0) throw new ScenarioError(`${file}:1: the front matter has no end: ---`);
  let values: unknown;
  try {
    // A blank line in the place of the first one lets the parser count as the document does.
    values = yamlToJson(['', ...lines.slice(1, end)].join('\n'));
  } catch (error) {
    const { message } = error as Error;
    throw new ScenarioError(`${file}: ${message.replace('error converting YAML to JSON: ', '')}`, { cause: error });
  }
  if (values === null) return { settings, bodyAt: end + 1 };
  if (typeof values !== 'object' || Array.isArray(values))
    throw new ScenarioError(`${file}:1: the front matter is no map`);
  for (const [field, value] of Object.entries(values)) setField(settings, { field, value, file });
  return { settings, bodyAt: end + 1 };
}

function setField(
  settings: ScenarioSettings,
  { field, value, file }: { field: string; value: unknown; file: string },
): void {
  const refuse = (wanted: string): never => {
    throw new ScenarioError(`${file}: front matter: ${field} must be ${wanted}`);
  };
  switch (field) {
    case 'starter':
      settings.starter = typeof value === 'string' ? value : refuse("a starter cluster's name");
      break;
    case 'clock':
      settings.clock = value === 'manual' || value === 'real' ? value : refuse('manual or real');
      break;
    case 'seed':
      settings.seed =
        typeof value === 'string' || typeof value === 'number' ? String(value) : refuse('a text or a number');
      break;
    case 'faults':
      settings.failedNodes = failedNodes(value) ?? refuse('a list of nodes that have failed: [node/worker-1]');
      break;
    case 'legacyApis':
      settings.legacyApis = typeof value === 'boolean' ? value : refuse('true or false');
      break;
    default:
      throw new ScenarioError(
        `${file}: front matter: unknown field ${field}; there are: starter, clock, seed, faults, legacyApis`,
      );
  }
}

function failedNodes(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.map((fault) => (typeof fault === 'string' ? /^node\/([^/]+)$/.exec(fault)?.[1] : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}
