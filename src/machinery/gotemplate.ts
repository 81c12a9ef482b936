// Go's text/template as kubectl uses it: -o go-template.
// Called by: cli/printers.gotemplate.ts, cli commands with templates. Must not know: kinds, files.
import { executeGoTemplate } from './gotemplate.exec.ts';
import { templateFunctions } from './gotemplate.functions.ts';
import { parseGoTemplate } from './gotemplate.parser.ts';
import type { TextSink } from './table.ts';

export interface GoTemplate {
  /**
   * Writes what the template gives for the data; what stands before an error is written too.
   * @throws Error `template: output:1:7: executing "output" at <.x>: …`.
   */
  execute(data: unknown, out: TextSink): void;
}

export interface GoTemplateOptions {
  /** Default 'output', kubectl's. */
  name?: string;
  /** Default true: a key that is not there gives `<no value>`. */
  allowMissingKeys?: boolean;
}

/** Returns the template. @throws Error `template: output:1: unclosed action`. Upstream: template.New(name).Parse. */
export function createGoTemplate(text: string, options: GoTemplateOptions = {}): GoTemplate {
  const { name = 'output', allowMissingKeys = true } = options;
  const template = parseGoTemplate(
    name,
    text,
    (word) => word === 'and' || word === 'or' || templateFunctions.has(word),
  );
  return {
    execute(data, out) {
      executeGoTemplate(template, data, out, { name, allowMissingKeys });
    },
  };
}
