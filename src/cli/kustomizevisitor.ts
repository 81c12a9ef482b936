// -k: the manifests that a kustomization makes.
// Called by: cli/resourceplan.ts, on first use. Upstream: cli-runtime/pkg/resource/visitor.go KustomizeVisitor.
import { fileVisitor, type FileContext } from './filevisitors.ts';
import { buildKustomization, kustomizationText } from './kustomize/target.ts';
import type { Visitor } from './visitors.ts';

/** Builds the kustomization when visited. @throws Error with kustomize's texts. */
export function kustomizeVisitor(folder: string, context: FileContext): Visitor {
  const build = async (): Promise<string> => {
    const objects = buildKustomization(folder, { cwd: context.cwd, warn: context.note });
    return kustomizationText(objects);
  };
  return fileVisitor(folder, build, context);
}
