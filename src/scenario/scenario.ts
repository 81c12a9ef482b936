// What a scenario is once it is read: settings, and the steps in the order in which they stand in the document.
// Called by: this folder, main.ts (which runs scenarios), tests. Must not know: Markdown, the cli.

/** The front matter: the cluster that a scenario plays on. */
export interface ScenarioSettings {
  /** A starter cluster's name. */
  starter: string;
  clock: 'manual' | 'real';
  seed: string;
  /** Names of the nodes that have failed before the first command. */
  failedNodes: string[];
  /** Whether API versions that Kubernetes has removed are served. */
  legacyApis: boolean;
}

/** A fenced block that is written as a file into the scenario's folder. */
interface FileStep {
  type: 'file';
  /** Below the scenario's folder: 'web.yaml', 'base/kustomization.yaml'. */
  name: string;
  text: string;
  /** The line of the document, from 1. */
  line: number;
}

/** A command and what is expected of it. */
export interface CommandStep {
  type: 'command';
  /** Continuation lines are part of it, joined by newlines. */
  command: string;
  expected: CommandOutcome;
  /** The line of the document with the prompt, from 1. */
  line: number;
  /** Where the expectation stands: the document's lines from `start` (from 0) up to and without `end`. */
  place: { start: number; end: number; fence: Fence };
}

/** A fenced block, wherever it stands: in lists and quotes too. */
export interface Fence {
  /** The backticks or tildes. */
  markup: string;
  /** What follows them. */
  info: string;
  /** Its content without indentation. */
  lines: string[];
  /** The document's lines with the fences, from 0; the last line of the document when it was not closed. */
  openedAt: number;
  closedAt: number;
  /** What stands before each line of the content in the document. */
  indent: string;
}

export type ScenarioStep = FileStep | CommandStep;

export interface CommandOutcome {
  /** Standard output and standard error as a terminal shows them. */
  output: string;
  exitCode: number;
}

export interface Scenario {
  /** As it is named to people. */
  file: string;
  /** The document's lines. */
  lines: string[];
  lineEnd: '\n' | '\r\n';
  settings: ScenarioSettings;
  steps: ScenarioStep[];
}

/** The scenario is not written as it should be. `message` is one line and names the file and line. */
export class ScenarioError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ScenarioError';
  }
}
