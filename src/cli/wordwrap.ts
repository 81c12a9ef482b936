// Breaks lines between words.
// Called by: commands/explain.plaintext.ts. Must not know: what the text is.
// Upstream: github.com/mitchellh/go-wordwrap.

const NO_BREAK_SPACE = '\u00a0';

/** Returns the text with newlines where a line would pass the limit; longer words stay whole. */
export function wrapWords(text: string, limit: number): string {
  let result = '';
  let lineLength = 0;
  let word = '';
  let wordLength = 0;
  let space = '';
  for (const character of text) {
    if (character === '\n') {
      // Blanks at the end of a line are kept only when the line has room for them.
      if (wordLength > 0 || lineLength + space.length <= limit) result += space;
      result += `${word}\n`;
      lineLength = 0;
      [word, wordLength, space] = ['', 0, ''];
    } else if (character !== NO_BREAK_SPACE && /\s/.test(character)) {
      if (space === '' || wordLength > 0) {
        result += space + word;
        lineLength += space.length + wordLength;
        [word, wordLength, space] = ['', 0, ''];
      }
      space += character;
    } else {
      word += character;
      wordLength++;
      if (lineLength + wordLength + space.length > limit && wordLength < limit) {
        result += '\n';
        lineLength = 0;
        space = '';
      }
    }
  }
  if (wordLength > 0) return result + space + word;
  return lineLength + space.length <= limit ? result + space : result;
}
