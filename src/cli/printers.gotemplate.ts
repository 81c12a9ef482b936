// The printer of -o go-template.
// Called by: cli/printers.template.ts. Must not know: other formats. Upstream: cli-runtime/pkg/printers/template.go.
import { goString, marshalJson } from '../machinery/gofmt.ts';
import { createGoTemplate, type GoTemplate } from '../machinery/gotemplate.ts';
import { quote } from '../machinery/strconv.ts';
import { PrintedWatchEvent, type Printer } from './printer.ts';

/** Returns the printer. @throws Error `error parsing template …, template: output:1: unclosed action`. */
export function goTemplatePrinter(text: string, options: { allowMissingKeys: boolean }): Printer {
  let template: GoTemplate;
  try {
    template = createGoTemplate(text, options);
  } catch (error) {
    throw new Error(`error parsing template ${text}, ${(error as Error).message}`, { cause: error });
  }
  return {
    print(printable, out) {
      const isEvent = printable instanceof PrintedWatchEvent;
      const data = isEvent ? { type: printable.type, object: printable.object } : printable;
      try {
        template.execute(data, out);
      } catch (error) {
        const { message } = error as Error;
        out.write(
          `Error executing template: ${message}. Printing more information for debugging the template:\n` +
            `\ttemplate was:\n\t\t${text}\n` +
            `\traw data was:\n\t\t${marshalJson(data)}\n` +
            `\tobject given to template engine was:\n\t\t${goString(data)}\n\n`,
        );
        throw new Error(`error executing template ${quote(text)}: ${message}`, { cause: error });
      }
    },
  };
}
