// A stand-in for cliui at bundle time: the argument parser lays out help with it, which is never printed.
// Called by: nothing of ours; the bundler puts it in place of the package. Must not know: anything.
export default function cliui() {
  throw new Error('assertion: help is not laid out by the argument parser');
}
