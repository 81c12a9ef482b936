// Which output formats there are, and the flags that choose among them. Light: every command's flags need it.
// Called by: cli/printers*.ts, commands' flags. Must not know: how anything is printed.
// Upstream: cli-runtime/pkg/genericclioptions/print_flags.go and the flags of its parts.
import type { FlagSpec } from './command.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const goTemplateFormats: readonly string[] = ['go-template', 'go-template-file', 'template', 'templatefile'];
const JSON_PATH_FORMATS = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file'];

/** The formats that take a template, in the order of the help. */
export const templateFormats: readonly string[] = [...goTemplateFormats, ...JSON_PATH_FORMATS];

/** The formats that take columns, in the order of the help. */
export const customColumnsFormats: readonly string[] = ['custom-columns', 'custom-columns-file'];

/** Returns json, yaml and, unless the environment forbids it, kyaml. */
export function structuredFormats(env: Environment = {}): string[] {
  return env.KUBECTL_KYAML?.toLowerCase() === 'false' ? ['json', 'yaml'] : ['json', 'yaml', 'kyaml'];
}

/** Returns the formats that every command with --output has, in the order of the help. */
export function allowedFormats(env: Environment = {}): string[] {
  return [...structuredFormats(env), 'name', ...templateFormats];
}

/** Returns the formats of `get`, in the order of its help. */
export function getFormats(env: Environment = {}): string[] {
  return [...allowedFormats(env), ...customColumnsFormats, 'wide'];
}

/** Returns the flags that go with `createPrinter`. Upstream: PrintFlags.AddFlags. */
export function printFlags(defaultOutput = '', formats: readonly string[] = allowedFormats()): FlagSpec[] {
  return [
    {
      name: 'show-managed-fields',
      type: 'bool',
      default: 'false',
      usage: 'Keep managedFields in JSON and YAML output.',
    },
    {
      name: 'template',
      type: 'string',
      default: '',
      usage: 'Template text or path of a template file, for -o=go-template and -o=go-template-file.',
    },
    {
      name: 'allow-missing-template-keys',
      type: 'bool',
      default: 'true',
      usage: 'Templates print nothing for a field or map key that is missing, instead of failing.',
    },
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      default: defaultOutput,
      usage: `Output format. One of: (${formats.join(', ')}).`,
    },
  ];
}
