// Flags that several commands share, and what their values mean.
// Called by: cli/commands/*. Must not know: any command. Upstream: kubectl pkg/cmd/util/helpers.go.
import type { CommandContext, FlagSpec, Flags } from './command.ts';
import { parseGoBool } from './govalues.ts';

/** -f, -k and -R. `purpose` ends the sentence 'File, folder or URL of what …'. */
export function filenameFlags(purpose: string): FlagSpec[] {
  return [
    filenameFlag(purpose),
    {
      name: 'kustomize',
      shorthand: 'k',
      type: 'string',
      default: '',
      usage: 'Folder of a kustomization to build. Not together with -f or -R.',
    },
    recursiveFlag(),
  ];
}

export function filenameFlag(purpose: string): FlagSpec {
  return {
    name: 'filename',
    shorthand: 'f',
    type: 'stringSlice',
    default: '[]',
    usage: `File, folder or URL of the manifest ${purpose}`,
  };
}

export function recursiveFlag(isRecursive = false): FlagSpec {
  return {
    name: 'recursive',
    shorthand: 'R',
    type: 'bool',
    default: String(isRecursive),
    usage: 'Look for manifests in sub-folders of -f too.',
  };
}

/** Returns what -f, -k and -R say; absent flags count as empty. */
export function filenameOptions(flags: Flags): { filenames: string[]; kustomize: string; recursive: boolean } {
  return {
    filenames: flags.strings('filename'),
    kustomize: flags.string('kustomize'),
    recursive: flags.bool('recursive'),
  };
}

/** @throws Error when neither -f nor -k is given. Upstream: FilenameOptions.RequireFilenameOrKustomize. */
export function requireFilenames({ filenames, kustomize }: { filenames: readonly string[]; kustomize: string }): void {
  if (filenames.length === 0 && kustomize === '') throw new Error('must specify one of -f and -k');
}

export function dryRunFlag(): FlagSpec {
  return {
    name: 'dry-run',
    type: 'string',
    default: 'none',
    noOptDefault: 'unchanged',
    usage:
      'Must be "none", "server", or "client". With client, only what would be sent is printed. With server, the request is sent and nothing is kept.',
  };
}

export type DryRun = 'none' | 'client' | 'server';

/**
 * Returns the dry-run strategy; old spellings are warned of on stderr.
 * @throws Error `Invalid dry-run value (x). …`. Upstream: cmdutil.GetDryRunStrategy.
 */
export function dryRunStrategy(context: CommandContext): DryRun {
  const value = context.flags.string('dry-run');
  if (value === 'client' || value === 'server' || value === 'none') return value;
  if (value === 'unchanged') {
    warnDeprecated(context, '--dry-run is deprecated and can be replaced with --dry-run=client.');
    return 'client';
  }
  let isOn: boolean;
  try {
    isOn = parseGoBool(value);
  } catch {
    throw new Error(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
  }
  const strategy = isOn ? 'client' : 'none';
  warnDeprecated(
    context,
    `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${strategy}.`,
  );
  return strategy;
}

/** klog's form of a warning. */
function warnDeprecated({ factory, streams }: CommandContext, text: string): void {
  const iso = new Date(factory.clock.nowMs()).toISOString();
  const stamp = `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000`;
  streams.err.write(`W${stamp} ${String(process.pid).padStart(7)} helpers.go:731] ${text}\n`);
}

export function fieldManagerFlag(manager: string): FlagSpec {
  return {
    name: 'field-manager',
    type: 'string',
    default: manager,
    usage: 'Name under which the server notes which fields were set.',
  };
}

export function validateFlag(): FlagSpec {
  return {
    name: 'validate',
    type: 'string',
    default: 'strict',
    noOptDefault: 'strict',
    usage:
      'Must be one of: strict (or true), warn, ignore (or false). strict refuses unknown and duplicate fields, warn names them, ignore drops them in silence.',
  };
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** Returns the server's fieldValidation. @throws Error for another value. Upstream: cmdutil.GetValidationDirective. */
export function validationDirective(flags: Flags): FieldValidation {
  const value = flags.string('validate');
  const words: Record<string, FieldValidation> = { strict: 'Strict', warn: 'Warn', ignore: 'Ignore' };
  const directive = Object.hasOwn(words, value) ? words[value] : undefined;
  if (directive) return directive;
  try {
    return parseGoBool(value) ? 'Strict' : 'Ignore';
  } catch {
    throw new Error(
      `invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
    );
  }
}

export function selectorFlag(): FlagSpec {
  return {
    name: 'selector',
    shorthand: 'l',
    type: 'string',
    default: '',
    usage:
      "Label query: '=', '==', '!=', 'in', 'notin', such as -l key1=value1,key2!=value2,'key3 in (a,b)'. Objects must meet all of it.",
  };
}

export function fieldSelectorFlag(): FlagSpec {
  return {
    name: 'field-selector',
    type: 'string',
    default: '',
    usage:
      "Field query: '=', '==' and '!=', such as --field-selector key1=value1,key2=value2. Few fields can be asked for.",
  };
}

export function allFlag(): FlagSpec {
  return {
    name: 'all',
    type: 'bool',
    default: 'false',
    usage: 'Take all objects of the named types in the namespace.',
  };
}

export function allNamespacesFlag(): FlagSpec {
  return {
    name: 'all-namespaces',
    shorthand: 'A',
    type: 'bool',
    default: 'false',
    usage: 'Take the objects of all namespaces. A namespace given with --namespace is ignored.',
  };
}

export function localFlag(verb: string): FlagSpec {
  return {
    name: 'local',
    type: 'bool',
    default: 'false',
    usage: `Do not contact the server: ${verb} what the files say.`,
  };
}

export function saveConfigFlag(): FlagSpec {
  return {
    name: 'save-config',
    type: 'bool',
    default: 'false',
    usage: 'Keep the configuration in an annotation of the object, so that it can be applied later.',
  };
}

export function chunkSizeFlag(): FlagSpec {
  return {
    name: 'chunk-size',
    type: 'int64',
    default: '500',
    usage: 'Fetch long lists in pieces of this many objects. 0: all at once.',
  };
}

export function resourceVersionFlag(what: string): FlagSpec {
  return {
    name: 'resource-version',
    type: 'string',
    default: '',
    usage: `Only ${what} when the object still has this version; for a single object.`,
  };
}

export function subresourceFlag(what: string): FlagSpec {
  return { name: 'subresource', type: 'string', default: '', usage: what };
}

export function timeoutFlag(what: string, defaultValue = '0s'): FlagSpec {
  return { name: 'timeout', type: 'duration', default: defaultValue, usage: what };
}

/** The flag that notes the command in an annotation. */
export function recordFlag(): FlagSpec {
  return {
    name: 'record',
    type: 'bool',
    default: 'false',
    deprecated: '--record will be removed in the future',
    usage: 'Note the command in an annotation of the object.',
  };
}
