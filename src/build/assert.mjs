// A stand-in for node:assert at bundle time, with the three checks that the argument parser makes.
// Called by: nothing of ours; the bundler puts it in place of the module. Must not know: anything.
function check(isGood, message) {
  if (!isGood) throw new Error(message ?? 'assertion');
}
export const strictEqual = (a, b, message) => check(Object.is(a, b), message);
export const notStrictEqual = (a, b, message) => check(!Object.is(a, b), message);
export const ok = check;
export default Object.assign(check, { ok, strictEqual, notStrictEqual });
