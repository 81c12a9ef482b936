// Names of images.
// Called by: commands run and debug. Must not know: registries. Upstream: distribution/reference regexp.go.

const NAME = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;

/** Returns whether the text names an image: host, path, tag and digest.. */
export function isImageReference(text: string): boolean {
  const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
  const expression = `^(?:${HOST}/)?${NAME}(?:/${NAME})*(?::\\w[\\w.-]{0,127})?(?:@${digest})?$`;
  return new RegExp(expression).test(text);
}
