// Runs several command lines one after another in one process, so that V8's code cache knows what all of them use.
// Called by: build.mjs, from a copy beside bin/launch.cjs. Must not know: what the commands do.
'use strict';
const launch = require('./launch.cjs');

const lines = process.argv.slice(2);
const exit = process.exit.bind(process);

/** A command ends its process: here that begins the next one. */
process.exit = (code) => {
  if (code) {
    process.stderr.write(`"${process.argv.slice(2).join(' ')}" fails while the program is built\n`);
    exit(1);
  }
  const line = lines.shift();
  if (line === undefined) exit(0);
  const [program, ...args] = line.split(' ');
  process.argv = [process.argv[0], process.argv[1], ...args];
  launch(program);
};

process.exit(0);
