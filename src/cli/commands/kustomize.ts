// `kubectl kustomize`.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/kustomize/kustomize.go, kustomize commands/build.
import { parseGroupVersion, type Unstructured } from '../../machinery/types.ts';
import { defineCommand, type FlagSpec } from '../command.ts';
import { goFileError } from '../../machinery/goerrno.ts';
import { effectiveNamespace, isClusterScoped, KustomizeResource } from '../kustomize/resources.ts';

const ignored = (name: string, type: FlagSpec['type'], defaultValue: string, shorthand?: string): FlagSpec => ({
  name,
  ...(shorthand === undefined ? {} : { shorthand }),
  type,
  default: defaultValue,
  usage: 'Accepted for compatibility: sandkube runs no functions, plugins or charts.',
});

export const kustomize = defineCommand({
  use: 'kustomize DIR [flags]',
  short: 'Build the manifests of a kustomization',
  long: `Builds the manifests of a kustomization: a folder with a file kustomization.yaml. Without DIR it is the working directory.`,
  example: `# Build the working directory
kubectl kustomize

# Build another folder
kubectl kustomize /home/config/production`,
  flags: [
    { name: 'output', shorthand: 'o', type: 'string', default: '', usage: 'File or folder to write to.' },
    ignored('network', 'bool', 'false'),
    ignored('network-name', 'string', 'bridge'),
    ignored('mount', 'stringArray', '[]'),
    ignored('env', 'stringArray', '[]', 'e'),
    ignored('as-current-user', 'bool', 'false'),
    {
      name: 'load-restrictor',
      type: 'string',
      default: 'LoadRestrictionsRootOnly',
      usage: 'Only LoadRestrictionsRootOnly: files outside the folder are not read.',
    },
    ignored('enable-alpha-plugins', 'bool', 'false'),
    ignored('enable-helm', 'bool', 'false'),
    ignored('helm-command', 'string', 'helm'),
    ignored('helm-api-versions', 'stringArray', '[]'),
    ignored('helm-kube-version', 'string', ''),
    ignored('helm-debug', 'bool', 'false'),
  ],
  async run({ args, flags, factory, streams }) {
    if (args.length > 1) throw new Error('specify one path to kustomization.yaml');
    const { buildKustomization, kustomizationText } = await import('../kustomize/target.ts');
    const warn = (text: string): void => streams.err.write(`${text}\n`);
    const objects = buildKustomization(args[0] ?? '.', { cwd: factory.cwd, warn });
    if (flags.string('output') === '') streams.out.write(kustomizationText(objects));
    else
      writeTo(
        process.getBuiltinModule('node:path').resolve(factory.cwd, flags.string('output')),
        objects,
        kustomizationText,
      );
  },
});

/** One file for all, or one for each in a folder that is there. Upstream: kustomize commands/build/writer.go. */
function writeTo(
  place: string,
  objects: readonly Unstructured[],
  textOf: (objects: readonly Unstructured[]) => string,
): void {
  const fs = process.getBuiltinModule('node:fs');
  try {
    if (!fs.statSync(place, { throwIfNoEntry: false })?.isDirectory()) {
      fs.writeFileSync(place, textOf(objects));
      return;
    }
    const namespaceOf = (object: Unstructured) => effectiveNamespace(new KustomizeResource(object).id);
    const namespaces = new Set(objects.filter(({ kind }) => !isClusterScoped(kind)).map(namespaceOf));
    for (const object of objects) {
      const { group, version } = parseGroupVersion(object.apiVersion);
      const words = [group, version, object.kind].filter((word) => word !== '');
      if (namespaces.size > 1 && !isClusterScoped(object.kind)) words.unshift(namespaceOf(object));
      fs.writeFileSync(`${place}/${[...words, object.metadata.name].join('_').toLowerCase()}.yaml`, textOf([object]));
    }
  } catch (error) {
    throw new Error(goFileError('open', place, error), { cause: error });
  }
}
