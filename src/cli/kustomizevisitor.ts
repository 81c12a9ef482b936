// -k: the manifests that a kustomization makes.
// Called by: cli/resourceplan.ts, on first use.
import type { FileContext } from './filevisitors.ts';
import type { Visitor } from './visitors.ts';

/** @throws Error always: kustomizations cannot be built yet. */
export function kustomizeVisitor(folder: string, _context: FileContext): Visitor {
  return {
    visit: async () => {
      throw new Error(`kustomizations cannot be built: ${folder}`);
    },
  };
}
