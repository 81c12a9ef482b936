// Errors as kubectl prints them, and the exit codes they give. The only place that prints a Status.
// Called by: cli/root.ts; commands throw. Must not know: any command.
import { StatusError, type Status } from '../machinery/status.ts';
import { ConnectionError } from '../client/http.errors.ts';

export { ConnectionError };

/** Wrong use of the command line: printed as it stands after `error: `, with the hint to the help. Exit code 1. */
export class UsageError extends Error {
  /** 'kubectl get': adds `See 'kubectl get -h' for help and examples`. */
  readonly commandPath: string;
  constructor(message: string, commandPath: string) {
    super(`${message}\nSee '${commandPath} -h' for help and examples`);
    this.name = 'UsageError';
    this.commandPath = commandPath;
  }
}

/** An exit code without (further) output: kubectl diff's 1, exec's own code. */
export class ExitError extends Error {
  readonly exitCode: number;
  /** Printed on stderr as it stands, with a newline, when not empty. */
  constructor(exitCode: number, message = '') {
    super(message);
    this.name = 'ExitError';
    this.exitCode = exitCode;
  }
}

/** Several errors as one. Nesting counts: only an outermost aggregate of one is unwrapped. Upstream: util/errors Aggregate. */
export class Aggregate extends Error {
  readonly errors: readonly Error[];
  constructor(errors: readonly Error[]) {
    super(aggregateText(errors));
    this.name = 'Aggregate';
    this.errors = errors;
  }
}

function aggregateText(errors: readonly Error[]): string {
  const texts = [...new Set(flattenErrors(errors).map((e) => e.message))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

function flattenErrors(errors: readonly Error[]): Error[] {
  return errors.flatMap((e) => (e instanceof Aggregate ? flattenErrors(e.errors) : [e]));
}

/** Throws an aggregate when there are errors. Upstream: utilerrors.NewAggregate. */
export function throwAggregate(errors: readonly Error[]): void {
  if (errors.length > 0) throw new Aggregate(errors);
}

/** The kubeconfig contradicts itself or names what is missing: `Error in configuration: `. Upstream: clientcmd errConfigurationInvalid. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`invalid configuration: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** Returns the error with `error when creating "f.yaml": ` in its message when it has a source. Upstream: cmdutil.AddSourceToErr. */
export function addSource(verb: string, source: string, error: unknown): Error {
  if (source === '') return error as Error;
  const message = `error when ${verb} ${JSON.stringify(source)}: ${(error as Error).message}`;
  return error instanceof StatusError ? new StatusError({ ...error.status, message }) : new Error(message);
}

/** Returns the error with other words in front, keeping what kind it is. */
export function withMessage(error: unknown, message: string): Error {
  return error instanceof StatusError ? new StatusError({ ...error.status, message }) : new Error(message);
}

export interface Failure {
  /** Ends in a newline unless empty. */
  text: string;
  exitCode: number;
}

/** Returns what kubectl prints on stderr for an error and its exit code. Upstream: cmdutil.checkErr. */
export function describeFailure(thrown: unknown): Failure {
  let error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof Aggregate && error.errors.length === 1 && error.errors[0]) error = error.errors[0];
  const exitCode = error instanceof ExitError ? error.exitCode : 1;
  const text = failureText(error);
  return { text: text === '' || text.endsWith('\n') ? text : `${text}\n`, exitCode };
}

function failureText(error: Error): string {
  if (error instanceof ExitError) return error.message;
  if (error instanceof StatusError && error.status.reason === 'Invalid') return invalidText(error.status);
  if (error instanceof ConfigurationError) return configurationText(error);
  if (error instanceof Aggregate) return error.errors.map((e) => `${errorText(e)}\n`).join('');
  const standard = standardText(error);
  if (standard !== undefined) return standard;
  return error.message.startsWith('error: ') ? error.message : `error: ${error.message}`;
}

/** One problem is told as it is, unless it is the context itself. */
function configurationText({ problems }: ConfigurationError): string {
  const [first = ''] = problems;
  const isPlain = problems.length === 1 && !first.startsWith('context was not found');
  return isPlain ? `error: ${first}` : multilineText('Error in configuration: ', problems);
}

function invalidText(status: Status): string {
  const { details, message = '' } = status;
  let head = 'The request is invalid';
  if (!details) return message === '' ? head : `${head}: ${message}`;
  const causes = details.causes ?? [];
  if (details.kind || details.name) head = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`;
  else if (message !== '' && causes.length === 0) head += `: ${message}`;
  if (causes.length === 0) return head;
  return multilineText(`${head}: `, [...new Set(causes.map((c) => `${c.field ?? ''}: ${c.message ?? ''}`))]);
}

function multilineText(prefix: string, texts: readonly string[]): string {
  if (texts.length === 1) return `${prefix}${texts[0]}\n`;
  return `${prefix}\n${texts.map((t) => `* ${t}\n`).join('')}`;
}

/** Returns the words of errors that have standard ones. Upstream: cmdutil.StandardErrorMessage. */
function standardText(error: Error): string | undefined {
  if (error instanceof StatusError) {
    const { reason = '' } = error.status;
    if (reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
    return reason === '' ? `Error from server: ${error.message}` : `Error from server (${reason}): ${error.message}`;
  }
  // The state of a cluster in process cannot be read or written: no error of kubectl's, and none of its words in front.
  if (error.name === 'StateError') return `error: ${error.message}`;
  if (!(error instanceof ConnectionError)) return undefined;
  if (!error.isRefused) return `Unable to connect to the server: ${error.reason}`;
  return `The connection to the server ${error.host} was refused - did you specify the right host or port?`;
}

/** Returns the words of one error among several, as `Error from server (NotFound): …` or its message. Upstream: messageForError. */
export function errorText(error: Error): string {
  return standardText(error) ?? error.message;
}

/**
 * Returns an error about a server that does not have what is asked for by a word, as `explain` prints it: without `error: `.
 * Upstream: checkErr's case of meta.NoResourceMatchError.
 */
export function noResourceMatch(resource: string, group = ''): ExitError {
  const name = JSON.stringify(resource);
  const where = group === '' ? '' : ` in group ${JSON.stringify(group)}`;
  return new ExitError(1, `the server doesn't have a resource type ${name}${where}`);
}
