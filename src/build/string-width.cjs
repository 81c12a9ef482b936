// A stand-in for string-width at bundle time: the printed width of text, good for what yargs and our own tables measure.
// Called by: nothing of ours; the bundler puts it in place of the package. Must not know: anything.
'use strict';

/** Returns the number of code points without ANSI colour sequences. */
module.exports = function stringWidth(text) {
  return Array.from(String(text).replace(/\u001B\[[0-9;]*m/g, '')).length;
};
