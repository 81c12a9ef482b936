import { describe, expect, it } from '@jest/globals';
import {
  addSource,
  Aggregate,
  ConfigurationError,
  ConnectionError,
  describeFailure,
  ExitError,
  throwAggregate,
  UsageError,
} from '../../src/cli/errors.ts';
import {
  newConflict,
  newForbidden,
  newInternalError,
  newNotFound,
  newUnauthorized,
  StatusError,
} from '../../src/machinery/status.ts';

const pods = { group: '', resource: 'pods' };
const invalid = (details: object | undefined, message = 'bad') =>
  new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'Invalid',
    code: 422,
    message,
    ...(details ? { details } : {}),
  });
const cause = (field: string, message: string) => ({ reason: 'FieldValueInvalid', field, message });

describe('describeFailure', () => {
  it.each<[string, unknown, string]>([
    ['an error', new Error('it broke'), 'error: it broke\n'],
    ['an error that says so itself', new Error('error: it broke'), 'error: it broke\n'],
    ['no error at all', 'text', 'error: text\n'],
    ['a refusal', newNotFound(pods, 'web'), 'Error from server (NotFound): pods "web" not found\n'],
    [
      'a refusal with a source',
      addSource('creating', 'a.yaml', newForbidden(pods, 'web', 'no')),
      'Error from server (Forbidden): error when creating "a.yaml": pods "web" is forbidden: no\n',
    ],
    [
      'a conflict',
      newConflict(pods, 'web', 'it changed'),
      'Error from server (Conflict): Operation cannot be fulfilled on pods "web": it changed\n',
    ],
    [
      'an internal error',
      newInternalError('oops'),
      'Error from server (InternalError): Internal error occurred: oops\n',
    ],
    ['no login', newUnauthorized(), 'error: You must be logged in to the server (Unauthorized)\n'],
    ['an invalid request without details', invalid(undefined), 'The request is invalid: bad\n'],
    [
      'an invalid object',
      invalid({ kind: 'Pod', name: 'web', causes: [cause('spec', 'is wrong')] }),
      'The Pod "web" is invalid: spec: is wrong\n',
    ],
    [
      'an object invalid in several ways',
      invalid({ kind: 'Pod', name: 'web', causes: [cause('a', 'x'), cause('b', 'y'), cause('a', 'x')] }),
      'The Pod "web" is invalid: \n* a: x\n* b: y\n',
    ],
    [
      'several errors',
      new Aggregate([newNotFound(pods, 'a'), new Error('other')]),
      'Error from server (NotFound): pods "a" not found\nother\n',
    ],
    [
      'an aggregate of one',
      new Aggregate([newNotFound(pods, 'a')]),
      'Error from server (NotFound): pods "a" not found\n',
    ],
    [
      'a contradictory kubeconfig',
      new ConfigurationError(['x is missing', 'y is missing']),
      'Error in configuration: \n* x is missing\n* y is missing\n',
    ],
    [
      'a server that refuses',
      new ConnectionError('localhost:8080', 'dial tcp', true),
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
    ],
    ['wrong use', new UsageError('no', 'kubectl scale'), "error: no\nSee 'kubectl scale -h' for help and examples\n"],
  ])('%s', (_, thrown, text) => {
    expect(describeFailure(thrown)).toEqual({ text, exitCode: 1 });
  });

  it('takes the exit code that a command wants', () => {
    expect(describeFailure(new ExitError(3))).toEqual({ text: '', exitCode: 3 });
    expect(describeFailure(new ExitError(2, 'as it is'))).toEqual({ text: 'as it is\n', exitCode: 2 });
  });
});

describe('throwAggregate', () => {
  it('throws only for errors', () => {
    expect(() => throwAggregate([])).not.toThrow();
    expect(() => throwAggregate([new Error('a'), new Error('b')])).toThrow(new Error('[a, b]'));
    expect(() => throwAggregate([new Error('a'), new Error('a')])).toThrow(new Error('a'));
  });
});
