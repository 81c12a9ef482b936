export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/state/'],
  globalSetup: '<rootDir>/test/templates.setup.mjs',
  globalTeardown: '<rootDir>/test/templates.teardown.mjs',
  // Node keeps the modules of test files that have ended. A worker that grew by them is replaced; and tearing them down at the
  // end takes longer than the half second after which Jest would speak of a leak.
  workerIdleMemoryLimit: '400MB',
  workerGracefulExitTimeout: 10_000,
  // Many of the tests start processes and wait for them; jest's own choice would leave a core of two idle.
  maxWorkers: '100%',
  // A bound for what hangs, not for what is slow.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/test/parity/reporter.mjs'],
};
