export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/state/'],
  // Many of the tests start processes and wait for them; jest's own choice would leave a core of two idle.
  maxWorkers: '100%',
  // A bound for what hangs, not for what is slow.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/test/parity/reporter.mjs'],
};
