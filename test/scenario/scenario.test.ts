// Scenarios: how documents are read, run, compared and rewritten.
import { describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom, integer, record, string, tuple } from 'fast-check';
import { parseScenario } from '../../src/scenario/parse.ts';
import { runScenario, type CommandContext, type ScenarioResult } from '../../src/scenario/run.ts';
import type { CommandOutcome, ScenarioSettings } from '../../src/scenario/scenario.ts';
import { formatOutcome, parseOutcome } from '../../src/scenario/transcript.ts';

const LESSON = `---
starter: minikube
seed: 7
faults: [node/worker-2]
legacyApis: false
---
# Pods

Prose, and \`$ code\` in it.

\`\`\`yaml file=web.yaml
kind: Pod

metadata: {}
\`\`\`

\`\`\`console
$ kubectl apply -f web.yaml
pod/web created
$ kubectl get pods \\
>   -o name
pod/web

$ kubectl get nothing
error: no
[exit 1]
$ true
\`\`\`

1. In a list:

   ~~~~ console
   $ kubectl get pod web -o jsonpath='{.status.phase}'
   Running
   [no newline]
   ~~~~

> \`\`\`console
> $ quoted
> yes
> \`\`\`

\`\`\`bash
$ not run
\`\`\`

    $ not run either

\`\`\`text file="a b/c.txt"
\`\`\`
`;

const LESSON_OUTCOMES: Record<string, CommandOutcome> = {
  'kubectl apply -f web.yaml': { output: 'pod/web created\n', exitCode: 0 },
  'kubectl get pods \\\n  -o name': { output: 'pod/web\n\n', exitCode: 0 },
  'kubectl get nothing': { output: 'error: no\n', exitCode: 1 },
  true: { output: '', exitCode: 0 },
  "kubectl get pod web -o jsonpath='{.status.phase}'": { output: 'Running', exitCode: 0 },
  quoted: { output: 'yes\n', exitCode: 0 },
};

interface Ran extends ScenarioResult {
  files: Record<string, string>;
  settings: ScenarioSettings[];
  contexts: CommandContext[];
}

async function run(text: string, outcomes: Record<string, CommandOutcome>): Promise<Ran> {
  const files: Record<string, string> = {};
  const settings: ScenarioSettings[] = [];
  const contexts: CommandContext[] = [];
  const result = await runScenario(parseScenario(text, 'lesson.md'), {
    cwd: '/lesson',
    env: { A: '1' },
    begin: async (wanted) => void settings.push(wanted),
    writeFile: async (name, content) => void (files[name] = content),
    exec: async (command, context) => {
      contexts.push(context);
      return outcomes[command] ?? { output: `${command}: command not found\n`, exitCode: 127 };
    },
  });
  return { ...result, files, settings, contexts };
}

describe('running', () => {
  it('finds settings, files and commands in order, and no difference where there is none', async () => {
    const result = await run(LESSON, LESSON_OUTCOMES);
    expect(result.differences).toEqual([]);
    expect(result.commands).toBe(6);
    expect(result.updatedText).toBe(LESSON);
    expect(result.files).toEqual({ 'web.yaml': 'kind: Pod\n\nmetadata: {}\n', 'a b/c.txt': '' });
    expect(result.settings).toEqual([
      { starter: 'minikube', clock: 'manual', seed: '7', failedNodes: ['worker-2'], legacyApis: false },
    ]);
    expect(result.contexts[0]).toEqual({ cwd: '/lesson', env: { A: '1' }, stdin: '' });
  });

  it('shows differences as lines, with blanks at the end made visible', async () => {
    const text = '```console\n$ kubectl get pods\nNAME   READY\nweb    1/1\nold    1/1\n$ kubectl get x\nok\n```\n';
    const { differences } = await run(text, {
      'kubectl get pods': { output: 'NAME   READY\nweb    1/1  \nnew    0/1\u001b[0m\nold    1/1\n', exitCode: 0 },
    });
    expect(differences.map((d) => d.text)).toEqual([
      `lesson.md:2: $ kubectl get pods
      NAME   READY
    - web    1/1
    + web    1/1··
    + new    0/1\\x1b[0m
      old    1/1
`,
      `lesson.md:6: $ kubectl get x
    - ok
    + kubectl get x: command not found
    + [exit 127]
`,
    ]);
  });
});

describe('updating', () => {
  it('rewrites what is expected and not a byte more', async () => {
    const outcomes = {
      ...LESSON_OUTCOMES,
      'kubectl get nothing': { output: 'error: nothing\n', exitCode: 2 },
      true: { output: '$ x\n> y\n[exit 1]\n', exitCode: 0 },
      "kubectl get pod web -o jsonpath='{.status.phase}'": { output: 'Pending\n\nx\n', exitCode: 0 },
      quoted: { output: '```\nno\n\n', exitCode: 3 },
    };
    const { updatedText } = await run(LESSON, outcomes);
    expect(updatedText).toBe(
      LESSON.replace('error: no\n[exit 1]\n$ true\n', 'error: nothing\n[exit 2]\n$ true\n\\$ x\n\\> y\n\\[exit 1]\n')
        .replace('   Running\n   [no newline]\n', '   Pending\n\n   x\n')
        .replace(
          '> ```console\n> $ quoted\n> yes\n> ```\n',
          '> ````console\n> $ quoted\n> ```\n> no\n>\n> [exit 3]\n> ````\n',
        ),
    );
    expect((await run(updatedText, outcomes)).differences).toEqual([]);
  });

  it('keeps the line ends of other systems', async () => {
    const text = 'Text\r\n```console\r\n$ a\r\n```\r\nEnd';
    const { updatedText } = await run(text, { a: { output: 'x\ny\n', exitCode: 0 } });
    expect(updatedText).toBe('Text\r\n```console\r\n$ a\r\nx\r\ny\r\n```\r\nEnd');
  });

  it('whatever commands print, an updated document has no differences', async () => {
    const line = tuple(
      constantFrom('', ' ', '\\', '  '),
      constantFrom('$ ', '> ', '```', '~~~~', '[exit 1]', '[no newline]', '', 'x', '\r'),
      string(),
    ).map((parts) => parts.join(''));
    const outcome = record({
      output: array(line, { maxLength: 5 }).map((lines) => lines.join('\n')),
      exitCode: integer({ min: 0, max: 2 }),
    });
    const texts = [
      '```console\n$ a\n$ b\nx\n```\n',
      '- ~~~console\n  $ a\n  $ b\n  ~~~\n\n```console\n$ a\n',
      '> 1. ```console\n>    $ a\n>    $ b\n>    ```\n',
    ];
    const check = asyncProperty(constantFrom(...texts), outcome, outcome, async (text, a, b) => {
      expect(parseOutcome(formatOutcome(a))).toEqual(a);
      const { updatedText } = await run(text, { a, b });
      expect((await run(updatedText, { a, b })).differences.map((d) => d.text)).toEqual([]);
    });
    await assert(check, { numRuns: 300 });
  });
});

describe('refusing', () => {
  it.each([
    [
      '---\ncolour: red\n---\n',
      'lesson.md: front matter: unknown field colour; there are: starter, clock, seed, faults, legacyApis',
    ],
    ['---\nclock: fast\n---\n', 'lesson.md: front matter: clock must be manual or real'],
    [
      '---\nfaults: node/a\n---\n',
      'lesson.md: front matter: faults must be a list of nodes that have failed: [node/worker-1]',
    ],
    [
      '---\nfaults: [disk/a]\n---\n',
      'lesson.md: front matter: faults must be a list of nodes that have failed: [node/worker-1]',
    ],
    ['---\nseed: [1]\n---\n', 'lesson.md: front matter: seed must be a text or a number'],
    ['---\nlegacyApis: 1\n---\n', 'lesson.md: front matter: legacyApis must be true or false'],
    ['---\n- a\n---\n', 'lesson.md:1: the front matter is no map'],
    ['---\nseed: 1\n', 'lesson.md:1: the front matter has no end: ---'],
    ['---\nseed: 1\na: [\n---\n', /^lesson\.md: yaml: line \d+: /],
    ['x\n```console\nNAME\n$ kubectl\n```', 'lesson.md:3: a console block begins with a command: $ kubectl …'],
    ['```yaml file=../a\n```', 'lesson.md:1: the file "../a" is not inside the scenario\'s folder'],
    ['```yaml file=/etc/a\n```', 'lesson.md:1: the file "/etc/a" is not inside the scenario\'s folder'],
  ])('%j', (text, message) => {
    expect(() => parseScenario(text, 'lesson.md')).toThrow(message);
  });
});

it.each(['', '---\n---\n', 'Only prose.\n'])('a document without settings: %j', (text) => {
  expect(parseScenario(text, 'lesson.md')).toMatchObject({
    settings: { starter: 'default', clock: 'manual', seed: '1', failedNodes: [], legacyApis: true },
    steps: [],
  });
});
