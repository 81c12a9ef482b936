// The kinds that kubectl has Go types for: commands that work on those cannot even read others.
// Called by: visitors.ts, filevisitors.ts. Must not know: commands. Upstream: kubectl pkg/scheme/install.go.
import { definitionOfKind } from '../machinery/schema.ts';
import { quote } from '../machinery/strconv.ts';
import { parseGroupVersion, type Unstructured } from '../machinery/types.ts';

/** The scheme of most commands, as its errors name it, and that of port-forward. */
export const KUBECTL_SCHEME = 'pkg/scheme/scheme.go:28';
export const CLIENT_SCHEME = 'k8s.io/client-go/kubernetes/scheme/register.go:84';

/** Served, but not among the types of clients. */
const ELSEWHERE: readonly string[] = ['apiextensions.k8s.io', 'apiregistration.k8s.io', 'metrics.k8s.io'];

/** Checks that an object, or a list of some, is of a type that the scheme has. @throws Error `no kind "X" is registered …`. */
export function requireRegistered({ apiVersion, kind }: Unstructured, scheme: string): void {
  const groupVersion = parseGroupVersion(apiVersion);
  const isKnown = (name: string): boolean => definitionOfKind({ ...groupVersion, kind: name }) !== undefined;
  if (!ELSEWHERE.includes(groupVersion.group) && (isKnown(kind) || isKnown(kind.replace(/List$/, '')))) return;
  if (apiVersion === 'v1' && kind === 'List') return;
  throw new Error(`no kind ${quote(kind)} is registered for version ${quote(apiVersion)} in scheme ${quote(scheme)}`);
}
