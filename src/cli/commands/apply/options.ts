// What the parts of `kubectl apply` share.
// Called by: commands/apply.ts and commands/apply/*.
import type { RestClient, RESTMapping } from '../../../client/types.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import type { CommandContext } from '../../command.ts';
import type { DryRun, FieldValidation } from '../../commandflags.ts';
import type { Propagation } from '../../deletion.ts';
import { configurationText, withAnnotation } from '../../lastapplied.ts';
import { requireObject } from '../../requests.ts';

export interface ApplyOptions {
  context: CommandContext;
  rest: RestClient;
  files: { filenames: string[]; kustomize: string; recursive: boolean };
  dryRun: DryRun;
  isServerSide: boolean;
  forcesConflicts: boolean;
  fieldManager: string;
  fieldValidation: FieldValidation;
  namespace: string;
  isEnforced: boolean;
  selector: string;
  isForced: boolean;
  cascade: Propagation;
  gracePeriodSeconds: number;
  timeoutMs: number;
  prunes: boolean;
  /** Empty: the usual kinds. */
  pruneResources: RESTMapping[];
  prunesAll: boolean;
  overwrites: boolean;
  subresource: string;
  /** -o yaml and the like: objects are printed at the end. */
  printsObjects: boolean;
  visitedUids: Set<string>;
  visitedNamespaces: Set<string>;
}

/** Returns the manifest with itself in the annotation: what a patch leads to. Upstream: util.GetModifiedConfiguration. */
export function modifiedConfiguration(manifest: Unstructured): Unstructured {
  return withAnnotation(manifest, configurationText(manifest));
}

/** Returns the value without fields that are null; items of lists stay. */
export function pruneNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruneNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, pruneNulls(item)]));
}

export function warnIfDeleting(info: Info, { context }: ApplyOptions): void {
  const { metadata } = requireObject(info);
  if (metadata?.deletionTimestamp === undefined) return;
  context.streams.err.write(
    `Warning: Detected changes to resource ${metadata.name} which is currently being deleted.\n`,
  );
}
