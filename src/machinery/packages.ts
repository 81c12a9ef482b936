// Loads a package when it is first used, outside the bundle; the bundle has its own `require`, which the bundler resolves.
// Called by: the doors to packages (*.library.ts). Must not know: which packages there are.

/** Returns what a package exports. */
export function requirePackage(name: string): unknown {
  return process.getBuiltinModule('node:module').createRequire(`${import.meta.dirname}/`)(name) as unknown;
}
