// Rules on YAML text that hold before and after parsing: what may stand in it, and how its errors read.
// Called by: machinery/yaml*.ts. Must not know: documents.
/** Everything but tab, line breaks, U+0085 and what can be seen. */
const CONTROLS = /[^\t\n\r -~\u0085\u00a0-\ufffd]/;

/** @throws Error `yaml: control characters are not allowed`. Upstream: goyaml.v2 readerc.go. */
export function checkText(text: string): void {
  if (CONTROLS.test(text)) throw new Error('yaml: control characters are not allowed');
}

/**
 * Go writes YAML by way of JSON text, which its YAML reader refuses when such a character stands in it unescaped.
 * @throws Error as `checkText`.
 */
export function checkValue(text: string): void {
  if (/[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/.test(text)) checkText(text);
}
