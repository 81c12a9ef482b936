// Conflicts of server-side apply and their words.
// Called by: managedfields.apply, apiserver's field manager. Must not know: HTTP.
// Upstream: apimachinery managedfields/internal/conflict.go.
import { difference, forEachPath, isEmptySet, pathText, type FieldSet } from './fieldset.ts';
import type { ManagerEntry } from './managedfields.ts';
import type { StatusCause } from './status.ts';
import { quote } from './strconv.ts';

/** What one manager has that another wants. */
export interface Conflict {
  entry: ManagerEntry;
  set: FieldSet;
}

/** Thrown when what an applier wants is managed by others and it does not force. */
export class ConflictError extends Error {
  readonly conflicts: readonly Conflict[];
  constructor(conflicts: readonly Conflict[]) {
    super('conflict');
    this.conflicts = conflicts;
  }
}

/** Returns the conflicts without those in fields of the set. */
export function conflictsBeyond(conflicts: readonly Conflict[], allowed: FieldSet): Conflict[] {
  return conflicts
    .map(({ entry, set }) => ({ entry, set: difference(set, allowed) }))
    .filter(({ set }) => !isEmptySet(set));
}

interface Finding {
  manager: string;
  path: string;
}

/** Returns the message and the causes of the refusal. */
export function conflictTexts(conflicts: readonly Conflict[]): { message: string; causes: StatusCause[] } {
  const findings: Finding[] = [];
  for (const { entry, set } of sorted(conflicts))
    forEachPath(set, (path) => findings.push({ manager: managerText(entry), path: pathText(path) }));
  const causes = findings.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }));
  const [first] = findings;
  if (findings.length === 1 && first)
    return { message: `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`, causes };
  const lines: string[] = [];
  for (const [i, { manager, path }] of findings.entries()) {
    if (findings[i - 1]?.manager !== manager) lines.push(`conflicts with ${manager}:`);
    lines.push(`- ${path}`);
  }
  return { message: `Apply failed with ${findings.length} conflicts: ${lines.join('\n')}`, causes };
}

// By the identity upstream sorts by: the entry as JSON without fields and time.
function sorted(conflicts: readonly Conflict[]): Conflict[] {
  const identity = ({ entry: { manager, operation, apiVersion, subresource } }: Conflict): string =>
    JSON.stringify({ manager, operation, ...(operation === 'Apply' ? {} : { apiVersion }), subresource });
  return [...conflicts].sort((a, b) => (identity(a) < identity(b) ? -1 : 1));
}

function managerText({ manager, operation, apiVersion, subresource }: ManagerEntry): string {
  const name = `${quote(manager)}${subresource ? ` with subresource ${quote(subresource)}` : ''}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
