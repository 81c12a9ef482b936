// The sum of the parity tests: how many command lines went alike through the three doors.
// Called by: Jest, at the end of a run (jest.config.js). Must not know: what a test does, beyond its title and its failure.
const TITLE = /: (\d+) command lines, (\d+) of them fail$/;
const FOUND = /(\d+) of \d+ command lines equal/;

export default class ParityReporter {
  #lines = 0;
  #failing = 0;
  #equal = 0;

  onTestFileResult(_, { testResults }) {
    for (const { title, status, failureMessages } of testResults) {
      const [, lines, failing] = TITLE.exec(title) ?? [];
      if (lines === undefined || (status !== 'passed' && status !== 'failed')) continue;
      const equal = status === 'passed' ? lines : (FOUND.exec(failureMessages.join('\n'))?.[1] ?? 0);
      this.#lines += Number(lines);
      this.#failing += Number(failing);
      this.#equal += Number(equal);
    }
  }

  onRunComplete() {
    if (this.#lines === 0) return;
    console.log(
      `Three-way parity: ${this.#equal} of ${this.#lines} command lines equal (${this.#failing} of them fail as they should)`,
    );
  }
}
